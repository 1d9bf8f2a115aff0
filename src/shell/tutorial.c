/*
 * tutorial.c — the course as it runs: an Input between the learner and the loop.
 *
 * The learner types at the real prompt, into the real loop.  Whenever that asks for a line and no
 * statement is begun, the course looks whether the step is done, says what there is to say, and
 * takes the lines that are its own words (hint, back, ...) for itself.  Over a pipe the lines are
 * shown as they are read, so that the output can be followed.
 */
#include "pgmish/tutorial.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgmish/step.h"

enum { LINES_BEFORE_REMINDER = 5 };

typedef struct Tutorial {
    Input input; /* what the loop reads from; first, so that it can be told from its address */
    Input *source; /* where lines come from */
    bool owns_source;
    TutorialPlace place;
    TutorialCourse course;
    size_t index;     /* of the step in progress */
    size_t hint;      /* next one to be given */
    size_t completed; /* steps done by the learner himself */
    int lines;        /* read since something was said */
    char *remark;     /* said last, NULL: none */
    bool begun, strayed, over;
} Tutorial;

/* ---- what is said ------------------------------------------------------------------------------- */

static bool bold(void)
{
    const char *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static void say_heading(const char *text)
{
    printf(bold() ? "\n\033[1m%s\033[0m\n\n" : "\n== %s ==\n\n", text);
}

static void say_step(Tutorial *tutorial)
{
    const TutorialStep *step = &tutorial->course.steps[tutorial->index];
    char *heading = xasprintf("Step %zu of %zu: %s", tutorial->index + 1,
                              tutorial->course.count, step->title);

    say_heading(heading);
    printf("%s\n", step->text);
    free(heading);
}

static void say_steps(const Tutorial *tutorial)
{
    putchar('\n');
    for (size_t i = 0; i < tutorial->course.count; i++)
        printf("%s %2zu  %s\n", i == tutorial->index ? "->" : "  ", i + 1,
               tutorial->course.steps[i].title);
    putchar('\n');
}

static void say_hint(Tutorial *tutorial)
{
    const StrList *hints = &tutorial->course.steps[tutorial->index].hints;
    bool last = tutorial->hint + 1 >= hints->len;

    printf("\n%s%s\n", hints->items[tutorial->hint],
           last ? "\"answer\" shows what could be typed.\n" : "");
    if (!last)
        tutorial->hint++;
}

/* Indented, as commands are in the texts. */
static void say_answer(const Tutorial *tutorial)
{
    const char *line = tutorial->course.steps[tutorial->index].answer;

    putchar('\n');
    while (*line) {
        int len = (int)strcspn(line, "\n");

        printf("    %.*s\n", len, line);
        line += len + (line[len] == '\n');
    }
    putchar('\n');
}

/* ---- from step to step -------------------------------------------------------------------------- */

static void forget_progress(Tutorial *tutorial)
{
    tutorial->hint = 0;
    tutorial->lines = 0;
    tutorial->strayed = false;
    free(tutorial->remark);
    tutorial->remark = NULL;
}

static void finish(Tutorial *tutorial)
{
    tutorial->over = true;
    say_heading("The end");
    printf("%s\n", tutorial->course.end);
}

/* To a step with everything as it should be there; behind the last it is the end. */
static void go_to(Tutorial *tutorial, size_t index)
{
    forget_progress(tutorial);
    tutorial->index = index;
    if (index >= tutorial->course.count)
        finish(tutorial);
    else if (tutorial_rebuild(&tutorial->place, &tutorial->course, index))
        say_step(tutorial);
    else
        tutorial->over = true;
}

/* The learner has done it: he goes on from where he is. */
static void advance(Tutorial *tutorial)
{
    printf("\n%s", tutorial->course.steps[tutorial->index].done);
    tutorial->completed++;
    tutorial->index++;
    forget_progress(tutorial);
    if (tutorial->index >= tutorial->course.count)
        finish(tutorial);
    else if (tutorial_prepare(&tutorial->place, &tutorial->course.steps[tutorial->index]))
        say_step(tutorial);
    else
        tutorial->over = true;
}

/* A remark is made once, until another one is due. */
static void make_remark(Tutorial *tutorial, char *remark)
{
    if (remark && (!tutorial->remark || strcmp(remark, tutorial->remark) != 0)) {
        printf("\n%s\n", remark);
        tutorial->lines = 0;
    } else if (tutorial->lines >= LINES_BEFORE_REMINDER) {
        puts("\n\"hint\" gives a hint, \"again\" repeats what is to be done.\n");
        tutorial->lines = 0;
    }
    free(tutorial->remark);
    tutorial->remark = remark;
}

/* Before a prompt: is the step done?  One line may complete several. */
static void look(Tutorial *tutorial)
{
    Shell *shell = &tutorial->place.shell;

    if (!tutorial->lines && !tutorial->remark)
        return; /* nothing has been done since the step began */
    if (!tutorial_at_home(&tutorial->place)) {
        if (!tutorial->strayed)
            puts("\nYou are connected to another server. The course goes on at its own: "
                 "\"restart\" takes\nyou back there.\n");
        tutorial->strayed = true;
        return;
    }
    if (tutorial_done(shell, &tutorial->course.steps[tutorial->index]))
        advance(tutorial);
    else
        make_remark(tutorial, tutorial_remark(shell, &tutorial->course.steps[tutorial->index]));
}

/* ---- words -------------------------------------------------------------------------------------- */

static void do_hint(Tutorial *tutorial)
{
    say_hint(tutorial);
}

static void do_answer(Tutorial *tutorial)
{
    say_answer(tutorial);
}

static void do_again(Tutorial *tutorial)
{
    say_step(tutorial);
}

static void do_steps(Tutorial *tutorial)
{
    say_steps(tutorial);
}

static void do_help(Tutorial *tutorial)
{
    printf("\n%s\n\\? explains backslash commands, \\h SQL.\n\n", tutorial->course.begin);
}

static void do_restart(Tutorial *tutorial)
{
    go_to(tutorial, tutorial->index);
}

static void do_back(Tutorial *tutorial)
{
    go_to(tutorial, tutorial->index ? tutorial->index - 1 : 0);
}

static void do_skip(Tutorial *tutorial)
{
    go_to(tutorial, tutorial->index + 1);
}

static void do_quit(Tutorial *tutorial)
{
    tutorial->over = true;
}

static const struct {
    const char *word;
    void (*act)(Tutorial *tutorial);
} words[] = {
    {"hint", do_hint}, {"answer", do_answer},   {"again", do_again}, {"steps", do_steps},
    {"help", do_help}, {"restart", do_restart}, {"back", do_back},   {"skip", do_skip},
    {"quit", do_quit}, {"exit", do_quit},
};

/* True: the line is one of the course's words, and done with.  A semicolon does no harm. */
static bool act_on_word(Tutorial *tutorial, const char *line)
{
    size_t start = strspn(line, " \t"), len = strcspn(line + start, " \t;");
    const char *rest = line + start + len;

    if (!len || rest[strspn(rest, " \t;\r")])
        return false;
    for (size_t i = 0; i < lengthof(words); i++)
        if (strlen(words[i].word) == len &&
            ascii_ncasecmp(words[i].word, line + start, len) == 0) {
            words[i].act(tutorial);
            return true;
        }
    return false;
}

/* ---- the input ---------------------------------------------------------------------------------- */

/* A statement is begun, or a quote is open: the line is its continuation. */
static bool in_statement(const Shell *shell)
{
    return (shell->query && shell->query->len) || lexer_in_quote(shell->lexer);
}

/* Over a pipe: the line as it would stand on a terminal. */
static void show_line(Shell *shell, const char *line)
{
    bool open = in_statement(shell);
    char *prompt = prompt_text(shell, open ? PROMPT_CONTINUE : PROMPT_FIRST,
                               open ? OPEN_STATEMENT : OPEN_NOTHING);

    printf("%s%s\n", step_active(shell) ? "" : prompt, line);
    fflush(stdout);
    free(prompt);
}

static ReadStatus read_source(Tutorial *tutorial, const char *prompt, StrBuf *line)
{
    ReadStatus status;

    fflush(stdout);
    status = tutorial->source->read_line(tutorial->source, prompt, line);
    if (status == READ_LINE && !tutorial->source->interactive)
        show_line(&tutorial->place.shell, line->data);
    return status;
}

/* The way out that leaves no trace on the screen: what \q does. */
static ReadStatus leave(StrBuf *line)
{
    strbuf_reset(line);
    strbuf_add(line, "\\q");
    return READ_LINE;
}

static ReadStatus read_line(Input *input, const char *prompt, StrBuf *line)
{
    Tutorial *tutorial = (Tutorial *)input;
    Shell *shell = &tutorial->place.shell;
    ReadStatus status;
    char *fresh = NULL;

    if (in_statement(shell) || step_active(shell)) /* \step has words of its own */
        return read_source(tutorial, prompt, line);
    look(tutorial);
    do {
        /* a word may have changed connection and transaction */
        free(fresh);
        fresh = prompt_text(shell, PROMPT_FIRST, OPEN_NOTHING);
        if (tutorial->over) {
            free(fresh);
            return leave(line);
        }
        status = read_source(tutorial, fresh, line);
    } while (status == READ_LINE && act_on_word(tutorial, line->data));
    free(fresh);
    tutorial->lines += status == READ_LINE;
    return status;
}

static void close_nothing(Input *input)
{
    (void)input;
}

/* The terminal, or what the outer shell reads from. */
static void choose_source(Tutorial *tutorial, Shell *outer)
{
    Shell *shell = &tutorial->place.shell;
    bool terminal = outer->input ? outer->input->interactive : !outer->notty;

    tutorial->owns_source = terminal || !outer->input;
    if (terminal)
        tutorial->source = input_from_terminal(shell);
    else if (outer->input)
        tutorial->source = outer->input;
    else
        tutorial->source = input_from_stream(stdin, NULL, false);
    tutorial->input = (Input){.read_line = read_line,
                              .close = close_nothing,
                              .stream = tutorial->source->stream,
                              .interactive = terminal};
}

/* ---- from the beginning to the end ---------------------------------------------------------------- */

static void say_goodbye(const Tutorial *tutorial, Shell *outer)
{
    if (tutorial->completed < tutorial->course.count)
        printf("You did %zu of %zu steps.\n", tutorial->completed, tutorial->course.count);
    if (outer->conn)
        printf("Back in your own session, database \"%s\".\n", PQdb(outer->conn));
    fflush(stdout);
}

bool tutorial_run(Shell *outer)
{
    Tutorial tutorial = {.completed = 0};
    bool ok;

    fflush(outer->out);
    puts("Starting a server for the course ...");
    fflush(stdout);
    tutorial_course_read(&tutorial.course, false);
    ok = tutorial_enter(&tutorial.place, outer) &&
         tutorial_rebuild(&tutorial.place, &tutorial.course, 0);
    if (ok) {
        tutorial.place.shell.tutorial = true;
        choose_source(&tutorial, outer);
        say_heading("A course in pgmish");
        printf("%s", tutorial.course.begin);
        say_step(&tutorial);
        if (tutorial.input.interactive)
            editing_start(&tutorial.place.shell);
        shell_loop(&tutorial.place.shell, &tutorial.input);
        if (tutorial.owns_source)
            input_close(tutorial.source);
    }
    tutorial_leave(&tutorial.place, outer);
    if (ok)
        say_goodbye(&tutorial, outer);
    tutorial_course_free(&tutorial.course);
    free(tutorial.remark);
    return ok;
}
