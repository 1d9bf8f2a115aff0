/*
 * \pset — the printing options.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_pset(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0);

    if (!name) {
        pset_list(shell);
        return META_DONE;
    }
    return pset_set(shell, name, meta_arg(call, 1), shell->set.quiet) ? META_DONE : META_ERROR;
}

static void complete_pset(Shell *shell, const MetaCall *before, size_t index, const char *text,
                          StrList *list)
{
    (void)shell;
    if (index == 0)
        pset_complete_name(text, list);
    else if (index == 1 && meta_arg(before, 0))
        pset_complete_value(meta_arg(before, 0), text, list);
}

META_COMMAND(pset) = {
    .names = "pset",
    .args = "nn",
    .group = HELP_FORMATTING,
    .synopsis = "\\pset [NAME [VALUE]]",
    .brief = "set table output option",
    .help =
        "Sets the printing option NAME to VALUE and reports it, unless QUIET is on.  Without\n"
        "VALUE, on/off options are toggled, title and tableattr are cleared, and the others\n"
        "are only reported.  Without NAME, all options and their values are listed.\n"
        "\n"
        "Options: border, columns, csv_fieldsep, expanded (x, vertical), fieldsep,\n"
        "fieldsep_zero, footer, format, linestyle, null, numericlocale, pager,\n"
        "pager_min_lines, recordsep, recordsep_zero, tableattr (T), title (C),\n"
        "tuples_only (t), unicode_border_linestyle, unicode_column_linestyle,\n"
        "unicode_header_linestyle.\n"
        "\n"
        "Formats: aligned, asciidoc, csv, html, latex, latex-longtable, troff-ms, unaligned,\n"
        "wrapped; unique abbreviations will do.",
    .complete = complete_pset,
    .run = run_pset,
};
