/*
 * \C — the title of tables.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_title(Shell *shell, const MetaCall *call)
{
    return pset_set(shell, "title", meta_arg(call, 0), shell->set.quiet) ? META_DONE
                                                                         : META_ERROR;
}

META_COMMAND(title) = {
    .names = "C",
    .args = "n;",
    .group = HELP_FORMATTING,
    .synopsis = "\\C [STRING]",
    .brief = "set table title, or unset if none",
    .help = "Same as \\pset title.",
    .run = run_title,
};
