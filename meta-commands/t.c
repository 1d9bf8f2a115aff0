/*
 * \t — rows without header and footer.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_t(Shell *shell, const MetaCall *call)
{
    return pset_set(shell, "tuples_only", meta_arg(call, 0), shell->set.quiet) ? META_DONE
                                                                               : META_ERROR;
}

static void complete_t(Shell *shell, const MetaCall *before, size_t index, const char *text,
                       StrList *list)
{
    (void)shell;
    (void)before;
    if (index == 0)
        pset_complete_value("tuples_only", text, list);
}

META_COMMAND(t) = {
    .names = "t",
    .args = "n;",
    .group = HELP_FORMATTING,
    .synopsis = "\\t [on|off]",
    .brief = "show only rows",
    .help = "Same as \\pset tuples_only.",
    .complete = complete_t,
    .run = run_t,
};
