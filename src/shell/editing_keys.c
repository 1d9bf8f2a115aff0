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
        fputs("\033[?2004l", stdout);
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

int editing_read_byte(Editing *editing, unsigned char *byte)
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
};

typedef struct Binding {
    const char *key, *function;
} Binding;

/* Keys for every editing mode. */
static const Binding own_keys[] = {
    {"^I", "psql-complete"},
    {"^D", "psql-end-or-delete"},
};

/* Keys that readline users expect and libedit's emacs map does not have. */
static const Binding bindings[] = {
    {"\\e[200~", "psql-paste"},        {"\\e#", "psql-comment"},
    {"^R", "em-inc-search-prev"},      {"^S", "em-inc-search-next"},
    {"^L", "ed-clear-screen"},         {"^U", "vi-kill-line-prev"},
    {"^W", "ed-delete-prev-word"},     {"^Y", "em-yank"},
    {"\\e[A", "ed-prev-history"},      {"\\e[B", "ed-next-history"},
    {"\\e[C", "ed-next-char"},         {"\\e[D", "ed-prev-char"},
    {"\\e[1~", "ed-move-to-beg"},      {"\\e[4~", "ed-move-to-end"},
    {"\\e[7~", "ed-move-to-beg"},      {"\\e[8~", "ed-move-to-end"},
    {"\\e[H", "ed-move-to-beg"},       {"\\e[F", "ed-move-to-end"},
    {"\\e[3~", "ed-delete-next-char"}, {"\\e[2~", "em-toggle-overwrite"},
    {"\\e[1;5C", "em-next-word"},      {"\\e[1;5D", "ed-prev-word"},
    {"\\e[1;3C", "em-next-word"},      {"\\e[1;3D", "ed-prev-word"},
    {"\\e[5C", "em-next-word"},        {"\\e[5D", "ed-prev-word"},
    {"\\e\\e[C", "em-next-word"},      {"\\e\\e[D", "ed-prev-word"},
    {"\\e^?", "ed-delete-prev-word"},
};

void editing_bind_own(Editing *editing)
{
    for (size_t i = 0; i < lengthof(own_keys); i++)
        el_set(editing->el, EL_BIND, own_keys[i].key, own_keys[i].function, NULL);
}

/* For terminals that can move up and erase. */
static const Binding screen_keys[] = {
    {"^R", "psql-search"},
    {"^S", "psql-search"},
};

void editing_bind_keys(Editing *editing)
{
    for (size_t i = 0; i < lengthof(functions); i++)
        el_wset(editing->el, EL_ADDFN, functions[i].name, functions[i].help, functions[i].run);
    el_set(editing->el, EL_EDITOR, "emacs");
    editing_bind_own(editing);
    for (size_t i = 0; i < lengthof(bindings); i++)
        el_set(editing->el, EL_BIND, bindings[i].key, bindings[i].function, NULL);
    for (size_t i = 0; editing->bracketed_paste && i < lengthof(screen_keys); i++)
        el_set(editing->el, EL_BIND, screen_keys[i].key, screen_keys[i].function, NULL);
}
