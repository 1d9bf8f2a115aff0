/*
 * locate_body.c — the bodies of DO blocks and functions: which one a frame means, and its line.
 *
 * PL/pgSQL counts lines from the opening quote of the body.  Where there are several candidates those
 * go that cannot be meant: too short, another keyword in that line, without the query that was
 * running there, with a RAISE that makes another message.  A DO block must then be the only one
 * left.  Of a function that is defined more than once the definition counts that the running file
 * has itself, else the last one in the order of the plan that is not behind that file.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

void body_add(BodyList *list, Body body)
{
    if (list->len == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 4;
        list->items = xrealloc(list->items, list->cap * sizeof(Body));
    }
    list->items[list->len++] = body;
}

/* ---- finding the body of a statement -------------------------------------------------------- */

/* Length of the dollar quote that starts here. */
static size_t dollar_length(const char *text, size_t at, size_t end)
{
    size_t close = at + 1;

    while (close < end && text[close] != '$')
        close++;
    return close < end ? close + 1 - at : 0;
}

/* Where the body that starts behind `open` ends; the statement's end where nothing closes it. */
static size_t dollar_end(const char *text, size_t open, size_t tag, size_t end)
{
    const char *close = memmem(text + open + tag, end - open - tag, text + open, tag);

    return close ? (size_t)(close - text) : end;
}

static size_t string_end(const char *text, const char *mask, size_t open, size_t end)
{
    size_t at = open + 1;

    for (; at < end; at++) {
        if (mask[at] != '\'')
            continue;
        if (at + 1 >= end || text[at + 1] != '\'')
            return at;
        at++;
    }
    return end;
}

Passage *body_of_statement(Locator *loc, const Passage *in, size_t from, size_t start,
                           size_t end, size_t *behind)
{
    const char *text = in->text;
    char *mask = sql_mask(text + start, end - start);
    size_t at = from, close = end, tag;
    Passage *body = NULL;

    while (at < end && mask[at - start] != '$' && mask[at - start] != '\'')
        at++;
    if (at < end && text[at] == '$' && (tag = dollar_length(text, at, end)) != 0) {
        close = dollar_end(text, at, tag, end);
        body = passage_cut(loc, in, at + tag, close);
        close += tag;
    } else if (at < end && text[at] == '\'') {
        close = start + string_end(text + start, mask, at - start, end - start);
        body = passage_unquote(loc, in, at + 1, close);
        close++;
    }
    if (behind)
        *behind = close < end ? close : end;
    free(mask);
    return body;
}

/* ---- which one ------------------------------------------------------------------------------ */

/* Does a word stand in the line, in whatever case? */
static bool line_has(const char *line, size_t len, const char *word)
{
    size_t word_len = strlen(word);

    for (size_t i = 0; i + word_len <= len; i++)
        if (ascii_ncasecmp(line + i, word, word_len) == 0 && word_at(line, len, i, word_len))
            return true;
    return false;
}

static bool fits_line(const Body *body, const Frame *frame)
{
    return line_start(body->passage->text, body->passage->len, frame->line ? frame->line : 1) !=
           SIZE_MAX;
}

static const char *line_of(const Body *body, const Frame *frame, size_t *len)
{
    size_t at = line_start(body->passage->text, body->passage->len,
                           frame->line ? frame->line : 1);

    *len = strcspn(body->passage->text + at, "\n");
    return body->passage->text + at;
}

static bool fits_word(const Body *body, const Frame *frame)
{
    size_t len;
    const char *line = line_of(body, frame, &len);

    return !frame->word[0] || line_has(line, len, frame->word);
}

static bool fits_inner(Locator *loc, const Body *body, const Frame *frame, const Frame *inner)
{
    size_t near = line_start(body->passage->text, body->passage->len, frame->line);

    /* what EXECUTE runs need not stand there */
    if (!inner || inner->kind != FRAME_QUERY || inner->file || near == SIZE_MAX ||
        ascii_casecmp(frame->word, "EXECUTE") == 0)
        return true;
    return passage_find(loc, body->passage, near, inner->text) != NULL;
}

/* The text behind RAISE against the message: innermost frames only. */
static bool fits_message(const Locator *loc, const Body *body, const Frame *frame,
                         const Frame *inner)
{
    size_t at;

    if (inner || ascii_casecmp(frame->word, "RAISE") != 0)
        return true;
    at = line_start(body->passage->text, body->passage->len, frame->line);
    return raise_makes(body->passage->text + at, body->passage->len - at, loc->message) != 0;
}

/* Drops the candidates that do not pass, unless none would be left. */
static void keep_fitting(Locator *loc, BodyList *list, const Frame *frame, const Frame *inner,
                         int test)
{
    size_t kept = 0;
    bool *fits = xcalloc(list->len + 1, sizeof(bool));

    for (size_t i = 0; i < list->len; i++) {
        const Body *body = &list->items[i];

        fits[i] = test == 0   ? fits_line(body, frame)
                  : test == 1 ? fits_word(body, frame)
                  : test == 2 ? fits_inner(loc, body, frame, inner)
                              : fits_message(loc, body, frame, inner);
        kept += fits[i];
    }
    if (kept || test == 0) {
        size_t to = 0;

        for (size_t i = 0; i < list->len; i++)
            if (fits[i])
                list->items[to++] = list->items[i];
        list->len = to;
    }
    free(fits);
}

static void narrow(Locator *loc, BodyList *list, const Frame *frame, const Frame *inner)
{
    for (int test = 0; test < 4 && list->len; test++)
        if (test == 0 || list->len > 1)
            keep_fitting(loc, list, frame, inner, test);
}

/* Puts the frame at its line in this body. */
static void settle(Frame *frame, const Body *body)
{
    const Passage *passage = body->passage;
    size_t at = frame->line ? line_start(passage->text, passage->len, frame->line) : 0;

    frame->passage = passage;
    frame->within = at == SIZE_MAX ? 0 : at;
    if (frame->line)
        frame->placed = passage_origin(passage, frame->within, &frame->source, &frame->offset);
    else
        frame->placed = passage_origin(body->in, body->start, &frame->source, &frame->offset);
}

/* ---- DO ------------------------------------------------------------------------------------- */

typedef struct BlockWalk {
    Locator *loc;
    const Passage *in;
    const char *mask;
    size_t base;
    BodyList *list;
} BlockWalk;

static bool note_block(void *ctx, const char *text UNUSED, size_t start, size_t end)
{
    BlockWalk *walk = ctx;
    size_t at = start, stop = walk->base + end;
    Passage *body;

    while (at < end && isspace((unsigned char)walk->mask[at]))
        at++;
    if (end - at < 3 || ascii_ncasecmp(walk->mask + at, "do", 2) != 0 ||
        !word_at(walk->mask, end, at, 2))
        return true;
    body = body_of_statement(walk->loc, walk->in, walk->base + at + 2, walk->base + at, stop,
                             NULL);
    if (body)
        body_add(walk->list, (Body){.passage = body, .in = walk->in, .start = walk->base + at});
    return true;
}

void body_resolve_block(Locator *loc, Frame *frame, const Passage *in, size_t from, size_t to,
                        const Frame *inner, size_t *statement)
{
    char *mask = sql_mask(in->text + from, to - from);
    BodyList list = {0};
    BlockWalk walk = {loc, in, mask, from, &list};

    script_each_statement(in->text + from, to - from, note_block, &walk);
    narrow(loc, &list, frame, inner);
    if (list.len == 1) {
        settle(frame, &list.items[0]);
        *statement = list.items[0].start;
    }
    frame->candidates = list.len;
    free(list.items);
    free(mask);
}

/* ---- functions ------------------------------------------------------------------------------ */

/* Is `a` the definition that holds rather than `b`?  See above. */
static bool holds_before(const Body *a, const Body *b)
{
    if (a->same_types != b->same_types)
        return a->same_types;
    if (a->in_current != b->in_current)
        return a->in_current;
    if (a->later != b->later)
        return b->later;
    return a->rank >= b->rank;
}

/* Two schemas may each have a function of this name; then nothing tells which. */
static const Body *last_definition(const BodyList *list)
{
    const Body *best = NULL;

    for (size_t i = 0; i < list->len; i++)
        if (!best || holds_before(&list->items[i], best))
            best = &list->items[i];
    for (size_t i = 0; best && i < list->len; i++) {
        const Body *other = &list->items[i];

        if (other->same_types == best->same_types && other->schema != best->schema &&
            other->schema && best->schema)
            return NULL;
    }
    return best;
}

/* The statement of that number in a body of LANGUAGE sql. */
typedef struct NthStatement {
    int left;
    size_t start;
    bool found;
    size_t count, first;
} NthStatement;

static bool note_nth(void *ctx, const char *text, size_t start, size_t end)
{
    NthStatement *nth = ctx;
    char *mask;

    if (statement_kind(text + start, end - start) == STATEMENT_EMPTY)
        return true;
    mask = sql_mask(text + start, end - start);
    start += strspn(mask, " \t\r\n\f\v");
    free(mask);
    if (!nth->count++)
        nth->first = start;
    if (--nth->left == 0) {
        nth->start = start;
        nth->found = true;
    }
    return true;
}

static void settle_sql(Frame *frame, const Body *body)
{
    const Passage *passage = body->passage;
    NthStatement nth = {.left = frame->line};

    script_each_statement(passage->text, passage->len, note_nth, &nth);
    frame->passage = passage;
    if (!frame->line && nth.count == 1) { /* "during startup" of the only one */
        nth.start = nth.first;
        nth.found = true;
    }
    frame->within = nth.found ? nth.start : 0;
    if (nth.found)
        frame->placed = passage_origin(passage, nth.start, &frame->source, &frame->offset);
    else
        frame->placed = passage_origin(body->in, body->start, &frame->source, &frame->offset);
}

void body_resolve_function(Locator *loc, Frame *frame, const Frame *inner,
                           const Source *current)
{
    BodyList list = {0};
    const Body *best;

    definitions_find(loc, frame, current, &list);
    if (frame->kind == FRAME_FUNCTION)
        narrow(loc, &list, frame, inner);
    best = last_definition(&list);
    if (best && frame->kind == FRAME_SQL_FUNCTION)
        settle_sql(frame, best);
    else if (best)
        settle(frame, best);
    frame->candidates = list.len;
    free(list.items);
}
