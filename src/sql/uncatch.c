/*
 * uncatch.c — PL/pgSQL blocks that no longer catch every error.
 *
 * A deploy.sql often catches what a file raises, to put the file's name into the message, and with
 * that the place inside the file is lost.  Run once more with WHEN OTHERS made into a condition that
 * never comes, the same failure arrives as the server first said it: position, query, context.
 */
#include <stdlib.h>

#include "scan.h"

#define NEVER "SQLSTATE 'PGMNO'"

/* OTHERS is one condition among those behind WHEN, joined by OR. */
static bool is_condition(const char *mask, const Word *before, const Word *word)
{
    return before->len && word_is(mask, word, "others") &&
           (word_is(mask, before, "when") || word_is(mask, before, "or"));
}

static bool uncatch_body(const char *body, size_t len, StrBuf *out)
{
    char *mask = sql_mask(body, len);
    size_t at = 0, done = 0;
    Word word, before = {0, 0};

    while (mask_word(mask, len, &at, &word)) {
        if (is_condition(mask, &before, &word)) {
            strbuf_addn(out, body + done, word.start - done);
            strbuf_add(out, NEVER);
            done = word.start + word.len;
        }
        before = word;
    }
    strbuf_addn(out, body + done, len - done);
    free(mask);
    return done > 0;
}

bool sql_uncatch(const char *text, size_t len, StrBuf *out)
{
    bool changed = false;
    Scan scan;
    Span span;

    scan_init(&scan, &scan_rules_text, text, len);
    while (scan_next(&scan, &span)) {
        if (span.kind != SPAN_DOLLAR || !span.closed) {
            strbuf_addn(out, text + span.start, span.end - span.start);
            continue;
        }
        strbuf_addn(out, text + span.start, span.inner - span.start);
        changed = uncatch_body(text + span.inner, span.inner_end - span.inner, out) || changed;
        strbuf_addn(out, text + span.inner_end, span.end - span.inner_end);
    }
    return changed;
}
