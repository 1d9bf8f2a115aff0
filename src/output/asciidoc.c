/*
 * asciidoc.c — AsciiDoc tables, normal and expanded.
 */
#include <inttypes.h>

#include "printer.h"

static const Escapes escapes = {['|'] = "\\|"};

static void add_title(Printer *printer, Sink *sink)
{
    sink_addc(sink, '\n'); /* a table is a paragraph of its own */
    if (markup_title(printer)) {
        sink_addc(sink, '.');
        sink_add(sink, printer->title);
        sink_addc(sink, '\n');
    }
}

/* Border 0 has neither frame nor grid, 1 the grid, 2 both; 3 is left to AsciiDoc's default. */
static void open_frame(Printer *printer, Sink *sink)
{
    static const char *const frames[] = {",frame=\"none\",grid=\"none\"", ",frame=\"none\"",
                                         ",frame=\"all\",grid=\"all\""};

    if ((size_t)printer->options->border < lengthof(frames))
        sink_add(sink, frames[printer->options->border]);
    sink_add(sink, "]\n|====\n");
}

/* Alignment is said once per column here, so that cells need none. */
static void start_asciidoc(Printer *printer, Sink *sink)
{
    bool header = !printer->options->tuples_only;

    if (!printer->start_table)
        return;
    add_title(printer, sink);
    sink_add(sink, header ? "[options=\"header\",cols=\"" : "[cols=\"");
    for (int i = 0; i < printer->ncolumns; i++) {
        if (i)
            sink_addc(sink, ',');
        sink_add(sink, printer->columns[i].right ? ">l" : "<l");
    }
    sink_addc(sink, '"');
    open_frame(printer, sink);
    if (!header)
        return;
    for (int i = 0; i < printer->ncolumns; i++) {
        sink_add(sink, i ? " ^l|" : "^l|");
        markup_addz(sink, printer->columns[i].name, escapes);
    }
    sink_addc(sink, '\n');
}

/* Blanks would be taken for content, so a blank cell is left out, but the last one of a row. */
static void cell_asciidoc(Printer *printer, Sink *sink, const char *text, size_t len)
{
    bool last = printer->column == printer->ncolumns - 1;

    sink_add(sink, printer->column ? " |" : "|");
    if (!markup_blank(text, len))
        markup_add(sink, text, len, escapes);
    else if (!last)
        sink_addc(sink, ' ');
    if (last)
        sink_addc(sink, '\n');
}

/* Expanded: a header column of names beside a column of values. */
static void start_expanded(Printer *printer, Sink *sink)
{
    if (!printer->start_table)
        return;
    add_title(printer, sink);
    sink_add(sink, "[cols=\"h,l\"");
    open_frame(printer, sink);
}

static void cell_expanded(Printer *printer, Sink *sink, const char *text, size_t len)
{
    const Column *column = &printer->columns[printer->column];

    if (printer->column == 0) {
        if (printer->options->tuples_only)
            sink_add(sink, "2+|\n");
        else
            sink_addf(sink, "2+^|Record %" PRIu64 "\n", markup_record(printer));
    }
    sink_add(sink, "<l|");
    markup_addz(sink, column->name, escapes);
    sink_add(sink, column->right ? " >l|" : " <l|");
    if (markup_blank(text, len))
        sink_addc(sink, ' ');
    else
        markup_add(sink, text, len, escapes);
    sink_addc(sink, '\n');
}

/* Footers stand in a literal block below the table. */
static void close_table(Printer *printer, Sink *sink, bool default_footer)
{
    const char *const *footers;
    size_t count;

    sink_add(sink, "|====\n"); /* psql closes it behind every chunk */
    if (!printer->stop_table)
        return;
    count = printer_footers(printer, default_footer, &footers);
    if (count)
        sink_add(sink, "\n....\n");
    for (size_t i = 0; i < count; i++) {
        sink_add(sink, footers[i]);
        sink_addc(sink, '\n');
    }
    if (count)
        sink_add(sink, "....\n");
}

static void end_asciidoc(Printer *printer, Sink *sink)
{
    close_table(printer, sink, true);
}

static void end_expanded(Printer *printer, Sink *sink)
{
    close_table(printer, sink, false);
}

const Format format_asciidoc = {start_asciidoc, cell_asciidoc, end_asciidoc};
const Format format_asciidoc_expanded = {start_expanded, cell_expanded, end_expanded};
