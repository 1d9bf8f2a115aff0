/*
 * normalise.c — the text that a normalised checksum is taken over (contract C2): comments become
 * a separator, code is folded to lower case, white space collapses everywhere.
 *
 * Both passes of the rule are done in one: pass 2 never needs to look back at what pass 1 wrote
 * except to know whether white space is pending.
 */
#include "scan.h"

#include <string.h>

/* Length of the Unicode white space at s, 0: none.  The list is C2's, which leaves out the
 * zero-width characters. */
static size_t unicode_white(const unsigned char *s, size_t len)
{
    size_t used;
    uint32_t code = utf8_decode(s, len, &used);

    switch (code) {
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return used;
    default:
        return code >= 0x2000 && code <= 0x200A ? used : 0;
    }
}

enum { SPECIAL = 0 }; /* in a map: look closer */

/* What bytes become: white space a space, with `fold` A-Z a-z, the rest itself. */
static void fill_map(unsigned char map[256], bool fold)
{
    unsigned c;

    for (c = 0; c < 256; c++)
        map[c] = (unsigned char)c;
    memset(&map['\t'], ' ', '\r' - '\t' + 1);
    for (c = 'A'; fold && c <= 'Z'; c++)
        map[c] = (unsigned char)(c + ('a' - 'A'));
    /* first bytes of the characters that unicode_white knows */
    map[0xC2] = map[0xE1] = map[0xE2] = map[0xE3] = SPECIAL;
}

/* Writes into memory that is large enough for the whole text: every byte read, and every comment,
 * writes one byte at most. */
typedef struct Writer {
    char *start, *at;
    bool space; /* the last character written is a space, or nothing is written yet */
} Writer;

/* A space, unless one is there already or it would be the first character (pass 2 trims). */
static void write_space(Writer *writer)
{
    *writer->at = ' ';
    writer->at += !writer->space;
    writer->space = true;
}

/* Handles the special byte at s; returns how many bytes that took. */
static size_t write_special(Writer *writer, const unsigned char *s, size_t len)
{
    size_t white = unicode_white(s, len);

    if (white) {
        write_space(writer);
        return white;
    }
    *writer->at++ = (char)*s;
    writer->space = false;
    return 1;
}

/*
 * Words in SQL are short and where they end cannot be predicted, so there is no branch on that:
 * every byte is written, and the place to write at moves on unless it was one more space.
 */
static void write_text(Writer *writer, const unsigned char *s, size_t len,
                       const unsigned char map[256])
{
    const unsigned char *end = s + len;

    while (s < end) {
        char *to = writer->at;
        bool before = writer->space;
        unsigned char c = SPECIAL;

        while (s < end && (c = map[*s]) != SPECIAL) {
            bool space = c == ' ';

            *to = (char)c;
            to += !(space & before);
            before = space;
            s++;
        }
        writer->at = to;
        writer->space = before;
        if (s < end)
            s += write_special(writer, s, (size_t)(end - s));
    }
}

void sql_normalise(const char *text, size_t len, StrBuf *out)
{
    unsigned char code[256], quoted[256];
    Writer writer;
    Scan scan;
    Span span;

    fill_map(code, true);
    fill_map(quoted, false);
    strbuf_grow(out, len);
    writer.start = writer.at = out->data + out->len;
    writer.space = true;
    scan_init(&scan, &scan_rules_hash, text, len);
    while (scan_next(&scan, &span)) {
        if (span.kind == SPAN_LINE_COMMENT || span.kind == SPAN_BLOCK_COMMENT)
            write_space(&writer);
        else
            write_text(&writer, (const unsigned char *)text + span.start, span.end - span.start,
                       span.kind == SPAN_PLAIN ? code : quoted);
    }
    if (writer.space && writer.at > writer.start)
        writer.at--;
    out->len = (size_t)(writer.at - out->data);
    out->data[out->len] = '\0';
}
