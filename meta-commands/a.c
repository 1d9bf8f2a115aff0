/*
 * \a — aligned or unaligned output, by turns.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_a(Shell *shell, const MetaCall *call)
{
    const char *format = shell->print.format == PRINT_ALIGNED ? "unaligned" : "aligned";

    (void)call;
    return pset_set(shell, "format", format, shell->set.quiet) ? META_DONE : META_ERROR;
}

META_COMMAND(a) = {
    .names = "a",
    .args = "",
    .group = HELP_FORMATTING,
    .synopsis = "\\a",
    .brief = "toggle between unaligned and aligned output mode",
    .help = "Any other format than aligned becomes aligned.",
    .run = run_a,
};
