/*
 * history.c — what was typed.
 */
#include "editing.h"

void history_add_pending(Shell *shell, const char *line)
{
    (void)shell;
    (void)line;
}

void history_flush(Shell *shell)
{
    (void)shell;
}

bool history_write_file(Shell *shell, const char *path, Diag *diag)
{
    (void)shell;
    (void)path;
    return diag_set(diag, EXIT_PGMI_OTHER, "history is not available");
}

bool history_print(Shell *shell, FILE *out)
{
    (void)shell;
    (void)out;
    return false;
}
