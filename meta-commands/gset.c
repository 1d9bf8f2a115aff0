/*
 * gset.c — \gset, \gexec, \gdesc: send the query and do something else than print its rows.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static MetaResult run_gset(Shell *shell, const MetaCall *call)
{
    if (shell_refused_in_pipeline(shell, "gset"))
        return META_ERROR;
    free(shell->gset_prefix);
    shell->gset_prefix = xstrdup(meta_arg(call, 0) ? meta_arg(call, 0) : "");
    return META_SEND;
}

static MetaResult run_gexec(Shell *shell, const MetaCall *call)
{
    (void)call;
    if (shell_refused_in_pipeline(shell, "gexec"))
        return META_ERROR;
    shell->gexec = true;
    return META_SEND;
}

static MetaResult run_gdesc(Shell *shell, const MetaCall *call)
{
    (void)call;
    shell->gdesc = true;
    return META_SEND;
}

META_COMMAND(gset) = {
    .names = "gset",
    .args = "n",
    .group = HELP_GENERAL,
    .synopsis = "\\gset [PREFIX]",
    .brief = "execute query and store result in psql variables",
    .run = run_gset,
};

META_COMMAND(gexec) = {
    .names = "gexec",
    .args = "",
    .group = HELP_GENERAL,
    .synopsis = "\\gexec",
    .brief = "execute query, then execute each value in its result",
    .run = run_gexec,
};

META_COMMAND(gdesc) = {
    .names = "gdesc",
    .args = "",
    .group = HELP_GENERAL,
    .synopsis = "\\gdesc",
    .brief = "describe result of query, without executing it",
    .run = run_gdesc,
};
