/*
 * \f — the field separator of unaligned output.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_f(Shell *shell, const MetaCall *call)
{
    return pset_set(shell, "fieldsep", meta_arg(call, 0), shell->set.quiet) ? META_DONE
                                                                            : META_ERROR;
}

META_COMMAND(f) = {
    .names = "f",
    .args = "n",
    .group = HELP_FORMATTING,
    .synopsis = "\\f [STRING]",
    .brief = "show or set field separator for unaligned query output",
    .help = "Same as \\pset fieldsep.",
    .run = run_f,
};
