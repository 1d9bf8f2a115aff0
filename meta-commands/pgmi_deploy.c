/*
 * pgmi_deploy.c — \pgmi deploy: the project's deploy.sql with pgmi's semantics on the session's own
 * connection: SQL only, head in one piece, lock, time limit.
 */
#include "pgmish/deploy.h"
#include "pgmish/meta.h"

#include <string.h>

/* The directory and --dry-run, in any order. */
static bool read_arguments(Shell *shell, const MetaCall *call, const char **dir, bool *dry_run)
{
    for (size_t i = 0; i < call->count; i++) {
        const char *text = call->args[i].text;

        if (strcmp(text, "--dry-run") == 0) {
            *dry_run = true;
        } else if (*dir || strncmp(text, "--", 2) == 0) {
            log_error(&shell->log, "\\pgmi deploy: unexpected argument \"%s\"", text);
            return false;
        } else {
            *dir = text;
        }
    }
    return true;
}

static MetaResult run_deploy(Shell *shell, const MetaCall *call)
{
    const char *dir = NULL;
    DeployOptions options = {0};
    DeployResult result = {0};
    bool ok = false;

    if (!read_arguments(shell, call, &dir, &options.dry_run))
        return META_ERROR;
    shell->cancel_pressed = false;
    if (shell_deploy(shell, dir, &options, &result)) {
        ok = !result.causes;
        shell_report_deploy(shell, &result);
    }
    deploy_result_free(&result);
    return ok ? META_DONE : META_ERROR;
}

static void complete(Shell *shell, const MetaCall *before, size_t index, const char *text,
                     StrList *list)
{
    static const char option[] = "--dry-run";

    complete_file(shell, before, index, text, list);
    if (strncmp(option, text, strlen(text)) == 0)
        strlist_add(list, option);
}

META_COMMAND(pgmi_deploy) = {
    .names = "deploy",
    .parent = "pgmi",
    .args = "n*",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi deploy [DIR] [--dry-run]",
    .brief = "run deploy.sql as pgmi does: atomic head, tail, lock, time limit",
    .help =
        "Loads the project in DIR (default: the loaded one, else the current directory) and "
        "runs\n"
        "its deploy.sql on this connection, which must be idle.  What stands before and\n"
        "including its first COMMIT is sent as a whole; what follows, statement by statement.\n"
        "deploy.sql is SQL only here.  A lock admits one deployment of a database at a time.\n"
        "--dry-run runs the head, checks deferred constraints, rolls back, and lists the tail.",
    .complete = complete,
    .run = run_deploy,
};
