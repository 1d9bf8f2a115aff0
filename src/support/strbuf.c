/*
 * strbuf.c — the growing string, on which every text of the program is made: statements, messages, the
 * content of files, lines of output.
 *
 * It doubles its memory, so that adding byte by byte stays linear.  It starts on a shared empty string
 * (strbuf_empty, which nobody writes to: cap 0 says that it is not the buffer's own), so that data is never
 * NULL, a buffer that stays empty costs nothing, and STRBUF_INIT is a constant.  Bytes are counted, not
 * searched for a NUL: contents of files are hostile and may hold one.
 */
#include "pgmish/support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

char strbuf_empty[1];

void strbuf_init(StrBuf *buf)
{
    buf->data = strbuf_empty;
    buf->len = buf->cap = 0;
}

void strbuf_free(StrBuf *buf)
{
    if (buf->cap)
        free(buf->data);
    strbuf_init(buf);
}

void strbuf_reset(StrBuf *buf)
{
    strbuf_truncate(buf, 0);
}

void strbuf_truncate(StrBuf *buf, size_t len)
{
    buf->len = len;
    if (buf->cap)
        buf->data[len] = '\0';
}

void strbuf_grow(StrBuf *buf, size_t extra)
{
    size_t need = buf->len + extra + 1;
    size_t cap = buf->cap ? buf->cap : 64;

    /* Half of what can be addressed is where doubling ends; a sum that has wrapped around would
     * otherwise pass for a small one. */
    if (extra >= SIZE_MAX / 2 - buf->len)
        out_of_memory();
    if (need <= buf->cap)
        return;
    while (cap < need)
        cap *= 2;
    if (buf->cap) {
        buf->data = xrealloc(buf->data, cap);
    } else {
        buf->data = xmalloc(cap);
        buf->data[0] = '\0';
    }
    buf->cap = cap;
}

void strbuf_addn(StrBuf *buf, const char *s, size_t len)
{
    if (!len)
        return;
    strbuf_grow(buf, len);
    memcpy(buf->data + buf->len, s, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void strbuf_add(StrBuf *buf, const char *s)
{
    strbuf_addn(buf, s, strlen(s));
}

void strbuf_addc(StrBuf *buf, char c)
{
    strbuf_addn(buf, &c, 1);
}

void strbuf_vaddf(StrBuf *buf, const char *fmt, va_list args)
{
    va_list again;
    int need;

    va_copy(again, args);
    strbuf_grow(buf, 80);
    need = vsnprintf(buf->data + buf->len, buf->cap - buf->len, fmt, args);
    if (need > 0 && (size_t)need >= buf->cap - buf->len) {
        strbuf_grow(buf, (size_t)need);
        vsnprintf(buf->data + buf->len, buf->cap - buf->len, fmt, again);
    }
    va_end(again);
    if (need > 0)
        buf->len += (size_t)need;
    buf->data[buf->len] = '\0';
}

void strbuf_addf(StrBuf *buf, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    strbuf_vaddf(buf, fmt, args);
    va_end(args);
}

void strbuf_add_decimal(StrBuf *buf, double number, int decimals)
{
    unsigned long long scale = 1, rounded;

    for (int i = 0; i < decimals; i++)
        scale *= 10;
    rounded = (unsigned long long)(number * (double)scale + 0.5);
    strbuf_addf(buf, "%llu.%0*llu", rounded / scale, decimals, rounded % scale);
}

char *strbuf_detach(StrBuf *buf)
{
    char *data = buf->cap ? buf->data : xcalloc(1, 1);

    strbuf_init(buf);
    return data;
}

void strbuf_swap(StrBuf *a, StrBuf *b)
{
    StrBuf t = *a;

    *a = *b;
    *b = t;
}

bool strbuf_read_stream(StrBuf *buf, FILE *stream)
{
    for (;;) {
        size_t got;

        strbuf_grow(buf, 65536);
        got = fread(buf->data + buf->len, 1, buf->cap - buf->len - 1, stream);
        buf->len += got;
        buf->data[buf->len] = '\0';
        if (!got)
            return !ferror(stream);
    }
}

bool strbuf_read_file(StrBuf *buf, const char *path)
{
    FILE *in = fopen(path, "rb");
    bool ok;
    int saved;

    if (!in)
        return false;
    ok = strbuf_read_stream(buf, in);
    saved = errno;
    fclose(in);
    errno = saved;
    return ok;
}
