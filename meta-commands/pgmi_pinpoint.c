/*
 * pgmi_pinpoint.c — \pgmi pinpoint: where in the files a deployment failed (shell.md section 9).
 *
 * A deploy.sql that catches what a file raises, and raises `Failed in PATH: ...` in its place, has
 * thrown the position away.  So its head is run again, in a transaction that is rolled back, with
 * marks in the files, first with the handlers of every error disarmed: then the error
 * arrives as the server first said it.  Where that is not the same error (a handler that swallows one
 * on purpose), once more as written; the last mark names the statement then.  (The same question
 * about a test is answered without being asked: src/session/pinpoint.c.)
 */
#include "pgmish/deploy.h"
#include "pgmish/meta.h"
#include "pgmish/trace.h"

#include <stdlib.h>
#include <string.h>

static void say_warnings(void *ctx, DeploySay kind, const char *text)
{
    Shell *shell = ctx;

    if (kind == DEPLOY_SAY_WARNING)
        log_warning(&shell->log, "%s", text);
}

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

/* Runs the head, traced and rolled back.  False: it could not even be begun (the message is printed). */
static bool run_head(Shell *shell, bool uncatch, DeployResult *result)
{
    DeployOptions options = {
        .dry_run = true, .uncatch = uncatch, .say = say_warnings, .ctx = shell};
    bool ok;

    trace_run(shell->session);
    trace_hush(shell->session, true); /* the notices have been seen */
    ok = shell_deploy(shell, NULL, &options, result);
    trace_hush(shell->session, false);
    return ok;
}

/* Is this what the user was told?  His handler put its own words around it. */
static bool same_error(const Shell *shell, const DeployError *error)
{
    const char *told = var_get(shell->vars, "LAST_ERROR_MESSAGE");

    return error->message && (!told || !*told || strstr(told, error->message));
}

/* ---- what came of it ------------------------------------------------------------------------ */

/* A file and a line, of which the error itself or the last mark knows. */
static bool find_place(const Shell *shell, const DeployError *error, ErrorPlace *place,
                       bool *exact)
{
    *exact = true;
    *place = (ErrorPlace){0};
    if (error->place.file && error->place.line) {
        ErrorPlace mark;

        error_place_copy(place, &error->place);
        if (!place->column && trace_place(shell->session, place->file, &mark, exact)) {
            if (*exact && mark.line == place->line)
                place->column = mark.column; /* where the statement begins */
            *exact = true;
            error_place_free(&mark);
        }
        return true;
    }
    if (!error->failed_file)
        return false;
    if (!trace_place(shell->session, error->failed_file, place, exact))
        place->file = xstrdup(error->failed_file);
    return true;
}

static void print_error(Shell *shell, const DeployError *error)
{
    StrBuf text = STRBUF_INIT;

    strbuf_addf(&text, "ERROR:  %s", error->message);
    if (error->detail)
        strbuf_addf(&text, "\nDETAIL:  %s", error->detail);
    if (error->hint)
        strbuf_addf(&text, "\nHINT:  %s", error->hint);
    log_info(&shell->log, "%s", text.data);
    strbuf_free(&text);
}

static bool report_failure(Shell *shell, const DeployResult *result)
{
    const DeployError *error = &result->error;
    ErrorPlace place;
    bool exact, found = find_place(shell, error, &place, &exact);

    print_error(shell, error);
    if (found) {
        shell_print_place(shell, &place);
        shell_keep_place(shell, error->message, &place);
    }
    if (found && place.line && !exact)
        log_info(&shell->log, "The file is too large for a mark at every statement: it is this "
                              "one or one soon behind it.");
    else if (!found && result->executing)
        log_info(&shell->log, "The error came from deploy.sql itself and not from a file.");
    error_place_free(&place);
    return found;
}

static void report(Shell *shell, const DeployResult *result)
{
    if (result->causes)
        report_failure(shell, result);
    else
        puts("The head of deploy.sql ran without an error this time.");
    if (!shell->set.quiet && result->executing)
        puts("Rolled back.  What no transaction holds back stays as the run left it: sequences "
             "have moved on.");
    fflush(stdout);
}

/* Both runs.  False: nothing was run. */
static bool pinpoint(Shell *shell, DeployResult *result)
{
    if (!run_head(shell, true, result))
        return false;
    if (!result->uncaught || (result->causes & (CAUSE_INTERRUPT | CAUSE_DEADLINE)) ||
        (result->causes && same_error(shell, &result->error)) || !shell->conn)
        return true;
    deploy_result_free(result);
    return run_head(shell, false, result);
}

static MetaResult run_pinpoint(Shell *shell, const MetaCall *call UNUSED)
{
    TraceMode mode = trace_mode(shell->session);
    DeployResult result = {0};
    Diag diag = DIAG_INIT;
    bool ok;

    if (!allowed(shell))
        return META_ERROR;
    shell->cancel_pressed = false;
    trace_set_mode(shell->session, TRACE_ON);
    ok = pinpoint(shell, &result);
    trace_set_mode(shell->session, mode);
    if (ok) {
        report(shell, &result);
        ok = result.executing && !(result.causes & (CAUSE_INTERRUPT | CAUSE_DEADLINE));
    }
    if (mode == TRACE_OFF && shell->conn && PQstatus(shell->conn) == CONNECTION_OK &&
        !trace_apply(shell->session, shell->conn, mode, &diag))
        log_diag(&shell->log, &diag);
    deploy_result_free(&result);
    diag_reset(&diag);
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
        "transaction, and a procedure that commits cannot run.",
    .run = run_pinpoint,
};
