/*
 * literal.c — the value of a quoted SQL literal.  libpq quotes a variable's value as E'...' as
 * soon as it holds a backslash, so the macro has to read what libpq writes (shell.md section 3);
 * the rest of PostgreSQL's escapes (manual, 4.1.2.2) is there because the user may write them.
 */
#include "literal.h"

#include <stdlib.h>
#include <string.h>

typedef struct Escaped {
    const char *text;
    size_t len, at;
} Escaped;

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return 16;
}

/* Up to max digits of a base at the current place; *count gets how many there were. */
static uint32_t read_digits(Escaped *in, int base, size_t max, size_t *count)
{
    uint32_t value = 0;

    for (*count = 0; *count < max && in->at < in->len; ++*count, in->at++) {
        int digit = digit_value(in->text[in->at]);

        if (digit >= base)
            break;
        value = value * (uint32_t)base + (uint32_t)digit;
    }
    return value;
}

static void add_utf8(StrBuf *out, uint32_t code)
{
    if (code < 0x80) {
        strbuf_addc(out, (char)code);
    } else if (code < 0x800) {
        strbuf_addc(out, (char)(0xC0 | code >> 6));
        strbuf_addc(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        strbuf_addc(out, (char)(0xE0 | code >> 12));
        strbuf_addc(out, (char)(0x80 | (code >> 6 & 0x3F)));
        strbuf_addc(out, (char)(0x80 | (code & 0x3F)));
    } else {
        strbuf_addc(out, (char)(0xF0 | (code >> 18 & 7)));
        strbuf_addc(out, (char)(0x80 | (code >> 12 & 0x3F)));
        strbuf_addc(out, (char)(0x80 | (code >> 6 & 0x3F)));
        strbuf_addc(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* \xHH, \uHHHH, \UHHHHHHHH; without digits the letter stands for itself. */
static void add_hex(Escaped *in, char letter, StrBuf *out)
{
    size_t max = letter == 'x' ? 2 : letter == 'u' ? 4 : 8, count;
    uint32_t value = read_digits(in, 16, max, &count);

    if (!count)
        strbuf_addc(out, letter);
    else if (letter == 'x')
        strbuf_addc(out, (char)value);
    else
        add_utf8(out, value);
}

/* in->at is behind the backslash, before the end. */
static void add_escape(Escaped *in, StrBuf *out)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    char c = in->text[in->at];
    const char *name = c ? strchr(names, c) : NULL;
    size_t count;

    if (c >= '0' && c <= '7') {
        strbuf_addc(out, (char)read_digits(in, 8, 3, &count));
        return;
    }
    in->at++;
    if (c == 'x' || c == 'u' || c == 'U')
        add_hex(in, c, out);
    else
        strbuf_addc(out, name ? values[name - names] : c);
}

char *literal_decode(const char *text, size_t len, bool escapes)
{
    Escaped in = {text, len, 0};
    StrBuf out = STRBUF_INIT;

    while (in.at < len) {
        char c = text[in.at++];

        if (escapes && c == '\\' && in.at < len) {
            add_escape(&in, &out);
        } else {
            in.at += c == '\'' && in.at < len; /* the second of two */
            strbuf_addc(&out, c);
        }
    }
    if (memchr(out.data, '\0', out.len)) {
        strbuf_free(&out);
        return NULL;
    }
    return strbuf_detach(&out);
}
