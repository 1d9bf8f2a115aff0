/*
 * \unset — deletes a variable; a special one goes back to its unset meaning.
 */
#include "pgmish/meta.h"

static MetaResult run_unset(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0);

    if (!name) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    return var_unset(shell->vars, name) ? META_DONE : META_ERROR;
}

META_COMMAND(unset) = {
    .names = "unset",
    .args = "n",
    .group = HELP_VARIABLES,
    .synopsis = "\\unset NAME",
    .brief = "unset (delete) internal variable",
    .complete = complete_variable,
    .run = run_unset,
};
