/*
 * step_prompt.c — the prompt of \step: shows where one stands, reads words, runs everything else.
 *
 * It is a loop like the shell's own, over an Input that reads from wherever \step was typed and
 * takes the words out.  So SQL of several lines, backslash commands, line editing and history work
 * here as they do at the ordinary prompt.  On a pipe, the words are the lines that follow \step.
 */
#include "step_private.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

/* ---- where one stands ------------------------------------------------------------------------------- */

static uint64_t last_line(const Stepper *step)
{
    const StepScript *script = &step->script;
    size_t i = step_script_find(script, step->at);

    return i < script->item_count && script->items[i].start == step->at
               ? script->items[i].last_line
               : step->line;
}

static void show_failure(const Stepper *step)
{
    if (step->undone)
        puts("The statement failed; the transaction is as it was before it.");
    else if (step->own_block && !step->past.block)
        puts("The statement failed; no transaction is open.");
    else
        puts("The statement failed.");
    puts("Put it right (edit), then retry; or skip, back, quit.");
}

/* Only a statement that others stand in front of in its line needs a column. */
static void show_column(const Stepper *step)
{
    const char *text = step->script.text;
    size_t start = step->at, column;

    while (start > 0 && text[start - 1] != '\n')
        start--;
    column = step->at - start;
    if (strspn(text + start, " \t") < column)
        printf(":%zu", column + 1);
}

void step_show_mark(Stepper *step)
{
    const TraceMark *mark = &step->block.mark;
    const TraceFile *file = mark->file;
    uint64_t line = file->marks.items[mark->statement].line;
    size_t last = mark->statement + file->every - 1;
    char *text = step_file_text(step->shell, file->file);
    char *path = project_show_path(file->file->path);

    last = last < file->marks.len ? last : file->marks.len - 1;
    if (step->breakpoint)
        printf("breakpoint %d, ", step->breakpoint);
    printf("%s:%llu (in %s:%llu)\n", path, (unsigned long long)line, step->script.shown,
           (unsigned long long)step->line);
    free(path);
    if (text)
        step_show_lines(text, line, step_mark_end(text, &file->marks, last));
    else
        puts("      (it has changed on disk since it was loaded)");
    if (!step->block.explained)
        puts("The session waits inside a statement: what you type goes to another connection,\n"
             "which sees what is committed.");
    step->block.explained = true;
    fflush(stdout);
    free(text);
}

static void show_place(Stepper *step)
{
    if (step->at_mark) {
        step_show_mark(step);
        return;
    }
    if (step->breakpoint && !step->failed)
        printf("breakpoint %d, ", step->breakpoint);
    printf("%s:%llu", step->script.shown, (unsigned long long)step->line);
    show_column(step);
    putchar('\n');
    step_show_lines(step->script.text, step->line, last_line(step));
}

static void show_help(void)
{
    puts(
        "next [N]           n, Enter  run this statement (or N of them)\n"
        "continue           c         run to the next breakpoint, failure or the end\n"
        "until [FILE:]LINE  u         run until that line is reached\n"
        "skip [N]           s         leave this statement out\n"
        "back [N]           b         undo the last statement, inside a transaction\n"
        "retry              r         load what has changed on disk, run this statement again\n"
        "edit [FILE:LINE]   e         edit this file, or the one that failed\n"
        "list               l         show the lines around here again\n"
        "plan               p         show the project's execution plan\n"
        "break [FILE:]LINE            stop there; break alone lists the breakpoints\n"
        "delete N|all                 delete a breakpoint\n"
        "quit               q         roll back and leave\n"
        "Anything else is SQL or a backslash command; it runs in the same transaction, and an\n"
        "error in it is undone.");
    fflush(stdout);
}

/* fresh: at the beginning of a command; else of a line that goes on with one. */
static char *prompt_of(const Stepper *step, bool fresh)
{
    const TraceMark *mark = &step->block.mark;

    if (step->at_mark) {
        char *path = project_show_path(mark->file->file->path);
        char *prompt = xasprintf("step %s:%u (other connection)%s> ", path,
                                 mark->file->marks.items[mark->statement].line,
                                 fresh ? "" : "-");

        free(path);
        return prompt;
    }
    return xasprintf("step %s:%llu%s> ", step->script.shown, (unsigned long long)step->line,
                     fresh ? "" : "-");
}

/* ---- words -------------------------------------------------------------------------------------------- */

static bool decide(Stepper *step, StepDecision decision, int count)
{
    step->decision = decision;
    step->count = count;
    return true;
}

static bool refuse(Stepper *step, const char *message)
{
    Diag diag = DIAG_INIT;

    diag_set(&diag, EXIT_PGMI_OTHER, "%s", message);
    step_say(step, &diag);
    diag_reset(&diag);
    return true;
}

static void run_on(Stepper *step, StepMode mode, int repeat)
{
    free(step->until_file);
    step->until_file = NULL;
    step->mode = mode;
    step->repeat = repeat;
    step->whole = false;
    decide(step, DECIDE_GO, 1);
}

static void run_until(Stepper *step, const StepCommand *command)
{
    char *file = command->file ? step_file_name(step->shell, command->file)
                               : step_current_file(step->shell);

    run_on(step, STEP_MODE_RUN, 0);
    step->until_file = file;
    step->until_line = command->line;
}

static void show_plan(Stepper *step)
{
    Shell *shell = step->shell;
    const MetaCommand *plan = meta_find("plan");
    MetaCall call = {.name = "plan", .active = true};

    if (step->at_mark && step->block.plan)
        shell_print_result(shell, step->block.plan, "Execution plan", NULL);
    else if (plan && meta_allowed(shell, plan))
        plan->run(shell, &call);
    fflush(stdout);
}

static int step_current_line(const Stepper *step)
{
    const TraceMark *mark = &step->block.mark;

    return step->at_mark ? (int)mark->file->marks.items[mark->statement].line : (int)step->line;
}

/* The file that failed, or the one named, in the user's editor. */
static void edit(Stepper *step, const StepCommand *command)
{
    Shell *shell = step->shell;
    bool told = getenv("PSQL_EDITOR_LINENUMBER_ARG") != NULL;
    int line = command->line;
    char *name, *path;

    if (command->file) {
        name = step_file_name(shell, command->file);
    } else if (step->failed && step->failed_file) {
        name = xstrdup(step->failed_file);
        line = line ? line : step->failed_line;
    } else {
        name = step_current_file(shell);
        line = line ? line : step_current_line(step);
    }
    path = step_disk_path(shell, name);
    shell_run_editor(shell, path, told && line ? line : -1);
    free(path);
    free(name);
}

/* Does what a word says.  False: the line is none. */
static bool obey(Stepper *step, const StepCommand *command)
{
    Shell *shell = step->shell;

    switch (command->verb) {
    case STEP_OTHER:
        return false;
    case STEP_NEXT:
        run_on(step, STEP_MODE_STOP, command->count);
        break;
    case STEP_CONTINUE:
        run_on(step, STEP_MODE_RUN, 0);
        break;
    case STEP_FINISH:
        run_on(step, STEP_MODE_STOP, 1);
        step->whole = true;
        break;
    case STEP_UNTIL:
        run_until(step, command);
        break;
    case STEP_SKIP:
        if (step->at_mark)
            return refuse(step, "a statement inside a running one cannot be skipped");
        return decide(step, DECIDE_SKIP, command->count);
    case STEP_BACK:
        return decide(step, DECIDE_BACK, command->count);
    case STEP_RETRY:
        run_on(step, STEP_MODE_STOP, 1);
        step->whole = true;
        return decide(step, DECIDE_RETRY, 1);
    case STEP_QUIT:
        return decide(step, DECIDE_QUIT, 1);
    case STEP_EDIT:
        edit(step, command);
        break;
    case STEP_LIST:
        show_place(step);
        break;
    case STEP_PLAN:
        show_plan(step);
        break;
    case STEP_BREAK:
        if (command->line)
            step_break(shell, command->file, command->line);
        else
            step_break_list(shell);
        break;
    case STEP_DELETE:
        step_break_delete(shell, command->count);
        break;
    case STEP_HELP:
        show_help();
        break;
    }
    return true;
}

/* \e FILE: here a file is edited to be run in its place, not to be typed in. */
static const char *edit_argument(const char *line)
{
    static const char *const spellings[] = {"\\edit", "\\e"};

    for (size_t i = 0; i < lengthof(spellings); i++) {
        size_t len = strlen(spellings[i]);

        if (strncmp(line, spellings[i], len) == 0 && strchr(" \t", line[len]))
            return line + len + strspn(line + len, " \t");
    }
    return NULL;
}

/* The project is in the session, which does not answer while it waits. */
static bool needs_session(const Stepper *step, const char *line)
{
    size_t len = line[0] == '\\' ? strcspn(line + 1, " \t\\") : 0;
    char *name = len ? xstrndup(line + 1, len) : NULL;
    const MetaCommand *command = name ? meta_find(name) : NULL;
    bool needs = command && command->group == HELP_PGMI && strcmp(name, "break") != 0;

    free(name);
    return step->at_mark && needs;
}

/* True: the line was for the stepper. */
static bool take_line(Stepper *step, const char *line)
{
    StepCommand command = {.verb = STEP_EDIT};
    Diag diag = DIAG_INIT;
    const char *file = edit_argument(line);
    bool taken = true;

    if (!line[strspn(line, " \t\r")]) {
        command.verb = STEP_NEXT;
        command.count = 1;
        taken = !step->prompt.interactive || obey(step, &command);
    } else if (file && (*file || step->failed)) {
        char *word = xasprintf("edit %s", file);

        if (step_command_parse(word, &command, &diag))
            obey(step, &command);
        free(word);
    } else if (needs_session(step, line)) {
        refuse(step, "the session waits inside a statement; quit, back and retry end it");
    } else if (step_command_parse(line, &command, &diag)) {
        taken = obey(step, &command);
    }
    if (diag.message)
        log_diag(&step->shell->log, &diag);
    diag_reset(&diag);
    step_command_free(&command);
    return taken;
}

/* ---- the prompt as an input ------------------------------------------------------------------------------ */

static ReadStatus read_prompt(Input *input, const char *prompt, StrBuf *line)
{
    Stepper *step = input->state;
    Shell *shell = step->shell;

    if (shell->log.line) /* in-line COPY data counts too */
        step->outer_line = shell->log.line;
    for (;;) {
        bool fresh = !shell->query->len && !lexer_in_quote(shell->lexer);
        char *own = input->interactive ? prompt_of(step, fresh) : NULL;
        ReadStatus status = step->outer->read_line(step->outer, own ? own : prompt, line);

        free(own);
        if (status != READ_LINE)
            return status;
        shell->log.line = step->outer_line++; /* the loop adds one */
        if (!fresh || !cond_active(shell->cond))
            return READ_LINE;
        if (shell->set.echo == ECHO_ALL && !input->interactive && line->len &&
            (step_is_word(line->data) || edit_argument(line->data) ||
             needs_session(step, line->data))) {
            shell_echo_line(line->data, 0);
            fflush(stdout);
        }
        if (!take_line(step, line->data)) {
            step->touched = true;
            return READ_LINE;
        }
        if (step->decision)
            return READ_LEAVE;
    }
}

static void close_prompt(Input *input)
{
    (void)input;
}

Input step_prompt_input(Stepper *step)
{
    return (Input){.read_line = read_prompt,
                   .close = close_prompt,
                   .stream = step->outer->stream,
                   .name = step->outer->name,
                   .interactive = step->outer->interactive,
                   .state = step};
}

/* Messages at the prompt name the file that \step was typed in, if any. */
static Log prompt_log(const Stepper *step)
{
    Log log = step->shell->log;

    log.input_file = step->around.input_file;
    log.terse = step->around.terse;
    log.line = step->outer_line;
    return log;
}

void step_say(Stepper *step, const Diag *diag)
{
    Log log = prompt_log(step);

    log_diag(&log, diag);
}

StepDecision step_prompt(Stepper *step, bool show)
{
    Shell *shell = step->shell;
    Log log = shell->log;
    const char *input_file = shell->input_file;
    struct DeployRun *deploy = shell->deploy;

    step->decision = DECIDE_NOTHING;
    step->touched = false;
    if (show && step->failed)
        show_failure(step);
    if (show)
        show_place(step);
    shell->input_file = step->around.input_file;
    shell->log = prompt_log(step);
    shell->deploy = NULL; /* what is typed here is no part of deploy.sql */
    step->at_prompt = true;
    if (shell_loop(shell, &step->prompt) != EXIT_SHELL_OK)
        step->broken = true; /* ON_ERROR_STOP */
    step->at_prompt = false;
    shell->log = log;
    shell->input_file = input_file;
    shell->deploy = deploy;
    return step->decision ? step->decision : DECIDE_QUIT;
}
