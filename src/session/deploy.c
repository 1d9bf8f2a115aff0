/*
 * deploy.c — one deployment over an open connection: lock, load, head, tail, unlock (contract
 * section 1, steps 8 to 16).
 */
#include "pgmish/deploy.h"

#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

static bool fail(DeployRun *run, Diag *diag)
{
    unsigned stopped = deploy_stopped(run->options);

    deploy_result_fail(run->result, stopped ? stopped : deploy_cause(diag->code), diag);
    return false;
}

/* What may keep even the lock from meaning anything. */
static bool connection_fits(DeployRun *run)
{
    Diag diag = DIAG_INIT;

    if (PQstatus(run->conn) != CONNECTION_OK) {
        diag_set(&diag, EXIT_PGMI_CONNECTION, "not connected to a server");
    } else if (PQtransactionStatus(run->conn) != PQTRANS_IDLE) {
        diag_set(&diag, EXIT_PGMI_CONFIG, "cannot deploy in an open transaction");
        diag_hint(&diag, "End it with COMMIT or ROLLBACK first.");
    } else if (PQserverVersion(run->conn) < 110000) {
        diag_set(&diag, EXIT_PGMI_CONFIG, "server version %s is too old",
                 PQparameterStatus(run->conn, "server_version"));
        diag_hint(&diag, "A pgmi session needs PostgreSQL 11 or newer.");
    } else if (pooler_check(run->conn, &diag)) {
        return true;
    }
    return fail(run, &diag);
}

/* deploy.sql is UTF-8, whatever the terminal of a shell is set to. */
static bool use_utf8(DeployRun *run, char **before)
{
    const char *now = pg_encoding_to_char(PQclientEncoding(run->conn));
    Diag diag = DIAG_INIT;

    *before = NULL;
    if (strcmp(now, "UTF8") == 0)
        return true;
    *before = xstrdup(now);
    if (PQsetClientEncoding(run->conn, "UTF8") == 0)
        return true;
    diag_set(&diag, EXIT_PGMI_CONNECTION, "could not set client_encoding to UTF8");
    return fail(run, &diag);
}

static bool load(DeployRun *run, Project **project, const Params *params)
{
    LoadOptions options = {.verbose = run->options->verbose,
                           .progress = run->options->load_progress,
                           .progress_ctx = run->options->ctx,
                           .cancelled = run->options->interrupted};
    LoadReport report = {0};
    Diag diag = DIAG_INIT;
    bool ok;

    cancel_install(run->conn);
    ok = session_load(run->session, run->conn, *project, params, &options, &report, &diag);
    cancel_install(NULL);
    if (ok) {
        *project = NULL;
        run->result->files = report.files;
        for (size_t i = 0; i < report.stale_settings.len; i++)
            deploy_say(run->options, DEPLOY_SAY_WARNING,
                       "parameter \"%s\" of the load before could only be emptied; \\c gives a "
                       "clean session",
                       report.stale_settings.items[i]);
        run->result->parameters = report.parameters;
        deploy_say(run->options, DEPLOY_SAY_PROGRESS, "Loaded %zu file%s", report.files,
                   report.files == 1 ? "" : "s");
        if (report.parameters)
            deploy_say(run->options, DEPLOY_SAY_PROGRESS, "Set %zu parameter%s",
                       report.parameters, report.parameters == 1 ? "" : "s");
    }
    load_report_free(&report);
    return ok || fail(run, &diag);
}

/* A MacroGenerator for a run without the tests of deploy.sql: white space, where there was a call. */
static char *no_tests(void *ctx, const char *pattern, const char *callback, Diag *diag)
{
    (void)ctx, (void)pattern, (void)callback, (void)diag;
    return xstrdup(" ");
}

static bool expand(DeployRun *run)
{
    SessionConn ctx = {run->session, run->conn};
    MacroGenerator generate = run->options->skip_tests ? no_tests : session_generate;
    Diag diag = DIAG_INIT;

    if (run->options->uncatch)
        run->result->uncaught = deploy_script_uncatch(run->script);
    if (!deploy_script_expand(run->script, generate, &ctx, run->options->tests != NULL, &diag))
        return fail(run, &diag);
    run->result->macros = run->script->macros.len;
    run->result->units = run->script->units.len;
    return true;
}

static bool set_lock_timeout(DeployRun *run)
{
    char *sql;
    PGresult *error;
    Diag diag = DIAG_INIT;

    if (run->options->lock_timeout_ms <= 0)
        return true;
    sql = xasprintf("SET lock_timeout = %lld", (long long)run->options->lock_timeout_ms);
    error = deploy_send(run, sql, 0, NULL);
    free(sql);
    if (!error)
        return true;
    server_diag(error, run->conn, &diag);
    PQclear(error);
    return fail(run, &diag);
}

static bool run_script(DeployRun *run)
{
    run->result->executing = true;
    deploy_say(run->options, DEPLOY_SAY_PROGRESS,
               run->options->dry_run ? "Executing deploy.sql (dry run)"
                                     : "Executing deploy.sql");
    if (!deploy_head(run) || (!run->options->dry_run && !deploy_tail(run)))
        return false;
    if (!run->options->dry_run && PQtransactionStatus(run->conn) == PQTRANS_INTRANS) {
        run->result->left_open = true;
        deploy_say(
            run->options, DEPLOY_SAY_WARNING,
            "deploy.sql ended inside a transaction, which is rolled back now: is a COMMIT "
            "missing?");
    }
    return true;
}

/* The words for a stop, in front of whatever the server said about the cancelled statement. */
void deploy_explain_stop(DeployResult *result, const DeployOptions *options)
{
    char *message;

    if (!(result->causes & (CAUSE_INTERRUPT | CAUSE_DEADLINE)))
        return;
    if (result->causes & CAUSE_INTERRUPT)
        message = xasprintf("interrupted");
    else
        message = xasprintf("the deployment's time limit%s%s has expired",
                            options->timeout_text ? " of " : "",
                            options->timeout_text ? options->timeout_text : "");
    if (!result->error.detail)
        result->error.detail = result->error.message;
    else
        free(result->error.message);
    result->error.message = message;
}

static void release(DeployRun *run, const char *encoding)
{
    deploy_tests_end(run);
    deploy_watch_end(run);
    deploy_unlock(run);
    if (encoding && PQstatus(run->conn) == CONNECTION_OK)
        PQsetClientEncoding(run->conn, encoding);
    if (run->options->own_session)
        session_after_command(run->session, run->conn, NULL);
    free(run->backend);
    free(run->server_id);
    free(run->xid);
}

void deploy_run(Session *session, PGconn *conn, Project **project, const Params *params,
                DeployScript *script, const DeployOptions *options, DeployResult *result)
{
    DeployRun run = {.session = session,
                     .conn = conn,
                     .options = options,
                     .script = script,
                     .result = result};
    double start = monotonic_ms();
    char *encoding = NULL;
    bool ok;

    result->attempted = true;
    result->dry_run = options->dry_run;
    ok = connection_fits(&run) && deploy_lock(&run) && use_utf8(&run, &encoding) &&
         load(&run, project, params) && expand(&run) && set_lock_timeout(&run);
    if (ok && !options->dry_run)
        deploy_outcome_prepare(&run);
    if (ok)
        run_script(&run);
    release(&run, encoding);
    /* an interrupt is one even if the run had just finished (E2) */
    if (deploy_stopped(options) & CAUSE_INTERRUPT)
        result->causes |= CAUSE_INTERRUPT;
    deploy_explain_stop(result, options);
    result->milliseconds += monotonic_ms() - start;
    free(encoding);
}
