/*
 * history.c — \s: the lines typed so far, on the screen or into a file.
 */
#include <stdlib.h>

#include "pgmish/meta.h"

/* Without line editing psql's \s says nothing of its own and fails. */
static bool print_history(Shell *shell)
{
    FILE *pager;
    bool ok = editing_active(shell);

    if (ok) {
        pager = pager_open(-1, &shell->print);
        ok = history_print(shell, pager);
        pager_close(pager);
    }
    putchar('\n');
    return ok;
}

static MetaResult run_history(Shell *shell, const MetaCall *call)
{
    Diag diag = DIAG_INIT;
    char *path;
    bool ok;

    if (!meta_arg(call, 0))
        return print_history(shell) ? META_DONE : META_ERROR;
    if (!editing_active(shell))
        return META_ERROR;
    path = expand_tilde(xstrdup(meta_arg(call, 0)));
    ok = history_write_file(shell, path, &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    else if (!shell->set.quiet)
        printf("Wrote history to file \"%s\".\n", path);
    diag_reset(&diag);
    free(path);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(history) = {
    .names = "s",
    .args = "n;",
    .group = HELP_BUFFER,
    .synopsis = "\\s [FILE]",
    .brief = "display history or save it to file",
    .complete = complete_file,
    .run = run_history,
};
