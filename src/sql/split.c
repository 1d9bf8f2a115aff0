/*
 * split.c — cuts a script into the messages that it is sent as (contract X6), and into its
 * top-level statements.
 *
 * The head goes as one message because that is what makes it one transaction where deploy.sql has no
 * BEGIN; each statement of the tail goes alone because some of them (VACUUM, CREATE INDEX CONCURRENTLY)
 * refuse to run in anything else.
 */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

/* Blanks around a statement do not belong to it. */
static void trim(const char *text, size_t *start, size_t *end)
{
    while (*start < *end && sql_blank(text[*start]))
        ++*start;
    while (*end > *start && sql_blank(text[*end - 1]))
        --*end;
}

static void add_unit(ScriptUnits *units, PlaceCursor *cursor, size_t start, size_t end)
{
    trim(cursor->text, &start, &end);
    if (start == end)
        return;
    if (units->len == units->cap) {
        units->cap = units->cap ? units->cap * 2 : 8;
        units->items = xrealloc(units->items, units->cap * sizeof(ScriptUnit));
    }
    place_advance(cursor, start);
    units->items[units->len++] = (ScriptUnit){start, end, cursor->line, cursor->column};
}

/* Offset behind the first statement that ends a transaction; len where there is none. */
static size_t head_end(const char *mask, size_t len, bool *found)
{
    size_t at = 0;
    Piece piece;

    *found = false;
    while (!*found && mask_statement(mask, len, &at, &piece))
        *found = piece.terminator;
    return at;
}

static bool all_blank(const char *mask, size_t start, size_t end)
{
    while (start < end && sql_blank(mask[start]))
        start++;
    return start == end;
}

void script_split(const char *text, size_t len, ScriptUnits *units)
{
    char *mask = sql_mask(text, len);
    PlaceCursor cursor = {text, 0, 1, 1};
    Piece piece;
    size_t at;

    *units = (ScriptUnits){0};
    at = head_end(mask, len, &units->has_terminator);
    /* blanks and comments behind the terminator stay with the head */
    if (all_blank(mask, at, len))
        at = len;
    add_unit(units, &cursor, 0, at);
    while (mask_statement(mask, len, &at, &piece))
        if (!piece.blank)
            add_unit(units, &cursor, piece.start, piece.end);
    free(mask);
}

void script_units_free(ScriptUnits *units)
{
    free(units->items);
    *units = (ScriptUnits){0};
}

void script_each_statement(const char *text, size_t len, StatementFn fn, void *ctx)
{
    char *mask = sql_mask(text, len);
    size_t at = 0;
    Piece piece;

    while (mask_statement(mask, len, &at, &piece)) {
        size_t start = piece.start, end = piece.end;

        if (piece.blank)
            continue;
        trim(text, &start, &end);
        if (!fn(ctx, text, start, end))
            break;
    }
    free(mask);
}
