/*
 * live.c — scratch server and project directories for tests; see live.h.
 */
#include "live.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static ScratchServer *scratch;
static char *cache_dir;

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static PGconn *connect_to(const ScratchServer *server, const char *database, const char *role)
{
    const char *const keys[] = {"host", "port", "user", "dbname", "client_encoding", NULL};
    const char *const values[] = {
        scratch_socket_dir(server), scratch_port(server), role, database, "UTF8", NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 0);

    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    PQsetNoticeReceiver(conn, ignore_notice, NULL);
    return conn;
}

PGconn *live_connect_to(const ScratchServer *server, const char *database)
{
    return connect_to(server, database, scratch_user(server));
}

PGconn *live_connect_as(const char *database, const char *role)
{
    return connect_to(scratch, database, role);
}

PGconn *live_connect(const char *database)
{
    return live_connect_as(database, scratch_user(scratch));
}

int live_start(void **state)
{
    Diag diag = DIAG_INIT;
    PGconn *conn;

    (void)state;
    /* the user's own cache of clusters is left alone; root's server needs the way to be open */
    cache_dir = tree_new();
    if (chmod(cache_dir, 0711) != 0)
        return -1;
    setenv("XDG_CACHE_HOME", cache_dir, 1);
    scratch = scratch_start(NULL, &diag);
    if (!scratch) {
        print_error("%s\n%s\n", diag.message, diag.detail ? diag.detail : "");
        diag_reset(&diag);
        return -1;
    }
    conn = live_connect("postgres");
    live_run(conn, "CREATE DATABASE utf8 TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    live_run(conn, "CREATE DATABASE latin1 TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    live_run(conn, "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
    PQfinish(conn);
    return 0;
}

int live_stop(void **state)
{
    (void)state;
    scratch_stop(scratch);
    tree_delete(cache_dir);
    return 0;
}

/* ---- SQL ------------------------------------------------------------------------------------ */

char *live_ask(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    char *value;

    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %.300s", PQresultErrorMessage(result), sql);
    value = xstrdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return value;
}

void live_run(PGconn *conn, const char *sql)
{
    free(live_ask(conn, sql));
}

void live_expect(PGconn *conn, const char *sql, const char *expected)
{
    char *value = live_ask(conn, sql);

    if (strcmp(value, expected) != 0)
        fail_msg("%s: expected \"%s\", got \"%s\"", sql, expected, value);
    free(value);
}

PGresult *live_fail(PGconn *conn, const char *sql, const char *sqlstate)
{
    PGresult *result = PQexec(conn, sql);
    const char *got = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (!got || strcmp(got, sqlstate) != 0)
        fail_msg("%s: expected %s, got %s %s", sql, sqlstate, got ? got : "success",
                 PQresultErrorMessage(result));
    return result;
}

/* ---- projects --------------------------------------------------------------------------------- */

char *live_project(void)
{
    char *path = tree_new();

    tree_text(path, "deploy.sql", "");
    return path;
}

bool live_load(Session *session, PGconn *conn, const char *project, const Params *params,
               LoadReport *report, Diag *diag)
{
    DiagList problems = DIAGLIST_INIT;
    Project *scanned = project_scan(project, NULL, &problems);
    LoadReport unused = {0};
    Params none;
    bool ok;

    if (!scanned)
        fail_msg("%s: %s", problems.items[0].file, problems.items[0].message);
    params_init(&none);
    ok = session_load(session, conn, scanned, params ? params : &none, NULL,
                      report ? report : &unused, diag);
    if (!ok)
        project_free(scanned);
    load_report_free(&unused);
    params_free(&none);
    diaglist_free(&problems);
    return ok;
}

void live_must_load(Session *session, PGconn *conn, const char *project)
{
    Diag diag = DIAG_INIT;

    if (!live_load(session, conn, project, NULL, NULL, &diag))
        fail_msg("%s: %s", diag.file ? diag.file : "", diag.message);
}

/* ---- the world -------------------------------------------------------------------------------- */

int live_open(void **state)
{
    World *world = xcalloc(1, sizeof(*world));

    world->session = session_new();
    world->conn = live_connect("utf8");
    world->project = live_project();
    *state = world;
    return 0;
}

int live_open_files(void **state)
{
    World *world;

    live_open(state);
    world = *state;
    tree_text(world->project, "a.sql", "SELECT 'a';\n");
    tree_text(world->project, "m/b.sql", "SELECT 'b';\n");
    tree_text(world->project, "__test__/t.sql", "SELECT 't';\n");
    return 0;
}

void live_world_load(World *world)
{
    live_must_load(world->session, world->conn, world->project);
    assert_int_equal(session_state(world->session), SESSION_LOADED);
}

int live_close(void **state)
{
    World *world = *state;

    session_free(world->session);
    PQfinish(world->conn);
    tree_delete(world->project);
    free(world);
    return 0;
}
