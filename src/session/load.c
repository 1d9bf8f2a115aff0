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

/* ---- what came of it ------------------------------------------------------------ */

static void fill_report(const Session *session, const Project *project, const Params *params,
                        LoadReport *report)
{
    const Project *before = session_project(session);

    report->files = project->file_count;
    report->tests = project->test_count;
    report->parameters = params->map.len;
    report->bytes = project->total_bytes;
    if (before)
        project_compare(before, project, &report->added, &report->changed, &report->removed);
}

/* Settings that this connection still has from the load before. */
static const Params *published(const Session *session)
{
    const Generation *top = session_top(session);

    if (!top || session->lost == LOST_ROLLBACK || session->lost == LOST_CONNECTION)
        return NULL;
    return &top->params;
}

/* PGMI_VERBOSE: shows RAISE DEBUG from here on; also where the end of the work puts the old setting back. */
static bool show_debug(PGconn *conn, Preflight *preflight, Diag *diag)
{
    free(preflight->client_min_messages);
    preflight->client_min_messages = xstrdup("debug2");
    return server_command(conn, "SELECT set_config('client_min_messages', 'debug2', false)", 0,
                          NULL, diag);
}

/* ---- load ------------------------------------------------------------------------------------------- */

/* Everything that belongs into the piece of work; *file_node gets the new name of the load. */
static bool load_work(const Session *session, PGconn *conn, const Project *project,
                      const Params *params, const LoadOptions *options,
                      const Preflight *preflight, LoadReport *report, uint32_t *file_node,
                      Diag *diag)
{
    PGresult *result = NULL;
    bool ok = preflight->complete ? empty_tables(conn, diag)
                                  : create_objects(conn, preflight, diag);

    ok = ok && rows_send(conn, project, preflight, options, diag) &&
         parameters_send(conn, params, preflight, diag);
    if (ok && published(session))
        ok = parameters_clear_stale(conn, published(session), params, &report->stale_settings,
                                    diag);
    if (!ok)
        return false;
    result = server_query(conn,
                          "ANALYZE pg_temp._pgmi_source, pg_temp._pgmi_source_metadata,"
                          " pg_temp._pgmi_test_directory, pg_temp._pgmi_test_source;"
                          " SELECT pg_relation_filenode('pg_temp._pgmi_source')",
                          0, NULL);
    ok = PQresultStatus(result) == PGRES_TUPLES_OK;
    if (ok)
        *file_node = (uint32_t)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
    else
        server_diag(result, conn, diag);
    PQclear(result);
    return ok;
}

bool session_load(Session *session, PGconn *conn, Project *project, const Params *params,
                  const LoadOptions *options, LoadReport *report, Diag *diag)
{
    static const LoadOptions plain = {0};
    Preflight preflight = {0};
    double start = monotonic_ms();
    uint32_t file_node = 0;
    bool ok = false;

    *report = (LoadReport){0};
    if (!options)
        options = &plain;
    if (!preflight_check(conn, "load a project", &preflight, diag) ||
        !work_begin(conn, &preflight, diag))
        goto done;
    ok = load_work(session, conn, project, params, options, &preflight, report, &file_node,
                   diag) &&
         (!options->verbose || show_debug(conn, &preflight, diag)) &&
         work_commit(conn, &preflight, diag);
    if (!ok) {
        work_rollback(conn, &preflight);
        explain_in_use("load a project", diag);
        goto done;
    }
    fill_report(session, project, params, report);
    session_push(session, conn, project, params, file_node);
    report->milliseconds = monotonic_ms() - start;
done:
    preflight_free(&preflight);
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
