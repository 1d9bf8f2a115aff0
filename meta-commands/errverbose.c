/*
 * errverbose.c — \errverbose: the last error once more, with everything the server said.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static MetaResult run_errverbose(Shell *shell, const MetaCall *call)
{
    char *text, *unmarked;

    (void)call;
    if (!shell->last_error) {
        puts("There is no previous error.");
        return META_DONE;
    }
    text = PQresultVerboseErrorMessage(shell->last_error, PQERRORS_VERBOSE,
                                       PQSHOW_CONTEXT_ALWAYS);
    if (!text) {
        puts("out of memory");
        return META_DONE;
    }
    unmarked = trace_message(text, shell->last_error);
    log_error(&shell->log, "%s", unmarked ? unmarked : text);
    free(unmarked);
    PQfreemem(text);
    if (shell_last_place(shell))
        shell_print_place(shell, shell_last_place(shell));
    return META_DONE;
}

META_COMMAND(errverbose) = {
    .names = "errverbose",
    .args = "",
    .group = HELP_GENERAL,
    .synopsis = "\\errverbose",
    .brief = "show most recent error message at maximum verbosity",
    .run = run_errverbose,
};
