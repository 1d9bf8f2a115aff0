/*
 * normalise.c — the text that a normalised checksum is taken over (contract C2): comments become
 * a separator, code is folded to lower case, white space collapses everywhere.
 *
 * Both passes of the rule are done in one: pass 2 never needs to look back at what pass 1 wrote
 * except to know whether white space is pending.
 */
#include "scan.h"

#include <string.h>

enum { COPY, WHITE, MAYBE_WHITE };

/* ASCII white space, and the first bytes of the Unicode characters that count as such. */
static const unsigned char byte_class[256] = {
    ['\t'] = WHITE,       ['\n'] = WHITE,       ['\v'] = WHITE,       ['\f'] = WHITE,
    ['\r'] = WHITE,       [' '] = WHITE,        [0xC2] = MAYBE_WHITE, [0xE1] = MAYBE_WHITE,
    [0xE2] = MAYBE_WHITE, [0xE3] = MAYBE_WHITE,
};

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

/* Writes into memory that is large enough for the whole text: a space is only ever written for
 * at least one byte that was left out. */
typedef struct Writer {
    char *start, *at;
    bool space; /* white space was read and not written yet */
} Writer;

static void pend_space(Writer *writer)
{
    writer->space = writer->at > writer->start; /* none at the start: pass 2 trims */
}

/* Length of the run at s that is copied byte by byte. */
static size_t copy_run(const unsigned char *s, size_t len)
{
    size_t at = 0;

    while (at < len) {
        unsigned char kind = byte_class[s[at]];

        if (kind == WHITE || (kind == MAYBE_WHITE && unicode_white(s + at, len - at)))
            break;
        at++;
    }
    return at;
}

static void write_text(Writer *writer, const char *text, size_t len, bool fold)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0, i;

    while (at < len) {
        size_t run = copy_run(s + at, len - at);

        if (!run) {
            pend_space(writer);
            at += byte_class[s[at]] == WHITE ? 1 : unicode_white(s + at, len - at);
            continue;
        }
        if (writer->space)
            *writer->at++ = ' ';
        writer->space = false;
        memcpy(writer->at, s + at, run);
        if (fold)
            for (i = 0; i < run; i++)
                writer->at[i] += writer->at[i] >= 'A' && writer->at[i] <= 'Z' ? 'a' - 'A' : 0;
        writer->at += run;
        at += run;
    }
}

void sql_normalise(const char *text, size_t len, StrBuf *out)
{
    Writer writer;
    Scan scan;
    Span span;

    strbuf_grow(out, len);
    writer = (Writer){.start = out->data + out->len, .at = out->data + out->len};
    scan_init(&scan, &scan_rules_hash, text, len);
    while (scan_next(&scan, &span)) {
        if (span.kind == SPAN_LINE_COMMENT || span.kind == SPAN_BLOCK_COMMENT)
            pend_space(&writer);
        else
            write_text(&writer, text + span.start, span.end - span.start,
                       span.kind == SPAN_PLAIN);
    }
    out->len = (size_t)(writer.at - out->data);
    out->data[out->len] = '\0';
}
