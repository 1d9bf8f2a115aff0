/*
 * editing_input.c — where keys come from: a macro, or the terminal; and signals between them.
 *
 * Signals that matter to whoever types are taken from a signalfd while a line is being read, next
 * to the keys.  So nothing at all is done in a signal handler, Ctrl-C is an ordinary return value,
 * and no race is possible between a look at a flag and a blocking read.  Bytes are read one at a
 * time: what follows the line belongs to whoever reads next from the terminal.
 */
#include "editing.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* ---- signals between keys ----------------------------------------------------------------- */

static void leave_terminal(Editing *editing)
{
    if (editing->bracketed_paste)
        fputs("\033[?2004l\r", stdout);
    fflush(stdout);
    terminal_raw(editing, false);
}

static void enter_terminal(Editing *editing)
{
    struct signalfd_siginfo gone;

    /* The SIGCONT that woke us up needs no second answer. */
    while (read(editing->signal_fd, &gone, sizeof gone) == (ssize_t)sizeof gone)
        ;
    terminal_raw(editing, true);
    if (editing->bracketed_paste)
        fputs("\033[?2004h", stdout);
    editing_forget_screen(editing);
    editing_draw(editing);
}

/* What the terminal would have echoed for the key. */
static void echo_signal(int signal)
{
    const char *text = signal == SIGQUIT ? "^\\" : signal == SIGTSTP ? "^Z" : "";

    fputs(text, stdout);
}

/* Lets a signal do what it does outside of line editing: stop us, end us, or run a handler. */
static void deliver(Editing *editing, int signal)
{
    sigset_t one;

    echo_signal(signal);
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
        editing_resized(editing);
        return true;
    case SIGCONT:
        terminal_raw(editing, false);
        enter_terminal(editing);
        return true;
    default:
        deliver(editing, (int)info.ssi_signo);
        return true;
    }
}

/* ---- bytes ------------------------------------------------------------------------------------ */

/* Drawing waits until nothing is left to be read: what is pasted is drawn once. */
static void draw_if_idle(Editing *editing, struct pollfd *fds)
{
    if (poll(fds, 2, 0) != 0)
        return;
    if (!editing->undrawn)
        editing_draw(editing);
    fflush(stdout);
}

static int read_terminal_byte(Editing *editing, unsigned char *byte)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = editing->signal_fd, .events = POLLIN}};

    for (;;) {
        draw_if_idle(editing, fds);
        if (poll(fds, lengthof(fds), -1) < 0 && errno != EINTR)
            return -1;
        if (fds[1].revents & POLLIN && !serve_signal(editing))
            return -1;
        if (fds[0].revents) {
            ssize_t n = read(STDIN_FILENO, byte, 1);

            if (n >= 0 || errno != EINTR)
                return (int)n;
        }
        fds[0].revents = fds[1].revents = 0;
    }
}

bool editing_input_waits(Editing *editing, int milliseconds)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

    return editing->pushed_at < editing->pushed.len || poll(&fd, 1, milliseconds) > 0;
}

void editing_push(Editing *editing, const char *bytes, size_t len)
{
    if (editing->pushed_at == editing->pushed.len) {
        strbuf_reset(&editing->pushed);
        editing->pushed_at = 0;
    }
    strbuf_insert(&editing->pushed, editing->pushed_at, bytes, len);
}

int editing_read_byte(Editing *editing, unsigned char *byte)
{
    if (editing->interrupted)
        return -1;
    if (editing->pushed_at < editing->pushed.len) {
        *byte = (unsigned char)editing->pushed.data[editing->pushed_at++];
        return 1;
    }
    return read_terminal_byte(editing, byte);
}
