/*
 * \H — HTML or aligned output, by turns.
 */
#include "pgmish/meta.h"
#include "pgmish/pset.h"

static MetaResult run_html(Shell *shell, const MetaCall *call)
{
    const char *format = shell->print.format == PRINT_HTML ? "aligned" : "html";

    (void)call;
    return pset_set(shell, "format", format, shell->set.quiet) ? META_DONE : META_ERROR;
}

META_COMMAND(html) = {
    .names = "H html",
    .args = "",
    .group = HELP_FORMATTING,
    .synopsis = "\\H",
    .brief = "toggle HTML output mode",
    .help = "Any other format than HTML becomes HTML, HTML becomes aligned.",
    .run = run_html,
};
