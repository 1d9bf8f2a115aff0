/*
 * copy.c — the data of a COPY command that runs through the client.
 *
 * In text mode the script's own stream is read line by line, so that the line `\.` is found and
 * nothing behind it is swallowed; a line `\.` inside a quoted CSV field ends the data too, as
 * psql 15 and its server have it.  Data that the server refuses is still read to its end, so that
 * it is never taken for commands.
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* psql sends so much at a time.  Of a file, where nobody notices when a row is sent, three times as
 * much: just so much that libpq need not make its buffer of 32 kB larger. */
enum { COPY_BLOCK = 8192, FILE_BLOCK = 3 * COPY_BLOCK - 8 };

static size_t block_size(FILE *stream)
{
    struct stat file;

    return fstat(fileno(stream), &file) == 0 && S_ISREG(file.st_mode) ? FILE_BLOCK : COPY_BLOCK;
}

bool shell_copy_out(Shell *shell, FILE *stream, PGresult **result)
{
    PGconn *conn = shell->conn;
    bool ok = true;
    char *row;
    int got;

    while ((got = PQgetCopyData(conn, &row, 0)) >= 0) {
        if (!row)
            continue;
        if (ok && stream && fwrite(row, 1, (size_t)got, stream) != (size_t)got) {
            log_error(&shell->log, "could not write COPY data: %s", strerror(errno));
            ok = false; /* complain once, keep draining */
        }
        PQfreemem(row);
    }
    if (ok && stream && fflush(stream)) {
        log_error(&shell->log, "could not write COPY data: %s", strerror(errno));
        ok = false;
    }
    if (got == -2) {
        log_error(&shell->log, "COPY data transfer failed: %s", PQerrorMessage(conn));
        ok = false;
    }
    *result = PQgetResult(conn);
    if (PQresultStatus(*result) != PGRES_COMMAND_OK) {
        log_info(&shell->log, "%s", PQerrorMessage(conn));
        ok = false;
    }
    return ok;
}

static void copy_prompt(Shell *shell)
{
    char *prompt = prompt_text(shell, PROMPT_COPY, OPEN_NOTHING);

    fputs(prompt, stdout);
    fflush(stdout);
    free(prompt);
}

static bool is_end_marker(const char *line, size_t len)
{
    return (len == 3 && memcmp(line, "\\.\n", 3) == 0) ||
           (len == 4 && memcmp(line, "\\.\r\n", 4) == 0);
}

/* Data that stands where the commands come from belongs to the statement's lines. */
static void count_line(Shell *shell, FILE *stream)
{
    if (stream != (shell->command_stream ? shell->command_stream : stdin))
        return;
    shell->log.line++;
    shell->statement_line++;
}

static bool send_binary(Shell *shell, FILE *stream, bool prompt)
{
    char block[FILE_BLOCK];
    size_t got, size = block_size(stream);

    if (prompt)
        copy_prompt(shell);
    while (!shell->cancel_pressed && (got = fread(block, 1, size, stream)) > 0)
        if (PQputCopyData(shell->conn, block, (int)got) <= 0)
            return false;
    return true;
}

static bool send_text(Shell *shell, FILE *stream, bool prompt)
{
    char block[FILE_BLOCK];
    size_t used = 0, size = block_size(stream);
    bool at_line_start = true, done = false;

    while (!done) {
        char *piece = block + used;
        bool got;

        if (prompt && at_line_start)
            copy_prompt(shell);
        got = fgets(piece, (int)(size - used), stream) != NULL;

        if (shell->cancel_pressed)
            return true; /* what came together with the interrupt is dropped */
        if (!got) {
            done = true;
        } else {
            size_t len = strlen(piece);

            /* A zero byte hides the rest of its line, from psql as well: where one begins the line,
             * the newline before it is looked at once more, and counted. */
            used += len;
            if (used && block[used - 1] == '\n') {
                done = at_line_start && is_end_marker(piece, len);
                count_line(shell, stream);
                at_line_start = true;
            } else {
                at_line_start = false;
            }
        }
        /* Room is kept for a whole end marker, so that it is never cut in two. */
        if (used >= size - 5 || (done && used)) {
            if (PQputCopyData(shell->conn, block, (int)used) <= 0)
                return false;
            used = 0;
        }
    }
    return true;
}

/* Collects the COPY's final result; an unfinished COPY is ended until the server agrees. */
static bool end_copy_in(PGconn *conn, PGresult **result)
{
    bool ok = true;

    for (;;) {
        *result = PQgetResult(conn);
        if (PQresultStatus(*result) != PGRES_COPY_IN)
            return ok;
        ok = false;
        PQclear(*result);
        PQputCopyEnd(conn, "trying to exit copy mode");
    }
}

bool shell_copy_in(Shell *shell, FILE *stream, bool binary, PGresult **result)
{
    PGconn *conn = shell->conn;
    bool prompt = isatty(fileno(stream));
    const char *failure = NULL;
    bool ok;

    if (prompt && !shell->set.quiet)
        puts("Enter data to be copied followed by a newline.\n"
             "End with a backslash and a period on a line by itself, or an EOF signal.");
    /* Ctrl-C ends the data: the server is told so by the end of the COPY, not by a cancel. */
    cancel_install(NULL);
    ok = binary ? send_binary(shell, stream, prompt) : send_text(shell, stream, prompt);
    cancel_install(conn);
    if (shell->cancel_pressed) {
        failure = "canceled by user";
        if (!shell->interactive)
            shell->cancel_pressed = false; /* it ended the data, not the script */
    } else if (ferror(stream) || !ok)
        failure = "aborted because of read failure";
    if (failure)
        ok = false;
    if (PQputCopyEnd(conn, failure) <= 0)
        ok = false;
    clearerr(stream); /* a terminal may go on after its end of file */
    if (!end_copy_in(conn, result))
        ok = false;
    if (PQresultStatus(*result) != PGRES_COMMAND_OK) {
        log_info(&shell->log, "%s", PQerrorMessage(conn));
        ok = false;
    }
    return ok;
}

void shell_copy_skip(Shell *shell, FILE *stream, int count)
{
    char block[COPY_BLOCK];
    bool at_line_start = true;

    while (count > 0 && fgets(block, sizeof(block), stream)) {
        size_t len = strlen(block);
        bool whole = len && block[len - 1] == '\n';

        if (whole && at_line_start && is_end_marker(block, len))
            count--;
        if (whole)
            count_line(shell, stream);
        at_line_start = whole;
    }
}
