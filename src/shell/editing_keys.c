/*
 * editing_keys.c — keys: where they come from, what those of ours do.
 */
#include "editing.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <wchar.h>

#include "complete.h"

/* ---- signals between keys ----------------------------------------------------------------- */

static void leave_terminal(Editing *editing)
{
    if (editing->bracketed_paste)
        fputs("\033[?2004l\r", stdout);
    fflush(stdout);
    el_set(editing->el, EL_PREP_TERM, 0);
}

static void enter_terminal(Editing *editing)
{
    struct signalfd_siginfo gone;

    /* The SIGCONT that woke us up needs no second answer. */
    while (read(editing->signal_fd, &gone, sizeof gone) == (ssize_t)sizeof gone)
        ;
    el_set(editing->el, EL_PREP_TERM, 1);
    if (editing->bracketed_paste)
        fputs("\033[?2004h", stdout);
    el_set(editing->el, EL_REFRESH);
}

/* Lets a signal do what it does outside of line editing: stop us, end us, or run a handler. */
static void deliver(Editing *editing, int signal)
{
    sigset_t one;

    /* what the terminal would have echoed for the key */
    fputs(signal == SIGQUIT ? "^\\" : signal == SIGTSTP ? "^Z" : "", stdout);
    leave_terminal(editing);
    raise(signal);
    sigemptyset(&one);
    sigaddset(&one, signal);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    sigprocmask(SIG_BLOCK, &one, NULL);
    enter_terminal(editing);
}

/* False: the line is to be given up. */
static bool serve_signal(Editing *editing)
{
    struct signalfd_siginfo info;

    if (read(editing->signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
        return true;
    switch (info.ssi_signo) {
    case SIGINT:
        editing->interrupted = true;
        return false;
    case SIGWINCH:
        el_resize(editing->el);
        return true;
    case SIGCONT:
        enter_terminal(editing);
        return true;
    default:
        deliver(editing, (int)info.ssi_signo);
        return true;
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int read_terminal_byte(Editing *editing, unsigned char *byte)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = editing->signal_fd, .events = POLLIN}};

    for (;;) {
        if (poll(fds, lengthof(fds), -1) < 0 && errno != EINTR)
            return -1;
        if (fds[1].revents & POLLIN && !serve_signal(editing)) {
            errno = EINTR;
            return -1;
        }
        if (fds[0].revents) {
            ssize_t n = read(STDIN_FILENO, byte, 1);

            if (n >= 0 || errno != EINTR)
                return (int)n;
        }
        fds[0].revents = fds[1].revents = 0;
    }
}

int editing_read_byte(Editing *editing, unsigned char *byte)
{
    if (editing->ahead_len) {
        *byte = editing->ahead[0];
        memmove(editing->ahead, editing->ahead + 1, --editing->ahead_len);
        return 1;
    }
    return read_terminal_byte(editing, byte);
}

enum { ESCAPE = 033, PASTE_KEY = 036, SEQUENCE_MS = 50 };

/*
 * With vi's keys Escape is a command of its own, so libedit can bind nothing that begins with it.
 * The mark of pasted text comes in one piece: it is looked for here, and a key that nobody types
 * stands for it.
 */
static unsigned char paste_or_escape(Editing *editing)
{
    static const char mark[] = "[200~";
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

    while (editing->ahead_len < sizeof mark - 1) {
        unsigned char byte;

        if (poll(&fd, 1, SEQUENCE_MS) <= 0 || read_terminal_byte(editing, &byte) <= 0)
            return ESCAPE;
        editing->ahead[editing->ahead_len++] = byte;
        if (byte != (unsigned char)mark[editing->ahead_len - 1])
            return ESCAPE;
    }
    editing->ahead_len = 0;
    return PASTE_KEY;
}

int editing_read_key(EditLine *el, wchar_t *key)
{
    Editing *editing;
    mbstate_t state = {0};
    unsigned char byte;

    el_get(el, EL_CLIENTDATA, &editing);
    for (;;) {
        int n = editing_read_byte(editing, &byte);
        size_t used;

        if (n <= 0)
            return n;
        if (editing->vi && byte == ESCAPE && !editing->ahead_len)
            byte = paste_or_escape(editing);
        used = mbrtowc(key, (const char *)&byte, 1, &state);
        if (used == (size_t)-2)
            continue; /* more bytes to come */
        if (used == (size_t)-1) {
            memset(&state, 0, sizeof state); /* no character of this locale: drop it */
            continue;
        }
        editing->keys++;
        return 1;
    }
}

/* ---- functions of our own ------------------------------------------------------------------- */

/* Ctrl-D: the end on an empty line, else the character under the cursor goes.  libedit's own
 * function would write "^D". */
static unsigned char key_end_or_delete(EditLine *el, int ch)
{
    const LineInfoW *line = el_wline(el);

    (void)ch;
    if (line->lastchar == line->buffer)
        return CC_EOF;
    if (line->cursor == line->lastchar)
        return CC_ERROR;
    el_cursor(el, 1);
    el_deletestr(el, 1);
    return CC_REFRESH;
}

/* Pasted text goes in as it is: its tabs complete nothing, its newlines run nothing. */
static unsigned char key_paste(EditLine *el, int ch)
{
    static const char end_mark[] = "\033[201~";
    const size_t mark_len = sizeof end_mark - 1;
    StrBuf text = STRBUF_INIT;
    Editing *editing;
    unsigned char byte;
    int n;

    (void)ch;
    el_get(el, EL_CLIENTDATA, &editing);
    while ((n = editing_read_byte(editing, &byte)) > 0) {
        strbuf_addc(&text, (char)(byte == '\r' ? '\n' : byte));
        if (text.len >= mark_len &&
            memcmp(text.data + text.len - mark_len, end_mark, mark_len) == 0) {
            strbuf_truncate(&text, text.len - mark_len);
            break;
        }
    }
    if (n > 0 && text.len)
        n = el_insertstr(el, text.data) == 0 ? 1 : -1;
    strbuf_free(&text);
    return n <= 0 && editing->interrupted ? CC_EOF : CC_REFRESH;
}

/*
 * Enter.  A line that fills its last row has taken the cursor to the next one already: libedit would
 * go down once more.
 */
static unsigned char key_newline(EditLine *el, int ch)
{
    const LineInfoW *line = el_wline(el);
    Editing *editing;
    int column, rows;

    (void)ch;
    el_get(el, EL_CLIENTDATA, &editing);
    rows = editing_rows_below(editing, &column);
    if (column || line->lastchar == line->buffer)
        rows++;
    for (; rows > 0; rows--)
        putchar('\n');
    el_cursor(el, (int)(line->lastchar - line->cursor));
    el_winsertstr(el, L"\n");
    return CC_NEWLINE;
}

/* As readline's insert-comment with psql's comment sign: keeps the line without running it. */
static unsigned char key_comment(EditLine *el, int ch)
{
    const LineInfoW *line = el_wline(el);

    (void)ch;
    el_cursor(el, -(int)(line->cursor - line->buffer));
    el_insertstr(el, "-- ");
    el_push(el, "\n");
    return CC_REFRESH;
}

/* ---- bindings --------------------------------------------------------------------------------- */

/* Wide, because libedit keeps these pointers and would leak copies of narrow ones. */
static const struct {
    const wchar_t *name, *help;
    unsigned char (*run)(EditLine *, int);
} functions[] = {
    {L"psql-complete", L"Complete the word", editing_complete_key},
    {L"psql-end-or-delete", L"End of input, or delete the next character", key_end_or_delete},
    {L"psql-search", L"Search in the history", editing_search_key},
    {L"psql-paste", L"Insert pasted text", key_paste},
    {L"psql-comment", L"Make the line a comment", key_comment},
    {L"psql-newline", L"Accept the line", key_newline},
    {L"psql-forward-word", L"Move to the end of the word", editing_forward_word},
    {L"psql-backward-word", L"Move to the beginning of the word", editing_backward_word},
    {L"psql-kill-line", L"Delete to the end of the line", editing_kill_line},
    {L"psql-discard-line", L"Delete to the beginning of the line", editing_discard_line},
    {L"psql-rubout-word", L"Delete back to a blank", editing_rubout_word},
    {L"psql-kill-word", L"Delete to the end of the word", editing_kill_word},
    {L"psql-backward-kill-word", L"Delete the word before", editing_backward_kill_word},
    {L"psql-yank", L"Put back what was deleted", editing_yank},
    {L"psql-upcase-word", L"Capital letters", editing_upcase_word},
    {L"psql-downcase-word", L"Small letters", editing_downcase_word},
    {L"psql-capitalize-word", L"A capital letter", editing_capitalize_word},
    {L"psql-transpose", L"Change places", editing_transpose},
};

typedef struct Binding {
    const char *key, *function;
} Binding;

/* Keys for every editing mode; those with a screen where the terminal can move up and erase. */
static const struct {
    const char *key, *function;
    bool command_mode, screen; /* command_mode: of vi too */
} own_keys[] = {
    {"^I", "psql-complete", false, false}, {"^D", "psql-end-or-delete", true, false},
    {"^R", "psql-search", true, true},     {"^S", "psql-search", true, true},
    {"^M", "psql-newline", true, true},    {"^J", "psql-newline", true, true},
    {"\\036", "psql-paste", true, true},
};

/* Keys that readline users expect and libedit's emacs map has not, or has otherwise. */
static const Binding bindings[] = {
    {"\\e[200~", "psql-paste"},
    {"\\e#", "psql-comment"},
    {"^R", "em-inc-search-prev"},
    {"^S", "em-inc-search-next"},
    {"^L", "ed-clear-screen"},
    {"^U", "psql-discard-line"},
    {"^W", "psql-rubout-word"},
    {"^K", "psql-kill-line"},
    {"^Y", "psql-yank"},
    {"^T", "psql-transpose"},
    {"\\eb", "psql-backward-word"},
    {"\\eB", "psql-backward-word"},
    {"\\ef", "psql-forward-word"},
    {"\\eF", "psql-forward-word"},
    {"\\ed", "psql-kill-word"},
    {"\\eD", "psql-kill-word"},
    {"\\eu", "psql-upcase-word"},
    {"\\eU", "psql-upcase-word"},
    {"\\el", "psql-downcase-word"},
    {"\\eL", "psql-downcase-word"},
    {"\\ec", "psql-capitalize-word"},
    {"\\eC", "psql-capitalize-word"},
    {"\\e[A", "ed-prev-history"},
    {"\\e[B", "ed-next-history"},
    {"\\e[C", "ed-next-char"},
    {"\\e[D", "ed-prev-char"},
    {"\\e[1~", "ed-move-to-beg"},
    {"\\e[4~", "ed-move-to-end"},
    {"\\e[7~", "ed-move-to-beg"},
    {"\\e[8~", "ed-move-to-end"},
    {"\\e[H", "ed-move-to-beg"},
    {"\\e[F", "ed-move-to-end"},
    {"\\e[3~", "ed-delete-next-char"},
    {"\\e[2~", "ed-quoted-insert"}, /* /etc/inputrc's */
    {"\\e[5~", "ed-search-prev-history"},
    {"\\e[6~", "ed-search-next-history"},
    {"\\e<", "vi-to-history-line"},
    {"^_", "vi-undo"},
    {"^X^U", "vi-undo"},
    {"^X^?", "psql-discard-line"},
    {"\\e[1;5C", "psql-forward-word"},
    {"\\e[1;5D", "psql-backward-word"},
    {"\\e[1;3C", "psql-forward-word"},
    {"\\e[1;3D", "psql-backward-word"},
    {"\\e[5C", "psql-forward-word"},
    {"\\e[5D", "psql-backward-word"},
    {"\\e\\e[C", "psql-forward-word"},
    {"\\e\\e[D", "psql-backward-word"},
    {"\\e^?", "psql-backward-kill-word"},
    {"\\e^H", "psql-backward-kill-word"},
};

void editing_bind_own(Editing *editing)
{
    for (size_t i = 0; i < lengthof(own_keys); i++) {
        if (own_keys[i].screen && !editing->bracketed_paste)
            continue;
        el_set(editing->el, EL_BIND, own_keys[i].key, own_keys[i].function, NULL);
        if (editing->vi && own_keys[i].command_mode)
            el_set(editing->el, EL_BIND, "-a", own_keys[i].key, own_keys[i].function, NULL);
    }
}

void editing_bind_keys(Editing *editing)
{
    for (size_t i = 0; i < lengthof(functions); i++)
        el_wset(editing->el, EL_ADDFN, functions[i].name, functions[i].help, functions[i].run);
    el_set(editing->el, EL_EDITOR, "emacs");
    for (size_t i = 0; i < lengthof(bindings); i++)
        el_set(editing->el, EL_BIND, bindings[i].key, bindings[i].function, NULL);
    editing_bind_own(editing);
}
