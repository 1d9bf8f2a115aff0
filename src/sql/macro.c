/*
 * macro.c — finds CALL pgmi_test(...) in SQL and puts the generated suite in its place
 * (contract section 11).
 *
 * Looked for on the mask (X4), so that comments, strings, quoted identifiers and dollar bodies
 * are out of sight.  Each occurrence of the name is taken by itself, backwards to CALL and
 * forwards to the semicolon; so two macros side by side do not hide each other (T3).
 */
#include "literal.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#define MACRO_NAME   "pgmi_test"
#define MACRO_SCHEMA "pg_temp."

/* Next place at or after `at` where the name stands, len: none.  Looks for the underscore, which
 * is rarer than any letter. */
static size_t next_name(const char *text, size_t len, size_t at)
{
    const size_t before = strlen("pgmi"), size = strlen(MACRO_NAME);
    const char *hit;

    for (at += before; at < len; at++) {
        hit = memchr(text + at, '_', len - at);
        if (!hit)
            break;
        at = (size_t)(hit - text);
        if (at - before + size <= len && !ascii_ncasecmp(hit - before, MACRO_NAME, size))
            return at - before;
    }
    return len;
}

/* SPACE TAB LF FF CR (T1) */
static bool blank(char c)
{
    return sql_blank(c) || c == '\f';
}

/* Where the CALL in front of the name starts. */
static bool find_call(const char *mask, size_t name, size_t *start)
{
    const size_t schema = strlen(MACRO_SCHEMA), call = strlen("CALL");
    size_t at = name;

    if (at >= schema && !ascii_ncasecmp(mask + at - schema, MACRO_SCHEMA, schema))
        at -= schema;
    if (!at || !blank(mask[at - 1]))
        return false;
    while (at && blank(mask[at - 1]))
        at--;
    if (at < call || ascii_ncasecmp(mask + at - call, "CALL", call) != 0)
        return false;
    at -= call;
    if (at && (ascii_letter(mask[at - 1]) || ascii_digit(mask[at - 1]) || mask[at - 1] == '_'))
        return false;
    *start = at;
    return true;
}

/* ---- arguments -------------------------------------------------------------------- */

typedef struct ArgReader {
    const char *text, *mask;
    size_t len, at;
    bool substituted;
} ArgReader;

/* Skips blanks; the character that comes next, NUL at the end. */
static char peek(ArgReader *in)
{
    while (in->at < in->len && blank(in->mask[in->at]))
        in->at++;
    return in->at < in->len ? in->mask[in->at] : '\0';
}

static bool accept(ArgReader *in, char c)
{
    if (peek(in) != c)
        return false;
    in->at++;
    return true;
}

/* A literal whose opening quote is next; *value is NULL for an empty one. */
static bool read_literal(ArgReader *in, bool escapes, char **value)
{
    size_t start = ++in->at;
    const char *hit;

    /* the scanner has blanked escaped quotes, so only doubled and closing ones are left */
    while ((hit = memchr(in->mask + in->at, '\'', in->len - in->at))) {
        in->at = (size_t)(hit - in->mask) + 1;
        if (in->at < in->len && in->mask[in->at] == '\'') {
            in->at++;
            continue;
        }
        *value = literal_decode(in->text + start, in->at - 1 - start, escapes);
        if (!*value)
            return false;
        if (!**value) {
            free(*value);
            *value = NULL;
        }
        return true;
    }
    return false;
}

/* NULL, '...' or, where variables may have been put in, E'...'.  *given: was there anything? */
static bool read_argument(ArgReader *in, char **value, bool *given)
{
    char c = peek(in);

    *given = true;
    if (c == '\'')
        return read_literal(in, false, value);
    if (in->substituted && (c == 'e' || c == 'E') && in->at + 1 < in->len &&
        in->mask[in->at + 1] == '\'') {
        in->at++;
        return read_literal(in, true, value);
    }
    if (in->at + 4 <= in->len && !ascii_ncasecmp(in->mask + in->at, "NULL", 4)) {
        in->at += 4;
        return true;
    }
    *given = false;
    return true;
}

/* From behind the name to behind the macro: ( args ) and the semicolon. */
static bool read_call(ArgReader *in, Macro *macro)
{
    bool given;

    if (!accept(in, '(') || !read_argument(in, &macro->pattern, &given))
        return false;
    if (accept(in, ',') && (!read_argument(in, &macro->callback, &given) || !given))
        return false;
    if (!accept(in, ')'))
        return false;
    macro->end = in->at;
    if (accept(in, ';'))
        macro->end = in->at;
    return true;
}

/* ---- checks -------------------------------------------------------------------------- */

static size_t identifier_length(const char *name)
{
    size_t len = 0;

    if (!ascii_letter(*name) && *name != '_')
        return 0;
    while (ascii_letter(name[len]) || ascii_digit(name[len]) || name[len] == '_')
        len++;
    return len;
}

bool callback_name_valid(const char *name)
{
    enum { LONGEST = 63 }; /* PostgreSQL's NAMEDATALEN - 1 */
    size_t len = identifier_length(name);

    if (len && len <= LONGEST && name[len] == '.') {
        name += len + 1;
        len = identifier_length(name);
    }
    return len && len <= LONGEST && !name[len];
}

/* Finds out whether offsets, which only grow, stand in a BEGIN ATOMIC body. */
typedef struct AtomicBodies {
    const char *mask;
    size_t len, at;
    Piece piece; /* the statement that was read last */
} AtomicBodies;

static bool in_atomic_body(AtomicBodies *bodies, size_t offset)
{
    while (bodies->piece.end <= offset &&
           mask_statement(bodies->mask, bodies->len, &bodies->at, &bodies->piece))
        ;
    return offset >= bodies->piece.atomic_start && offset < bodies->piece.atomic_end;
}

static bool check_macro(const Macro *macro, AtomicBodies *bodies, Diag *diag)
{
    if (in_atomic_body(bodies, macro->start)) {
        diag_set(diag, EXIT_PGMI_EXECUTION,
                 "the test macro cannot stand in a BEGIN ATOMIC body");
        diag_hint(diag, "CALL pgmi_test() must be a statement at the top level of the script.");
        return diag_at(diag, NULL, macro->line, macro->column);
    }
    if (macro->callback && !callback_name_valid(macro->callback)) {
        diag_set(diag, EXIT_PGMI_EXECUTION, "invalid callback name: \"%s\"", macro->callback);
        diag_hint(diag,
                  "Expected [schema.]function, both unquoted identifiers of ASCII letters, "
                  "digits and underscores.");
        return diag_at(diag, NULL, macro->line, macro->column);
    }
    return true;
}

/* ---- finding and expanding -------------------------------------------------------------- */

static void free_macro(Macro *macro)
{
    free(macro->pattern);
    free(macro->callback);
}

static void add_macro(MacroList *list, const Macro *macro)
{
    if (list->len == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 4;
        list->items = xrealloc(list->items, list->cap * sizeof(Macro));
    }
    list->items[list->len++] = *macro;
}

/* Moves line and column (bytes, T5) from one macro to the next. */
static void place_macro(const char *text, Macro *macro, size_t *from, int *line,
                        size_t *line_start)
{
    const char *lf;

    while ((lf = memchr(text + *from, '\n', macro->start - *from))) {
        *from = *line_start = (size_t)(lf - text) + 1;
        ++*line;
    }
    *from = macro->start;
    macro->line = *line;
    macro->column = (int)(macro->start - *line_start) + 1;
}

static bool find_in_mask(ArgReader *in, MacroList *list, Diag *diag)
{
    AtomicBodies bodies = {.mask = in->mask, .len = in->len};
    size_t name, after = 0, placed = 0, line_start = 0;
    int line = 1;

    while ((name = next_name(in->mask, in->len, after)) < in->len) {
        Macro macro = {0};

        after = name + strlen(MACRO_NAME);
        in->at = after;
        if (!find_call(in->mask, name, &macro.start) || !read_call(in, &macro)) {
            free_macro(&macro);
            continue;
        }
        place_macro(in->text, &macro, &placed, &line, &line_start);
        add_macro(list, &macro);
        if (!check_macro(&macro, &bodies, diag))
            return false;
        after = macro.end;
    }
    return true;
}

bool macro_find(const char *text, size_t len, bool substituted, MacroList *list, Diag *diag)
{
    ArgReader in = {.text = text, .len = len, .substituted = substituted};
    char *mask;
    bool ok;

    *list = (MacroList){0};
    if (next_name(text, len, 0) == len)
        return true;
    in.mask = mask = sql_mask(text, len);
    ok = find_in_mask(&in, list, diag);
    free(mask);
    if (!ok)
        macro_list_free(list);
    return ok;
}

void macro_list_free(MacroList *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        free_macro(&list->items[i]);
    free(list->items);
    *list = (MacroList){0};
}

bool macro_expand(const char *text, size_t len, const MacroList *list, MacroGenerator generate,
                  void *ctx, StrBuf *out, Diag *diag)
{
    size_t copied = 0, i;

    for (i = 0; i < list->len; i++) {
        const Macro *macro = &list->items[i];
        char *suite = generate(ctx, macro->pattern, macro->callback, diag);

        if (!suite)
            return false;
        strbuf_addn(out, text + copied, macro->start - copied);
        strbuf_add(out, suite);
        free(suite);
        copied = macro->end;
    }
    strbuf_addn(out, text + copied, len - copied);
    return true;
}
