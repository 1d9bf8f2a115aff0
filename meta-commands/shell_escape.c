/*
 * \! — runs a command with the system's shell, or the user's shell when none is given.  Only a
 * command that could not be run at all is a failure, whatever its exit status.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static MetaResult run_shell_escape(Shell *shell, const MetaCall *call)
{
    const char *user_shell = getenv("SHELL");
    char *command = meta_arg(call, 0)
                        ? xstrdup(meta_arg(call, 0))
                        : xasprintf("exec %s", user_shell ? user_shell : "/bin/sh");
    int status;

    status = system(command);
    free(command);
    if (status != 127 && status != -1)
        return META_DONE;
    log_error(&shell->log, "\\!: failed");
    return META_ERROR;
}

META_COMMAND(shell_escape) = {
    .names = "!",
    .args = "w",
    .group = HELP_SYSTEM,
    .synopsis = "\\! [COMMAND]",
    .brief = "execute command in shell or start interactive shell",
    .run = run_shell_escape,
};
