/*
 * test_session_locate.c — errors of a real server, from files that deploy.sql's EXECUTE runs, find
 * their file, line and column.
 */
#include "live.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int open_world(void **state)
{
    World *world;

    live_open(state);
    world = *state;
    tree_text(world->project, "other.sql", "SELECT 'another file';\n");
    return 0;
}

/* Loads, then runs the plan as a deploy.sql does. */
static PGresult *deploy(World *world)
{
    PGresult *result;

    live_must_load(world->session, world->conn, world->project);
    result = PQexec(world->conn, "DO $$DECLARE f record; BEGIN"
                                 " FOR f IN SELECT * FROM pgmi_plan_view WHERE path ~ 'sql$'"
                                 " ORDER BY execution_order LOOP"
                                 " EXECUTE f.content; END LOOP; END$$");
    if (PQresultStatus(result) != PGRES_FATAL_ERROR)
        fail_msg("deployed");
    return result;
}

static void expect_place(World *world, const PGresult *error, const char *file, int line,
                         int column, const char *source_line)
{
    ErrorPlace place;

    if (!session_locate(world->session, error, NULL, &place))
        fail_msg("not located: %s", PQresultErrorMessage(error));
    assert_string_equal(place.file, file);
    if (place.line != line || place.column != column)
        fail_msg("expected %d:%d, got %d:%d for %s", line, column, place.line, place.column,
                 PQresultErrorMessage(error));
    if (source_line)
        assert_string_equal(place.source_line, source_line);
    else
        assert_null(place.source_line);
    error_place_free(&place);
}

/* A project whose m/x.sql has this text fails there. */
static void fails_at(World *world, const char *text, int line, int column,
                     const char *source_line)
{
    PGresult *error;

    tree_text(world->project, "m/x.sql", text);
    error = deploy(world);
    expect_place(world, error, "./m/x.sql", line, column, source_line);
    PQclear(error);
}

static void errors_with_a_position(void **state)
{
    World *world = *state;

    fails_at(world, "SELECT 1;\nSELEC 2;\n", 2, 1, "SELEC 2;");
    fails_at(world, "-- \xc3\xa4\xc3\xb6\r\nSELECT '\xe2\x82\xac', nosuch\r\nFROM pg_class;", 2,
             13, "SELECT '\xe2\x82\xac', nosuch");
    fails_at(world, "SELECT 'a\"b', \"\n\" FROM x", 2, 8, "\" FROM x");
    fails_at(world, "CREATE TABLE t (\n  a int,\n", 3, 1, "");
}

static void errors_in_a_block(void **state)
{
    World *world = *state;

    /* a static statement of PL/pgSQL: the server names it, it stands there once */
    fails_at(
        world,
        "SELECT 1;\nDO $x$\nBEGIN\n  PERFORM 1;\n  INSERT INTO nosuch VALUES (1);\nEND$x$;", 5,
        15, "  INSERT INTO nosuch VALUES (1);");
    /* at run time only the line of the block is known */
    fails_at(world,
             "SELECT 1;\n\nDO $x$ -- here\nBEGIN\n  RAISE EXCEPTION 'no \"luck\"';\nEND$x$;\n",
             5, 0, "  RAISE EXCEPTION 'no \"luck\"';");
    fails_at(world, "DO LANGUAGE plpgsql '\nDECLARE i int;\nBEGIN\n  i := 1/0;\nEND';", 4, 0,
             "  i := 1/0;");
    /* the other block is too short to have such a line */
    fails_at(world, "DO $$BEGIN NULL; END$$;\nDO $$\nBEGIN\n  PERFORM 1/0;\nEND$$;", 4, 0,
             "  PERFORM 1/0;");
    /* the other one has something else in that line */
    fails_at(world, "DO $$\nBEGIN\n NULL;\nEND$$;\nDO $$\nBEGIN\n  PERFORM 1/0;\nEND$$;", 7, 0,
             "  PERFORM 1/0;");
    /* two candidates: the file, but no guess */
    fails_at(world,
             "DO $$\nBEGIN\n  PERFORM 1/(random()::int+2)::int;\nEND$$;\nDO $$\nBEGIN\n"
             "  PERFORM 1/(random()::int+2)::int;\n  RAISE 'a';\nEND$$;\nDO $$\nBEGIN\n"
             "  PERFORM 2;\n  RAISE 'a';\nEND$$;",
             0, 0, NULL);
}

static void errors_at_run_time(void **state)
{
    World *world = *state;

    fails_at(world, "SELECT 1;\nSELECT 1 / (SELECT count(*) FROM pg_class WHERE false);\n", 2,
             0, "SELECT 1 / (SELECT count(*) FROM pg_class WHERE false);");
    /* which of the two cannot be told */
    fails_at(world,
             "SELECT 1 / (random()::int + 2);\nSELECT 1 / (random()::int - random()::int);\n"
             "SELECT 1 / (SELECT 0);\n",
             0, 0, NULL);
    fails_at(world,
             "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE plpgsql AS"
             " $$BEGIN\n  RAISE 'deep'; END$$;\nSELECT pg_temp.f();",
             2, 0, "  RAISE 'deep'; END$$;");
}

/* The text of a failing file may look like a context itself. */
static void misleading_text(void **state)
{
    World *world = *state;
    PGresult *error;

    tree_text(world->project, "m/x.sql",
              "DO $$BEGIN RAISE 'x\nSQL statement \"SELECT ''another file'';\n\"\n'; END$$;");
    error = deploy(world);
    expect_place(world, error, "./m/x.sql", 1, 0, "DO $$BEGIN RAISE 'x");
    PQclear(error);
}

static void equal_files(void **state)
{
    World *world = *state;
    ErrorPlace place;
    PGresult *error;

    tree_text(world->project, "m/x.sql", "SELECT nosuch;");
    tree_text(world->project, "m/y.sql", "SELECT nosuch;");
    tree_text(world->project, "__test__/z.sql", "SELECT nosuch;");
    error = deploy(world);
    assert_true(session_locate(world->session, error, NULL, &place));
    assert_string_equal(place.file, "./m/x.sql");
    assert_int_equal(place.also.len, 2);
    assert_string_equal(place.also.items[0], "./__test__/z.sql");
    error_place_free(&place);
    PQclear(error);
}

static void errors_that_name_the_file(void **state)
{
    World *world = *state;
    PGresult *error;
    ErrorPlace place;

    tree_text(world->project, "__test__/t.sql", "SELECT 1/0;");
    live_must_load(world->session, world->conn, world->project);
    error = live_fail(world->conn, "SELECT pg_temp.pgmi_run_test_source('./__test__/t.sql')",
                      "22012");
    expect_place(world, error, "./__test__/t.sql", 1, 0, "SELECT 1/0;");
    PQclear(error);
    /* once more without the handler: what the shell does to learn the place */
    tree_text(world->project, "__test__/t.sql", "SELECT 1;\nSELECT nosuch;");
    live_must_load(world->session, world->conn, world->project);
    error = live_fail(world->conn, "SELECT pg_temp._pgmi_run_unguarded('./__test__/t.sql')",
                      "42703");
    expect_place(world, error, "./__test__/t.sql", 2, 8, "SELECT nosuch;");
    PQclear(error);
    error = live_fail(world->conn, "DO $$BEGIN RAISE 'Failed in ./nix.sql: no'; END$$",
                      "P0001");
    assert_false(session_locate(world->session, error, NULL, &place));
    error_place_free(&place);
    PQclear(error);
}

/* Runs the suite as the macro does and expects its failure to be found at this place. */
static void suite_fails_at(World *world, const char *file, int line, int column,
                           const char *text)
{
    SessionConn with = {world->session, world->conn};
    Diag diag = DIAG_INIT;
    PGresult *error;
    char *suite;

    live_must_load(world->session, world->conn, world->project);
    suite = session_generate(&with, NULL, NULL, &diag);
    live_run(world->conn, "BEGIN; CREATE SEQUENCE again");
    error = PQexec(world->conn, suite);
    assert_int_equal(PQresultStatus(error), PGRES_FATAL_ERROR);
    session_pinpoint(world->session, world->conn, suite, error);
    assert_int_equal(PQtransactionStatus(world->conn), PQTRANS_INERROR);
    expect_place(world, error, file, line, column, text);
    live_run(world->conn, "ROLLBACK");
    PQclear(error);
    free(suite);
}

static void failed_tests(void **state)
{
    static const char fails[] = "SELECT 1;\n  SELECT nosuch;\n";
    World *world = *state;

    tree_text(world->project, "__test__/_setup.sql", "CREATE TABLE fixed (a int);");
    tree_text(world->project, "__test__/it's 1.sql", "INSERT INTO fixed VALUES (1);");
    tree_text(world->project, "__test__/it's 2.sql", fails);
    suite_fails_at(world, "./__test__/it's 2.sql", 2, 10, "  SELECT nosuch;");
    /* the fixture's table is there for the second run, too */
    tree_text(world->project, "__test__/it's 2.sql", "SELECT 1;");
    tree_text(world->project, "__test__/a/t.sql", "SELECT a,\n nosuch FROM fixed;");
    suite_fails_at(world, "./__test__/a/t.sql", 2, 2, " nosuch FROM fixed;");
    tree_text(world->project, "__test__/_setup.sql", fails);
    suite_fails_at(world, "./__test__/_setup.sql", 2, 10, "  SELECT nosuch;");
    /* no place to be had, and one that works the second time */
    tree_text(world->project, "__test__/_setup.sql", "SELECT 1 / (nextval('again') - 1);");
    suite_fails_at(world, "./__test__/_setup.sql", 1, 0, "SELECT 1 / (nextval('again') - 1);");
}

static void other_errors(void **state)
{
    World *world = *state;
    ErrorPlace place;
    PGresult *error = live_fail(world->conn, "SELECT nosuch", "42703");

    assert_false(session_locate(world->session, error, NULL, &place)); /* nothing loaded */
    live_must_load(world->session, world->conn, world->project);
    assert_false(session_locate(world->session, error, NULL, &place));
    PQclear(error);
    error = live_fail(world->conn, "DO $$BEGIN EXECUTE 'SELECT nosuch'; END$$", "42703");
    assert_false(session_locate(world->session, error, NULL, &place));
    PQclear(error);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, live_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(errors_with_a_position),
        IN_WORLD(errors_in_a_block),
        IN_WORLD(errors_at_run_time),
        IN_WORLD(misleading_text),
        IN_WORLD(equal_files),
        IN_WORLD(errors_that_name_the_file),
        IN_WORLD(failed_tests),
        IN_WORLD(other_errors),
    };

    return cmocka_run_group_tests(tests, live_start, live_stop);
}
