/*
 * \getenv — takes a variable's value from the environment; unknown there, it stays as it is.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static MetaResult run_getenv(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0), *source = meta_arg(call, 1), *value;

    if (!name || !source) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    value = getenv(source);
    return !value || var_set(shell->vars, name, value) ? META_DONE : META_ERROR;
}

static void complete_getenv(Shell *shell, const MetaCall *before, size_t index,
                            const char *text, StrList *list)
{
    if (index == 0)
        complete_variable(shell, before, index, text, list);
}

META_COMMAND(getenv) = {
    .names = "getenv",
    .args = "nn",
    .group = HELP_SYSTEM,
    .synopsis = "\\getenv PSQLVAR ENVVAR",
    .brief = "fetch environment variable",
    .complete = complete_getenv,
    .run = run_getenv,
};
