/*
 * input.c — where lines come from: a stream, a text, the terminal.
 *
 * Streams are read through stdio, never through a buffer of our own: what follows a line belongs
 * to whoever reads next from the same FILE (in-line COPY data, \prompt, a child of \!).
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "editing.h"

/* ---- lines of a stream ------------------------------------------------------------------- */

/*
 * A line that holds NUL bytes.  psql reads pieces of at most 1023 bytes as C strings, so a NUL
 * hides the rest of its piece, the newline included; scripts with such bytes behave the same here.
 * False: the newline was hidden and the next line continues this one.
 */
static bool add_pieces(StrBuf *line, const char *text, size_t len)
{
    const size_t piece = 1023;

    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;

        strbuf_addn(line, text + at, strnlen(text + at, n));
    }
    if (!line->len || line->data[line->len - 1] != '\n')
        return false;
    strbuf_truncate(line, line->len - 1);
    return true;
}

/* getline() straight into the buffer's own memory: a line of 50 MB is not copied. */
static ssize_t getline_into(FILE *stream, StrBuf *line)
{
    char *data = line->cap ? line->data : NULL;
    size_t cap = line->cap;
    ssize_t n = getline(&data, &cap, stream);

    if (data) {
        line->data = data;
        line->cap = cap;
        line->len = n > 0 ? (size_t)n : 0;
        line->data[line->len] = '\0';
    }
    return n;
}

bool read_stream_line(FILE *stream, StrBuf *line, bool *failed)
{
    ssize_t n = getline_into(stream, line);

    *failed = false;
    if (n >= 0 && memchr(line->data, '\0', (size_t)n)) {
        StrBuf raw = STRBUF_INIT;
        bool complete;

        strbuf_swap(&raw, line);
        complete = add_pieces(line, raw.data, raw.len);
        while (!complete && getline_into(stream, &raw) >= 0)
            complete = add_pieces(line, raw.data, raw.len);
        strbuf_free(&raw);
        *failed = ferror(stream) != 0;
        return !*failed;
    }
    if (n < 0 || ferror(stream)) {
        *failed = ferror(stream) != 0;
        strbuf_truncate(line, 0);
        return false;
    }
    if (n && line->data[n - 1] == '\n')
        strbuf_truncate(line, (size_t)n - 1);
    return true;
}

/* ---- sources --------------------------------------------------------------------------------- */

static Input *input_new(const char *name)
{
    Input *input = xcalloc(1, sizeof *input);

    input->name = name;
    return input;
}

static void close_borrowed(Input *input)
{
    free(input->state);
    free(input);
}

static void close_owned(Input *input)
{
    fclose(input->stream);
    free(input);
}

static ReadStatus read_stream(Input *input, const char *prompt, StrBuf *line)
{
    bool failed;

    (void)prompt;
    if (!read_stream_line(input->stream, line, &failed))
        return failed ? READ_FAILED : READ_EOF;
    input->line++;
    return READ_LINE;
}

Input *input_from_stream(FILE *stream, const char *name, bool owns_stream)
{
    Input *input = input_new(name);

    input->stream = stream;
    input->read_line = read_stream;
    input->close = owns_stream ? close_owned : close_borrowed;
    return input;
}

static ReadStatus read_text(Input *input, const char *prompt, StrBuf *line)
{
    size_t len = strcspn(input->text, "\n");

    (void)prompt;
    strbuf_reset(line);
    if (!*input->text)
        return READ_EOF;
    strbuf_addn(line, input->text, len);
    input->text += input->text[len] ? len + 1 : len;
    input->line++;
    return READ_LINE;
}

Input *input_from_text(const char *text, const char *name)
{
    Input *input = input_new(name);

    input->state = input->text = xstrdup(text);
    input->read_line = read_text;
    input->close = close_borrowed;
    return input;
}

/* ---- the terminal ------------------------------------------------------------------------------ */

typedef struct Terminal {
    Shell *shell;
} Terminal;

/*
 * Waits until stdin has a line, or Ctrl-C was pressed (false).  SIGINT is let in only while
 * ppoll() sleeps, so that it cannot slip in between the look at the flag and the sleep.
 */
static bool wait_for_line(Shell *shell)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t block, before;
    bool ready = false;

    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigprocmask(SIG_BLOCK, &block, &before);
    while (!shell->cancel_pressed && !ready) {
        int n = ppoll(&fd, 1, NULL, &before);

        ready = n > 0 || (n < 0 && errno != EINTR);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ready;
}

/* Without line editing: the prompt on stdout and a line of stdin, as the terminal edits it. */
static ReadStatus read_plain(Input *input, Shell *shell, const char *prompt, StrBuf *line)
{
    fputs(prompt, stdout);
    fflush(stdout);
    strbuf_reset(line);
    if (!wait_for_line(shell)) {
        shell->cancel_pressed = false;
        return READ_INTERRUPT;
    }
    return read_stream(input, prompt, line);
}

static ReadStatus read_terminal(Input *input, const char *prompt, StrBuf *line)
{
    Shell *shell = ((Terminal *)input->state)->shell;
    ReadStatus status;

    if (!shell->editing) {
        input->stream = stdin;
        status = read_plain(input, shell, prompt, line);
        input->stream = NULL;
        return status;
    }
    status = editing_read_line(shell, prompt, line);
    if (status == READ_LINE)
        input->line++;
    return status;
}

Input *input_from_terminal(Shell *shell)
{
    Input *input = input_new(NULL);
    Terminal *terminal = xcalloc(1, sizeof *terminal);

    terminal->shell = shell;
    input->state = terminal;
    input->interactive = true;
    input->read_line = read_terminal;
    input->close = close_borrowed;
    return input;
}

void input_close(Input *input)
{
    if (input)
        input->close(input);
}
