/*
 * quit.c — \q: end this input.
 */
#include "pgmish/meta.h"

static MetaResult run_quit(Shell *shell, const MetaCall *call)
{
    (void)shell;
    (void)call;
    return META_QUIT;
}

META_COMMAND(quit) = {
    .names = "q quit",
    .args = "",
    .group = HELP_GENERAL,
    .synopsis = "\\q",
    .brief = "quit psql",
    .run = run_quit,
};
