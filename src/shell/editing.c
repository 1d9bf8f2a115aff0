/*
 * editing.c — line editing at the prompt: begin, read a line, end.
 */
#include "editing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int watched_signals[] = {SIGINT,  SIGWINCH, SIGTSTP, SIGCONT,
                                      SIGTERM, SIGHUP,   SIGQUIT};

/* ---- begin and end ------------------------------------------------------------------------- */

static void watch_signals(Editing *editing)
{
    sigemptyset(&editing->watched);
    for (size_t i = 0; i < lengthof(watched_signals); i++)
        sigaddset(&editing->watched, watched_signals[i]);
    editing->signal_fd = signalfd(-1, &editing->watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

static StrBuf *const *buffers_of(Editing *editing, StrBuf *list[8])
{
    StrBuf *const all[] = {&editing->text,       &editing->prompt, &editing->prompt_above,
                           &editing->pending,    &editing->pushed, &editing->macro_recorded,
                           &editing->macro_last, &editing->prefix};

    memcpy(list, all, sizeof all);
    return list;
}

void editing_start(Shell *shell)
{
    Editing *editing;
    StrBuf *list[8];

    if (shell->editing || shell->notty || shell->no_editing)
        return;
    editing = xcalloc(1, sizeof *editing);
    editing->shell = shell;
    editing->query_items = 100;
    editing->list_width = -1;
    editing->argument = editing->argument_sign = 1;
    for (size_t i = 0; i < lengthof(list); i++)
        strbuf_init(buffers_of(editing, list)[i]);
    strbuf_init(&editing->comment_begin);
    strbuf_add(&editing->comment_begin, "-- ");
    terminal_open(editing);
    editing->bracketed_paste = editing->terminal.known;
    watch_signals(editing);
    history_open(editing);
    editing_bind_defaults(editing);
    editing_read_inputrc(editing);
    shell->editing = editing;
}

static void free_line_state(Editing *editing)
{
    undo_free(&editing->undo);
    undo_free(&editing->draft.undo);
    free(editing->draft.text);
    for (size_t i = 0; i < editing->killed_len; i++)
        free(editing->killed[i]);
    layout_free(&editing->shown);
    strlist_free(&editing->menu);
    free(editing->last_search);
    free(editing->last_pattern);
    vi_free(editing);
}

void editing_finish(Shell *shell)
{
    Editing *editing = shell->editing;
    StrBuf *list[8];

    if (!editing)
        return;
    history_close(editing);
    terminal_close(editing);
    editing_keys_free(editing);
    free_line_state(editing);
    if (editing->signal_fd >= 0)
        close(editing->signal_fd);
    for (size_t i = 0; i < lengthof(list); i++)
        strbuf_free(buffers_of(editing, list)[i]);
    strbuf_free(&editing->comment_begin);
    free(editing);
    shell->editing = NULL;
}

bool editing_active(const Shell *shell)
{
    return shell->editing != NULL;
}

/* ---- one line --------------------------------------------------------------------------------- */

/* Only the last line of a prompt is drawn again and again: the lines above it are written once. */
static void set_prompt(Editing *editing, const char *prompt)
{
    const char *last = strrchr(prompt, '\n');

    last = last ? last + 1 : prompt;
    strbuf_reset(&editing->prompt);
    strbuf_reset(&editing->prompt_above);
    for (const char *p = prompt; p < last; p++)
        if (*p != '\001' && *p != '\002')
            strbuf_addc(&editing->prompt_above, *p);
    strbuf_add(&editing->prompt, last);
}

static void ask_for_paste_marks(const Editing *editing, bool on)
{
    if (editing->bracketed_paste)
        fputs(on ? "\033[?2004h" : "\033[?2004l\r", stdout);
    fflush(stdout);
}

/* As after readline: what the terminal would have echoed for the key stays behind where the cursor is,
 * in whatever is on the screen, and what follows begins below the last row of the line. */
static void leave_interrupted_line(Editing *editing)
{
    if (!editing->shown.len)
        editing_draw(editing);
    fputs("^C", stdout);
    for (size_t row = editing->row; row + 1 < editing->shown.len; row++)
        putchar('\n');
    editing_forget_screen(editing);
}

static void begin_line(Editing *editing, const char *prompt)
{
    set_prompt(editing, prompt);
    strbuf_reset(&editing->text);
    editing->point = editing->mark = 0;
    editing->done = editing->eof = editing->interrupted = false;
    editing->overwrite = editing->last_killed = false;
    editing->last = NULL;
    editing->keymap = KEYMAP_EMACS;
    vi_begin_line(editing);
    recall_begin(editing);
    if (editing->go_to && editing->go_to <= editing->history_len)
        recall_entry(editing, editing->go_to - 1);
    editing->go_to = 0;
    editing_forget_screen(editing);
}

static void end_line(Editing *editing)
{
    if (editing->interrupted)
        leave_interrupted_line(editing);
    else if (!editing->eof)
        editing_leave_line(editing);
    terminal_raw(editing, false);
    ask_for_paste_marks(editing, false);
    /* readline, too, ends the prompt's line only where it handles pasted text. */
    if (editing->eof && !editing->interrupted && editing->bracketed_paste)
        puts("");
}

ReadStatus editing_read_line(Shell *shell, const char *prompt, StrBuf *line)
{
    Editing *editing = shell->editing;

    strbuf_reset(line);
    sigprocmask(SIG_BLOCK, &editing->watched, &editing->before);
    /* Before the prompt is seen: keys that follow it at once must not be echoed by the terminal. */
    terminal_raw(editing, true);
    begin_line(editing, prompt);
    ask_for_paste_marks(editing, true);
    editing_write_prompt_above(editing);
    while (!editing->done)
        editing_serve_key(editing);
    end_line(editing);
    sigprocmask(SIG_SETMASK, &editing->before, NULL);
    recall_accept(editing);
    if (editing->interrupted) {
        editing->interrupted = shell->cancel_pressed = false;
        strbuf_reset(&editing->pushed);
        editing->pushed_at = 0;
        return READ_INTERRUPT;
    }
    if (editing->eof)
        return READ_EOF;
    strbuf_addn(line, editing->text.data, editing->text.len);
    return READ_LINE;
}
