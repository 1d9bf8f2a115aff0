/*
 * pipeline.c — statements that are queued in a pipeline, and their results when they are asked for.
 *
 * The rules are psql 18's (its documentation, \startpipeline), on libpq 14's pipeline mode.  Three
 * counters say what PQgetResult may be asked for without waiting for ever: statements that the
 * server has not been told to answer yet, statements whose results are on their way, and
 * synchronisation points.  A statement has one result and then a NULL, a synchronisation point has
 * one result and no NULL.
 */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "results.h"

static bool is_open(const Shell *shell)
{
    return PQpipelineStatus(shell->conn) != PQ_PIPELINE_OFF;
}

bool pipeline_handles(const Shell *shell)
{
    return shell->send_mode >= SEND_START_PIPELINE || is_open(shell);
}

bool shell_refused_in_pipeline(Shell *shell, const char *command)
{
    if (!is_open(shell))
        return false;
    log_error(&shell->log, "\\%s not allowed in pipeline mode", command);
    shell_send_as(shell, SEND_SIMPLE, NULL, NULL, 0); /* \bind's values are spent, as in psql */
    return true;
}

/* ---- counters and their variables ------------------------------------------------------------- */

static void set_count(Shell *shell, const char *name, int count)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", count);
    var_set(shell->vars, name, number);
}

/* From the first pipeline on: psql 15's \set shows none of these. */
static void show_counts(Shell *shell)
{
    set_count(shell, "PIPELINE_COMMAND_COUNT", shell->pipeline.commands);
    set_count(shell, "PIPELINE_SYNC_COUNT", shell->pipeline.syncs);
    set_count(shell, "PIPELINE_RESULT_COUNT", shell->pipeline.results);
}

void pipeline_forget(Shell *shell)
{
    shell->pipeline = (PipelineCounts){0};
    if (var_get(shell->vars, "PIPELINE_COMMAND_COUNT"))
        show_counts(shell);
}

/* The server was told to answer what it has got. */
static void results_are_due(PipelineCounts *counts)
{
    counts->results += counts->commands;
    counts->commands = 0;
}

/* ---- sending ------------------------------------------------------------------------------------ */

bool pipeline_prepare(Shell *shell, const char *sql, bool substituted, Outgoing *out)
{
    MacroList macros = {NULL, 0, 0};
    Diag diag = DIAG_INIT;
    bool ok = true;

    *out = (Outgoing){.text = STRBUF_INIT, .sql = sql};
    if (shell->send_mode >= SEND_START_PIPELINE ||
        session_state(shell->session) == SESSION_EMPTY)
        return true;
    ok = macro_find(sql, strlen(sql), substituted, &macros, &diag);
    if (ok && macros.len) {
        ok = false;
        diag_set(&diag, EXIT_PGMI_OTHER, "CALL pgmi_test() is not allowed in pipeline mode");
        diag_hint(&diag, "End the pipeline with \\endpipeline first.");
    }
    if (!ok)
        shell_report_diag(shell, &diag);
    diag_reset(&diag);
    macro_list_free(&macros);
    return ok;
}

#ifndef LIBPQ_HAS_CLOSE_PREPARED
/*
 * What libpq 17 does with the protocol's Close.  Nothing can be asked in between here, and a plain
 * DEALLOCATE of a name that does not exist would abort the pipeline: so the server looks.
 */
static char *close_statement(PGconn *conn, const char *name)
{
    char *literal = PQescapeLiteral(conn, name, strlen(name)), *body, *quoted, *sql = NULL;

    if (!literal)
        return NULL;
    body = xasprintf(
        "BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE name = "
        "%s) THEN EXECUTE pg_catalog.format('DEALLOCATE %%I', %s); END IF; END",
        literal, literal);
    quoted = PQescapeLiteral(conn, body, strlen(body));
    if (quoted)
        sql = xasprintf("DO %s", quoted);
    PQfreemem(quoted);
    free(body);
    PQfreemem(literal);
    return sql;
}

static bool queue_close(Shell *shell)
{
    char *sql;
    bool ok;

    if (!*shell->send_name)
        return PQsendPrepare(shell->conn, "", "", 0, NULL);
    sql = close_statement(shell->conn, shell->send_name);
    ok = sql && PQsendQueryParams(shell->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
    free(sql);
    return ok;
}
#endif

/* A statement without \bind goes by the extended protocol too: the other one has no pipelines. */
static bool queue_statement(Shell *shell, const char *sql)
{
    bool ok;

    if (shell->send_mode == SEND_SIMPLE)
        ok = PQsendQueryParams(shell->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
#ifndef LIBPQ_HAS_CLOSE_PREPARED
    else if (shell->send_mode == SEND_CLOSE)
        ok = queue_close(shell);
#endif
    else
        ok = extended_send(shell, sql);
    shell->pipeline.commands += ok;
    return ok;
}

static bool send_sync(Shell *shell)
{
    if (!PQpipelineSync(shell->conn))
        return false;
    shell->pipeline.syncs++;
    results_are_due(&shell->pipeline);
    return true;
}

static bool send_flush_request(Shell *shell)
{
    if (!PQsendFlushRequest(shell->conn))
        return false;
    results_are_due(&shell->pipeline);
    return true;
}

/* How many results \getresults shows; where none is due, PQgetResult would wait for ever. */
static bool request_results(Shell *shell)
{
    PipelineCounts *counts = &shell->pipeline;
    int due = counts->results + counts->syncs, wanted = shell->pipeline_wanted;

    if (!due) {
        log_info(&shell->log, "No pending results to get");
        return false;
    }
    counts->requested = wanted && wanted < due ? wanted : due;
    return true;
}

static bool start(Shell *shell)
{
    /* libpq 15 forgets the single-row mode of the query before only when it sends another one
     * outside of a pipeline: without this, it would hold for the first statement of the pipeline. */
    if (!is_open(shell))
        PQclear(server_query(shell->conn, "", 0, NULL));
    return PQenterPipelineMode(shell->conn);
}

static bool send_step(Shell *shell, const char *sql)
{
    switch (shell->send_mode) {
    case SEND_START_PIPELINE:
        return start(shell);
    case SEND_END_PIPELINE:
        if (!send_sync(shell))
            return false;
        shell->pipeline.requested = shell->pipeline.results + shell->pipeline.syncs;
        return true;
    case SEND_SYNC:
        return send_sync(shell);
    case SEND_FLUSH:
        return PQflush(shell->conn) >= 0;
    case SEND_FLUSH_REQUEST:
        return send_flush_request(shell);
    case SEND_GET_RESULTS:
        return request_results(shell);
    default:
        return queue_statement(shell, sql);
    }
}

/* ---- results ------------------------------------------------------------------------------------- */

static void count_result(PipelineCounts *counts)
{
    counts->results--;
    counts->requested--;
}

/*
 * Behind an error: passes over what the server did not run, up to the next synchronisation point,
 * which is returned.  NULL: as many results as were asked for are read, or there are no more.
 */
static PGresult *skip_aborted(Shell *shell)
{
    PipelineCounts *counts = &shell->pipeline;

    for (;;) {
        PGresult *result = PQgetResult(shell->conn);

        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            return result;
        if (!result)
            count_result(counts);
        if (counts->requested <= 0 || (!counts->results && !counts->syncs) ||
            PQstatus(shell->conn) == CONNECTION_BAD) {
            PQclear(result);
            return NULL;
        }
        PQclear(result);
    }
}

static void report_error(Shell *shell, PGresult *result)
{
    const char *message = PQresultErrorMessage(result);
    bool aborted = PQresultStatus(result) == PGRES_PIPELINE_ABORTED;

    if (*message)
        log_info(&shell->log, "%s", message);
    if (!aborted)
        shell_report_place(shell, result, NULL);
    shell_check_connection(shell);
    results_set_variables(shell, result, false);
    results_clear_or_save(shell, result);
    if (aborted)
        log_info(&shell->log, "Pipeline aborted, command did not run");
}

/* libpq sends a Sync of its own at the end of a COPY, and the counts are wrong from then on.  psql
 * leaves at once, with this message and exit code. */
static void refuse_copy(Shell *shell, PGresult *result)
{
    log_info(&shell->log, "COPY in a pipeline is not supported, aborting connection");
    PQclear(result);
    shell->exit_now = EXIT_SHELL_BADCONN;
}

/* One good result is taken off the counts.  *ok becomes true at a synchronisation point: what comes
 * behind it is a new try. */
static void settle(Shell *shell, const PGresult *result, bool *ok)
{
    PipelineCounts *counts = &shell->pipeline;

    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
        PQclear(PQgetResult(shell->conn)); /* the NULL behind it */
        count_result(counts);
        return;
    }
    counts->syncs--;
    counts->requested--;
    *ok = true;
    if (shell->send_mode == SEND_END_PIPELINE && counts->syncs == 0) {
        *ok = PQexitPipelineMode(shell->conn);
        if (!*ok)
            log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
        counts->requested = 0;
    }
}

static bool is_error(const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_PIPELINE_SYNC:
        return false;
    default:
        return true;
    }
}

static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* As everywhere in psql, the next result is fetched before this one is shown. */
static PGresult *show_and_next(Shell *shell, PGresult *result, bool *ok)
{
    PGresult *next = NULL;

    session_after_command(shell->session, shell->conn, PQcmdStatus(result));
    settle(shell, result, ok);
    if (shell->pipeline.requested > 0)
        next = PQgetResult(shell->conn);
    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC && !shell->cancel_pressed &&
        (!next || shell->set.show_all_results))
        *ok = results_show(shell, result) && *ok;
    if (!next && *ok)
        results_set_variables(shell, result, true);
    results_clear_or_save(shell, result);
    return next;
}

static bool take_results(Shell *shell)
{
    PGresult *result = PQgetResult(shell->conn);
    bool ok = true;

    while (result) {
        if (is_copy(result)) {
            refuse_copy(shell, result);
            return false;
        }
        if (is_error(result)) {
            ok = false;
            report_error(shell, result);
            if (!shell->conn || shell->exit_now >= 0 || !is_open(shell))
                return false; /* the connection was lost, and may be a new one */
            result = skip_aborted(shell);
        } else {
            result = show_and_next(shell, result, &ok);
        }
    }
    return ok;
}

bool pipeline_run(Shell *shell, const char *sql, double *elapsed_ms)
{
    double started = monotonic_ms();
    bool ok = send_step(shell, sql);

    if (!ok) {
        const char *message = PQerrorMessage(shell->conn);

        if (*message && shell->send_mode != SEND_GET_RESULTS)
            log_info(&shell->log, "%s", message);
    } else if (shell->pipeline.requested > 0) {
        ok = take_results(shell);
    }
    ok = shell_check_connection(shell) && ok;
    if (shell->pipeline.requested < 0 || !is_open(shell))
        shell->pipeline = (PipelineCounts){0};
    shell->pipeline.requested = 0;
    show_counts(shell);
    *elapsed_ms = monotonic_ms() - started;
    return ok && !shell->cancel_pressed;
}
