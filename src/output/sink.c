/*
 * sink.c — text on its way out, gathered in large blocks: per-cell stdio calls are where psql
 * spends its time.  A sink ends in a stream, or in a store when the result is still incomplete.
 */
#include <errno.h>
#include <stdlib.h>

#include "printer.h"

/* Most results are small: blocks begin small, so small that malloc has one at hand, and double. */
#define FIRST_BLOCK   ((size_t)1000)
#define STREAM_BLOCK  (FIRST_BLOCK << 6)
#define LARGEST_BLOCK (FIRST_BLOCK << 9)

void sink_to_stream(Sink *sink, FILE *out)
{
    memset(sink, 0, sizeof(*sink));
    sink->record = SINK_NO_RECORD;
    sink->out = out;
}

void sink_to_store(Sink *sink, Store *store, bool records)
{
    memset(sink, 0, sizeof(*sink));
    sink->record = records ? 0 : SINK_NO_RECORD;
    sink->next_size = FIRST_BLOCK;
    sink->store = store;
}

/* Only the first error is kept: what follows from it says nothing new. */
static void write_out(Sink *sink)
{
    if (!sink->len)
        return;
    errno = 0;
    if (fwrite(sink->buf, 1, sink->len, sink->out) != sink->len && !sink->error)
        sink->error = errno ? errno : EIO;
    sink->len = 0;
}

/* Hands the complete part of the buffer to the store; an unfinished record moves on. */
static void seal_block(Sink *sink, size_t more)
{
    size_t done = sink->record == SINK_NO_RECORD ? sink->len : sink->record;
    size_t rest = sink->len - done;
    size_t size = sink->next_size;
    char *fresh;

    if (!done && sink->buf) { /* one record larger than a block */
        while (sink->cap - sink->len < more)
            sink->cap *= 2;
        sink->buf = xrealloc(sink->buf, sink->cap);
        return;
    }
    while (size < rest + more)
        size *= 2;
    fresh = xmalloc(size);
    if (sink->buf) {
        memcpy(fresh, sink->buf + done, rest);
        store_take(sink->store, sink->buf, done);
    }
    sink->buf = fresh;
    sink->len = rest;
    sink->cap = size;
    if (sink->record != SINK_NO_RECORD)
        sink->record = 0;
    if (sink->next_size < LARGEST_BLOCK)
        sink->next_size *= 2;
}

/* A stream's buffer grows before it is written out. */
static void grow_buffer(Sink *sink, size_t more)
{
    size_t size = sink->cap ? sink->cap : FIRST_BLOCK;

    if (sink->len + more > STREAM_BLOCK)
        write_out(sink);
    while (size - sink->len < more)
        size *= 2;
    if (size == sink->cap)
        return;
    sink->buf = xrealloc(sink->buf, size);
    sink->cap = size;
}

void sink_make_room(Sink *sink, size_t more)
{
    if (sink->store)
        seal_block(sink, more);
    else
        grow_buffer(sink, more);
}

/* For a store this ends the block: the buffer itself moves, nothing is copied. */
void sink_flush(Sink *sink)
{
    if (sink->out) {
        write_out(sink);
    } else if (sink->len) {
        store_take(sink->store, sink->buf, sink->len);
        sink->buf = NULL;
        sink->len = sink->cap = 0;
        if (sink->record != SINK_NO_RECORD)
            sink->record = 0;
    }
}

void sink_discard(Sink *sink)
{
    free(sink->buf);
    sink->buf = NULL;
    sink->len = sink->cap = 0;
}

void sink_close(Sink *sink)
{
    sink_flush(sink);
    sink_discard(sink);
}

/* Rules of tables; the unicode ones are three bytes a character. */
void sink_repeat(Sink *sink, const char *text, size_t times)
{
    size_t len = strlen(text);
    char *to = sink_room(sink, len * times);

    if (!times)
        return;
    if (len == 1)
        memset(to, text[0], times);
    else
        for (size_t i = 0; i < times; i++)
            memcpy(to + i * len, text, len); /* NOLINT(bugprone-not-null-terminated-result) */
    sink->len += len * times;
}

void sink_addf(Sink *sink, const char *fmt, ...)
{
    StrBuf buf = STRBUF_INIT;
    va_list args;

    va_start(args, fmt);
    strbuf_vaddf(&buf, fmt, args);
    va_end(args);
    sink_addn(sink, buf.data, buf.len);
    strbuf_free(&buf);
}
