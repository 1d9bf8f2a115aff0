/*
 * pinpoint_deploy.c — where in the files a deployment failed, learnt by running it again (shell.md
 * section 9): \pgmi pinpoint, and \pgmi watch.
 *
 * A deploy.sql that catches what a file raises, and raises `Failed in PATH: ...` in its place, has
 * thrown the position away.  So its head is run again, in a transaction that is rolled back, with
 * marks in the files, first with the handlers of every error disarmed: then the error
 * arrives as the server first said it.  Where that is not the same error (a handler that swallows one
 * on purpose), once more as written; the last mark names the statement then.  (The same question
 * about a test is answered without being asked: src/session/pinpoint.c.)
 */
#include "pgmish/deploy.h"
#include "pgmish/shell.h"
#include "pgmish/trace.h"

#include <stdlib.h>
#include <string.h>

static void say_warnings(void *ctx, DeploySay kind, const char *text)
{
    Shell *shell = ctx;

    if (kind == DEPLOY_SAY_WARNING)
        log_warning(&shell->log, "%s", text);
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

/* A statement in the head that cannot be rolled back, found before anything was run. */
static bool refused(const DeployResult *result)
{
    return (result->causes & CAUSE_CONFIG) && !*result->error.sqlstate;
}

static void report_refusal(Shell *shell, const DeployError *error)
{
    if (error->script && error->line)
        log_error(&shell->log, "%s:%d:%d: %s", error->script, error->line, error->column,
                  error->message);
    else
        log_error(&shell->log, "%s", error->message);
    if (error->hint)
        log_error_hint(&shell->log, "%s", error->hint);
}

static void report(Shell *shell, const DeployResult *result)
{
    if (refused(result))
        report_refusal(shell, &result->error);
    else if (result->causes)
        report_failure(shell, result);
    else
        puts("The head of deploy.sql ran without an error this time; what stands behind its "
             "COMMIT was not run.");
    fflush(stdout);
}

/* Both runs.  False: nothing was run. */
static bool pinpoint(Shell *shell, DeployResult *result)
{
    if (!run_head(shell, true, result))
        return false;
    if (!result->uncaught || refused(result) ||
        (result->causes & (CAUSE_INTERRUPT | CAUSE_DEADLINE)) ||
        (result->causes && same_error(shell, &result->error)) || !shell->conn)
        return true;
    deploy_result_free(result);
    return run_head(shell, false, result);
}

bool shell_pinpoint(Shell *shell, bool *executed)
{
    TraceMode mode = trace_mode(shell->session);
    DeployResult result = {0};
    Diag diag = DIAG_INIT;
    bool ok;

    shell->cancel_pressed = false;
    trace_set_mode(shell->session, TRACE_ON);
    ok = pinpoint(shell, &result);
    trace_set_mode(shell->session, mode);
    *executed = ok && result.executing && !refused(&result);
    if (ok) {
        report(shell, &result);
        ok = *executed && !(result.causes & (CAUSE_INTERRUPT | CAUSE_DEADLINE));
    }
    if (mode == TRACE_OFF && shell->conn && PQstatus(shell->conn) == CONNECTION_OK &&
        !trace_apply(shell->session, shell->conn, mode, &diag))
        log_diag(&shell->log, &diag);
    deploy_result_free(&result);
    diag_reset(&diag);
    return ok;
}
