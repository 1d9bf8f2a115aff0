/*
 * pgmi_pinpoint.c — \pgmi pinpoint: where in the files a deployment failed
 * (src/shell/pinpoint_deploy.c).
 */
#include "pgmish/meta.h"

#include <stdio.h>

/* What stands in the way of running anything. */
static bool allowed(Shell *shell)
{
    const Project *project = session_project(shell->session);

    if (!project) {
        log_error(&shell->log, "\\pgmi pinpoint: no project has been loaded");
        log_error_hint(&shell->log, "Load one with \\pgmi load DIR, or deploy it.");
    } else if (PQtransactionStatus(shell->conn) == PQTRANS_INERROR ||
               PQtransactionStatus(shell->conn) == PQTRANS_INTRANS) {
        log_error(&shell->log, "\\pgmi pinpoint: a transaction is open");
        log_error_hint(&shell->log, "End it with ROLLBACK first: deploy.sql is run again in a "
                                    "transaction of its own.");
    } else if (PQtransactionStatus(shell->conn) != PQTRANS_IDLE ||
               PQpipelineStatus(shell->conn) != PQ_PIPELINE_OFF) {
        log_error(&shell->log, "\\pgmi pinpoint: the connection is busy");
    } else {
        return true;
    }
    return false;
}

static MetaResult run_pinpoint(Shell *shell, const MetaCall *call UNUSED)
{
    bool executed, ok;

    if (!allowed(shell))
        return META_ERROR;
    ok = shell_pinpoint(shell, &executed);
    if (executed && !shell->set.quiet) {
        puts("Rolled back.  What no transaction holds back stays as the run left it: sequences "
             "have moved on.");
        fflush(stdout);
    }
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(pgmi_pinpoint) = {
    .names = "pinpoint",
    .parent = "pgmi",
    .args = "",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi pinpoint",
    .brief = "run the deployment's head again to learn which statement failed",
    .help =
        "For an error that deploy.sql raised anew (\"Failed in PATH: ...\"), which has lost "
        "its\n"
        "position.  Loads the project again and runs the head of its deploy.sql traced, in a\n"
        "transaction that is rolled back, first without the handlers that catch every error;\n"
        "then shows file, line and column.  The connection must be idle.  Notices are not "
        "shown\n"
        "again.  What no transaction holds back stays: sequences move on, as in any failed\n"
        "transaction, and a procedure that commits cannot run.  A deploy.sql with backslash\n"
        "commands is refused; \\trace on, before it is run again, tells the statement as well.",
    .run = run_pinpoint,
};
