/*
 * scan.c — the scanner of contract C2 and X4.  Runs of plain text, strings and bodies are jumped
 * over with table look-ups, memchr and memmem, since every byte of a project passes here, and
 * each byte is looked at a bounded number of times, whatever the text.
 */
#include "scan.h"

#include <string.h>

/* ---- what C2 and X4 do differently ------------------------------------------------- */

struct ScanRules {
    /* Length of a tag character at s, 0: none there.  A digit cannot come first. */
    size_t (*tag_char)(const unsigned char *s, size_t len, bool first);
    /* Is the character that ends before text[at] part of an identifier?  at > 0 */
    bool (*identifier_before)(const unsigned char *text, size_t at);
};

static size_t hash_tag_char(const unsigned char *s, size_t len, bool first)
{
    return len && (ascii_letter((char)*s) || *s == '_' || (!first && ascii_digit((char)*s)));
}

static bool hash_identifier_before(const unsigned char *text, size_t at)
{
    unsigned char c = text[at - 1];

    return ascii_letter((char)c) || ascii_digit((char)c) || c == '_' || c == '$' || c >= 0x80;
}

static size_t text_tag_char(const unsigned char *s, size_t len, bool first)
{
    size_t used;
    uint32_t code;

    if (!len || *s < 0x80)
        return hash_tag_char(s, len, first);
    code = utf8_decode(s, len, &used);
    return unicode_letter(code) || (!first && unicode_digit(code)) ? used : 0;
}

static bool text_identifier_before(const unsigned char *text, size_t at)
{
    size_t start = at - 1, used;
    uint32_t code;

    if (text[start] < 0x80)
        return hash_identifier_before(text, at);
    while (start > 0 && at - start < 4 && (text[start] & 0xC0) == 0x80)
        start--;
    code = utf8_decode(text + start, at - start, &used);
    return used == at - start && (unicode_letter(code) || unicode_digit(code));
}

const ScanRules scan_rules_hash = {hash_tag_char, hash_identifier_before};
const ScanRules scan_rules_text = {text_tag_char, text_identifier_before};

/* ---- spans ------------------------------------------------------------------------------ */

void scan_init(Scan *scan, const ScanRules *rules, const char *text, size_t len)
{
    *scan = (Scan){.rules = rules, .text = text, .len = len};
}

/* Length of a dollar delimiter at `at`, 0: none. */
static size_t dollar_delimiter(const Scan *scan, size_t at)
{
    const unsigned char *text = (const unsigned char *)scan->text;
    size_t end = at + 1, step;

    while ((step = scan->rules->tag_char(text + end, scan->len - end, end == at + 1)))
        end += step;
    return end < scan->len && text[end] == '$' ? end + 1 - at : 0;
}

/* Does something other than plain text start at `at`? */
static bool opens(const Scan *scan, size_t at)
{
    char next = at + 1 < scan->len ? scan->text[at + 1] : '\0';

    switch (scan->text[at]) {
    case '-':
        return next == '-';
    case '/':
        return next == '*';
    case '$':
        return dollar_delimiter(scan, at) > 0;
    default:
        return true; /* a quote */
    }
}

static size_t plain_end(const Scan *scan, size_t at)
{
    static const bool special[256] = {
        ['-'] = true, ['/'] = true, ['$'] = true, ['\''] = true, ['"'] = true};
    const unsigned char *text = (const unsigned char *)scan->text;

    for (;; at++) {
        while (at < scan->len && !special[text[at]])
            at++;
        if (at == scan->len || opens(scan, at))
            return at;
    }
}

/* Sets where the span ends, delim bytes behind its inner text. */
static void close_span(Span *span, size_t inner_end, size_t delim)
{
    span->inner_end = inner_end;
    span->end = inner_end + delim;
    span->closed = delim > 0;
}

static void scan_line_comment(const Scan *scan, Span *span)
{
    const char *text = scan->text;
    const char *lf = memchr(text + span->inner, '\n', scan->len - span->inner);
    size_t end = lf ? (size_t)(lf - text) : scan->len;

    if (lf && end > span->inner && text[end - 1] == '\r')
        end--;
    close_span(span, end, 0);
    span->closed = true;
}

static void scan_block_comment(const Scan *scan, Span *span)
{
    const char *text = scan->text;
    size_t at = span->inner;
    int depth = 1;

    while (at + 1 < scan->len) {
        if (text[at] == '*' && text[at + 1] == '/') {
            if (--depth == 0) {
                close_span(span, at, 2);
                return;
            }
            at += 2;
        } else if (text[at] == '/' && text[at + 1] == '*') {
            depth++;
            at += 2;
        } else {
            at++;
        }
    }
    close_span(span, scan->len, 0);
}

/* Strings and quoted identifiers: a doubled quote does not end them. */
static void scan_quote(const Scan *scan, Span *span, char quote)
{
    const char *text = scan->text, *hit;
    size_t at = span->inner;

    while ((hit = memchr(text + at, quote, scan->len - at))) {
        at = (size_t)(hit - text) + 1;
        if (at == scan->len || text[at] != quote) {
            close_span(span, at - 1, 1);
            return;
        }
        at++;
    }
    close_span(span, scan->len, 0);
}

static void scan_escape_string(const Scan *scan, Span *span)
{
    const char *text = scan->text;
    size_t at = span->inner;

    while (at < scan->len) {
        if (text[at] == '\\' ||
            (text[at] == '\'' && at + 1 < scan->len && text[at + 1] == '\'')) {
            at += 2;
        } else if (text[at] == '\'') {
            close_span(span, at, 1);
            return;
        } else {
            at++;
        }
    }
    close_span(span, scan->len, 0);
}

static void scan_dollar(const Scan *scan, Span *span)
{
    const char *text = scan->text;
    size_t delim = span->inner - span->start;
    const char *hit = memmem(text + span->inner, scan->len - span->inner, text + span->start,
                             delim);

    close_span(span, hit ? (size_t)(hit - text) : scan->len, hit ? delim : 0);
}

/* E before the quote, and no identifier that it could be the end of. */
static bool escape_prefix(const Scan *scan, size_t quote)
{
    const unsigned char *text = (const unsigned char *)scan->text;

    return quote > 0 && (text[quote - 1] | 0x20) == 'e' &&
           (quote == 1 || !scan->rules->identifier_before(text, quote - 1));
}

static void scan_opened(const Scan *scan, Span *span)
{
    bool escape;

    switch (scan->text[span->start]) {
    case '-':
        span->kind = SPAN_LINE_COMMENT;
        span->inner = span->start + 2;
        scan_line_comment(scan, span);
        break;
    case '/':
        span->kind = SPAN_BLOCK_COMMENT;
        span->inner = span->start + 2;
        scan_block_comment(scan, span);
        break;
    case '$':
        span->kind = SPAN_DOLLAR;
        span->inner = span->start + dollar_delimiter(scan, span->start);
        scan_dollar(scan, span);
        break;
    case '"':
        span->kind = SPAN_IDENTIFIER;
        span->inner = span->start + 1;
        scan_quote(scan, span, '"');
        break;
    default:
        escape = escape_prefix(scan, span->start);
        span->kind = escape ? SPAN_ESCAPE_STRING : SPAN_STRING;
        span->inner = span->start + 1;
        if (escape)
            scan_escape_string(scan, span);
        else
            scan_quote(scan, span, '\'');
    }
}

bool scan_next(Scan *scan, Span *span)
{
    size_t end;

    if (scan->at >= scan->len)
        return false;
    end = plain_end(scan, scan->at);
    *span = (Span){.start = scan->at};
    if (end > scan->at) {
        span->kind = SPAN_PLAIN;
        span->inner = scan->at;
        close_span(span, end, 0);
        span->closed = true;
    } else {
        scan_opened(scan, span);
    }
    scan->at = span->end;
    return true;
}
