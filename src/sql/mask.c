/*
 * mask.c — SQL with everything blanked that is no code (contract X4): same length, so that an
 * offset in the mask is an offset in the text.  Also finds the block comments that may carry
 * metadata (M1), with the same scanner.
 */
#include "scan.h"

#include <string.h>

/* A doubled quote inside a quote stays in the mask (X4). */
static void keep_doubled_quotes(char *mask, const char *text, const Span *span)
{
    bool escapes = span->kind == SPAN_ESCAPE_STRING;
    char quote = text[span->start];
    size_t at = span->inner;

    while (at < span->inner_end) {
        if (escapes && text[at] == '\\') {
            at += 2;
        } else if (text[at] == quote) {
            mask[at] = mask[at + 1] = quote;
            at += 2;
        } else {
            at++;
        }
    }
}

char *sql_mask(const char *text, size_t len)
{
    char *mask = xstrndup(text, len);
    Scan scan;
    Span span;

    scan_init(&scan, &scan_rules_text, text, len);
    while (scan_next(&scan, &span)) {
        switch (span.kind) {
        case SPAN_PLAIN:
            break;
        case SPAN_LINE_COMMENT:
        case SPAN_BLOCK_COMMENT:
            memset(mask + span.start, ' ', span.end - span.start);
            break;
        case SPAN_DOLLAR:
            memset(mask + span.inner, ' ', span.inner_end - span.inner);
            break;
        case SPAN_STRING:
        case SPAN_ESCAPE_STRING:
        case SPAN_IDENTIFIER:
            memset(mask + span.inner, ' ', span.inner_end - span.inner);
            keep_doubled_quotes(mask, text, &span);
            break;
        }
    }
    return mask;
}

bool sql_next_block_comment(const char *text, size_t len, size_t *offset, size_t *start,
                            size_t *end, bool *closed)
{
    Scan scan;
    Span span;

    scan_init(&scan, &scan_rules_text, text, len);
    scan.at = *offset;
    while (scan_next(&scan, &span)) {
        if (span.kind != SPAN_BLOCK_COMMENT)
            continue;
        *start = span.inner;
        *end = span.inner_end;
        *closed = span.closed;
        *offset = span.end;
        return true;
    }
    *offset = len;
    return false;
}
