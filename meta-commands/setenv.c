/*
 * \setenv — sets or unsets an environment variable of this process and what it starts.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static MetaResult run_setenv(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0), *value = meta_arg(call, 1);

    if (!name) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    if (strchr(name, '=')) {
        log_error(&shell->log, "\\%s: environment variable name must not contain \"=\"",
                  call->name);
        return META_ERROR;
    }
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
    return META_DONE;
}

META_COMMAND(setenv) = {
    .names = "setenv",
    .args = "nn",
    .group = HELP_SYSTEM,
    .synopsis = "\\setenv NAME [VALUE]",
    .brief = "set or unset environment variable",
    .run = run_setenv,
};
