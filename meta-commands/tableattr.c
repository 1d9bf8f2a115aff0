/*
 * \T — attributes of HTML tables.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_tableattr(Shell *shell, const MetaCall *call)
{
    return pset_set(shell, "tableattr", meta_arg(call, 0), shell->set.quiet) ? META_DONE
                                                                             : META_ERROR;
}

META_COMMAND(tableattr) = {
    .names = "T",
    .args = "n",
    .group = HELP_FORMATTING,
    .synopsis = "\\T [STRING]",
    .brief = "set HTML <table> tag attributes, or unset if none",
    .help = "Same as \\pset tableattr.",
    .run = run_tableattr,
};
