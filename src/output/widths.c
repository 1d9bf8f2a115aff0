/*
 * widths.c — how much room a text takes on a terminal, and what is shown of it.
 *
 * The rules are psql's: libpq says how wide a character is; a newline starts a new line, CR is
 * shown as \r, a tab fills up to the next multiple of 8 of its line, other control characters
 * appear as \x01 and, beyond ASCII, as \u0085.
 */
#include <stdlib.h>

#include "printer.h"

#define ENCODING_UTF8 6 /* PG_UTF8: fixed by the protocol's encoding list */

bool text_is_plain(const char *text, size_t len)
{
    const char *end = text + len;
    uint64_t seen = 0;

    if (len < sizeof(seen))
        return !len || !odd_bytes(short_word(text, len));
    for (; end - text > (ptrdiff_t)sizeof(seen); text += sizeof(seen))
        seen |= odd_bytes(word_of(text));
    return !(seen | odd_bytes(word_of(end - sizeof(seen))));
}

/* One character of a text as it is shown. */
typedef struct Shown {
    size_t bytes; /* it occupies in the text; 0: the text ends in the middle of a character */
    int width;    /* of what is shown; -1: newline, -2: tab */
    char escape[16]; /* shown instead; empty: the character itself */
} Shown;

enum { SHOWN_NEWLINE = -1, SHOWN_TAB = -2 };

/* Of a character that libpq has called complete; for the \\u form only. */
static unsigned code_point(const unsigned char *s)
{
    if ((s[0] & 0xe0) == 0xc0)
        return (unsigned)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    if ((s[0] & 0xf0) == 0xe0)
        return (unsigned)(s[0] & 0x0f) << 12 | (unsigned)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    return (unsigned)(s[0] & 0x07) << 18 | (unsigned)(s[1] & 0x3f) << 12 |
           (unsigned)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
}

/* The next character of text; the caller has room for no more than `len` bytes of it. */
static void next_shown(const char *text, size_t len, int encoding, Shown *shown)
{
    size_t bytes = (size_t)PQmblen(text, encoding);

    shown->escape[0] = '\0';
    shown->bytes = bytes;
    if (bytes > len) {
        shown->bytes = 0;
        shown->width = 0;
        return;
    }
    if (bytes == 1 && *text == '\n') {
        shown->width = SHOWN_NEWLINE;
    } else if (bytes == 1 && *text == '\t') {
        shown->width = SHOWN_TAB;
    } else if (bytes == 1 && *text == '\r') {
        shown->width = 2;
        strcpy(shown->escape, "\\r");
    } else if ((shown->width = PQdsplen(text, encoding)) < 0) {
        if (bytes == 1)
            snprintf(shown->escape, sizeof(shown->escape), "\\x%02X", (unsigned char)*text);
        else if (encoding == ENCODING_UTF8)
            snprintf(shown->escape, sizeof(shown->escape), "\\u%04X",
                     code_point((const unsigned char *)text) & 0xffff);
        else
            strcpy(shown->escape, "\\u????");
        shown->width = (int)strlen(shown->escape);
    }
}

/* Such a byte is a character of width 1 in every client encoding, when it starts one. */
static inline bool is_plain_byte(char c)
{
    return c >= 0x20 && c < 0x7f;
}

/* Width and height, without making the lines: most texts are only measured. */
void text_extent(const char *text, size_t len, int encoding, Extent *extent)
{
    int width = 0;

    *extent = (Extent){0, 1, true};
    for (const char *end = text + len; text < end;) {
        Shown shown;

        if (is_plain_byte(*text)) {
            width++;
            text++;
            continue;
        }
        next_shown(text, (size_t)(end - text), encoding, &shown);
        if (!shown.bytes) {
            extent->printable = false;
            break;
        }
        text += shown.bytes;
        if (shown.width == SHOWN_NEWLINE) {
            if (width > extent->width)
                extent->width = width;
            width = 0;
            extent->lines++;
        } else if (shown.width == SHOWN_TAB) {
            width += 8 - width % 8;
        } else {
            width += shown.width;
        }
        if (shown.width < 0 || shown.escape[0])
            extent->printable = false;
    }
    if (width > extent->width)
        extent->width = width;
}

/* Items are reused from text to text: one allocation serves a whole table. */
static TextLine *add_line(TextLines *lines)
{
    if (lines->count == lines->cap) {
        lines->cap = lines->cap ? lines->cap * 2 : 4;
        lines->items = xrealloc(lines->items, (size_t)lines->cap * sizeof(TextLine));
    }
    lines->items[lines->count] = (TextLine){lines->text.len, 0, 0};
    return &lines->items[lines->count++];
}

/* Adds a character; returns the line that the next one belongs to. */
static TextLine *show(TextLines *lines, TextLine *line, const char *text, const Shown *shown)
{
    int width = shown->width;

    if (width == SHOWN_NEWLINE) {
        line->len = lines->text.len - line->start;
        strbuf_addc(&lines->text, '\0');
        return add_line(lines);
    }
    if (width == SHOWN_TAB) {
        width = 8 - line->width % 8;
        strbuf_addn(&lines->text, "        ", (size_t)width);
    } else if (shown->escape[0]) {
        strbuf_add(&lines->text, shown->escape);
    } else {
        strbuf_addn(&lines->text, text, shown->bytes);
    }
    line->width += width;
    return line;
}

/* Each line ends with a NUL, since libpq may look at the byte behind a character. */
void text_lines(TextLines *lines, const char *text, size_t len, int encoding)
{
    const char *end = text + len;
    TextLine *line;

    strbuf_reset(&lines->text);
    lines->count = 0;
    line = add_line(lines);
    while (text < end) {
        Shown shown;

        if (is_plain_byte(*text)) {
            strbuf_addc(&lines->text, *text++);
            line->width++;
            continue;
        }
        next_shown(text, (size_t)(end - text), encoding, &shown);
        if (!shown.bytes)
            break;
        line = show(lines, line, text, &shown);
        text += shown.bytes;
    }
    line->len = lines->text.len - line->start;
    strbuf_addc(&lines->text, '\0');
}

void text_lines_free(TextLines *lines)
{
    strbuf_free(&lines->text);
    free(lines->items);
    memset(lines, 0, sizeof(*lines));
    strbuf_init(&lines->text);
}

/* Where the wrapped format cuts a line. */
size_t text_fit(const char *text, size_t len, int encoding, int target, int *width)
{
    size_t at = 0;

    *width = 0;
    while (at < len) {
        bool plain = is_plain_byte(text[at]);
        int wide = plain ? 1 : PQdsplen(text + at, encoding);

        /* a character wider than the target is accepted where it is the first one */
        if (*width + wide > target && *width != 0)
            break;
        *width += wide;
        at += plain ? 1 : (size_t)PQmblen(text + at, encoding);
    }
    return at < len ? at : len;
}

/*
 * Length of the character that psql accepts at s, 0: none.  It checks only UTF-8 and on its own
 * terms: it refuses the noncharacters at the end of each supplementary plane, and of the
 * surrogates only a part (the server sends none).
 */
static size_t valid_utf8(const unsigned char *s, size_t len)
{
    size_t need = s[0] < 0x80   ? 1
                  : s[0] < 0xc2 ? 0
                  : s[0] < 0xe0 ? 2
                  : s[0] < 0xf0 ? 3
                  : s[0] < 0xf8 ? 4
                                : 0;

    if (need > len)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if (need == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && (s[1] & 0x2c) == 0x20)))
        return 0;
    if (need == 4 &&
        ((s[0] == 0xf0 && s[1] < 0x90) || s[0] > 0xf4 || (s[0] == 0xf4 && s[1] > 0x8f) ||
         ((s[1] & 0x0f) == 0x0f && s[2] == 0xbf && s[3] >= 0xbe)))
        return 0;
    return need;
}

/* Nothing is copied as long as nothing is wrong, which is nearly always. */
const char *text_valid(const char *text, size_t *len, int encoding, StrBuf *scratch)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0, from = 0, step;

    if (encoding != ENCODING_UTF8)
        return text;
    while (at < *len && (step = valid_utf8(s + at, *len - at)) > 0)
        at += step;
    if (at == *len)
        return text;
    strbuf_reset(scratch);
    while (at < *len) {
        step = valid_utf8(s + at, *len - at);
        if (step) {
            at += step;
            continue;
        }
        strbuf_addn(scratch, text + from, at - from);
        from = ++at;
    }
    strbuf_addn(scratch, text + from, at - from);
    *len = scratch->len;
    return scratch->data;
}
