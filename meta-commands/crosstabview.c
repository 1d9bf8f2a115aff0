/*
 * crosstabview.c — \crosstabview: send the query and show its rows as a grid.
 */
#include "pgmish/meta.h"

static MetaResult run_crosstabview(Shell *shell, const MetaCall *call)
{
    if (shell_refused_in_pipeline(shell, "crosstabview"))
        return META_ERROR;
    for (size_t i = 0; i < lengthof(shell->crosstab_args); i++)
        shell->crosstab_args[i] = xstrdup_null(meta_arg(call, i));
    shell->crosstab = true;
    return META_SEND;
}

META_COMMAND(crosstabview) = {
    .names = "crosstabview",
    .args = "n;n;n;n;",
    .group = HELP_GENERAL,
    .synopsis = "\\crosstabview [COLUMNS]",
    .brief = "execute query and display result in crosstab",
    .run = run_crosstabview,
};
