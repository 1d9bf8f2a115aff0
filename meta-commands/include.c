/*
 * include.c — \i and \ir: commands from another file.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static MetaResult run_include(Shell *shell, const MetaCall *call)
{
    bool relative = strcmp(call->name, "ir") == 0 ||
                    strcmp(call->name, "include_relative") == 0;
    char *path;
    int result;

    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    path = expand_tilde(xstrdup(meta_arg(call, 0)));
    result = shell_run_file(shell, path, relative);
    free(path);
    return result == EXIT_SHELL_OK ? META_DONE : META_ERROR;
}

META_COMMAND(include) = {
    .names = "i include",
    .args = "n;",
    .group = HELP_IO,
    .synopsis = "\\i FILE",
    .brief = "execute commands from file",
    .help = "Reads FILE as if it had been typed; - is standard input.  Where FILE is the\n"
            "loaded project's deploy.sql, a deployment that uses CALL pgmi_test() without a\n"
            "BEGIN of its own runs in one transaction, and stops at its first error.",
    .complete = complete_file,
    .run = run_include,
};

META_COMMAND(include_relative) = {
    .names = "ir include_relative",
    .args = "n;",
    .group = HELP_IO,
    .synopsis = "\\ir FILE",
    .brief = "as \\i, but relative to location of current script",
    .complete = complete_file,
    .run = run_include,
};
