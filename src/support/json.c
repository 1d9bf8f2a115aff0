/*
 * json.c — writing JSON strings (RFC 8259).  What comes in may be anything a server or a file
 * holds; what goes out is always valid JSON, so bytes that are not UTF-8 become U+FFFD.
 */
#include "pgmish/support.h"

#include <string.h>

static void add_escape(StrBuf *out, unsigned char c)
{
    switch (c) {
    case '"':
        strbuf_add(out, "\\\"");
        break;
    case '\\':
        strbuf_add(out, "\\\\");
        break;
    case '\n':
        strbuf_add(out, "\\n");
        break;
    case '\r':
        strbuf_add(out, "\\r");
        break;
    case '\t':
        strbuf_add(out, "\\t");
        break;
    default:
        strbuf_addf(out, "\\u%04x", c);
    }
}

/* Length of the run at s that needs no change. */
static size_t plain_run(const char *s, size_t len)
{
    size_t at = 0;

    while (at < len) {
        unsigned char c = (unsigned char)s[at];
        size_t step = c < 0x80 ? 1 : utf8_sequence((const unsigned char *)s + at, len - at);

        if (c < 0x20 || c == '"' || c == '\\' || !step)
            break;
        at += step;
    }
    return at;
}

void json_add_stringn(StrBuf *out, const char *s, size_t len)
{
    size_t at = 0;

    strbuf_addc(out, '"');
    while (at < len) {
        size_t run = plain_run(s + at, len - at);

        strbuf_addn(out, s + at, run);
        at += run;
        if (at == len)
            break;
        if ((unsigned char)s[at] < 0x80)
            add_escape(out, (unsigned char)s[at]);
        else
            strbuf_add(out, "\xEF\xBF\xBD");
        at++;
    }
    strbuf_addc(out, '"');
}

void json_add_string(StrBuf *out, const char *s)
{
    json_add_stringn(out, s, strlen(s));
}
