/*
 * crosstab.c — \crosstabview: one column of a result becomes the rows' headers, one the columns',
 * one the cells.
 *
 * Headers keep the order of their first appearance; a fourth column may order the horizontal
 * ones.  Cells are shown as they are (psql applies no numericlocale here).
 */
#include <stdlib.h>

#include "printer.h"

#define MAX_COLUMNS 1600 /* psql's limit, as the server's for a table */

typedef struct Header {
    const char *name;       /* NULL: SQL NULL */
    const char *sort_value; /* of its first row; NULL: none */
    int first_row;
    int rank; /* its place in the table */
} Header;

/* The distinct values of one column, sorted with NULL last, and which one each row has. */
typedef struct Headers {
    Header *items;
    int count;
    int *of_row;
} Headers;

typedef struct Crosstab {
    const PGresult *result;
    const PrintOptions *options;
    int row_field, column_field, data_field, sort_field;
    Headers rows, columns;
    int *cell_rows; /* row of the result that fills a cell, -1: none */
} Crosstab;

/* ---- arguments ------------------------------------------------------------------------------ */

/* A name as SQL reads it: outside of double quotes letters are folded.  Owned. */
static char *fold_identifier(const char *text)
{
    StrBuf out = STRBUF_INIT;
    bool quoted = false;

    for (; *text; text++) {
        char c = *text;

        if (c == '"' && quoted && text[1] == '"')
            text++; /* a doubled one stands for itself */
        else if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && c >= 'A' && c <= 'Z')
            c = "abcdefghijklmnopqrstuvwxyz"[c - 'A'];
        strbuf_addc(&out, c);
    }
    return strbuf_detach(&out);
}

/* Index of the column that an argument names by number or name; -1: message in *diag. */
static int find_column(const PGresult *result, const char *arg, Diag *diag)
{
    int count = PQnfields(result), found = -1;
    char *name;

    if (*arg && strspn(arg, "0123456789") == strlen(arg)) {
        found = atoi(arg) - 1;
        if (found >= 0 && found < count)
            return found;
        diag_set(diag, EXIT_PGMI_OTHER,
                 "\\crosstabview: column number %d is out of range 1..%d", found + 1, count);
        return -1;
    }
    name = fold_identifier(arg);
    for (int i = 0; i < count; i++) {
        if (strcmp(name, PQfname(result, i)) != 0)
            continue;
        if (found >= 0) {
            diag_set(diag, EXIT_PGMI_OTHER, "\\crosstabview: ambiguous column name: \"%s\"",
                     name);
            free(name);
            return -1;
        }
        found = i;
    }
    if (found < 0)
        diag_set(diag, EXIT_PGMI_OTHER, "\\crosstabview: column name not found: \"%s\"", name);
    free(name);
    return found;
}

/*
 * Defaults are the first, the second and, if there are just three columns, the remaining one.  The
 * order of the checks is psql's: it decides which message a call with several mistakes gets.
 */
static bool find_fields(Crosstab *tab, char *const args[4], Diag *diag)
{
    const PGresult *result = tab->result;
    int count = PQnfields(result);

    tab->row_field = args[0] ? find_column(result, args[0], diag) : 0;
    if (tab->row_field < 0)
        return false;
    tab->column_field = args[1] ? find_column(result, args[1], diag) : 1;
    if (tab->column_field < 0)
        return false;
    if (tab->column_field == tab->row_field)
        return diag_set(
            diag, EXIT_PGMI_OTHER,
            "\\crosstabview: vertical and horizontal headers must be different columns");
    if (args[2])
        tab->data_field = find_column(result, args[2], diag);
    else if (count != 3)
        return diag_set(diag, EXIT_PGMI_OTHER,
                        "\\crosstabview: data column must be specified when "
                        "query returns more than three columns");
    else
        tab->data_field = 3 - tab->row_field - tab->column_field; /* the third of 0, 1, 2 */
    if (tab->data_field < 0)
        return false;
    tab->sort_field = -1;
    if (args[3] && (tab->sort_field = find_column(result, args[3], diag)) < 0)
        return false;
    return true;
}

/* ---- headers -------------------------------------------------------------------------------------- */

static const char *value_of(const PGresult *result, int row, int field)
{
    return PQgetisnull(result, row, field) ? NULL : PQgetvalue(result, row, field);
}

typedef struct Value {
    const char *text;
    int row;
} Value;

static int compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return !a - !b; /* NULL is the last */
    return strcmp(a, b);
}

static int compare_values(const void *a, const void *b)
{
    const Value *x = a, *y = b;
    int order = compare_texts(x->text, y->text);

    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int compare_first_rows(const void *a, const void *b)
{
    const Header *const *x = a, *const *y = b;

    return ((*x)->first_row > (*y)->first_row) - ((*x)->first_row < (*y)->first_row);
}

/* Sorting has lost the order of the rows: the first row of each value brings it back. */
static void rank_by_appearance(Headers *headers)
{
    Header **order = xcalloc((size_t)headers->count, sizeof(Header *));

    for (int i = 0; i < headers->count; i++)
        order[i] = &headers->items[i];
    qsort(order, (size_t)headers->count, sizeof(Header *), compare_first_rows);
    for (int i = 0; i < headers->count; i++)
        order[i]->rank = i;
    free(order);
}

/* Distinct values by sorting, so that a result of many rows stays quick. */
static void collect_headers(const PGresult *result, int field, int sort_field, Headers *headers)
{
    int rows = PQntuples(result);
    Value *values = xcalloc((size_t)rows, sizeof(Value));

    headers->items = xcalloc((size_t)rows, sizeof(Header));
    headers->of_row = xcalloc((size_t)rows, sizeof(int));
    for (int row = 0; row < rows; row++)
        values[row] = (Value){value_of(result, row, field), row};
    qsort(values, (size_t)rows, sizeof(Value), compare_values);
    for (int i = 0; i < rows; i++) {
        int row = values[i].row;

        if (i == 0 || compare_texts(values[i - 1].text, values[i].text) != 0) {
            const char *sort = sort_field >= 0 ? value_of(result, row, sort_field) : NULL;

            headers->items[headers->count++] = (Header){values[i].text, sort, row, 0};
        }
        headers->of_row[row] = headers->count - 1;
    }
    rank_by_appearance(headers);
    free(values);
}

/* Only whole numbers rank; everything else counts as 0. */
static int sort_number(const char *text)
{
    const char *digits = text && *text == '-' ? text + 1 : text;

    if (!digits || strspn(digits, "0123456789") != strlen(digits))
        return 0;
    return atoi(text);
}

static void rank_by_sort_column(Headers *headers)
{
    RankedItem *order = xcalloc((size_t)headers->count, sizeof(RankedItem));

    for (int i = 0; i < headers->count; i++)
        order[i] = (RankedItem){sort_number(headers->items[i].sort_value), i};
    rank_sort(order, (size_t)headers->count);
    for (int i = 0; i < headers->count; i++)
        headers->items[order[i].item].rank = i;
    free(order);
}

static void free_headers(Headers *headers)
{
    free(headers->items);
    free(headers->of_row);
}

/* ---- cells ------------------------------------------------------------------------------------------- */

/* A header that is NULL: \\pset null, or what the place asks for without it. */
static const char *shown_name(const Crosstab *tab, const Header *header, const char *none)
{
    if (header->name)
        return header->name;
    return tab->options->null ? tab->options->null : none;
}

/* Two values for one cell are an error: there is no telling which is meant. */
static bool fill_cells(Crosstab *tab, Diag *diag)
{
    size_t width = (size_t)tab->columns.count, cells = width * (size_t)tab->rows.count;

    tab->cell_rows = xmalloc(cells * sizeof(int));
    for (size_t i = 0; i < cells; i++)
        tab->cell_rows[i] = -1;
    for (int row = 0; row < PQntuples(tab->result); row++) {
        const Header *left = &tab->rows.items[tab->rows.of_row[row]];
        const Header *top = &tab->columns.items[tab->columns.of_row[row]];
        int *cell = &tab->cell_rows[(size_t)left->rank * width + (size_t)top->rank];

        if (*cell >= 0)
            return diag_set(
                diag, EXIT_PGMI_OTHER,
                "\\crosstabview: query result contains multiple data values for row "
                "\"%s\", column \"%s\"",
                shown_name(tab, left, "(null)"), shown_name(tab, top, "(null)"));
        *cell = row;
    }
    return true;
}

/* ---- printing ------------------------------------------------------------------------------------------ */

/* Cells that no row fills are empty, not NULL. */
static void print_cells(Printer *printer, const Crosstab *tab, const Header *const *left)
{
    for (int i = 0; i < tab->rows.count; i++) {
        const int *cells = tab->cell_rows + (size_t)i * (size_t)tab->columns.count;

        print_cell(printer, left[i]->name, left[i]->name ? strlen(left[i]->name) : 0);
        for (int j = 0; j < tab->columns.count; j++) {
            if (cells[j] < 0)
                print_cell(printer, "", 0);
            else if (PQgetisnull(tab->result, cells[j], tab->data_field))
                print_cell(printer, NULL, 0);
            else
                print_cell(printer, PQgetvalue(tab->result, cells[j], tab->data_field),
                           (size_t)PQgetlength(tab->result, cells[j], tab->data_field));
        }
    }
}

static void print_table(const Crosstab *tab, const PrintTarget *target)
{
    PrintColumn *columns = xcalloc((size_t)tab->columns.count + 1, sizeof(PrintColumn));
    const Header **left = xcalloc((size_t)tab->rows.count, sizeof(Header *));
    bool right = print_type_is_right(PQftype(tab->result, tab->data_field));
    PrintOptions options = *tab->options; /* borrows its strings */
    Printer *printer;

    options.numeric_locale = false;
    columns[0] = (PrintColumn){PQfname(tab->result, tab->row_field),
                               print_type_is_right(PQftype(tab->result, tab->row_field))};
    for (int i = 0; i < tab->columns.count; i++) {
        const Header *header = &tab->columns.items[i];

        columns[header->rank + 1] = (PrintColumn){shown_name(tab, header, ""), right};
    }
    for (int i = 0; i < tab->rows.count; i++)
        left[tab->rows.items[i].rank] = &tab->rows.items[i];
    printer = print_begin(&options, target, columns, tab->columns.count + 1);
    print_cells(printer, tab, left);
    print_end(printer);
    free(columns);
    free(left);
}

bool print_crosstab(const PGresult *result, char *const args[4], const PrintOptions *options,
                    const PrintTarget *target, Diag *diag)
{
    Crosstab tab = {.result = result, .options = options};
    bool ok = false;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return diag_set(diag, EXIT_PGMI_OTHER,
                        "\\crosstabview: statement did not return a result set");
    if (PQnfields(result) < 3)
        return diag_set(diag, EXIT_PGMI_OTHER,
                        "\\crosstabview: query must return at least three columns");
    if (!find_fields(&tab, args, diag))
        return false;
    collect_headers(result, tab.row_field, -1, &tab.rows);
    collect_headers(result, tab.column_field, tab.sort_field, &tab.columns);
    if (tab.columns.count > MAX_COLUMNS) {
        diag_set(diag, EXIT_PGMI_OTHER,
                 "\\crosstabview: maximum number of columns (%d) exceeded", MAX_COLUMNS);
        goto done;
    }
    if (tab.sort_field >= 0)
        rank_by_sort_column(&tab.columns);
    if (!fill_cells(&tab, diag))
        goto done;
    print_table(&tab, target);
    ok = true;
done:
    free_headers(&tab.rows);
    free_headers(&tab.columns);
    free(tab.cell_rows);
    return ok;
}
