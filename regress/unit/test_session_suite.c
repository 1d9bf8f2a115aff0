/*
 * test_session_suite.c — the session's SQL as a user's script meets it: failing tests, callbacks,
 * hostile search paths, the plan kept in a table.
 */
#include "live.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- G5: a failing file ------------------------------------------------------------------------- */

/* The one test of the project fails like this; NULL: the field must be absent. */
static void expect_failure(World *world, const char *text, const char *sqlstate,
                           const char *message, const char *detail, const char *hint)
{
    const struct {
        int field;
        const char *wanted;
    } fields[] = {{PG_DIAG_MESSAGE_PRIMARY, message},
                  {PG_DIAG_MESSAGE_DETAIL, detail},
                  {PG_DIAG_MESSAGE_HINT, hint}};
    PGresult *result;

    tree_text(world->project, "__test__/t.sql", text);
    live_must_load(world->session, world->conn, world->project);
    result = live_fail(world->conn, "SELECT pg_temp.pgmi_run_test_source('./__test__/t.sql')",
                       sqlstate);
    for (size_t i = 0; i < lengthof(fields); i++) {
        const char *got = PQresultErrorField(result, fields[i].field);

        if ((got == NULL) != (fields[i].wanted == NULL) ||
            (got && strcmp(got, fields[i].wanted) != 0))
            fail_msg("%s: expected \"%s\", got \"%s\"", text,
                     fields[i].wanted ? fields[i].wanted : "nothing", got ? got : "nothing");
    }
    PQclear(result);
}

static void failing_test(void **state)
{
    World *world = *state;

    expect_failure(world, "SELECT 1/0;", "22012",
                   "Failed in ./__test__/t.sql: division by zero", NULL, NULL);
    expect_failure(
        world, "SELECT nosuch(1);", "42883",
        "Failed in ./__test__/t.sql: function nosuch(integer) does not exist", NULL,
        "No function matches the given name and argument types. You might need to add "
        "explicit type casts.");
    expect_failure(world,
                   "CREATE TEMP TABLE pg_temp.u (a int PRIMARY KEY);"
                   "INSERT INTO u VALUES (1), (1);",
                   "23505",
                   "Failed in ./__test__/t.sql: duplicate key value violates unique constraint "
                   "\"u_pkey\"",
                   "Key (a)=(1) already exists.", NULL);
    expect_failure(world,
                   "DO $$BEGIN RAISE EXCEPTION '100%% %', 'odd' USING ERRCODE = 'ZZ001',"
                   " DETAIL = 'd %', HINT = 'h'; END$$",
                   "ZZ001", "Failed in ./__test__/t.sql: 100% odd", "d %", "h");
    expect_failure(world, "DO $$BEGIN ASSERT 1 = 2, 'sums'; END$$", "P0004",
                   "Failed in ./__test__/t.sql: sums", NULL, NULL);
    expect_failure(
        world, "COMMIT;", "0A000",
        "Failed in ./__test__/t.sql: EXECUTE of transaction commands is not implemented", NULL,
        NULL);
}

/* A cancelled statement stays one: it is no failure of the file's. */
static void cancelled_test(void **state)
{
    World *world = *state;

    live_run(world->conn, "SET statement_timeout = '50ms'");
    expect_failure(world, "SELECT pg_sleep(30);", "57014",
                   "canceling statement due to statement timeout", NULL, NULL);
    live_run(world->conn, "RESET statement_timeout");
}

static void files_that_do_nothing(void **state)
{
    static const char *const texts[] = {"", "-- only a remark", "\n;\n", "SELECT 1"};
    World *world = *state;

    for (size_t i = 0; i < lengthof(texts); i++) {
        tree_text(world->project, "__test__/t.sql", texts[i]);
        live_must_load(world->session, world->conn, world->project);
        live_run(world->conn, "SELECT pg_temp.pgmi_run_test_source('./__test__/t.sql')");
    }
    PQclear(
        live_fail(world->conn, "SELECT pg_temp.pgmi_run_test_source('./nix.sql')", "P0002"));
}

/* ---- search paths --------------------------------------------------------------------------------- */

/* A schema in front of pg_catalog with functions, operators and a type of the same names, which all
 * fail when used; and temporary tables named as types are. */
static const char hostile[] =
    "CREATE SCHEMA evil;"
    "CREATE FUNCTION evil.boom() RETURNS text LANGUAGE plpgsql AS"
    " $$BEGIN RAISE EXCEPTION 'evil was called'; END$$;"
    "CREATE FUNCTION evil.format(text, VARIADIC \"any\") RETURNS text LANGUAGE internal"
    " AS 'text_format';"
    "CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE sql AS 'SELECT evil.boom()';"
    "CREATE FUNCTION evil.md5(bytea) RETURNS text LANGUAGE sql AS 'SELECT evil.boom()';"
    "CREATE FUNCTION evil.concat_ws(text, text, text) RETURNS text LANGUAGE sql"
    " AS 'SELECT evil.boom()';"
    "CREATE FUNCTION evil.octet_length(bytea) RETURNS int LANGUAGE sql"
    " AS 'SELECT evil.boom()::int';"
    "CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql"
    " AS 'SELECT evil.boom()';"
    "CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE sql"
    " AS 'SELECT evil.boom()::boolean';"
    "CREATE OPERATOR evil.= (FUNCTION = evil.eq, LEFTARG = text, RIGHTARG = text);"
    "CREATE OPERATOR evil.~ (FUNCTION = evil.eq, LEFTARG = text, RIGHTARG = text);"
    "CREATE FUNCTION evil.cat(text, text) RETURNS text LANGUAGE sql AS 'SELECT evil.boom()';"
    "CREATE OPERATOR evil.|| (FUNCTION = evil.cat, LEFTARG = text, RIGHTARG = text);"
    "CREATE DOMAIN evil.text AS pg_catalog.int4;"
    "CREATE DOMAIN evil.uuid AS pg_catalog.int4;"
    "SET search_path = evil, pg_catalog, public";

static void hostile_search_path(void **state)
{
    World *world = *state;
    Session *session = world->session;
    SessionConn with = {session, world->conn};
    LoadReport report = {0};
    Diag diag = DIAG_INIT;
    Params params;
    char *suite;

    tree_text(world->project, "a.sql", "SELECT 1;");
    tree_text(world->project, "__test__/_setup.sql", "SELECT 1;");
    tree_text(world->project, "__test__/t.sql", "SELECT 1;");
    live_run(world->conn, "BEGIN"); /* evil ends with it */
    live_run(world->conn, hostile);
    params_init(&params);
    params_set(&params, "k", "v", &diag);
    for (int i = 0; i < 2; i++) {
        if (!live_load(session, world->conn, world->project, &params, &report, &diag))
            fail_msg("%s", diag.message);
        load_report_free(&report);
        assert_true(session_set_param(session, world->conn, "k", "w", &diag));
        live_expect(world->conn, "SELECT pg_catalog.current_setting('pgmi.k')", "w");
        live_expect(world->conn, "SELECT generic_id FROM pg_temp.pgmi_plan_view",
                    "b983ad75-d50a-5c48-c30e-8aa59aeaabd9");
        suite = session_generate(&with, ".", "mine", &diag);
        if (!suite)
            fail_msg("%s", diag.message);
        live_run(world->conn,
                 "CREATE OR REPLACE FUNCTION pg_temp.mine(e pg_temp.pgmi_test_event)"
                 " RETURNS void LANGUAGE sql AS ''");
        live_run(world->conn, suite);
        free(suite);
        suite = session_generate(&with, NULL, NULL, &diag);
        live_run(world->conn, suite);
        free(suite);
        live_run(world->conn,
                 "SELECT pg_temp.pgmi_has_tests('./__test__/'),"
                 " pg_temp.pgmi_is_sql_file('a'), pg_temp.pgmi_validate_pattern('a'),"
                 " pg_temp.pgmi_persist_test_plan('public')");
    }
    suite = session_source(session, world->conn, "./a.sql", &diag);
    assert_string_equal(suite, "SELECT 1;");
    free(suite);
    /* content runs under the user's own search_path, where = is evil's */
    tree_text(world->project, "__test__/t.sql",
              "SELECT 'a'::pg_catalog.text = 'a'::pg_catalog.text");
    if (!live_load(session, world->conn, world->project, &params, NULL, &diag))
        fail_msg("%s", diag.message);
    PQclear(live_fail(world->conn, "SELECT pg_temp.pgmi_run_test_source('./__test__/t.sql')",
                      "P0001"));
    live_run(world->conn, "ROLLBACK");
    params_free(&params);
}

/* ---- callbacks --------------------------------------------------------------------------------------- */

static void run_events(World *world, const char *callback, const char *expected)
{
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    char *suite = session_generate(&with, NULL, callback, &diag);

    assert_non_null(suite);
    live_run(world->conn, "TRUNCATE who");
    live_run(world->conn, suite);
    live_expect(world->conn, "SELECT string_agg(DISTINCT name, ' ') FROM who", expected);
    free(suite);
}

/* Section 19, row 2: search path first, then pg_temp; decided when it is called. */
static void unqualified_callback(void **state)
{
    World *world = *state;
    PGresult *result;
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    char *suite;

    tree_text(world->project, "__test__/t.sql", "");
    live_must_load(world->session, world->conn, world->project);
    live_run(world->conn, "BEGIN; CREATE TABLE who (name text); SAVEPOINT missing");
    suite = session_generate(&with, NULL, "Watch", &diag);
    result = live_fail(world->conn, suite, "42883");
    assert_non_null(strstr(PQresultErrorMessage(result), "watch(pgmi_test_event)"));
    PQclear(result);
    free(suite);
    live_run(world->conn, "ROLLBACK TO missing");
    live_run(world->conn, "CREATE FUNCTION pg_temp.watch(e pgmi_test_event) RETURNS void"
                          " LANGUAGE sql AS $$INSERT INTO who VALUES ('temp')$$");
    run_events(world, "Watch", "temp");
    run_events(world, "pg_temp.watch", "temp");
    /* one that takes something else does not hide it */
    live_run(world->conn, "CREATE FUNCTION public.watch(e integer) RETURNS void"
                          " LANGUAGE sql AS $$INSERT INTO who VALUES ('wrong')$$");
    run_events(world, "watch", "temp");
    live_run(world->conn,
             "CREATE FUNCTION public.watch(e record) RETURNS void"
             " LANGUAGE plpgsql AS $$BEGIN INSERT INTO who VALUES ('public'); END$$");
    run_events(world, "watch", "public");
    live_run(world->conn, "ROLLBACK");
}

/* The callback's own failure is reported as it is. */
static void failing_callback(void **state)
{
    World *world = *state;
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    PGresult *result;
    char *suite;

    tree_text(world->project, "__test__/t.sql", "");
    live_must_load(world->session, world->conn, world->project);
    live_run(world->conn, "BEGIN; CREATE FUNCTION pg_temp.bad(e pgmi_test_event) RETURNS void"
                          " LANGUAGE plpgsql AS $$BEGIN PERFORM nosuch(); END$$");
    suite = session_generate(&with, NULL, "bad", &diag);
    result = live_fail(world->conn, suite, "42883");
    assert_non_null(strstr(PQresultErrorMessage(result), "nosuch()"));
    PQclear(result);
    free(suite);
    live_run(world->conn, "ROLLBACK");
}

/* ---- odd names --------------------------------------------------------------------------------------- */

/* G2: a path is a literal, whatever it is made of. */
static void hostile_paths(void **state)
{
    static const char *const paths[] = {
        "__test__/it's; DROP TABLE x; --.sql", "__test__/$pgmi$.sql", "__test__/a\nb.sql",
        "__test__/\xe2\x82\xac \"q\" %L %s.sql", "__test__/d') e/t.sql"};
    World *world = *state;
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    char *suite;

    for (size_t i = 0; i < lengthof(paths); i++)
        tree_text(world->project, paths[i], "INSERT INTO ran VALUES (1)");
    live_must_load(world->session, world->conn, world->project);
    live_run(world->conn,
             "BEGIN; CREATE SEQUENCE runs; CREATE TABLE ran (a int, b bigint DEFAULT"
             " nextval('runs')); SET standard_conforming_strings = off");
    suite = session_generate(&with, NULL, NULL, &diag);
    live_run(world->conn, suite);
    live_expect(world->conn, "SELECT last_value FROM runs",
                "5"); /* sequences are not rolled back */
    live_expect(world->conn, "SELECT count(*) FROM ran", "0");
    live_run(world->conn, "ROLLBACK; SET standard_conforming_strings = on");
    free(suite);
}

/* The pattern never shows in the suite; it selects by path, and an invalid one is named. */
static void patterns(void **state)
{
    World *world = *state;
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    char *suite;

    tree_text(world->project, "__test__/one.sql", "");
    tree_text(world->project, "__test__/two.sql", "");
    live_must_load(world->session, world->conn, world->project);
    suite = session_generate(&with, "on[e]", NULL, &diag);
    assert_non_null(strstr(suite, "one.sql"));
    assert_null(strstr(suite, "two.sql"));
    assert_null(strstr(suite, "on[e]"));
    free(suite);
    suite = session_generate(&with, "secret'", NULL, &diag);
    assert_null(strstr(suite, "secret"));
    free(suite);
    assert_null(session_generate(&with, "(", NULL, &diag));
    assert_string_equal(diag.sqlstate, "2201B");
    assert_string_equal(diag.message, "Invalid regex pattern: (");
    diag_reset(&diag);
    live_expect(world->conn,
                "SELECT string_agg(step_type, ' ') FROM"
                " pg_temp.pgmi_test_plan(p_pattern => 'two')",
                "test teardown");
}

/* ---- S12 ------------------------------------------------------------------------------------------------ */

static void persisted_plan(void **state)
{
    World *world = *state;

    tree_text(world->project, "__test__/t.sql", "");
    live_must_load(world->session, world->conn, world->project);
    live_run(world->conn, "BEGIN; CREATE SCHEMA \"Odd \"\"name\"");
    live_run(world->conn, "SELECT pg_temp.pgmi_persist_test_plan('Odd \"name', NULL)");
    live_run(world->conn,
             "SELECT pg_temp.pgmi_persist_test_plan(target_schema => 'Odd \"name')");
    live_expect(world->conn, "SELECT count(*) FROM \"Odd \"\"name\".pgmi_test_plan", "2");
    live_run(world->conn, "SELECT pg_temp.pgmi_persist_test_plan('Odd \"name', 'nothing')");
    live_expect(world->conn, "SELECT count(*) FROM \"Odd \"\"name\".pgmi_test_plan", "0");
    PQclear(live_fail(world->conn, "SELECT pg_temp.pgmi_persist_test_plan('nosuch')", "3F000"));
    live_run(world->conn, "ROLLBACK");
}

/* ---- S1: the checks hold ------------------------------------------------------------------------------ */

static void table_checks(void **state)
{
    /* each breaks one check of a row that is fine otherwise */
    static const char *const bad[] = {"path = 'a/b.sql'",
                                      "path = './a//b.sql'",
                                      "name = 'c.sql'",
                                      "name = ' '",
                                      "directory = './a'",
                                      "extension = 'sql'",
                                      "extension = '.s-l'",
                                      "depth = 2",
                                      "depth = -1",
                                      "size_bytes = 9",
                                      "size_bytes = -1",
                                      "checksum = 'xyz'",
                                      "pgmi_checksum = ''",
                                      "path_parts = '{}'",
                                      "path_parts = '{a,b.sql}'",
                                      "path_parts = '{.,\"\",b.sql}'",
                                      "is_test_file = true",
                                      "parent_folder_name = NULL",
                                      "parent_folder_name = 'a/b'",
                                      "content = '\xc3\xa9'",
                                      "path = './a\\b.sql'"};
    World *world = *state;

    tree_text(world->project, "a/b.sql", "SELECT 1");
    live_must_load(world->session, world->conn, world->project);
    for (size_t i = 0; i < lengthof(bad); i++) {
        char *sql = xasprintf("UPDATE pg_temp._pgmi_source SET %s", bad[i]);

        PQclear(live_fail(world->conn, sql, "23514"));
        free(sql);
    }
    PQclear(live_fail(world->conn, "INSERT INTO pg_temp._pgmi_parameter (key) VALUES ('a b')",
                      "23514"));
    PQclear(live_fail(world->conn,
                      "INSERT INTO pg_temp._pgmi_parameter (key, type) VALUES ('a', 'money')",
                      "23514"));
    PQclear(live_fail(world->conn,
                      "INSERT INTO pg_temp._pgmi_test_source VALUES ('./x', './y/', 'x', '')",
                      "23503"));
    live_expect(
        world->conn,
        "SELECT (pg_temp.pgmi_register_file(' x\\y//Z.SQL ', '\xc3\xa9', repeat('a', 64),"
        " repeat('b', 64)))::text",
        "(./x/y/Z.SQL,Z.SQL,./x/y/,.SQL,2,\xc3\xa9,2,"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,"
        "\"{.,x,y,Z.SQL}\",t,f,y)");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, live_open, live_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(failing_test),          IN_WORLD(cancelled_test),
        IN_WORLD(files_that_do_nothing), IN_WORLD(hostile_search_path),
        IN_WORLD(unqualified_callback),  IN_WORLD(failing_callback),
        IN_WORLD(hostile_paths),         IN_WORLD(patterns),
        IN_WORLD(persisted_plan),        IN_WORLD(table_checks),
    };

    return cmocka_run_group_tests(tests, live_start, live_stop);
}
