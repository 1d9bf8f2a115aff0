/*
 * editing.c — line editing at the prompt: begin, read a line, end.
 *
 * Signals that matter to whoever types are taken from a signalfd while a line is being read, next
 * to the keys.  So nothing at all is done in a signal handler, Ctrl-C is an ordinary return value,
 * and no race is possible between a look at a flag and a blocking read.
 */
#include "editing.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int watched_signals[] = {SIGINT,  SIGWINCH, SIGTSTP, SIGCONT,
                                      SIGTERM, SIGHUP,   SIGQUIT};

/* ---- begin and end ------------------------------------------------------------------------- */

static char *prompt_of(EditLine *el)
{
    Editing *editing;

    el_get(el, EL_CLIENTDATA, &editing);
    return editing->prompt.data;
}

/*
 * In the C locale libedit drops every byte above 127, while psql passes it on.  Reading the line
 * under C.UTF-8 keeps the text; the locale is the thread's for that time only, so that nothing
 * else changes (client_encoding follows the process's).
 */
static locale_t locale_for_editing(void)
{
    if (strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") != 0)
        return (locale_t)0;
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static void watch_signals(Editing *editing)
{
    sigemptyset(&editing->watched);
    for (size_t i = 0; i < lengthof(watched_signals); i++)
        sigaddset(&editing->watched, watched_signals[i]);
    editing->signal_fd = signalfd(-1, &editing->watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * The name is what a section of .editrc calls us; psql calls itself so too.  A terminal type that
 * nobody knows is dumb, without libedit's remark about it: *known tells.
 */
static EditLine *open_editline(bool *known)
{
    char *remark = NULL;
    size_t len = 0;
    FILE *errors = open_memstream(&remark, &len);
    EditLine *el = errors ? el_init("psql", stdin, stdout, errors) : NULL;

    if (el)
        el_set(el, EL_SETFP, 2, stderr);
    if (errors)
        fclose(errors);
    *known = len == 0;
    free(remark);
    return el;
}

/*
 * Without the terminal's insertion of characters: where a line takes several rows libedit loses track
 * of what an insertion pushes over a row's end, and then erases text that should stay.  It draws the
 * rest of the line anew instead.
 */
static void no_inserting(EditLine *el)
{
    static const char *const capabilities[] = {"ic", "IC", "im"};

    for (size_t i = 0; i < lengthof(capabilities); i++)
        el_set(el, EL_SETTC, capabilities[i], "", NULL);
}

static void set_up(Editing *editing, bool known_terminal)
{
    const char *term = getenv("TERM");
    EditLine *el = editing->el;

    editing->query_items = 100;
    editing->list_width = -1;
    editing->bracketed_paste = known_terminal && term && *term && strcmp(term, "dumb") != 0;
    strbuf_init(&editing->prompt);
    strbuf_init(&editing->prompt_above);
    strbuf_init(&editing->pending);
    watch_signals(editing);
    history_open(editing);
    el_set(el, EL_CLIENTDATA, editing);
    el_set(el, EL_PROMPT_ESC, prompt_of, '\001');
    el_set(el, EL_GETCFN, editing_read_key);
    el_set(el, EL_HIST, history, editing->history);
    no_inserting(el);
    editing_bind_keys(editing);
    editing_read_inputrc(editing);
    el_source(el, NULL);
}

void editing_start(Shell *shell)
{
    Editing *editing;
    locale_t outer;
    bool known;

    if (shell->editing || shell->notty || shell->no_editing)
        return;
    editing = xcalloc(1, sizeof *editing);
    editing->shell = shell;
    editing->locale = locale_for_editing();
    outer = editing->locale ? uselocale(editing->locale) : (locale_t)0;
    editing->el = open_editline(&known);
    if (editing->el) {
        shell->editing = editing;
        set_up(editing, known);
    }
    if (outer)
        uselocale(outer);
    if (shell->editing)
        return;
    if (editing->locale)
        freelocale(editing->locale);
    free(editing);
}

void editing_finish(Shell *shell)
{
    Editing *editing = shell->editing;

    if (!editing)
        return;
    history_close(editing);
    el_end(editing->el);
    if (editing->locale)
        freelocale(editing->locale);
    if (editing->signal_fd >= 0)
        close(editing->signal_fd);
    strbuf_free(&editing->prompt);
    strbuf_free(&editing->prompt_above);
    strbuf_free(&editing->pending);
    free(editing->killed);
    free(editing);
    shell->editing = NULL;
}

bool editing_active(const Shell *shell)
{
    return shell->editing != NULL;
}

/* ---- one line --------------------------------------------------------------------------------- */

/* libedit knows one mark for both ends of an invisible part, psql (as readline) writes two. */
static void add_prompt(StrBuf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        /* An end followed by a beginning is one invisible part. */
        if (p[0] == '\002' && p[1] == '\001')
            p++;
        else
            strbuf_addc(out, (char)(*p == '\002' ? '\001' : *p));
    }
}

/* libedit cannot draw newlines: the lines above the last one are ours to write. */
static void set_prompt(Editing *editing, const char *prompt)
{
    const char *last = strrchr(prompt, '\n');

    last = last ? last + 1 : prompt;
    strbuf_reset(&editing->prompt);
    strbuf_reset(&editing->prompt_above);
    for (const char *p = prompt; p < last; p++)
        if (*p != '\001' && *p != '\002')
            strbuf_addc(&editing->prompt_above, *p);
    add_prompt(&editing->prompt, last);
}

void editing_write_prompt_above(Editing *editing)
{
    fputs(editing->prompt_above.data, stdout);
    fflush(stdout);
}

static void ask_for_paste_marks(const Editing *editing, bool on)
{
    if (editing->bracketed_paste)
        fputs(on ? "\033[?2004h" : "\033[?2004l\r", stdout);
    fflush(stdout);
}

/* As after readline: what the terminal would have echoed for the key stays behind, and what follows
 * begins below the last row of the line. */
static void leave_interrupted_line(Editing *editing)
{
    fputs("^C", stdout);
    for (int i = editing_rows_below(editing, NULL); i > 0; i--)
        putchar('\n');
}

ReadStatus editing_read_line(Shell *shell, const char *prompt, StrBuf *line)
{
    Editing *editing = shell->editing;
    locale_t outer = editing->locale ? uselocale(editing->locale) : (locale_t)0;
    const char *text;
    int len = 0;

    strbuf_reset(line);
    set_prompt(editing, prompt);
    sigprocmask(SIG_BLOCK, &editing->watched, &editing->before);
    /* Before the prompt is seen: keys that follow it at once must not be echoed by the terminal. */
    el_set(editing->el, EL_PREP_TERM, 1);
    ask_for_paste_marks(editing, true);
    editing_write_prompt_above(editing);
    text = el_gets(editing->el, &len);
    if (editing->interrupted)
        leave_interrupted_line(editing);
    ask_for_paste_marks(editing, false);
    /* readline, too, ends the prompt's line only where it handles pasted text. */
    if (!text && !editing->interrupted && editing->bracketed_paste)
        puts("");
    sigprocmask(SIG_SETMASK, &editing->before, NULL);
    if (text)
        strbuf_addn(line, text, (size_t)len); /* no NUL ends it */
    if (outer)
        uselocale(outer);
    if (editing->interrupted) {
        editing->interrupted = shell->cancel_pressed = false;
        return READ_INTERRUPT;
    }
    if (!text)
        return READ_EOF;
    if (line->len && line->data[line->len - 1] == '\n')
        strbuf_truncate(line, line->len - 1);
    return READ_LINE;
}
