/*
 * output.c — \o: where query output goes from now on.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static MetaResult run_output(Shell *shell, const MetaCall *call)
{
    char *target = meta_arg(call, 0) ? expand_tilde(xstrdup(meta_arg(call, 0))) : NULL;
    bool ok = shell_set_output(shell, target);

    free(target);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(output) = {
    .names = "o out",
    .args = "f;",
    .group = HELP_IO,
    .synopsis = "\\o [FILE]",
    .brief = "send all query results to file or |pipe",
    .complete = complete_file,
    .run = run_output,
};
