/*
 * expanded.c — one line per field, a header line per record (\x), in the aligned and wrapped
 * formats.
 *
 * Fields of one line with a name of one line are the fast road: their left part is made once.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "printer.h"

typedef struct Record {
    Printer *printer;
    Sink sink;
    TableStyle style;
    int border;
    int encoding;
    bool old_ascii;  /* marks stand left of the text */
    int name_width;  /* of the widest column name */
    int data_width;  /* room for data */
    bool tall_names; /* some name has a newline */
    bool tall_data;  /* some cell has one, or wraps: there is a column for marks */
    TextLines *names;
    StrBuf *lefts; /* per column: what stands before the data of a simple field */
    TextLines data;
} Record;

/* ---- widths ------------------------------------------------------------------------------ */

/* One width for all names and one for all data: the divider stands in one column. */
static void measure(Record *record)
{
    const Printer *printer = record->printer;

    for (int i = 0; i < printer->ncolumns; i++) {
        const Column *column = &printer->columns[i];

        if (column->header.width > record->name_width)
            record->name_width = column->header.width;
        if (column->header.lines > 1)
            record->tall_names = true;
        if (column->cell_width > record->data_width)
            record->data_width = column->cell_width;
        if (column->cell_lines > 1)
            record->tall_data = true;
    }
}

/* Columns between name and data, and marks beside them. */
static int frame_width(const Record *record)
{
    int width = record->border == 0 ? 1 : record->border == 1 ? 3 : 7;

    if (record->tall_names &&
        (record->border == 0 || (record->border == 1 && record->old_ascii)))
        width++;
    if (record->tall_data && record->border < 2 && !record->old_ascii)
        width++;
    return width;
}

/* What the record header line needs: "* Record 1", "-[ RECORD 1 ]", "+-[ RECORD 1 ]-+". */
static int record_line_width(const Record *record)
{
    static const int around[] = {9, 12, 15};
    uint64_t rows = record->printer->rows;
    int width = 0;

    if (record->printer->options->tuples_only)
        return 0;
    for (; rows > 0; rows /= 10)
        width++;
    return width + around[record->border];
}

/* Wrapped format: data gets what the target leaves, at least three columns. */
static void fit_data(Record *record, int target)
{
    int frame = frame_width(record), header = record_line_width(record), wide, fitted;

    for (;;) {
        int least = record->name_width + frame + 3;

        wide = record->name_width + frame + record->data_width;
        if (wide < header)
            wide = header;
        if (least < header)
            least = header;
        if (target <= 0 || target >= wide)
            fitted = wide;
        else
            fitted = target < least ? least : target;
        fitted -= record->name_width + frame;
        /* wrapping needs a column for its mark: count again with it */
        if (fitted >= record->data_width || record->tall_data || record->border == 2 ||
            record->old_ascii)
            break;
        record->tall_data = true;
        frame++;
    }
    record->data_width = fitted;
}

/* Borders and marks stand where the record lines end at least (so psql 15.20; older ones differ). */
static void widen_data(Record *record)
{
    int least = record_line_width(record) - record->name_width - frame_width(record);

    if (least > record->data_width)
        record->data_width = least;
}

/* ---- record lines ---------------------------------------------------------------------------- */

/*
 * "-[ RECORD 1 ]-+----": the text replaces as much of the rule as it needs, the crossing of the
 * column line included when the names are short.
 */
static void draw_record_line(Record *record, const RuleChars *rule, uint64_t number)
{
    Sink *sink = &record->sink;
    const char *fill = record->border > 0 ? rule->line : " ";
    int used = 0, names = record->name_width;
    char text[48];

    if (record->border < 2 && record->tall_names && record->old_ascii &&
        rule != &record->style.bottom)
        names++;
    if (record->border == 2)
        sink_add(sink, rule->left);
    if (record->border > 0)
        sink_add(sink, rule->line);
    if (number) {
        used = snprintf(text, sizeof(text),
                        record->border ? "[ RECORD %" PRIu64 " ]" : "* Record %" PRIu64,
                        number);
        sink_addn(sink, text, (size_t)used);
    }
    if (record->border != 2)
        used++;
    if (used < names)
        sink_repeat(sink, fill, (size_t)(names - used));
    used -= names;
    if (record->border > 0) {
        if (used-- <= 0)
            sink_add(sink, rule->line);
        if (used-- <= 0)
            sink_add(sink, rule->middle);
        if (used-- <= 0)
            sink_add(sink, rule->line);
    } else if (used-- <= 0) {
        sink_addc(sink, ' ');
    }
    if (used < 0)
        used = 0;
    if (used < record->data_width)
        sink_repeat(sink, fill, (size_t)(record->data_width - used));
    if (record->border == 2) {
        sink_add(sink, rule->line);
        sink_add(sink, rule->right);
    }
    sink_addc(sink, '\n');
}

/* ---- fields ------------------------------------------------------------------------------------ */

static const char *const space = " ";

/* The mark or blank between a name and the divider. */
static bool name_has_mark_column(const Record *record)
{
    return record->border > 0 || (record->tall_names && !record->old_ascii);
}

/* The left half of a field's line; blanks when the name has fewer lines than the data. */
static void draw_name(Record *record, const TextLines *name, int line)
{
    Sink *sink = &record->sink;
    const TableStyle *style = &record->style;
    int column = record->name_width;

    if (line >= name->count) {
        if (record->border == 0 && record->tall_names)
            column++;
        else
            column += record->border +
                      (record->border == 1 && record->tall_names && record->old_ascii);
        sink_spaces(sink, (size_t)(column > 0 ? column : 1));
        return;
    }
    if (record->border == 2 || (record->tall_names && record->old_ascii))
        sink_add(sink, line ? style->header_left : space);
    sink_addn(sink, name->text.data + name->items[line].start, name->items[line].len);
    sink_spaces(sink, (size_t)(column - name->items[line].width));
    if (name_has_mark_column(record))
        sink_add(sink, line + 1 < name->count ? style->header_right : space);
}

/* Behind a piece of data: blanks, and a mark where it goes on. */
static void draw_data_end(Record *record, int used, const char *mark)
{
    if (record->border < 2 && (!mark || !record->tall_data || record->old_ascii))
        return;
    if (used < record->data_width)
        sink_spaces(&record->sink, (size_t)(record->data_width - used));
    sink_add(&record->sink, mark ? mark : space);
}

/* How far the data of a field has been drawn. */
typedef struct DataState {
    int line;
    size_t offset;
    int rest; /* columns of the line that are still to come */
    bool done;
} DataState;

/* One piece of data with what stands around it. */
static void draw_data(Record *record, DataState *state)
{
    const TextLine *line = &record->data.items[state->line];
    const char *text = record->data.text.data + line->start + state->offset;
    const TableStyle *style = &record->style;
    const char *mark = NULL;
    size_t bytes;
    int used;

    sink_add(&record->sink, state->offset ? style->wrap_left : space);
    bytes = text_fit(text, line->len - state->offset, record->encoding, record->data_width,
                     &used);
    sink_addn(&record->sink, text, bytes);
    state->rest -= used;
    state->offset += bytes;
    if (state->rest) {
        mark = style->wrap_right;
    } else if (state->line + 1 < record->data.count) {
        mark = style->newline_right;
        state->line++;
        state->offset = 0;
        state->rest = record->data.items[state->line].width;
    } else {
        state->done = true;
    }
    draw_data_end(record, used, mark);
}

/* The slow road: name and data each go through their own lines, side by side. */
static void draw_field(Record *record, const TextLines *name, const Cell *cell)
{
    Sink *sink = &record->sink;
    const TableStyle *style = &record->style;
    DataState state = {0, 0, 0, false};

    text_lines(&record->data, cell->text, cell->len, record->encoding);
    state.rest = record->data.items[0].width;
    for (int line = 0; line < name->count || !state.done; line++) {
        if (record->border == 2)
            sink_add(sink, style->data.left);
        draw_name(record, name, line);
        if (record->border > 0)
            sink_add(sink, state.offset      ? style->divider_wrap
                           : state.line == 0 ? style->data.middle
                                             : style->divider_newline);
        if (!state.done)
            draw_data(record, &state);
        else if (record->border == 2)
            sink_spaces(sink, (size_t)record->data_width + 2);
        if (record->border == 2)
            sink_add(sink, style->data.right);
        sink_addc(sink, '\n');
    }
}

/* What every line of a simple field begins with: border, name, divider, blank. */
static void make_left(Record *record, int i)
{
    StrBuf *left = &record->lefts[i];
    const TextLines *name = &record->names[i];

    if (record->border == 2)
        strbuf_add(left, record->style.data.left);
    if (record->border == 2 || (record->tall_names && record->old_ascii))
        strbuf_addc(left, ' ');
    strbuf_addn(left, name->text.data, name->items[0].len);
    strbuf_addf(left, "%*s", record->name_width - name->items[0].width, "");
    if (name_has_mark_column(record))
        strbuf_addc(left, ' ');
    if (record->border > 0)
        strbuf_add(left, record->style.data.middle);
    strbuf_addc(left, ' ');
}

/* The fast road.  Without a frame nothing is padded: no blanks at the end of a line. */
static void draw_simple_field(Record *record, const StrBuf *left, const Cell *cell)
{
    size_t pad = record->border == 2 ? (size_t)(record->data_width - cell->width) : 0;
    char *to = sink_room(&record->sink, left->len + cell->len + pad + 16);

    memcpy(to, left->data, left->len);
    to += left->len;
    memcpy(to, cell->text, cell->len);
    to += cell->len;
    if (record->border == 2) {
        memset(to, ' ', pad + 1);
        to = stpcpy(to + pad + 1, record->style.data.right);
    }
    *to++ = '\n';
    record->sink.len = (size_t)(to - record->sink.buf);
}

/* Tuples only: records are set apart by a rule, but nothing stands before the first one. */
static bool draw_record(void *ctx, Cell *cells, uint64_t row)
{
    Record *record = ctx;
    const Printer *printer = record->printer;
    const RuleChars *rule = row == 0 ? &record->style.top : &record->style.middle;

    if (!printer->options->tuples_only)
        draw_record_line(record, rule, printer->prior_rows + row + 1);
    else if (row != 0 || !printer->start_table || record->border == 2)
        draw_record_line(record, rule, 0);
    for (int i = 0; i < printer->ncolumns; i++) {
        if (record->names[i].count == 1 && cells[i].kind != CELL_COMPLEX &&
            cells[i].width <= record->data_width)
            draw_simple_field(record, &record->lefts[i], &cells[i]);
        else
            draw_field(record, &record->names[i], &cells[i]);
    }
    return !record->sink.error;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

/* No rows at all: only the footer, which is the default one too in this case. */
static void print_nothing(Printer *printer, FILE *out)
{
    const char *const *footers;
    size_t count = printer_footers(printer, true, &footers);

    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s\n", footers[i]);
    fputc('\n', out);
}

/* Names are prepared once, they come again in every record. */
static void begin_record(Record *record, Printer *printer)
{
    memset(record, 0, sizeof(*record));
    record->printer = printer;
    record->border = printer->options->border > 2 ? 2 : printer->options->border;
    record->encoding = printer->options->encoding;
    record->old_ascii = printer->options->line_style == LINESTYLE_OLD_ASCII;
    record->names = xcalloc((size_t)printer->ncolumns, sizeof(TextLines));
    record->lefts = xcalloc((size_t)printer->ncolumns, sizeof(StrBuf));
    strbuf_init(&record->data.text);
    table_style(&record->style, printer->options);
    measure(record);
    for (int i = 0; i < printer->ncolumns; i++) {
        const char *name = printer->columns[i].name;

        strbuf_init(&record->names[i].text);
        text_lines(&record->names[i], name, strlen(name), record->encoding);
        strbuf_init(&record->lefts[i]);
        make_left(record, i);
    }
}

static void free_record(Record *record)
{
    for (int i = 0; i < record->printer->ncolumns; i++) {
        text_lines_free(&record->names[i]);
        strbuf_free(&record->lefts[i]);
    }
    free(record->names);
    free(record->lefts);
    text_lines_free(&record->data);
}

/* The default footer is not printed in this form, own footers are. */
static void draw_end(Record *record)
{
    Printer *printer = record->printer;
    const char *const *footers;
    size_t count = printer_footers(printer, false, &footers);

    if (record->border == 2 && !printer_cancelled(printer))
        draw_record_line(record, &record->style.bottom, 0);
    if (count && record->border < 2)
        sink_addc(&record->sink, '\n');
    for (size_t i = 0; i < count; i++) {
        sink_add(&record->sink, footers[i]);
        sink_addc(&record->sink, '\n');
    }
    sink_addc(&record->sink, '\n');
}

void print_expanded(Printer *printer, FILE **out)
{
    Record record;

    if ((!printer->rows || !printer->ncolumns) && printer->start_table && printer->stop_table) {
        print_nothing(printer, *out);
        return;
    }
    printer_open_pager(printer, out, printer_pager_lines(printer, true));
    begin_record(&record, printer);
    if (printer->options->format == PRINT_WRAPPED)
        fit_data(&record, printer_output_columns(printer, *out));
    else if (printer->options->format == PRINT_ALIGNED) /* not in the -L log of other formats */
        widen_data(&record);
    sink_to_stream(&record.sink, *out);
    if (printer->start_table && printer->title && !printer->options->tuples_only) {
        sink_add(&record.sink, printer->title);
        sink_addc(&record.sink, '\n');
    }
    printer_each_row(printer, draw_record, &record);
    if (printer->stop_table)
        draw_end(&record);
    sink_close(&record.sink);
    if (record.sink.error)
        printer->error = record.sink.error;
    free_record(&record);
}
