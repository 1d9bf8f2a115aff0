/*
 * printer.c — taking rows in, and printing the table when the result (or a FETCH_COUNT chunk of
 * it) is complete.
 *
 * Nothing can be printed before: widths of columns depend on the last row, and of a result that ends in an
 * error psql shows nothing, in any format.  Cells wait in blocks (store.c), which go to a temporary
 * file when they get too large.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "printer.h"

/* ---- beginning --------------------------------------------------------------------------- */

/* These two need the widths of all cells before the first line can be drawn. */
static bool aligned_family(const PrintOptions *options)
{
    return options->format == PRINT_ALIGNED || options->format == PRINT_WRAPPED;
}

/* Names are made valid once, here, so that the formats need not look at them again. */
static void add_column(Printer *printer, Column *column, const PrintColumn *from)
{
    size_t len = strlen(from->name);
    const char *name = text_valid(from->name, &len, printer->options->encoding,
                                  &printer->valid);

    column->name = xstrndup(name, len);
    column->right = from->right;
    text_extent(column->name, len, printer->options->encoding, &column->header);
}

/* Empties what belongs to one chunk of rows. */
static void reset_chunk(Printer *printer)
{
    sink_discard(&printer->cell_sink);
    sink_discard(&printer->text_sink);
    store_reset(&printer->cells);
    store_reset(&printer->text);
    sink_to_store(&printer->cell_sink, &printer->cells, true);
    sink_to_store(&printer->text_sink, &printer->text, false);
    for (int i = 0; i < printer->ncolumns; i++) {
        Column *column = &printer->columns[i];

        column->width = column->header.width;
        column->cell_width = 0;
        column->cell_lines = 1;
        column->width_sum = 0;
    }
    printer->rows = 0;
    printer->column = 0;
    printer->row_extra = 0;
    printer->extra_lines = 0;
}

/* The same as keep_cell() for a cell that is plain. */
static bool keep_plain_cell(Printer *printer, Sink *sink, const char *text, size_t len)
{
    Column *column = &printer->columns[printer->column];

    if (!cell_append_plain(sink, text, len))
        return false;
    if ((int)len > column->cell_width)
        column->cell_width = (int)len;
    column->width_sum += len;
    return true;
}

/* Most cells are plain and go to one place: that is decided once, not for every cell. */
static void choose_plain_cell(Printer *printer)
{
    const Format *format = printer->format;

    if (printer->options->numeric_locale || (format && printer->keep_cells))
        return;
    printer->plain_cell = format ? format->plain_cell : keep_plain_cell;
    printer->plain_sink = format ? &printer->text_sink : &printer->cell_sink;
}

/* Cells are held if their widths count: for the aligned family, and for the log, which is always
 * aligned.  Other formats hold the text they have rendered instead. */
Printer *print_begin(const PrintOptions *options, const PrintTarget *target,
                     const PrintColumn *columns, int count)
{
    Printer *printer = xcalloc(1, sizeof(*printer));

    printer->options = options;
    printer->target = *target;
    printer->title = options->title;
    printer->is_pager = target->paged;
    printer->format = format_find(options->format, options->expanded == EXPANDED_ON);
    printer->keep_cells = aligned_family(options) || target->log;
    choose_plain_cell(printer);
    printer->start_table = printer->stop_table = true;
    printer->ncolumns = count;
    printer->columns = xcalloc((size_t)count, sizeof(Column));
    strbuf_init(&printer->valid);
    strbuf_init(&printer->number);
    store_init(&printer->cells);
    store_init(&printer->text);
    for (int i = 0; i < count; i++)
        add_column(printer, &printer->columns[i], &columns[i]);
    reset_chunk(printer);
    return printer;
}

/* ---- taking cells --------------------------------------------------------------------------- */

/*
 * Measures a cell and holds it.  Widest, highest and average per column are gathered on the way,
 * because a second look at a million rows costs as much as the first.
 */
static void keep_cell(Printer *printer, Column *column, const char *text, size_t len,
                      bool plain)
{
    Extent extent = {(int)len, 1, true};

    if (!plain) {
        text_extent(text, len, printer->options->encoding, &extent);
        if (extent.lines > column->cell_lines)
            column->cell_lines = extent.lines;
        if (extent.width > 0 && extent.lines - 1 > printer->row_extra)
            printer->row_extra = extent.lines - 1;
    }
    if (extent.width > column->cell_width)
        column->cell_width = extent.width;
    column->width_sum += (uint64_t)extent.width;
    cell_append(&printer->cell_sink, text, len, plain ? NULL : &extent);
}

/* The row is complete: from here on its bytes may be cut off from the next row's. */
static void end_row(Printer *printer)
{
    printer->rows++;
    printer->column = 0;
    printer->extra_lines += (uint64_t)printer->row_extra;
    printer->row_extra = 0;
    printer->cell_sink.record = printer->cell_sink.len;
}

/*
 * NULL is replaced here, so no format need know of it: none treats it otherwise than the same
 * text.  Only numbers go through numericlocale, and the replacement of NULL does not.
 * text ends with a NUL.
 */
static inline void take_cell(Printer *printer, const char *text, size_t len, bool null)
{
    Column *column = &printer->columns[printer->column];
    bool plain;

    if (null) {
        text = printer->options->null ? printer->options->null : "";
        len = strlen(text);
    } else if (column->right && printer->options->numeric_locale) {
        text = numeric_localize(printer->options, text, &len, &printer->number);
    }
    plain = text_is_plain(text, len);
    if (!plain)
        text = text_valid(text, &len, printer->options->encoding, &printer->valid);
    if (printer->format)
        printer->format->cell(printer, &printer->text_sink, text, len);
    if (printer->keep_cells)
        keep_cell(printer, column, text, len, plain);
    if (++printer->column == printer->ncolumns)
        end_row(printer);
}

void print_cell(Printer *printer, const char *text, size_t len)
{
    take_cell(printer, text, len, !text);
}

void print_row(Printer *printer, const PGresult *result, int row)
{
    int count = printer->ncolumns;

    for (int i = 0; i < count; i++) {
        size_t len = (size_t)PQgetlength(result, row, i);
        const char *text = PQgetvalue(result, row, i);

        if (!printer->plain_cell || !len ||
            !printer->plain_cell(printer, printer->plain_sink, text, len))
            take_cell(printer, text, len, len == 0 && PQgetisnull(result, row, i));
        else if (++printer->column == count)
            end_row(printer);
    }
    if (!count)
        end_row(printer);
}

void print_footer(Printer *printer, const char *line)
{
    strlist_add(&printer->footers, line);
}

uint64_t print_rows(const Printer *printer)
{
    return printer->prior_rows + printer->rows;
}

/* ---- what the formats ask ------------------------------------------------------------------------ */

bool printer_cancelled(const Printer *printer)
{
    return printer->target.cancelled && *printer->target.cancelled;
}

/* Tuples only, Ctrl-C: no footer.  Rows of earlier chunks count too. */
size_t printer_footers(Printer *printer, bool with_default, const char *const **lines)
{
    static const char *const none = NULL;
    uint64_t rows = print_rows(printer);

    *lines = &none;
    if (printer->options->tuples_only || printer_cancelled(printer))
        return 0;
    if (!printer->footers.len && with_default && printer->options->footer) {
        char line[sizeof(printer->default_footer)];

        snprintf(line, sizeof(line), rows == 1 ? "(%" PRIu64 " row)" : "(%" PRIu64 " rows)",
                 rows);
        memcpy(printer->default_footer, line, sizeof(line));
        printer->default_footer_line = printer->default_footer;
        *lines = &printer->default_footer_line;
        return 1;
    }
    *lines = (const char *const *)printer->footers.items;
    return printer->footers.len;
}

/* Blocks hold whole rows, so one row's cells always point into one block. */
void printer_each_row(Printer *printer, RowFn fn, void *ctx)
{
    Cell *cells = xcalloc((size_t)printer->ncolumns, sizeof(Cell));
    uint64_t row = 0;
    bool go_on = true;

    for (size_t i = 0; i < printer->cells.count && go_on; i++) {
        const char *at, *end;
        size_t len;

        if (!store_block(&printer->cells, i, &at, &len)) {
            printer->error = errno ? errno : EIO;
            break;
        }
        for (end = at + len; at < end && go_on;) {
            at = cell_read_row(at, printer->ncolumns, cells);
            go_on = !printer_cancelled(printer) && fn(ctx, cells, row++);
        }
    }
    free(cells);
}

/* Leaving the pager early is the user's good right and no write error. */
static void forgive_pager(Printer *printer)
{
    if (printer->error == EPIPE)
        printer->error = 0;
}

/* ---- printing ------------------------------------------------------------------------------------------- */

/* The formats whose rows were rendered as they came: what is before them, they, what is behind. */
static void print_held_text(Printer *printer, FILE *out)
{
    Sink sink;
    const char *data;
    size_t len;

    sink_to_stream(&sink, out);
    printer->format->start(printer, &sink);
    sink_flush(&sink);
    for (size_t i = 0; i < printer->text.count && !printer_cancelled(printer); i++) {
        errno = 0;
        if (!store_block(&printer->text, i, &data, &len) || fwrite(data, 1, len, out) != len) {
            printer->error = errno ? errno : EIO;
            break;
        }
    }
    printer->format->end(printer, &sink);
    sink_close(&sink);
    if (sink.error && !printer->error)
        printer->error = sink.error;
}

/* The log gets every table in aligned form, never through a pager. */
static void print_to_log(Printer *printer)
{
    bool is_pager = printer->is_pager, may_page = printer->target.may_page;
    FILE *out = printer->target.log;

    printer->is_pager = printer->target.may_page = false;
    print_aligned(printer, &out);
    printer->is_pager = is_pager;
    printer->target.may_page = may_page;
}

/*
 * psql's order: the log first, then the output.  Formats of held text ask for the pager here, the
 * aligned family does so itself, when it knows how wide and how high the table is.
 */
static void print_table(Printer *printer)
{
    bool expanded = printer->options->expanded == EXPANDED_ON;
    FILE *out = printer->target.out;

    sink_flush(&printer->cell_sink);
    sink_flush(&printer->text_sink);
    if (printer_cancelled(printer))
        return;
    if (printer->format)
        printer_open_pager(printer, &out, printer_pager_lines(printer, expanded));
    clearerr(out);
    if (printer->target.log)
        print_to_log(printer);
    if (printer->format)
        print_held_text(printer, out);
    else if (expanded || (printer->options->expanded == EXPANDED_AUTO && printer->is_pager))
        print_expanded(printer, &out);
    else
        print_aligned(printer, &out);
    if (printer->own_pager) {
        if (printer_cancelled(printer))
            fputs("Interrupted\n", out);
        pager_close(out);
        printer->is_pager = printer->own_pager = false;
        forgive_pager(printer);
    }
}

/* Closes the pager that all chunks of a FETCH_COUNT result share. */
static void close_chunk_pager(Printer *printer)
{
    if (!printer->chunk_pager)
        return;
    if (printer_cancelled(printer))
        fputs("Interrupted\n", printer->target.out);
    pager_close(printer->target.out);
    printer->chunk_pager = false;
    forgive_pager(printer);
}

/*
 * psql prints each fetch as a table of its own, the first with the header, the last with the
 * footer.  Once there is more than one, a pager takes them all; from then on psql acts as if there
 * were one even when none could be opened (expanded auto turns to expanded).
 */
bool print_chunk(Printer *printer)
{
    PrintTarget *target = &printer->target;

    if (target->may_page && !printer->is_pager) {
        target->out = pager_open(-1, printer->options);
        printer->chunk_pager = pager_is_open(target->out);
        printer->is_pager = true;
    }
    printer->stop_table = false;
    print_table(printer);
    printer->start_table = false;
    printer->prior_rows += printer->rows;
    reset_chunk(printer);
    if (fflush(target->out) != 0 && !printer->error)
        printer->error = errno;
    return !printer->error && !ferror(target->out) && !printer_cancelled(printer);
}

/* Also how print_end() cleans up. */
void print_abandon(Printer *printer)
{
    close_chunk_pager(printer);
    sink_discard(&printer->cell_sink);
    sink_discard(&printer->text_sink);
    store_reset(&printer->cells);
    store_reset(&printer->text);
    for (int i = 0; i < printer->ncolumns; i++)
        free(printer->columns[i].name);
    free(printer->columns);
    strlist_free(&printer->footers);
    strbuf_free(&printer->valid);
    strbuf_free(&printer->number);
    free(printer);
}

void print_to(Printer *printer, FILE *out, bool may_page)
{
    printer->target.out = out;
    printer->target.may_page = may_page;
}

bool print_end(Printer *printer)
{
    int error;

    printer->stop_table = true;
    print_table(printer);
    close_chunk_pager(printer);
    error = printer->error;
    print_abandon(printer);
    errno = error;
    return !error;
}

void print_result(const PGresult *result, const PrintOptions *options,
                  const PrintTarget *target, const char *title, const char *const *footers)
{
    int count = PQnfields(result), rows = PQntuples(result);
    PrintColumn *columns = xcalloc((size_t)count, sizeof(PrintColumn));
    Printer *printer;

    for (int i = 0; i < count; i++)
        columns[i] = (PrintColumn){PQfname(result, i), print_type_is_right(PQftype(result, i))};
    printer = print_begin(options, target, columns, count);
    if (title)
        printer->title = title;
    for (; footers && *footers; footers++)
        print_footer(printer, *footers);
    for (int i = 0; i < rows; i++)
        print_row(printer, result, i);
    print_end(printer);
    free(columns);
}
