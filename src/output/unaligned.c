/*
 * unaligned.c — cells between separators, normal and expanded.  Separators stand between records,
 * never behind the last one, which ends with a newline (or a zero byte if that separates records,
 * as find -print0 and xargs want it).
 */
#include "printer.h"

static void separate(Sink *sink, const Separator *separator)
{
    const char *text = separator->text;

    if (separator->zero)
        sink_addc(sink, '\0');
    else if (text && text[0] && !text[1])
        sink_addc(sink, text[0]); /* nearly always */
    else if (text)
        sink_add(sink, text);
}

static void end_records(Printer *printer, Sink *sink)
{
    sink_addc(sink, printer->options->record_sep.zero ? '\0' : '\n');
}

/* True: something was printed before the first row, or belongs before it (a later chunk). */
static bool headed(const Printer *printer)
{
    return !printer->start_table || !printer->options->tuples_only;
}

/* The header is a record like the others: no separator behind it, the first row brings one. */
static void start_unaligned(Printer *printer, Sink *sink)
{
    const PrintOptions *options = printer->options;

    if (!printer->start_table || options->tuples_only)
        return;
    if (printer->title) {
        sink_add(sink, printer->title);
        separate(sink, &options->record_sep);
    }
    for (int i = 0; i < printer->ncolumns; i++) {
        if (i)
            separate(sink, &options->field_sep);
        sink_add(sink, printer->columns[i].name);
    }
}

static void cell_unaligned(Printer *printer, Sink *sink, const char *text, size_t len)
{
    if (printer->column)
        separate(sink, &printer->options->field_sep);
    else if (printer->rows || headed(printer))
        separate(sink, &printer->options->record_sep);
    sink_addn(sink, text, len);
}

static inline uint64_t remarkable(uint64_t word, unsigned char unused)
{
    (void)unused;
    return beyond_ascii(word);
}

/* Not for the first row, which may have nothing in front of it. */
static bool plain_cell_unaligned(Printer *printer, Sink *sink, const char *text, size_t len)
{
    const PrintOptions *options = printer->options;
    const Separator *separator = printer->column ? &options->field_sep : &options->record_sep;
    const char *mark = separator->text;
    char *to;

    if (!printer->rows || separator->zero || !mark || !mark[0] || mark[1])
        return false;
    to = sink_room(sink, len + 1);
    *to = mark[0];
    if (copy_tested(to + 1, text, len, remarkable, 0))
        return false;
    sink->len += len + 1;
    return true;
}

/* Each footer line is a record too. */
static void end_unaligned(Printer *printer, Sink *sink)
{
    bool need = headed(printer) || (printer->rows && printer->ncolumns);
    const char *const *footers;
    size_t count;

    if (!printer->stop_table)
        return;
    count = printer_footers(printer, true, &footers);
    for (size_t i = 0; i < count; i++) {
        if (need)
            separate(sink, &printer->options->record_sep);
        sink_add(sink, footers[i]);
        need = true;
    }
    if (need)
        end_records(printer, sink);
}

/* ---- expanded: one line per field, an empty one between records ---------------------------- */

/* The expanded form has no header, only the title can stand before the first record. */
static bool headed_expanded(const Printer *printer)
{
    return !printer->start_table || (!printer->options->tuples_only && printer->title);
}

static void start_expanded(Printer *printer, Sink *sink)
{
    if (printer->start_table && !printer->options->tuples_only && printer->title)
        sink_add(sink, printer->title);
}

/* One separator before a field, two before a record: that is the empty line between them. */
static void cell_expanded(Printer *printer, Sink *sink, const char *text, size_t len)
{
    const PrintOptions *options = printer->options;

    if (printer->column || printer->rows || headed_expanded(printer))
        separate(sink, &options->record_sep);
    if (!printer->column && (printer->rows || headed_expanded(printer)))
        separate(sink, &options->record_sep);
    sink_add(sink, printer->columns[printer->column].name);
    separate(sink, &options->field_sep);
    sink_addn(sink, text, len);
}

static void end_expanded(Printer *printer, Sink *sink)
{
    const char *const *footers;
    size_t count;

    if (!printer->stop_table)
        return;
    count = printer_footers(printer, false, &footers);
    if (count)
        separate(sink, &printer->options->record_sep);
    for (size_t i = 0; i < count; i++) {
        separate(sink, &printer->options->record_sep);
        sink_add(sink, footers[i]);
    }
    if (headed_expanded(printer) || (printer->rows && printer->ncolumns))
        end_records(printer, sink);
}

const Format format_unaligned = {start_unaligned, cell_unaligned, end_unaligned,
                                 plain_cell_unaligned};
const Format format_unaligned_expanded = {start_expanded, cell_expanded, end_expanded, NULL};
