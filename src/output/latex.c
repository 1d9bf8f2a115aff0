/*
 * latex.c — LaTeX tabular and longtable environments; expanded, both are a tabular.
 */
#include <inttypes.h>

#include "printer.h"

static const Escapes escapes = {
    ['#'] = "\\#",
    ['$'] = "\\$",
    ['%'] = "\\%",
    ['&'] = "\\&",
    ['<'] = "\\textless{}",
    ['>'] = "\\textgreater{}",
    ['\\'] = "\\textbackslash{}",
    ['^'] = "\\^{}",
    ['_'] = "\\_",
    ['{'] = "\\{",
    ['|'] = "\\textbar{}",
    ['}'] = "\\}",
    ['~'] = "\\~{}",
    ['\n'] = "\\\\", /* no line break inside a cell, but psql does it so */
};

/* Border 3 is LaTeX's own: a line below each row.  The expanded form knows only 0 to 2. */
static int border_of(const Printer *printer, int most)
{
    return printer->options->border > most ? most : printer->options->border;
}

/* The title is centred text above: a tabular has no caption. */
static void add_title(Printer *printer, Sink *sink)
{
    if (!markup_title(printer))
        return;
    sink_add(sink, "\\begin{center}\n");
    markup_addz(sink, printer->title, escapes);
    sink_add(sink, "\n\\end{center}\n\n");
}

static void add_footers(Printer *printer, Sink *sink, bool default_footer)
{
    const char *const *footers;
    size_t count = printer_footers(printer, default_footer, &footers);

    sink_add(sink, "\\end{tabular}\n\n\\noindent ");
    for (size_t i = 0; i < count; i++) {
        markup_addz(sink, footers[i], escapes);
        sink_add(sink, " \\\\\n");
    }
    sink_addc(sink, '\n');
}

/* Column names in italics, with what the environment puts around each. */
static void add_headers(Printer *printer, Sink *sink, const char *open, const char *close)
{
    for (int i = 0; i < printer->ncolumns; i++) {
        if (i)
            sink_add(sink, " & ");
        sink_add(sink, open);
        markup_addz(sink, printer->columns[i].name, escapes);
        sink_add(sink, close);
    }
    sink_add(sink, " \\\\\n");
}

/* ---- tabular ------------------------------------------------------------------------------- */

static void start_tabular(Printer *printer, Sink *sink)
{
    int border = border_of(printer, 3);

    if (!printer->start_table)
        return;
    add_title(printer, sink);
    sink_add(sink, "\\begin{tabular}{");
    if (border >= 2)
        sink_add(sink, "| ");
    for (int i = 0; i < printer->ncolumns; i++) {
        sink_addc(sink, printer->columns[i].right ? 'r' : 'l');
        if (border != 0 && i < printer->ncolumns - 1)
            sink_add(sink, " | ");
    }
    sink_add(sink, border >= 2 ? " |}\n" : "}\n");
    if (printer->options->tuples_only)
        return;
    if (border >= 2)
        sink_add(sink, "\\hline\n");
    add_headers(printer, sink, "\\textit{", "}");
    sink_add(sink, "\\hline\n");
}

static void cell_tabular(Printer *printer, Sink *sink, const char *text, size_t len)
{
    markup_add(sink, text, len, escapes);
    if (printer->column < printer->ncolumns - 1) {
        sink_add(sink, " & ");
        return;
    }
    sink_add(sink, " \\\\\n");
    if (printer->options->border >= 3)
        sink_add(sink, "\\hline\n");
}

static void end_tabular(Printer *printer, Sink *sink)
{
    if (!printer->stop_table)
        return;
    if (border_of(printer, 3) == 2)
        sink_add(sink, "\\hline\n");
    add_footers(printer, sink, true);
}

/* ---- longtable -------------------------------------------------------------------------------- */

/*
 * Left-aligned columns get the widths in tableattr, parts of the text width separated by blanks;
 * the last one serves the columns that are left.
 */
static void add_width(Sink *sink, const char **next, const char **last)
{
    static const char blanks[] = " \t\n";

    *next += strspn(*next, blanks);
    if (**next) {
        *last = *next;
        *next += strcspn(*next, blanks);
    }
    if (!*last) {
        sink_addc(sink, 'l');
        return;
    }
    sink_add(sink, "p{");
    sink_addn(sink, *last, strcspn(*last, blanks));
    sink_add(sink, "\\textwidth}");
}

static void add_longtable_columns(Printer *printer, Sink *sink)
{
    const char *next = printer->options->table_attr, *last = NULL;
    int border = border_of(printer, 3);

    sink_add(sink, "\\begin{longtable}{");
    if (border >= 2)
        sink_add(sink, "| ");
    for (int i = 0; i < printer->ncolumns; i++) {
        if (!printer->columns[i].right && next)
            add_width(sink, &next, &last);
        else
            sink_addc(sink, printer->columns[i].right ? 'r' : 'l');
        if (border != 0 && i < printer->ncolumns - 1)
            sink_add(sink, " | ");
    }
    sink_add(sink, border >= 2 ? " |}\n" : "}\n");
}

/* A longtable has captions of its own, one for the pages before the last and one for it. */
static void add_caption(Printer *printer, Sink *sink, const char *suffix, const char *end)
{
    if (border_of(printer, 3) == 2)
        sink_add(sink, "\\bottomrule\n");
    sink_add(sink, "\\caption[");
    markup_addz(sink, printer->title, escapes);
    sink_add(sink, suffix);
    sink_add(sink, "]{");
    markup_addz(sink, printer->title, escapes);
    sink_add(sink, end);
}

/* The header comes twice: as LaTeX wants it on the first page and on those that follow. */
static void start_longtable(Printer *printer, Sink *sink)
{
    int border = border_of(printer, 3);

    if (!printer->start_table)
        return;
    add_longtable_columns(printer, sink);
    if (printer->options->tuples_only)
        return;
    if (border >= 2)
        sink_add(sink, "\\toprule\n");
    add_headers(printer, sink, "\\small\\textbf{\\textit{", "}}");
    sink_add(sink, "\\midrule\n\\endfirsthead\n");
    if (border >= 2)
        sink_add(sink, "\\toprule\n");
    add_headers(printer, sink, "\\small\\textbf{\\textit{", "}}");
    if (border != 3) /* the line below each row is one already */
        sink_add(sink, "\\midrule\n");
    sink_add(sink, "\\endhead\n");
    if (printer->title) {
        add_caption(printer, sink, " (Continued)", "}\n\\endfoot\n");
        add_caption(printer, sink, "", "}\n\\endlastfoot\n");
    } else if (border >= 2) {
        sink_add(sink, "\\bottomrule\n\\endfoot\n\\bottomrule\n\\endlastfoot\n");
    }
}

static void cell_longtable(Printer *printer, Sink *sink, const char *text, size_t len)
{
    sink_add(sink, printer->column ? "\n&\n\\raggedright{" : "\\raggedright{");
    markup_add(sink, text, len, escapes);
    sink_addc(sink, '}');
    if (printer->column < printer->ncolumns - 1)
        return;
    sink_add(sink, " \\tabularnewline\n");
    if (printer->options->border >= 3)
        sink_add(sink, " \\hline\n");
}

static void end_longtable(Printer *printer, Sink *sink)
{
    if (printer->stop_table)
        sink_add(sink, "\\end{longtable}\n");
}

/* ---- expanded ------------------------------------------------------------------------------------ */

static void start_expanded(Printer *printer, Sink *sink)
{
    static const char *const columns[] = {"cl", "c|l", "|c|l|"};

    if (!printer->start_table)
        return;
    add_title(printer, sink);
    sink_add(sink, "\\begin{tabular}{");
    sink_add(sink, columns[border_of(printer, 2)]);
    sink_add(sink, "}\n");
}

/* A record begins with its number across both columns; then a row per field. */
static void cell_expanded(Printer *printer, Sink *sink, const char *text, size_t len)
{
    int border = border_of(printer, 2);

    if (printer->column == 0) {
        if (!printer->options->tuples_only)
            sink_addf(sink, "%s\\multicolumn{2}{%s}{\\textit{Record %" PRIu64 "}} \\\\\n",
                      border == 2 ? "\\hline\n" : "", border == 2 ? "|c|" : "c",
                      markup_record(printer));
        if (border >= 1)
            sink_add(sink, "\\hline\n");
    }
    markup_addz(sink, printer->columns[printer->column].name, escapes);
    sink_add(sink, " & ");
    markup_add(sink, text, len, escapes);
    sink_add(sink, " \\\\\n");
}

static void end_expanded(Printer *printer, Sink *sink)
{
    if (!printer->stop_table)
        return;
    if (border_of(printer, 2) == 2)
        sink_add(sink, "\\hline\n");
    add_footers(printer, sink, false);
}

const Format format_latex = {start_tabular, cell_tabular, end_tabular};
const Format format_latex_longtable = {start_longtable, cell_longtable, end_longtable};
const Format format_latex_expanded = {start_expanded, cell_expanded, end_expanded};
