/*
 * step.c — \step: a script statement by statement, with a prompt before each.
 */
#include "pgmish/meta.h"
#include "pgmish/step.h"

static MetaResult run_step(Shell *shell, const MetaCall *call)
{
    return step_run(shell, meta_arg(call, 0)) ? META_DONE : META_ERROR;
}

/* Loaded paths, and where none fits the files on disk. */
static void complete_script(Shell *shell, const MetaCall *before, size_t index,
                            const char *text, StrList *list)
{
    complete_project_path(shell, before, index, text, list);
    if (!list->len)
        complete_file(shell, before, index, text, list);
}

META_COMMAND(step) = {
    .names = "step",
    .args = "n",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\step [FILE]",
    .brief = "step through FILE (default: the project's deploy.sql)",
    .help =
        "Stops before each statement, shows it, and takes a command: next, continue, until,\n"
        "skip, back, retry, edit, list, plan, break, delete, quit; help explains them.\n"
        "Anything else is run in the same transaction, under a savepoint.  Over a pipe the\n"
        "commands are the lines that follow.  In a transaction every statement has a savepoint "
        "of\n"
        "its own: back undoes the last one, and a statement that fails can be put right and\n"
        "tried again with retry.  quit rolls back.",
    .complete = complete_script,
    .run = run_step,
};
