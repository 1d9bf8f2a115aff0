/*
 * pgmi_watch.c — \pgmi watch: deploy and test on every save (src/shell/watch_project.c).
 */
#include "pgmish/meta.h"

static MetaResult run_watch(Shell *shell, const MetaCall *call)
{
    if (PQtransactionStatus(shell->conn) != PQTRANS_IDLE) {
        log_error(&shell->log, "\\pgmi watch: cannot watch in an open transaction");
        log_error_hint(&shell->log, "End it with COMMIT or ROLLBACK first.");
        return META_ERROR;
    }
    return shell_watch_project(shell, meta_arg(call, 0)) ? META_DONE : META_ERROR;
}

META_COMMAND(pgmi_watch) = {
    .names = "watch",
    .parent = "pgmi",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi watch [PATTERN]",
    .brief = "deploy and test on every save, roll back, show the result",
    .help =
        "Waits for changes of the project's files.  After each it loads the project again, "
        "runs\n"
        "the head of deploy.sql (up to its COMMIT) and then the tests whose path matches the\n"
        "regular expression PATTERN, and rolls everything back: the database stays as it is.\n"
        "CALL pgmi_test() in deploy.sql is left out, as the tests run behind it.\n"
        "On a terminal: a runs all tests, f those that failed, p asks for a pattern, Enter "
        "runs\n"
        "again, q leaves.  Ctrl-C cancels a run, and leaves when nothing runs.",
    .complete = complete_project_path,
    .run = run_watch,
};
