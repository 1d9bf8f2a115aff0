/*
 * test_session_load.c — loading: what it refuses and how, that it is all or nothing, and what a
 * second load changes.  What becomes of a loaded session later is test_session_life.c's.
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

/* The load fails, the message has `part`, the hint is there. */
static void must_refuse(World *world, const char *part)
{
    Diag diag = DIAG_INIT;

    if (live_load(world->session, world->conn, world->project, NULL, NULL, &diag))
        fail_msg("loaded, expected \"%s\"", part);
    if (!strstr(diag.message, part))
        fail_msg("expected \"%s\", got \"%s\"", part, diag.message);
    assert_non_null(diag.hint);
    diag_reset(&diag);
}

static const char count_files[] = "SELECT count(*) FROM pg_temp.pgmi_source_view";

/* ---- refusals ----------------------------------------------------------------------------------- */

static void aborted_transaction(void **state)
{
    World *world = *state;

    PQclear(live_fail(world->conn, "BEGIN; SELECT 1/0", "22012"));
    must_refuse(world, "the current transaction is aborted");
    live_run(world->conn, "ROLLBACK");
    live_world_load(world);
}

static void read_only_transaction(void **state)
{
    World *world = *state;

    live_run(world->conn, "BEGIN READ ONLY");
    must_refuse(world, "read-only transaction");
    live_run(world->conn, "SELECT 1"); /* the transaction still works */
    live_run(world->conn, "ROLLBACK");
}

static void read_only_default(void **state)
{
    World *world = *state;

    live_run(world->conn, "SET default_transaction_read_only = on");
    live_world_load(world);
    live_expect(world->conn, count_files, "2");
}

static void no_temporary_privilege(void **state)
{
    World *world = *state;

    live_run(world->conn, "REVOKE TEMPORARY ON DATABASE utf8 FROM PUBLIC;"
                          "CREATE ROLE plain LOGIN");
    PQfinish(world->conn);
    world->conn = live_connect_as("utf8", "plain");
    must_refuse(world, "role \"plain\" may not create temporary tables in database \"utf8\"");
    PQfinish(world->conn);
    world->conn = live_connect("utf8");
    live_run(world->conn, "GRANT TEMPORARY ON DATABASE utf8 TO PUBLIC; DROP ROLE plain");
}

static void other_role(void **state)
{
    World *world = *state;

    live_run(world->conn, "CREATE ROLE guest; GRANT TEMPORARY ON DATABASE utf8 TO guest");
    live_world_load(world);
    live_run(world->conn, "SET ROLE guest");
    must_refuse(world, "role \"guest\" does not own the session's tables");
    live_expect(world->conn, count_files, "2"); /* but may read them: contract S9 */
    live_expect(world->conn, "SELECT count(*) FROM pg_temp.pgmi_test_plan()", "2");
    live_run(world->conn, "SELECT pg_temp.pgmi_run_test_source('./__test__/t.sql')");
    live_run(world->conn, "RESET ROLE");
    live_world_load(world);
    live_run(world->conn, "DROP OWNED BY guest; DROP ROLE guest");
}

static void open_cursor(void **state)
{
    World *world = *state;
    Diag diag = DIAG_INIT;

    live_world_load(world);
    live_run(world->conn, "BEGIN; DECLARE c CURSOR FOR SELECT * FROM pgmi_plan_view; FETCH c");
    must_refuse(world, "an open cursor reads the session's tables");
    assert_false(session_unload(world->session, world->conn, &diag));
    assert_non_null(strstr(diag.message, "an open cursor"));
    diag_reset(&diag);
    live_run(world->conn, "FETCH c; COMMIT");
    live_expect(world->conn, count_files, "2");
    live_world_load(world);
}

static void no_connection(void **state)
{
    World *world = *state;
    Diag diag = DIAG_INIT;
    PGconn *conn = world->conn;

    world->conn = NULL;
    assert_false(live_load(world->session, NULL, world->project, NULL, NULL, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_CONNECTION);
    diag_reset(&diag);
    world->conn = conn;
}

/* A cluster that is kept, made a standby with nothing to follow. */
static void hot_standby(void **state)
{
    World *world = *state;
    char dir[] = "/tmp/test_standby-XXXXXX";
    Diag diag = DIAG_INIT;
    ScratchServer *server;
    char *signal;
    PGconn *conn;

    assert_non_null(mkdtemp(dir));
    assert_int_equal(chmod(dir, 0755), 0);
    signal = xasprintf("%s/cluster", dir);
    server = scratch_start(signal, &diag);
    assert_non_null(server);
    scratch_stop(server);
    tree_text(signal, "standby.signal", "");
    server = scratch_start(signal, &diag);
    if (!server)
        fail_msg("%s: %s", diag.message, diag.detail ? diag.detail : "");
    conn = world->conn;
    world->conn = live_connect_to(server, "postgres");
    must_refuse(world, "the server is a hot standby");
    PQfinish(world->conn);
    world->conn = conn;
    scratch_stop(server);
    free(signal);
    tree_delete(xstrdup(dir));
}

/* ---- all or nothing ------------------------------------------------------------------------------- */

static void changed_file(void **state)
{
    World *world = *state;
    DiagList problems = DIAGLIST_INIT;
    LoadReport report = {0};
    Diag diag = DIAG_INIT;
    Project *scanned;
    Params none;

    params_init(&none);
    live_world_load(world);
    tree_text(world->project, "new.sql", "SELECT 1;");
    scanned = project_scan(world->project, NULL, &problems);
    tree_text(world->project, "m/b.sql", "SELECT 'c';\n");
    assert_false(
        session_load(world->session, world->conn, scanned, &none, NULL, &report, &diag));
    assert_string_equal(diag.file, "./m/b.sql");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    assert_int_equal(session_project(world->session)->file_count, 3);
    live_expect(world->conn, count_files, "2");
    live_expect(world->conn, "SELECT content FROM pgmi_source_view WHERE path = './m/b.sql'",
                "SELECT 'b';\n");
    assert_int_equal(PQtransactionStatus(world->conn), PQTRANS_IDLE);
    diag_reset(&diag);
    load_report_free(&report);
    params_free(&none);
    project_free(scanned);
    diaglist_free(&problems);
}

static void failed_load_in_transaction(void **state)
{
    World *world = *state;
    char *bad = live_project();
    Diag diag = DIAG_INIT;

    tree_text(bad, "euro.sql", "-- fine\nSELECT '\xe2\x82\xac';\n");
    PQfinish(world->conn);
    world->conn = live_connect("latin1");
    live_world_load(world);
    live_run(world->conn, "BEGIN; CREATE TABLE kept (a int)");
    assert_false(live_load(world->session, world->conn, bad, NULL, NULL, &diag));
    assert_int_equal(PQtransactionStatus(world->conn), PQTRANS_INTRANS);
    live_expect(world->conn, count_files, "2");
    live_run(world->conn, "COMMIT; DROP TABLE kept");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    /* by name, and by place */
    assert_string_equal(diag.file, "./euro.sql");
    assert_int_equal(diag.line, 2);
    assert_int_equal(diag.column, 9);
    assert_non_null(strstr(diag.message, "LATIN1"));
    diag_reset(&diag);
    tree_delete(bad);
}

static void parameter_outside_encoding(void **state)
{
    World *world = *state;
    Diag diag = DIAG_INIT;
    Params params;

    params_init(&params);
    params_set(&params, "good", "\xc3\xa9", &diag);
    params_set(&params, "Price", "5 \xe2\x82\xac secretly", &diag);
    PQfinish(world->conn);
    world->conn = live_connect("latin1");
    assert_false(live_load(world->session, world->conn, world->project, &params, NULL, &diag));
    assert_non_null(strstr(diag.message, "\"price\""));
    assert_null(strstr(diag.message, "secretly"));
    assert_null(diag.detail);
    diag_reset(&diag);
    params_free(&params);
    assert_int_equal(session_state(world->session), SESSION_EMPTY);
}

/* Bytes as they are on disk, whatever the database and the client think of encodings. */
static void bytes_survive(void **state)
{
    static const char *const databases[] = {"utf8", "latin1", "ascii"};
    World *world = *state;
    const char text[] = "SELECT '\xc3\xa9\\\\\t\r\n\\N', E'\\x41';\r\n\\.\n";

    tree_text(world->project, "odd \xc3\xa9 'x\".sql", text);
    for (size_t i = 0; i < lengthof(databases); i++) {
        Diag diag = DIAG_INIT;
        char *content;

        PQfinish(world->conn);
        world->conn = live_connect(databases[i]);
        session_connection_lost(world->session);
        live_run(world->conn, "SET client_encoding = LATIN1");
        live_world_load(world);
        live_run(world->conn, "SET client_encoding = UTF8");
        content = session_source(world->session, world->conn, "odd \xc3\xa9 'x\".sql", &diag);
        assert_non_null(content);
        assert_string_equal(content, text);
        free(content);
        live_expect(world->conn,
                    "SELECT bool_and(size_bytes = octet_length(convert_to(content, 'UTF8'))"
                    " AND checksum = encode(sha256(convert_to(content, 'UTF8')), 'hex'))"
                    " FROM pgmi_source_view",
                    "t");
        live_expect(world->conn,
                    "SELECT path_parts[2] FROM pgmi_source_view WHERE path LIKE '%odd%'",
                    "odd \xc3\xa9 'x\".sql");
    }
}

/* ---- loading again ------------------------------------------------------------------------------- */

static void reload_report(void **state)
{
    World *world = *state;
    LoadReport report = {0};
    Diag diag = DIAG_INIT;

    live_world_load(world);
    tree_text(world->project, "new.sql", "");
    tree_text(world->project, "a.sql", "SELECT 'changed';\n");
    tree_remove(world->project, "m/b.sql");
    assert_true(live_load(world->session, world->conn, world->project, NULL, &report, &diag));
    assert_int_equal(report.added.len, 1);
    assert_string_equal(report.added.items[0], "./new.sql");
    assert_int_equal(report.changed.len, 1);
    assert_string_equal(report.changed.items[0], "./a.sql");
    assert_int_equal(report.removed.len, 1);
    assert_string_equal(report.removed.items[0], "./m/b.sql");
    live_expect(world->conn, "SELECT string_agg(path, ' ' ORDER BY path) FROM pgmi_source_view",
                "./a.sql ./new.sql");
    load_report_free(&report);
}

static void callbacks_survive(void **state)
{
    World *world = *state;
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    char *suite;

    live_world_load(world);
    live_run(world->conn, "CREATE TABLE IF NOT EXISTS seen (event text);"
                          "CREATE FUNCTION pg_temp.mine(e pgmi_test_event) RETURNS void"
                          " LANGUAGE sql AS 'INSERT INTO seen VALUES (e.event)'");
    live_world_load(world);
    suite = session_generate(&with, NULL, "mine", &diag);
    assert_non_null(suite);
    live_run(world->conn, "BEGIN");
    live_run(world->conn, suite);
    live_run(world->conn, "COMMIT");
    live_expect(world->conn, "SELECT string_agg(event, ' ') FROM seen",
                "suite_start teardown_end suite_end");
    live_run(world->conn, "DROP TABLE seen");
    free(suite);
}

/* The user has dropped something: it is built anew, and what he made for the type still survives. */
static void half_a_session(void **state)
{
    World *world = *state;

    live_world_load(world);
    live_run(world->conn, "CREATE FUNCTION pg_temp.mine(e pgmi_test_event) RETURNS int"
                          " LANGUAGE sql AS 'SELECT e.depth';"
                          "DROP TABLE pg_temp._pgmi_source CASCADE");
    live_world_load(world);
    live_expect(world->conn, count_files, "2");
    live_expect(
        world->conn,
        "SELECT pg_temp.mine(ROW(NULL, NULL, NULL, 7, 0, NULL)::pg_temp.pgmi_test_event)", "7");
    live_expect(world->conn,
                "SELECT (pg_temp.pgmi_register_file('x.sql', 'y', repeat('0', 64), repeat('0',"
                " 64))).size_bytes",
                "1");
}

static void settings_follow(void **state)
{
    World *world = *state;
    LoadReport report = {0};
    Diag diag = DIAG_INIT;
    Params params;

    params_init(&params);
    params_set(&params, "Env", "it's {\"a\",b}\\", &diag);
    params_set(&params, "empty", "", &diag);
    params_set(&params, "gone", "x", &diag);
    assert_true(live_load(world->session, world->conn, world->project, &params, NULL, &diag));
    live_expect(world->conn, "SELECT current_setting('pgmi.env')", "it's {\"a\",b}\\");
    live_expect(
        world->conn,
        "SELECT string_agg(key || '=' || value, ' ' ORDER BY key) FROM pgmi_parameter_view"
        " WHERE type = 'text' AND NOT required AND default_value IS NULL",
        "empty= env=it's {\"a\",b}\\ gone=x");
    live_expect(world->conn, "SELECT current_setting('pgmi.empty', true) IS NULL", "f");
    live_expect(world->conn, "SELECT current_setting('pgmi.never', true) IS NULL", "t");
    params_free(&params);
    params_init(&params);
    params_set(&params, "env", "2", &diag);
    assert_true(
        live_load(world->session, world->conn, world->project, &params, &report, &diag));
    assert_int_equal(report.stale_settings.len, 2);
    assert_string_equal(report.stale_settings.items[1], "gone");
    live_expect(world->conn, "SELECT current_setting('pgmi.gone')", "");
    load_report_free(&report);
    params_free(&params);
}

static void set_parameter(void **state)
{
    World *world = *state;
    Diag diag = DIAG_INIT;

    assert_true(session_set_param(world->session, NULL, "early", "1", &diag));
    assert_string_equal(params_get(session_user_params(world->session), "early"), "1");
    live_world_load(world);
    assert_true(session_set_param(world->session, world->conn, "Late", "a'b", &diag));
    assert_true(session_set_param(world->session, world->conn, "late", "c", &diag));
    live_expect(world->conn,
                "SELECT current_setting('pgmi.late') || value"
                " FROM pgmi_parameter_view WHERE key = 'late'",
                "cc");
    assert_string_equal(params_get(session_params(world->session), "late"), "c");
    assert_false(session_set_param(world->session, world->conn, "1x", "c", &diag));
    diag_reset(&diag);
}

/* Nothing of the load's own settings is left behind, also inside the user's transaction. */
static void settings_of_the_user(void **state)
{
    World *world = *state;

    live_run(world->conn,
             "SET search_path = public, pg_temp; SET client_min_messages = log;"
             "SET client_encoding = LATIN1; SET standard_conforming_strings = off");
    for (int i = 0; i < 2; i++) {
        live_world_load(world);
        live_expect(
            world->conn,
            "SELECT concat_ws(' ', current_setting('search_path'),"
            " current_setting('client_min_messages'), current_setting('client_encoding'),"
            " current_setting('standard_conforming_strings'))",
            "public, pg_temp log LATIN1 off");
        live_run(world->conn, "BEGIN");
    }
    live_run(world->conn, "COMMIT");
    live_expect(world->conn, "SELECT current_setting('search_path')", "public, pg_temp");
    assert_int_equal(PQclientEncoding(world->conn), pg_char_to_encoding("LATIN1"));
}

static void verbose_load(void **state)
{
    World *world = *state;
    LoadOptions options = {.verbose = true};
    DiagList problems = DIAGLIST_INIT;

    for (int i = 0; i < 2; i++) {
        Project *project = project_scan(world->project, NULL, &problems);
        LoadReport report = {0};
        Diag diag = DIAG_INIT;
        Params none;

        params_init(&none);
        live_run(world->conn, i ? "RESET client_min_messages; BEGIN" : "SELECT 1");
        assert_true(session_load(world->session, world->conn, project, &none, &options, &report,
                                 &diag));
        live_expect(world->conn, "SHOW client_min_messages", "debug2");
        live_run(world->conn, i ? "COMMIT" : "SELECT 1");
        live_expect(world->conn, "SHOW client_min_messages", "debug2");
        load_report_free(&report);
        params_free(&none);
    }
    diaglist_free(&problems);
}

static void count_notice(void *arg, const PGresult *result)
{
    (void)result;
    ++*(int *)arg;
}

static void silence(void **state)
{
    World *world = *state;
    int notices = 0;
    Diag diag = DIAG_INIT;

    PQsetNoticeReceiver(world->conn, count_notice, &notices);
    live_world_load(world);
    live_world_load(world);
    assert_true(session_unload(world->session, world->conn, &diag));
    live_world_load(world);
    assert_int_equal(notices, 0);
}

static void cancelled_load(void **state)
{
    World *world = *state;
    volatile bool cancelled = true;
    LoadOptions options = {.cancelled = &cancelled};
    DiagList problems = DIAGLIST_INIT;
    Project *project = project_scan(world->project, NULL, &problems);
    LoadReport report = {0};
    Diag diag = DIAG_INIT;
    Params none;

    params_init(&none);
    assert_false(
        session_load(world->session, world->conn, project, &none, &options, &report, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_INTERRUPTED);
    assert_int_equal(PQtransactionStatus(world->conn), PQTRANS_IDLE);
    assert_int_equal(session_state(world->session), SESSION_EMPTY);
    diag_reset(&diag);
    project_free(project);
    diaglist_free(&problems);
    params_free(&none);
    load_report_free(&report);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, live_open_files, live_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(aborted_transaction),
        IN_WORLD(read_only_transaction),
        IN_WORLD(read_only_default),
        IN_WORLD(no_temporary_privilege),
        IN_WORLD(other_role),
        IN_WORLD(open_cursor),
        IN_WORLD(no_connection),
        IN_WORLD(hot_standby),
        IN_WORLD(changed_file),
        IN_WORLD(failed_load_in_transaction),
        IN_WORLD(parameter_outside_encoding),
        IN_WORLD(bytes_survive),
        IN_WORLD(reload_report),
        IN_WORLD(callbacks_survive),
        IN_WORLD(half_a_session),
        IN_WORLD(settings_follow),
        IN_WORLD(set_parameter),
        IN_WORLD(settings_of_the_user),
        IN_WORLD(verbose_load),
        IN_WORLD(silence),
        IN_WORLD(cancelled_load),
    };

    return cmocka_run_group_tests(tests, live_start, live_stop);
}
