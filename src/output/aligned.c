/*
 * aligned.c — the table psql prints by default, and the wrapped format, which is the same with
 * narrower columns.
 *
 * Rows whose cells are one line each and fit their columns, nearly all in practice, are copied
 * straight from the held cells; the others go through draw_tall_row().
 */
#include <stdlib.h>

#include "printer.h"

/* How a cell goes on in the next output line. */
typedef enum Going { GOING_NOT, GOING_NEWLINE, GOING_WRAP } Going;

/* A cell on its way through several output lines. */
typedef struct Tall {
    TextLines lines;
    int line;      /* the next to be drawn; == lines.count: the cell has ended */
    size_t offset; /* bytes of it drawn already */
    Going going;
} Tall;

typedef struct Table {
    Printer *printer;
    Sink sink;
    TableStyle style;
    int border;
    int count;
    int *widths;      /* of the columns as printed */
    int total;        /* of the whole line */
    int header_total; /* if columns were as narrow as their headers */
    Tall *tall;       /* made when the first row needs it */
    size_t row_room;  /* bytes a simple row takes beyond its texts */
    StrBuf between;   /* blank, divider, blank */
    uint64_t rest;    /* rows still to be measured (pager) */
    uint64_t extra;   /* lines beyond one per row */
} Table;

/* ---- widths ---------------------------------------------------------------------------- */

/* Border 0 has a blank per column, 1 blanks around each and dividers, 2 the frame as well. */
static void sum_widths(Table *table)
{
    int frame = table->border == 0   ? table->count
                : table->border == 1 ? table->count * 3 - (table->count > 0)
                                     : table->count * 3 + 1;

    table->total = table->header_total = frame;
    for (int i = 0; i < table->count; i++) {
        Column *column = &table->printer->columns[i];

        column->width = column->cell_width > column->header.width ? column->cell_width
                                                                  : column->header.width;
        table->widths[i] = column->width;
        table->total += column->width;
        table->header_total += column->header.width;
    }
}

/*
 * Takes columns from the one that wastes most, by the ratio of its width to its average with a
 * slight bias against wide ones, until the table fits or no column is wider than its header.
 */
static void shrink_columns(Table *table, int target)
{
    uint64_t rows = table->printer->rows;

    if (target <= 0 || target < table->header_total || !rows)
        return;
    while (table->total > target) {
        double worst_ratio = 0;
        int worst = -1;

        for (int i = 0; i < table->count; i++) {
            const Column *column = &table->printer->columns[i];
            uint64_t average = column->width_sum / rows;

            if (average && table->widths[i] > column->header.width) {
                double ratio = (double)table->widths[i] / (double)average +
                               column->width * 0.01;

                if (ratio > worst_ratio) {
                    worst_ratio = ratio;
                    worst = i;
                }
            }
        }
        if (worst < 0)
            break;
        table->widths[worst]--;
        table->total--;
    }
}

/* ---- pager -------------------------------------------------------------------------------- */

/* psql's estimate of the lines that wrapping and newlines add to a row. */
static bool count_extra_lines(void *ctx, Cell *cells, uint64_t row)
{
    Table *table = ctx;
    int most = 0;

    (void)row;
    for (int i = 0; i < table->count; i++) {
        if (cells[i].width > 0 && table->widths[i]) {
            int extra = (cells[i].width - 1) / table->widths[i] + cells[i].lines - 1;

            if (extra > most)
                most = extra;
        }
    }
    table->extra += (uint64_t)most;
    return true;
}

/*
 * psql pages what is wider than the screen whatever its height; otherwise the lines count, those
 * of the tallest header and of cells with newlines or wrapping included.
 */
static void ask_for_pager(Table *table, FILE **out, int target)
{
    Printer *printer = table->printer;
    uint64_t header = 0;

    if (printer->is_pager || !printer->target.may_page)
        return;
    if (target > 0 && (target < table->header_total || target < table->total)) {
        /* wider than the screen: always page */
        *out = pager_open(-1, printer->options);
        printer->is_pager = printer->own_pager = pager_is_open(*out);
        if (printer->is_pager)
            return;
    }
    for (int i = 0; i < table->count; i++)
        if ((uint64_t)printer->columns[i].header.lines > header)
            header = (uint64_t)printer->columns[i].header.lines;
    table->extra = printer->extra_lines;
    if (printer->options->format == PRINT_WRAPPED) {
        table->extra = 0;
        printer_each_row(printer, count_extra_lines, table);
    }
    printer_open_pager(printer, out,
                       printer_pager_lines(printer, false) + header + table->extra);
}

/* ---- lines and headers -------------------------------------------------------------------------- */

/* A line between header and rows, or at the frame's top and bottom. */
static void draw_rule(Table *table, const RuleChars *rule)
{
    Sink *sink = &table->sink;

    if (table->border == 2)
        sink_add(sink, rule->left);
    if (table->border > 0)
        sink_add(sink, rule->line);
    for (int i = 0; i < table->count; i++) {
        sink_repeat(sink, rule->line, (size_t)table->widths[i]);
        if (i == table->count - 1)
            break;
        if (table->border == 0) {
            sink_addc(sink, ' ');
        } else {
            sink_add(sink, rule->line);
            sink_add(sink, rule->middle);
            sink_add(sink, rule->line);
        }
    }
    if (table->border > 0)
        sink_add(sink, rule->line);
    if (table->border == 2)
        sink_add(sink, rule->right);
    sink_addc(sink, '\n');
}

/* Centred above the table; a title wider than it starts at the left edge. */
static void draw_title(Table *table)
{
    const char *title = table->printer->title;
    Extent extent;

    text_extent(title, strlen(title), table->printer->options->encoding, &extent);
    if (extent.width < table->total)
        sink_spaces(&table->sink, (size_t)(table->total - extent.width) / 2);
    sink_add(&table->sink, title);
    sink_addc(&table->sink, '\n');
}

/* One line of one column's header: mark, centred text, mark.  True: the header has ended. */
static bool draw_header_cell(Table *table, int i, Tall *head, int line)
{
    const TableStyle *style = &table->style;
    Sink *sink = &table->sink;
    size_t width = (size_t)table->widths[i];

    if (table->border != 0 || (!style->marks_right && i > 0))
        sink_add(sink, line ? style->header_left : " ");
    if (head->line < head->lines.count) {
        const TextLine *text = &head->lines.items[head->line++];
        size_t pad = width - (size_t)text->width;

        sink_spaces(sink, pad / 2);
        sink_addn(sink, head->lines.text.data + text->start, text->len);
        sink_spaces(sink, (pad + 1) / 2);
    } else {
        sink_spaces(sink, width);
    }
    if (table->border != 0 || style->marks_right)
        sink_add(sink, head->line < head->lines.count ? style->header_right : " ");
    if (table->border != 0 && i < table->count - 1)
        sink_add(sink, style->data.middle);
    return head->line >= head->lines.count;
}

/* Names are never wrapped: no column is narrower than its name. */
static void draw_header(Table *table)
{
    Tall *heads = xcalloc((size_t)table->count, sizeof(Tall));
    Sink *sink = &table->sink;
    bool more = table->count > 0;

    if (table->border == 2)
        draw_rule(table, &table->style.top);
    for (int i = 0; i < table->count; i++) {
        const char *name = table->printer->columns[i].name;

        strbuf_init(&heads[i].lines.text);
        text_lines(&heads[i].lines, name, strlen(name), table->printer->options->encoding);
    }
    for (int line = 0; more; line++) {
        more = false;
        if (table->border == 2)
            sink_add(sink, table->style.data.left);
        for (int i = 0; i < table->count; i++)
            if (!draw_header_cell(table, i, &heads[i], line))
                more = true;
        if (table->border == 2)
            sink_add(sink, table->style.data.right);
        sink_addc(sink, '\n');
    }
    draw_rule(table, &table->style.middle);
    for (int i = 0; i < table->count; i++)
        text_lines_free(&heads[i].lines);
    free(heads);
}

/* ---- rows ------------------------------------------------------------------------------------------ */

/* Nothing to be escaped, split or wrapped: its bytes go out as they are. */
static bool row_is_simple(const Table *table, const Cell *cells)
{
    for (int i = 0; i < table->count; i++)
        if (cells[i].kind == CELL_COMPLEX || cells[i].width > table->widths[i])
            return false;
    return true;
}

/* The fast road: room for the whole line is asked for once, then only copying and padding. */
static void draw_simple_row(Table *table, const Cell *cells)
{
    Sink *sink = &table->sink;
    size_t room = table->row_room;
    char *to;

    for (int i = 0; i < table->count; i++)
        room += cells[i].len;
    to = sink_room(sink, room);
    if (table->border == 2)
        to = stpcpy(to, table->style.data.left);
    if (table->border > 0)
        *to++ = ' ';
    for (int i = 0; i < table->count; i++) {
        const Cell *cell = &cells[i];
        size_t pad = (size_t)(table->widths[i] - cell->width);
        bool last = i == table->count - 1;

        if (table->printer->columns[i].right) {
            memset(to, ' ', pad);
            to += pad;
            pad = 0;
        }
        memcpy(to, cell->text, cell->len);
        to += cell->len;
        if (last && table->border < 2)
            break; /* no blanks at the end of a line */
        memset(to, ' ', pad);
        to += pad;
        if (!last) {
            memcpy(to, table->between.data, table->between.len);
            to += table->between.len;
        }
    }
    if (table->border == 2) {
        *to++ = ' ';
        to = stpcpy(to, table->style.data.right);
    }
    *to++ = '\n';
    sink->len = (size_t)(to - sink->buf);
}

/* What is left of the cell's line fits in its width, or as much as does is drawn. */
static int draw_piece(Table *table, int i, Tall *tall)
{
    const TextLine *line = &tall->lines.items[tall->line];
    const char *text = tall->lines.text.data + line->start + tall->offset;
    size_t rest = line->len - tall->offset, bytes;
    int width = table->widths[i], used;

    bytes = text_fit(text, rest, table->printer->options->encoding, width, &used);
    if (used > width)
        used = width; /* a single character that is wider than the column */
    if (table->printer->columns[i].right)
        sink_spaces(&table->sink, (size_t)(width - used));
    sink_addn(&table->sink, text, bytes);
    tall->offset += bytes;
    if (tall->offset == line->len) {
        tall->line++;
        tall->offset = 0;
    }
    return used;
}

/* Nothing goes on: a blank, where the border has one. */
static void draw_mark(Table *table, Going going, const char *newline, const char *wrap,
                      bool blank)
{
    if (going != GOING_NOT)
        sink_add(&table->sink, going == GOING_WRAP ? wrap : newline);
    else if (blank)
        sink_addc(&table->sink, ' ');
}

/* The divider before column i tells how that column got here. */
static void draw_divider(Table *table, const Tall *next)
{
    const TableStyle *style = &table->style;

    if (next->going == GOING_WRAP)
        sink_add(&table->sink, style->divider_wrap);
    else if (next->going == GOING_NEWLINE)
        sink_add(&table->sink, style->divider_newline);
    else if (next->line >= next->lines.count)
        sink_add(&table->sink, style->divider_blank);
    else
        sink_add(&table->sink, style->data.middle);
}

/* One output line of one column. */
static void draw_tall_cell(Table *table, int i)
{
    const TableStyle *style = &table->style;
    Tall *tall = &table->tall[i];
    bool last = i == table->count - 1, final_blanks = table->border == 2 || !last;
    int used = table->widths[i];

    if (table->border != 0)
        draw_mark(table, tall->going, style->newline_left, style->wrap_left, true);
    if (tall->line < tall->lines.count)
        used = draw_piece(table, i, tall);
    else if (final_blanks)
        sink_spaces(&table->sink, (size_t)used);

    tall->going = GOING_NOT;
    if (tall->line < tall->lines.count && tall->offset)
        tall->going = GOING_WRAP;
    else if (tall->line < tall->lines.count)
        tall->going = GOING_NEWLINE;

    if (!table->printer->columns[i].right && (final_blanks || tall->going != GOING_NOT))
        sink_spaces(&table->sink, (size_t)(table->widths[i] - used));
    draw_mark(table, tall->going, style->newline_right, style->wrap_right, final_blanks);
    if (table->border != 0 && !last)
        draw_divider(table, &table->tall[i + 1]);
}

/* Output lines of one row, until no cell goes on.  A cell that ends early is padded. */
static void draw_tall_row(Table *table, const Cell *cells)
{
    Sink *sink = &table->sink;
    bool more = true;

    if (!table->tall) {
        table->tall = xcalloc((size_t)table->count, sizeof(Tall));
        for (int i = 0; i < table->count; i++)
            strbuf_init(&table->tall[i].lines.text);
    }
    for (int i = 0; i < table->count; i++) {
        Tall *tall = &table->tall[i];

        text_lines(&tall->lines, cells[i].text, cells[i].len,
                   table->printer->options->encoding);
        tall->line = 0;
        tall->offset = 0;
        tall->going = GOING_NOT;
    }
    while (more) {
        more = false;
        if (table->border == 2)
            sink_add(sink, table->style.data.left);
        for (int i = 0; i < table->count; i++) {
            draw_tall_cell(table, i);
            if (table->tall[i].going != GOING_NOT)
                more = true;
        }
        if (table->border == 2)
            sink_add(sink, table->style.data.right);
        sink_addc(sink, '\n');
    }
}

static bool draw_row(void *ctx, Cell *cells, uint64_t row)
{
    Table *table = ctx;

    (void)row;
    if (row_is_simple(table, cells))
        draw_simple_row(table, cells);
    else
        draw_tall_row(table, cells);
    return !table->sink.error;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static void begin_table(Table *table, Printer *printer)
{
    memset(table, 0, sizeof(*table));
    table->printer = printer;
    table->border = printer->options->border > 2 ? 2 : printer->options->border;
    table->count = printer->ncolumns;
    table->widths = xcalloc((size_t)table->count, sizeof(int));
    table_style(&table->style, printer->options);
    strbuf_init(&table->between);
    strbuf_addc(&table->between, ' ');
    if (table->border > 0) {
        strbuf_add(&table->between, table->style.data.middle);
        strbuf_addc(&table->between, ' ');
    }
    sum_widths(table);
}

/* Header with the first chunk, footer with the last (FETCH_COUNT). */
static void draw_table(Table *table)
{
    Printer *printer = table->printer;

    table->row_room = 16 + table->between.len * (size_t)table->count;
    for (int i = 0; i < table->count; i++)
        table->row_room += (size_t)table->widths[i];
    if (printer->start_table && !printer->options->tuples_only) {
        if (printer->title)
            draw_title(table);
        draw_header(table);
    }
    printer_each_row(printer, draw_row, table);
    if (printer->stop_table) {
        const char *const *footers;
        size_t count = printer_footers(printer, true, &footers);

        if (table->border == 2 && !printer_cancelled(printer))
            draw_rule(table, &table->style.bottom);
        for (size_t i = 0; i < count; i++) {
            sink_add(&table->sink, footers[i]);
            sink_addc(&table->sink, '\n');
        }
        sink_addc(&table->sink, '\n');
    }
}

static void free_table(Table *table)
{
    for (int i = 0; table->tall && i < table->count; i++)
        text_lines_free(&table->tall[i].lines);
    free(table->tall);
    free(table->widths);
    strbuf_free(&table->between);
}

/* Expanded auto is decided here, where the width is known. */
void print_aligned(Printer *printer, FILE **out)
{
    int target = printer_output_columns(printer, *out);
    Table table;

    begin_table(&table, printer);
    if (printer->options->format == PRINT_WRAPPED)
        shrink_columns(&table, target);
    /* one column would be wider in expanded form */
    if (printer->options->expanded == EXPANDED_AUTO && target > 0 && table.count > 1 &&
        (target < table.header_total || target < table.total)) {
        print_expanded(printer, out);
    } else {
        ask_for_pager(&table, out, target);
        sink_to_stream(&table.sink, *out);
        draw_table(&table);
        sink_close(&table.sink);
        if (table.sink.error)
            printer->error = table.sink.error;
    }
    free_table(&table);
}
