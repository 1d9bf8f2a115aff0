/*
 * copy.c — COPY ... FROM STDIN in text format, written by the program.
 *
 * Rows gather in one buffer that is sent whenever it holds a block, also in the middle of a
 * field: the server does not mind where a message ends, and memory stays bounded however large a
 * file's content is.  What the server has to say comes at the end (copy_finish).
 */
#include "pgmish/server.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 64 * 1024, /* sent when at least this much is waiting */
    STEP = 16 * 1024   /* input escaped at a time: at most doubles, so it bounds the buffer */
};

bool copy_begin(CopyWriter *writer, PGconn *conn, const char *sql, Diag *diag)
{
    PGresult *result = server_query(conn, sql, 0, NULL);
    bool ok = PQresultStatus(result) == PGRES_COPY_IN;

    *writer = (CopyWriter){.conn = conn, .failed = !ok};
    strbuf_init(&writer->buffer);
    if (!ok)
        server_diag(result, conn, diag);
    PQclear(result);
    return ok;
}

static void send_block(CopyWriter *writer)
{
    StrBuf *buffer = &writer->buffer;

    if (buffer->len && !writer->failed &&
        PQputCopyData(writer->conn, buffer->data, (int)buffer->len) != 1)
        writer->failed = true;
    strbuf_reset(buffer);
}

/* Appends len bytes, escaped as the text format wants them. */
static void add_escaped(StrBuf *out, const char *text, size_t len)
{
    static const char escape[256] = {['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    const unsigned char *in = (const unsigned char *)text, *end = in + len;
    char *to;

    strbuf_grow(out, 2 * len);
    to = out->data + out->len;
    for (; in < end; in++) {
        char name = escape[*in];

        if (name) {
            *to++ = '\\';
            *to++ = name;
        } else {
            *to++ = (char)*in;
        }
    }
    *to = '\0';
    out->len = (size_t)(to - out->data);
}

void copy_field(CopyWriter *writer, const char *text, size_t len)
{
    if (!text) {
        strbuf_addn(&writer->buffer, "\\N", 2);
        return;
    }
    while (len && !writer->failed) {
        size_t step = len < STEP ? len : STEP;

        add_escaped(&writer->buffer, text, step);
        text += step;
        len -= step;
        if (writer->buffer.len >= BLOCK)
            send_block(writer);
    }
}

void copy_end_field(CopyWriter *writer)
{
    strbuf_addc(&writer->buffer, '\t');
}

static bool connection_diag(const CopyWriter *writer, Diag *diag)
{
    const char *message = PQerrorMessage(writer->conn);
    size_t len = strlen(message);

    while (len && message[len - 1] == '\n')
        len--;
    return diag_set(diag, EXIT_PGMI_EXECUTION, "could not send COPY data: %.*s", (int)len,
                    message);
}

bool copy_end_row(CopyWriter *writer, Diag *diag)
{
    strbuf_addc(&writer->buffer, '\n');
    if (writer->buffer.len >= BLOCK)
        send_block(writer);
    return writer->failed ? connection_diag(writer, diag) : true;
}

/*
 * The row at which the server gave up, out of a context like "COPY tablename, line 3".  Only the
 * command's name and the first number behind it are read, as the rest may be translated; a row is
 * one line because line ends in it are escaped.  0: not told.
 */
static uint64_t failed_row(const PGresult *result)
{
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *copy = context ? strstr(context, "COPY ") : NULL;
    const char *digits = copy ? strpbrk(copy, "0123456789") : NULL;

    return digits ? strtoull(digits, NULL, 10) : 0;
}

/* Collects what the server answers to the end of the data; true when it took it. */
static bool collect_answer(CopyWriter *writer, Diag *diag)
{
    bool ok = true, told = false;
    PGresult *result;

    while ((result = PQgetResult(writer->conn))) {
        ExecStatusType status = PQresultStatus(result);
        /* still COPY_IN when the end could not be sent: libpq would repeat it for ever */
        bool stuck = status == PGRES_COPY_IN;

        if (status != PGRES_COMMAND_OK)
            ok = false;
        /* the first error says why; a lost connection may add a second */
        if (!ok && !told && diag) {
            server_diag(result, writer->conn, diag);
            writer->failed_row = failed_row(result);
            told = true;
        }
        PQclear(result);
        if (stuck)
            break;
    }
    return ok;
}

bool copy_finish(CopyWriter *writer, Diag *diag)
{
    bool ok;

    send_block(writer);
    strbuf_free(&writer->buffer);
    if (writer->failed || PQputCopyEnd(writer->conn, NULL) != 1) {
        connection_diag(writer, diag);
        collect_answer(writer, NULL);
        return false;
    }
    ok = collect_answer(writer, diag);
    writer->failed = !ok;
    return ok;
}

void copy_abort(CopyWriter *writer, const char *reason)
{
    strbuf_free(&writer->buffer);
    PQputCopyEnd(writer->conn, reason);
    collect_answer(writer, NULL);
    writer->failed = true;
}
