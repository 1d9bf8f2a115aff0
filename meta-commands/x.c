/*
 * \x — one line per field.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_x(Shell *shell, const MetaCall *call)
{
    return pset_set(shell, "expanded", meta_arg(call, 0), shell->set.quiet) ? META_DONE
                                                                            : META_ERROR;
}

static void complete_x(Shell *shell, const MetaCall *before, size_t index, const char *text,
                       StrList *list)
{
    (void)shell;
    (void)before;
    if (index == 0)
        pset_complete_value("expanded", text, list);
}

META_COMMAND(x) = {
    .names = "x",
    .args = "n;",
    .group = HELP_FORMATTING,
    .synopsis = "\\x [on|off|auto]",
    .brief = "toggle expanded output",
    .help = "Same as \\pset expanded.",
    .complete = complete_x,
    .run = run_x,
};
