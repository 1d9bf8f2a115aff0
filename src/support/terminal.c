/*
 * terminal.c — what a terminal can do, its size, and asking for a password on it.
 */
#include "pgmish/support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

bool term_can_move(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

bool term_has_colour(int fd)
{
    const char *none = getenv("NO_COLOR"), *psqls = getenv("PG_COLOR");

    return term_can_move(fd) && !(none && *none) && !(psqls && strcmp(psqls, "never") == 0);
}

char *term_colour_outcome(bool good, const char *line)
{
    return xasprintf("\033[%sm%s\033[0m", good ? "32" : "01;31", line);
}

void term_put_outcome(FILE *out, bool good, const char *line)
{
    char *coloured = term_has_colour(fileno(out)) ? term_colour_outcome(good, line) : NULL;

    fprintf(out, "%s\n", coloured ? coloured : line);
    free(coloured);
}

bool term_size(int fd, int *columns, int *rows)
{
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

/*
 * Waits until fd can be read.  SIGINT is held back except while waiting, so that an interrupt
 * between the test of the flag and the wait is not lost; ppoll ends with EINTR even where the
 * handler asked for restarting.
 */
static bool wait_readable(int fd, volatile bool *interrupted)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    sigset_t hold, before;
    int ready = -1;

    sigemptyset(&hold);
    sigaddset(&hold, SIGINT);
    sigprocmask(SIG_BLOCK, &hold, &before);
    while (!(interrupted && *interrupted)) {
        ready = ppoll(&wait, 1, NULL, &before);
        if (ready >= 0 || errno != EINTR)
            break;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ready > 0;
}

/* Reads a line from the terminal itself; false at end of input or interrupt with nothing. */
static bool read_tty_line(int fd, volatile bool *interrupted, StrBuf *line)
{
    char c;

    while (wait_readable(fd, interrupted)) {
        ssize_t got = read(fd, &c, 1);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return line->len > 0;
        if (c == '\n')
            return true;
        strbuf_addc(line, c);
    }
    return false;
}

/* Without a terminal the answer comes from stdin, through stdio, which may hold some already. */
static bool read_stdin_line(StrBuf *line)
{
    int c;

    while ((c = getc(stdin)) != EOF && c != '\n')
        strbuf_addc(line, (char)c);
    return c == '\n' || line->len > 0;
}

/* Clears a buffer that held a secret; free alone would leave it in memory. */
static void wipe(StrBuf *line)
{
    explicit_bzero(line->data, line->cap);
    strbuf_free(line);
}

char *term_read_secret(const char *prompt, bool echo, volatile bool *interrupted)
{
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    int in = tty >= 0 ? tty : STDIN_FILENO;
    FILE *out = tty >= 0 ? fdopen(dup(tty), "w") : stderr;
    struct termios before, quiet;
    bool silenced = false, got;
    StrBuf line = STRBUF_INIT;

    if (!out)
        out = stderr;
    if (!echo && !tcgetattr(in, &before)) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        silenced = !tcsetattr(in, TCSAFLUSH, &quiet);
    }
    fputs(prompt, out);
    fflush(out);
    got = tty >= 0 ? read_tty_line(tty, interrupted, &line) : read_stdin_line(&line);
    if (interrupted && *interrupted)
        got = false;
    if (silenced)
        tcsetattr(in, TCSAFLUSH, &before);
    /* psql ends the line that the user's silent Enter, or his Ctrl-C, did not */
    if (!echo || (interrupted && *interrupted))
        fputs("\n", out);
    fflush(out);
    if (out != stderr)
        fclose(out);
    if (tty >= 0)
        close(tty);
    if (line.len && line.data[line.len - 1] == '\r')
        strbuf_truncate(&line, line.len - 1);
    if (got)
        return strbuf_detach(&line);
    wipe(&line);
    return NULL;
}
