/*
 * troff.c — tables for troff with the ms macros and tbl, normal and expanded.
 */
#include <inttypes.h>

#include "printer.h"

static const Escapes escapes = {['\\'] = "\\(rs"};

static int border_of(const Printer *printer)
{
    return printer->options->border > 2 ? 2 : printer->options->border;
}

/* .DS C centres the title; "box" draws the frame of border 2. */
static void open_table(Printer *printer, Sink *sink)
{
    if (markup_title(printer)) {
        sink_add(sink, ".LP\n.DS C\n");
        markup_addz(sink, printer->title, escapes);
        sink_add(sink, "\n.DE\n");
    }
    sink_add(sink, ".LP\n.TS\n");
    sink_add(sink, border_of(printer) == 2 ? "center box;\n" : "center;\n");
}

/* tbl takes one letter per column (l or r) and tabs between the cells. */
static void start_troff(Printer *printer, Sink *sink)
{
    if (!printer->start_table)
        return;
    open_table(printer, sink);
    for (int i = 0; i < printer->ncolumns; i++) {
        sink_addc(sink, printer->columns[i].right ? 'r' : 'l');
        if (border_of(printer) > 0 && i < printer->ncolumns - 1)
            sink_add(sink, " | ");
    }
    sink_add(sink, ".\n");
    if (printer->options->tuples_only)
        return;
    for (int i = 0; i < printer->ncolumns; i++) {
        sink_add(sink, i ? "\t\\fI" : "\\fI");
        markup_addz(sink, printer->columns[i].name, escapes);
        sink_add(sink, "\\fP");
    }
    sink_add(sink, "\n_\n");
}

static void cell_troff(Printer *printer, Sink *sink, const char *text, size_t len)
{
    markup_add(sink, text, len, escapes);
    sink_addc(sink, printer->column < printer->ncolumns - 1 ? '\t' : '\n');
}

static void start_expanded(Printer *printer, Sink *sink)
{
    if (!printer->start_table)
        return;
    open_table(printer, sink);
    if (printer->options->tuples_only)
        sink_add(sink, "c l;\n");
}

/* tbl's column format changes between the record lines and the fields. */
static void add_record(Printer *printer, Sink *sink)
{
    uint64_t record = markup_record(printer);
    bool first = printer->start_table && printer->rows == 0;

    if (border_of(printer) == 2 && record > 1)
        sink_add(sink, "_\n");
    sink_add(sink, first ? "c s.\n" : ".T&\nc s.\n");
    sink_addf(sink, "\\fIRecord %" PRIu64 "\\fP\n", record);
}

static void cell_expanded(Printer *printer, Sink *sink, const char *text, size_t len)
{
    int border = border_of(printer);

    if (printer->column == 0) {
        if (!printer->options->tuples_only)
            add_record(printer, sink);
        if (border >= 1)
            sink_add(sink, "_\n");
        if (!printer->options->tuples_only)
            sink_add(sink, border == 1 ? ".T&\nc | l.\n" : ".T&\nc l.\n");
    }
    markup_addz(sink, printer->columns[printer->column].name, escapes);
    sink_addc(sink, '\t');
    markup_add(sink, text, len, escapes);
    sink_addc(sink, '\n');
}

/* The display block for footers is there even when it stays empty, as in psql. */
static void close_table(Printer *printer, Sink *sink, bool default_footer)
{
    const char *const *footers;
    size_t count;

    if (!printer->stop_table)
        return;
    count = printer_footers(printer, default_footer, &footers);
    sink_add(sink, ".TE\n.DS L\n");
    for (size_t i = 0; i < count; i++) {
        markup_addz(sink, footers[i], escapes);
        sink_addc(sink, '\n');
    }
    sink_add(sink, ".DE\n");
}

static void end_troff(Printer *printer, Sink *sink)
{
    close_table(printer, sink, true);
}

static void end_expanded(Printer *printer, Sink *sink)
{
    close_table(printer, sink, false);
}

const Format format_troff = {start_troff, cell_troff, end_troff};
const Format format_troff_expanded = {start_expanded, cell_expanded, end_expanded};
