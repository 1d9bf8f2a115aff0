/*
 * load.c — loads a scanned project into the server's session, and takes it out again.
 *
 * All or nothing, on both sides: the server's work is one transaction or savepoint, and the Session
 * learns of the new load only when that has succeeded.  A session that is complete is emptied and
 * filled again, so that its functions, its type and with them users' callbacks survive
 * (shell.md section 4); anything less is built anew (contract S10).
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

void load_report_free(LoadReport *report)
{
    strlist_free(&report->added);
    strlist_free(&report->changed);
    strlist_free(&report->removed);
    strlist_free(&report->stale_settings);
}

/* ---- objects ----------------------------------------------------------------------------------- */

#define ALL_TABLES                                                                             \
    "pg_temp._pgmi_source, pg_temp._pgmi_source_metadata, pg_temp._pgmi_parameter,"            \
    " pg_temp._pgmi_test_directory, pg_temp._pgmi_test_source"

/* TRUNCATE, because it gives the tables new file nodes (session_private.h). */
static bool empty_tables(PGconn *conn, Diag *diag)
{
    return server_command(conn, "TRUNCATE " ALL_TABLES, 0, NULL, diag);
}

static bool create_objects(PGconn *conn, const Preflight *preflight, Diag *diag)
{
    StrBuf sql = STRBUF_INIT;
    bool ok;

    if (preflight->has_temp_schema)
        work_sql(&sql, "drop.sql");
    if (!preflight->has_type)
        work_sql(&sql, "type.sql");
    work_sql(&sql, "tables.sql");
    work_sql(&sql, "functions.sql");
    work_sql(&sql, "test_plan.sql");
    work_sql(&sql, "test_suite.sql");
    work_sql(&sql, "views.sql");
    ok = server_command(conn, sql.data, 0, NULL, diag);
    strbuf_free(&sql);
    return ok;
}

/* object_in_use: a cursor holds the tables. */
static bool explain_in_use(const char *doing, Diag *diag)
{
    if (strcmp(diag->sqlstate, "55006") != 0)
        return false;
    diag_reset(diag);
    diag_set(diag, EXIT_PGMI_CONFIG, "cannot %s: an open cursor reads the session's tables",
             doing);
    return diag_hint(diag, "Close it with CLOSE, or end the transaction first.");
}

/* ---- load ------------------------------------------------------------------------------------------- */

typedef struct Load {
    const Session *session;
    PGconn *conn;
    const Project *project;
    const Params *params;
    const LoadOptions *options;
    Preflight preflight;
    LoadReport *report;
    uint32_t file_node; /* the new name of the session's contents */
    Trace trace;
} Load;

/* Settings that this connection still has from the load before. */
static const Params *published(const Session *session)
{
    const Generation *top = session_top(session);

    if (!top || session->lost == LOST_ROLLBACK || session->lost == LOST_CONNECTION)
        return NULL;
    return &top->params;
}

/* Contract S11, and in the same message the name of what has been loaded. */
static bool analyze(Load *load, Diag *diag)
{
    PGresult *result = server_query(
        load->conn,
        "ANALYZE pg_temp._pgmi_source, pg_temp._pgmi_source_metadata,"
        " pg_temp._pgmi_test_directory, pg_temp._pgmi_test_source;"
        " SELECT pg_relation_filenode('pg_temp._pgmi_source')",
        0, NULL);
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;

    if (ok)
        load->file_node = (uint32_t)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
    else
        server_diag(result, load->conn, diag);
    PQclear(result);
    return ok;
}

/* PGMI_VERBOSE: shows RAISE DEBUG from here on, also where the end of the work puts settings back. */
static bool show_debug(Load *load, Diag *diag)
{
    if (!load->options->verbose)
        return true;
    free(load->preflight.client_min_messages);
    load->preflight.client_min_messages = xstrdup("debug2");
    return server_command(
        load->conn, "SELECT set_config('client_min_messages', 'debug2', false)", 0, NULL, diag);
}

/* The marked texts where trace is on, else none. */
static bool mark(Load *load, Diag *diag)
{
    const TraceState *state = &load->session->trace;

    if (state->mode == TRACE_OFF)
        return !load->preflight.complete || trace_withdraw(load->conn, &load->preflight, diag);
    return trace_send(load->conn, load->project, &load->preflight, state->mode,
                      state->next_number, &load->trace, diag);
}

/* Everything that belongs into the piece of work. */
static bool load_work(Load *load, Diag *diag)
{
    const Params *before = published(load->session);

    return (load->preflight.complete ? empty_tables(load->conn, diag)
                                     : create_objects(load->conn, &load->preflight, diag)) &&
           rows_send(load->conn, load->project, &load->preflight, load->options, diag) &&
           parameters_send(load->conn, load->params, &load->preflight, diag) &&
           (!before || parameters_clear_stale(load->conn, before, load->params,
                                              &load->report->stale_settings, diag)) &&
           mark(load, diag) && analyze(load, diag) && show_debug(load, diag);
}

static void fill_report(const Load *load)
{
    const Project *before = session_project(load->session);
    LoadReport *report = load->report;

    report->files = load->project->file_count;
    report->tests = load->project->test_count;
    report->parameters = load->params->map.len;
    report->bytes = load->project->total_bytes;
    if (before)
        project_compare(before, load->project, &report->added, &report->changed,
                        &report->removed);
}

bool session_load(Session *session, PGconn *conn, Project *project, const Params *params,
                  const LoadOptions *options, LoadReport *report, Diag *diag)
{
    static const LoadOptions plain = {0};
    double start = monotonic_ms();
    Load load = {.session = session,
                 .conn = conn,
                 .project = project,
                 .params = params,
                 .options = options ? options : &plain,
                 .report = report};
    bool ok = false;

    *report = (LoadReport){0};
    if (!preflight_check(conn, "load a project", &load.preflight, diag) ||
        !work_begin(conn, &load.preflight, diag))
        goto done;
    ok = load_work(&load, diag) && work_commit(conn, &load.preflight, diag);
    if (!ok) {
        work_rollback(conn, &load.preflight);
        explain_in_use("load a project", diag);
        goto done;
    }
    fill_report(&load);
    session_push(session, conn, project, params, load.file_node);
    trace_take(session, &load.trace);
    report->milliseconds = monotonic_ms() - start;
done:
    trace_free(&load.trace);
    preflight_free(&load.preflight);
    return ok;
}

/* ---- unload ------------------------------------------------------------------------------------------- */

bool session_unload(Session *session, PGconn *conn, Diag *diag)
{
    Preflight preflight = {0};
    StrList stale = STRLIST_INIT;
    StrBuf sql = STRBUF_INIT;
    bool ok = false;

    if (!preflight_check(conn, "unload the project", &preflight, diag) ||
        !work_begin(conn, &preflight, diag))
        goto done;
    work_sql(&sql, "drop.sql");
    work_sql(&sql, "drop_type.sql");
    ok = server_command(conn, sql.data, 0, NULL, diag);
    if (ok && published(session))
        ok = parameters_clear_stale(conn, published(session), NULL, &stale, diag);
    ok = ok && work_commit(conn, &preflight, diag);
    if (!ok) {
        work_rollback(conn, &preflight);
        explain_in_use("unload the project", diag);
        goto done;
    }
    session_push(session, conn, NULL, NULL, 0);
done:
    strlist_free(&stale);
    strbuf_free(&sql);
    preflight_free(&preflight);
    return ok;
}
