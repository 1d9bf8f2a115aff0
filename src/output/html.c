/*
 * html.c — HTML tables, normal and expanded.
 */
#include <inttypes.h>

#include "printer.h"

static const Escapes escapes = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\n'] = "<br />\n",
};

/* Blanks at the start stay visible: EXPLAIN indents with them. */
static void add(Sink *sink, const char *text, size_t len)
{
    for (; len && *text == ' '; text++, len--)
        sink_add(sink, "&nbsp;");
    markup_add(sink, text, len, escapes);
}

static void add_string(Sink *sink, const char *text)
{
    add(sink, text, strlen(text));
}

/* Both forms begin with this; tableattr is trusted text of the user, so it is not escaped. */
static void open_table(Printer *printer, Sink *sink)
{
    if (!printer->start_table)
        return;
    sink_addf(sink, "<table border=\"%d\"", printer->options->border);
    if (printer->options->table_attr) {
        sink_addc(sink, ' ');
        sink_add(sink, printer->options->table_attr);
    }
    sink_add(sink, ">\n");
    if (markup_title(printer)) {
        sink_add(sink, "  <caption>");
        add_string(sink, printer->title);
        sink_add(sink, "</caption>\n");
    }
}

static void start_html(Printer *printer, Sink *sink)
{
    open_table(printer, sink);
    if (!printer->start_table || printer->options->tuples_only)
        return;
    sink_add(sink, "  <tr>\n");
    for (int i = 0; i < printer->ncolumns; i++) {
        sink_add(sink, "    <th align=\"center\">");
        add_string(sink, printer->columns[i].name);
        sink_add(sink, "</th>\n");
    }
    sink_add(sink, "  </tr>\n");
}

/* A cell without visible content gets a blank that browsers draw a frame around. */
static void add_cell(Printer *printer, Sink *sink, const char *text, size_t len)
{
    bool right = printer->columns[printer->column].right;

    sink_add(sink, right ? "    <td align=\"right\">" : "    <td align=\"left\">");
    if (markup_blank(text, len))
        sink_add(sink, "&nbsp; ");
    else
        add(sink, text, len);
    sink_add(sink, "</td>\n");
}

static void cell_html(Printer *printer, Sink *sink, const char *text, size_t len)
{
    if (printer->column == 0)
        sink_add(sink, "  <tr valign=\"top\">\n");
    add_cell(printer, sink, text, len);
    if (printer->column == printer->ncolumns - 1)
        sink_add(sink, "  </tr>\n");
}

/* Expanded: a row that spans both columns opens each record, then a row per field. */
static void cell_expanded(Printer *printer, Sink *sink, const char *text, size_t len)
{
    if (printer->column == 0) {
        if (printer->options->tuples_only)
            sink_add(sink, "\n  <tr><td colspan=\"2\">&nbsp;</td></tr>\n");
        else
            sink_addf(sink,
                      "\n  <tr><td colspan=\"2\" align=\"center\">Record %" PRIu64
                      "</td></tr>\n",
                      markup_record(printer));
    }
    sink_add(sink, "  <tr valign=\"top\">\n    <th>");
    add_string(sink, printer->columns[printer->column].name);
    sink_add(sink, "</th>\n");
    add_cell(printer, sink, text, len);
    sink_add(sink, "  </tr>\n");
}

/* Footers are a paragraph below the table; without any there is still an empty line. */
static void close_table(Printer *printer, Sink *sink, bool default_footer)
{
    const char *const *footers;
    size_t count;

    if (!printer->stop_table)
        return;
    count = printer_footers(printer, default_footer, &footers);
    sink_add(sink, "</table>\n");
    if (count)
        sink_add(sink, "<p>");
    for (size_t i = 0; i < count; i++) {
        add_string(sink, footers[i]);
        sink_add(sink, "<br />\n");
    }
    sink_add(sink, count ? "</p>\n" : "\n");
}

static void end_html(Printer *printer, Sink *sink)
{
    close_table(printer, sink, true);
}

static void end_expanded(Printer *printer, Sink *sink)
{
    close_table(printer, sink, false);
}

void print_html_escaped(FILE *out, const char *text)
{
    Sink sink;

    sink_to_stream(&sink, out);
    add_string(&sink, text);
    sink_close(&sink);
}

const Format format_html = {start_html, cell_html, end_html};
const Format format_html_expanded = {open_table, cell_expanded, end_expanded};
