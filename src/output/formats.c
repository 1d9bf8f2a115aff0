/*
 * formats.c — the table of formats.  A format that is missing here belongs to the aligned family.
 */
#include "printer.h"

static const Format *const formats[][2] = {
    [PRINT_UNALIGNED] = {&format_unaligned, &format_unaligned_expanded},
    [PRINT_CSV] = {&format_csv, &format_csv_expanded},
    [PRINT_HTML] = {&format_html, &format_html_expanded},
    [PRINT_ASCIIDOC] = {&format_asciidoc, &format_asciidoc_expanded},
    [PRINT_LATEX] = {&format_latex, &format_latex_expanded},
    [PRINT_LATEX_LONGTABLE] = {&format_latex_longtable, &format_latex_expanded},
    [PRINT_TROFF_MS] = {&format_troff, &format_troff_expanded},
};

const Format *format_find(PrintFormat format, bool expanded)
{
    return (size_t)format < lengthof(formats) ? formats[format][expanded] : NULL;
}
