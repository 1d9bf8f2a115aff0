/*
 * copy.c — COPY ... FROM STDIN in binary format, written by the program.
 *
 * Binary, because the server takes large texts in twice as fast as in text format: nothing has to be
 * escaped here and searched for escapes there.  Texts still go through the server's check and
 * conversion from client_encoding.  Integers are big-endian; a field is its length and its bytes (PostgreSQL
 * documentation, COPY, "Binary Format").
 *
 * Small fields gather in one buffer that is sent whenever it holds a block, also in the middle of a
 * field: the server does not mind where a message ends, and memory stays bounded however large a
 * file's content is.  What the server has to say comes at the end (copy_finish).
 */
#include "pgmish/server.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 64 * 1024, /* sent when at least this much is waiting */
    TEXT_OID = 25      /* type oid of text, element of text[] */
};

static void send_block(CopyWriter *writer)
{
    StrBuf *buffer = &writer->buffer;

    if (buffer->len && !writer->failed &&
        PQputCopyData(writer->conn, buffer->data, (int)buffer->len) != 1)
        writer->failed = true;
    strbuf_reset(buffer);
}

static void add_number(CopyWriter *writer, uint64_t number, int bytes)
{
    char out[8];

    for (int i = bytes - 1; i >= 0; i--, number >>= 8)
        out[i] = (char)(number & 0xff);
    strbuf_addn(&writer->buffer, out, (size_t)bytes);
}

static void add_bytes(CopyWriter *writer, const char *data, size_t len)
{
    while (len && !writer->failed) {
        size_t room = writer->buffer.len < BLOCK ? BLOCK - writer->buffer.len : 0;
        size_t step = len < room ? len : room;

        strbuf_addn(&writer->buffer, data, step);
        data += step;
        len -= step;
        if (writer->buffer.len >= BLOCK)
            send_block(writer);
    }
}

bool copy_begin(CopyWriter *writer, PGconn *conn, const char *sql, Diag *diag)
{
    static const char signature[] = "PGCOPY\n\377\r\n";
    PGresult *result = server_query(conn, sql, 0, NULL);
    bool ok = PQresultStatus(result) == PGRES_COPY_IN;

    *writer = (CopyWriter){.conn = conn, .failed = !ok};
    strbuf_init(&writer->buffer);
    if (!ok) {
        server_diag(result, conn, diag);
    } else {
        add_bytes(writer, signature, sizeof signature); /* its NUL included */
        add_number(writer, 0, 4);                       /* no flags */
        add_number(writer, 0, 4);                       /* no extension of the header */
    }
    PQclear(result);
    return ok;
}

void copy_row(CopyWriter *writer, int fields)
{
    add_number(writer, (uint64_t)fields, 2);
}

void copy_field(CopyWriter *writer, const char *data, size_t len)
{
    add_number(writer, data ? len : UINT32_MAX, 4); /* -1: NULL */
    if (data)
        add_bytes(writer, data, len);
}

void copy_int(CopyWriter *writer, int32_t number)
{
    add_number(writer, 4, 4);
    add_number(writer, (uint32_t)number, 4);
}

void copy_bigint(CopyWriter *writer, int64_t number)
{
    add_number(writer, 8, 4);
    add_number(writer, (uint64_t)number, 8);
}

void copy_bool(CopyWriter *writer, bool truth)
{
    add_number(writer, 1, 4);
    add_number(writer, truth, 1);
}

void copy_text_array(CopyWriter *writer, const StrList *items)
{
    size_t size = items->len ? 20 : 12;

    for (size_t i = 0; i < items->len; i++)
        size += 4 + strlen(items->items[i]);
    add_number(writer, size, 4);
    add_number(writer, items->len ? 1 : 0, 4); /* dimensions */
    add_number(writer, 0, 4);                  /* no NULL among them */
    add_number(writer, TEXT_OID, 4);
    if (items->len) {
        add_number(writer, items->len, 4);
        add_number(writer, 1, 4); /* lower bound */
    }
    for (size_t i = 0; i < items->len; i++)
        copy_field(writer, items->items[i], strlen(items->items[i]));
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
    if (writer->buffer.len >= BLOCK)
        send_block(writer);
    return writer->failed ? connection_diag(writer, diag) : true;
}

/*
 * The row at which the server gave up, out of a context like "COPY tablename, line 3".  Only the
 * command's name and the first number behind it are read, as the rest may be translated.  0: not
 * told.
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

    copy_row(writer, -1); /* the end of the data */
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
