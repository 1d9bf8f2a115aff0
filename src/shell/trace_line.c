/*
 * trace_line.c — live progress of a traced run: `[7/31] ./migrations/007.sql:42 3.2 s`.
 *
 * One line on standard error, drawn over itself: how many of the traced files have begun, the statement
 * that runs, and for how long.  Only on a terminal that can take a line back, and only for what
 * is not over in a moment; it is wiped before anything else is written (Log's `before`) and at the
 * end of the message.
 */
#include "pgmish/shell.h"
#include "pgmish/trace.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUIET_MS = 400, STEP_MS = 50, TICK_MS = 100 };

/* The end of a path that fits into so many columns, cut between characters. */
static const char *path_end(const char *path, int columns)
{
    int encoding = pg_char_to_encoding("UTF8"), width = 0;

    for (const char *p = path; *p; p += PQmblenBounded(p, encoding))
        width += PQdsplen(p, encoding);
    for (; *path && width > columns; path += PQmblenBounded(path, encoding))
        width -= PQdsplen(path, encoding);
    return path;
}

static void draw(const Shell *shell, const TraceMark *mark, double now)
{
    char *path = project_show_path(mark->file->file->path);
    char *tail = xasprintf(":%u %.1f s", mark->file->marks.items[mark->statement].line,
                           (now - mark->at) / 1000);
    char *head = xasprintf("[%zu/%zu] ", mark->files_begun, mark->files_marked);
    int columns = 80, rows;

    term_size(STDERR_FILENO, &columns, &rows);
    columns -= (int)(strlen(head) + strlen(tail)) + 1;
    fflush(shell->out);
    fprintf(stderr, "\r%s%s%s\033[K", head, path_end(path, columns > 0 ? columns : 0), tail);
    fflush(stderr);
    free(path);
    free(tail);
    free(head);
}

/* TraceListener: a mark has arrived, or time has passed. */
static void on_mark(void *ctx, const TraceMark *mark)
{
    Shell *shell = ctx;
    TraceLine *line = &shell->trace_line;
    double now = monotonic_ms();

    if (now - line->begun < QUIET_MS || now - line->drawn < STEP_MS)
        return;
    line->shown = true; /* first: a Ctrl-C may come at once, whose handler wipes the line */
    draw(shell, mark, now);
    line->drawn = now;
}

void trace_line_init(Shell *shell)
{
    shell->trace_line.possible = term_can_move(STDERR_FILENO);
    if (shell->trace_line.possible)
        trace_listen(shell->session, on_mark, shell);
}

void trace_line_clear(Shell *shell)
{
    if (!shell->trace_line.shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    shell->trace_line.shown = false;
}

void trace_message_begin(Shell *shell)
{
    if (!shell->deploy)
        trace_run(shell->session);
    trace_begin(shell->session);
    shell->trace_line.begun = monotonic_ms();
}

void trace_message_end(Shell *shell)
{
    trace_end(shell->session);
    trace_line_clear(shell);
}

void trace_wait(Shell *shell)
{
    PGconn *conn = shell->conn;

    if (trace_mode(shell->session) == TRACE_OFF)
        return;
    while (PQstatus(conn) == CONNECTION_OK && PQisBusy(conn)) {
        struct pollfd fd = {PQsocket(conn), POLLIN, 0};

        if (poll(&fd, 1, TICK_MS) > 0 && !PQconsumeInput(conn))
            break;
        trace_tick(shell->session);
    }
    trace_line_clear(shell);
}
