/*
 * harmless.c — text that somebody else wrote, made harmless for a terminal.
 *
 * What a server says, or a file holds, may carry escape sequences: they could rewrite the lines
 * above, set the title, or worse.  psql prints them as they come, and so does pgmish where it is
 * psql; what pgmi says, and the lines of pgmish's own, go through here.
 */
#include "pgmish/support.h"

#include <string.h>

/* Line feeds and tabs are layout, and so is the carriage return of a CRLF file's line. */
static bool is_layout(const char *s)
{
    return *s == '\n' || *s == '\t' || (*s == '\r' && s[1] == '\n');
}

char *harmless_text(const char *text)
{
    StrBuf out = STRBUF_INIT;
    size_t len = strlen(text), used;

    for (size_t i = 0; i < len; i += used) {
        const unsigned char *s = (const unsigned char *)text + i;

        used = utf8_sequence(s, len - i);
        if (!used) /* another encoding's letters may pass, its C1 controls may not */
            used = 1;
        if (used == 1 && !is_layout(text + i) && (*s < 0x20 || (*s >= 0x7f && *s < 0xa0)))
            strbuf_addf(&out, "\\x%02x", *s);
        else if (used == 2 && s[0] == 0xc2 && s[1] < 0xa0) /* U+0080 to U+009F */
            strbuf_addf(&out, "\\u%04x", s[1]);
        else
            strbuf_addn(&out, (const char *)s, used);
    }
    return strbuf_detach(&out);
}
