/*
 * place_text.c — a place as it is printed: file, line and column, the line itself, a caret under the
 * column, the chain.
 *
 *     FILE:  ./migrations/002_orders.sql:14:7
 *         CREAT TABLE orders (
 *         ^
 *     CHAIN:  deploy.sql:12 > ./migrations/002_orders.sql:14
 *
 * The caret stands under the character: wide ones count two cells, combining ones none, a tab in
 * front of it stays a tab.  A line longer than the terminal is cut around the caret, its tabs
 * widened, as a tab's width is not known any more then.  A file may hold anything, so control
 * characters are shown as a question mark.
 */
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "pgmish/session.h"

#define INDENT     4
#define TAB        8
#define LONG_CHAIN 12 /* links; of a longer one (a recursion) the middle is left out */

/* One character of the line: its bytes and its cells. */
typedef struct Cell {
    const char *at;
    size_t len;
    int width;
    bool control;
} Cell;

static Cell cell_at(const char *p, int encoding)
{
    size_t used = utf8_sequence((const unsigned char *)p, strlen(p));
    Cell cell = {p, used ? used : 1, 1, false};

    if (*p == '\t')
        return cell;
    if (!used || (unsigned char)*p < ' ' || *p == 0x7f)
        cell.control = true;
    else
        cell.width = PQdsplen(p, encoding);
    if (cell.width < 0) { /* controls beyond ASCII */
        cell.width = 1;
        cell.control = true;
    }
    return cell;
}

static void add_cell(StrBuf *out, const Cell *cell, bool widen, int column)
{
    if (*cell->at == '\t' && widen)
        strbuf_addf(out, "%*s", TAB - column % TAB, "");
    else if (cell->control)
        strbuf_addc(out, '?');
    else
        strbuf_addn(out, cell->at, cell->len);
}

static int cell_width(const Cell *cell, int column)
{
    return *cell->at == '\t' ? TAB - column % TAB : cell->width;
}

/* Cells of the whole line, and where the caret's character begins. */
static int measure(const char *line, int column, int encoding, int *caret)
{
    int width = 0, i = 1;

    *caret = 0;
    for (const char *p = line; *p; i++) {
        Cell cell = cell_at(p, encoding);

        if (i == column)
            *caret = width;
        width += cell_width(&cell, width);
        p += cell.len;
    }
    if (i <= column)
        *caret = width;
    return width;
}

static void add_whole(StrBuf *out, const char *line, int column, int encoding)
{
    StrBuf under = STRBUF_INIT;
    int i = 1;

    for (const char *p = line; *p; i++) {
        Cell cell = cell_at(p, encoding);

        add_cell(out, &cell, false, 0);
        for (int k = 0; i < column && k < cell.width; k++)
            strbuf_addc(&under, *p == '\t' ? '\t' : ' ');
        p += cell.len;
    }
    strbuf_addc(out, '\n');
    if (column)
        strbuf_addf(out, "%*s%s^\n", INDENT, "", under.data ? under.data : "");
    strbuf_free(&under);
}

/* The part of the line from cell `from` to cell `to`. */
static void add_part(StrBuf *out, const char *line, int from, int to, int encoding)
{
    int at = 0;

    for (const char *p = line; *p && at < to;) {
        Cell cell = cell_at(p, encoding);
        int width = cell_width(&cell, at);

        if (at >= from && at + width <= to)
            add_cell(out, &cell, true, at);
        else if (at + width > from && at < to) /* half a wide character, or part of a tab */
            strbuf_addf(out, "%*s",
                        (at + width < to ? at + width : to) - (at > from ? at : from), "");
        at += width;
        p += cell.len;
    }
}

/* As psql cuts its LINE: dots where something is left out. */
static void add_cut(StrBuf *out, const char *line, int column, int width, int total, int caret,
                    int encoding)
{
    int room = width - 6; /* for two times three dots */
    int from = caret - room * 2 / 3, to;

    if (from < 3)
        from = 0;
    to = from + room + (from ? 0 : 3);
    if (to + 3 >= total) {
        to = total;
        from = total - room - 3 > 0 && from ? total - room - 3 : from;
    }
    strbuf_add(out, from ? "..." : "");
    add_part(out, line, from, to, encoding);
    strbuf_add(out, to < total ? "...\n" : "\n");
    if (column)
        strbuf_addf(out, "%*s^\n", INDENT + (from ? 3 : 0) + caret - from, "");
}

static void add_source_line(StrBuf *out, const char *line, int column, int width)
{
    int encoding = pg_char_to_encoding("UTF8"), caret;
    int total = measure(line, column, encoding, &caret);

    strbuf_addf(out, "%*s", INDENT, "");
    if (width > 30 && total > width - INDENT - 1)
        add_cut(out, line, column, width - INDENT - 1, total, caret, encoding);
    else
        add_whole(out, line, column, encoding);
}

/* wide: two blanks behind the label, as psql has them. */
static void add_chain(StrBuf *out, const StrList *chain, bool wide)
{
    size_t skip_from = SIZE_MAX, skip_to = 0; /* nothing is left out */

    if (chain->len > LONG_CHAIN) {
        skip_from = LONG_CHAIN / 2;
        skip_to = chain->len - LONG_CHAIN / 2;
    }
    strbuf_add(out, wide ? "CHAIN:  " : "CHAIN: ");
    for (size_t i = 0; i < chain->len; i++) {
        char *shown;

        if (i == skip_from) {
            strbuf_addf(out, " > (%zu more)", skip_to - skip_from);
            i = skip_to;
        }
        shown = project_show_path(chain->items[i]);
        strbuf_addf(out, "%s%s", i ? " > " : "", shown);
        free(shown);
    }
    strbuf_addc(out, '\n');
}

void error_place_text(const ErrorPlace *place, const char *label, int width, StrBuf *out)
{
    char *shown = project_show_path(place->file);

    strbuf_addf(out, "%s%s", label, shown);
    free(shown);
    if (place->line)
        strbuf_addf(out, ":%d", place->line);
    if (place->line && place->column)
        strbuf_addf(out, ":%d", place->column);
    for (size_t i = 0; i < place->also.len; i++) {
        shown = project_show_path(place->also.items[i]);
        strbuf_addf(out, "%s%s", i ? ", " : " (same text: ", shown);
        free(shown);
    }
    strbuf_add(out, place->also.len ? ")\n" : "\n");
    /* `pgmi` has no backslash commands */
    if (!place->line && place->statements > 1)
        strbuf_addf(out, "%*s(one of its %zu statements%s)\n", INDENT, "", place->statements,
                    strstr(label, ":  ") ? "; \\pgmi pinpoint tells which" : "");
    if (place->line && place->source_line && *place->source_line)
        add_source_line(out, place->source_line, place->column, width);
    if (place->chain.len > 1)
        add_chain(out, &place->chain, strstr(label, ":  ") != NULL);
}
