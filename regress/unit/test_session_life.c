/*
 * test_session_life.c — what is known of a loaded session while its transaction, its tables, its files
 * on disk and its connection come and go.
 *
 * The session is told of commands as the shell tells it (session_after_command), never asked in
 * between: that it is right all the same is what these tests are for.
 */
#include "live.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Runs a command as the shell would and tells the session. */
static void user_runs(World *world, const char *sql)
{
    PGresult *result = PQexec(world->conn, sql);
    bool failed = PQresultStatus(result) == PGRES_FATAL_ERROR;

    session_after_command(world->session, world->conn, failed ? NULL : PQcmdStatus(result));
    PQclear(result);
}

/* As the shell does with a message of several statements: each tag while the next result is still
 * to come, and once at the end. */
static void user_sends(World *world, const char *sql)
{
    PGresult *result;

    assert_true(PQsendQuery(world->conn, sql));
    while ((result = PQgetResult(world->conn)) != NULL) {
        if (PQresultStatus(result) != PGRES_FATAL_ERROR)
            session_after_command(world->session, world->conn, PQcmdStatus(result));
        PQclear(result);
    }
    session_after_command(world->session, world->conn, NULL);
}

static void expect_lost(World *world, const char *part)
{
    Diag diag = DIAG_INIT;

    assert_int_equal(session_state(world->session), SESSION_LOST);
    assert_false(session_require(world->session, &diag));
    if (!strstr(diag.message, part))
        fail_msg("expected \"%s\", got \"%s\"", part, diag.message);
    assert_non_null(strstr(diag.hint, "\\pgmi reload"));
    diag_reset(&diag);
}

static const char count_files[] = "SELECT count(*) FROM pg_temp.pgmi_source_view";

static void rolled_back(void **state)
{
    World *world = *state;

    user_runs(world, "BEGIN");
    live_world_load(world);
    user_runs(world, "SELECT 1");
    user_runs(world, "ROLLBACK");
    expect_lost(world, "rolled back");
    live_world_load(world);
    user_runs(world, "BEGIN");
    user_runs(world, "ROLLBACK");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
}

static void rolled_back_after_error(void **state)
{
    World *world = *state;

    user_runs(world, "BEGIN");
    live_world_load(world);
    user_runs(world, "SELECT 1/0");
    user_runs(world, "COMMIT"); /* which rolls back */
    expect_lost(world, "rolled back");
}

/* The last tag of several statements says nothing about the ones before. */
static void rolled_back_in_passing(void **state)
{
    World *world = *state;

    user_runs(world, "BEGIN");
    live_world_load(world);
    user_runs(world, "ROLLBACK; BEGIN");
    expect_lost(world, "rolled back");
    user_runs(world, "COMMIT");
    user_runs(world, "BEGIN");
    live_world_load(world);
    user_runs(world, "ROLLBACK; SELECT 1");
    expect_lost(world, "rolled back");
}

static void rolled_back_to_savepoint(void **state)
{
    World *world = *state;

    user_runs(world, "BEGIN");
    user_runs(world, "SAVEPOINT before");
    live_world_load(world);
    user_runs(world, "SAVEPOINT after");
    user_runs(world, "ROLLBACK TO after");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    user_runs(world, "SELECT 1/0");
    user_runs(world, "ROLLBACK TO before");
    expect_lost(world, "rolled back");
    live_world_load(world);
    user_runs(world, "COMMIT");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    live_expect(world->conn, count_files, "2");
}

/* The load before is what the server has again; then so has the session. */
static void reload_rolled_back(void **state)
{
    World *world = *state;

    live_world_load(world);
    tree_text(world->project, "c.sql", "SELECT 'c';\n");
    user_runs(world, "BEGIN");
    live_world_load(world);
    assert_int_equal(session_project(world->session)->source_count, 3);
    user_runs(world, "ROLLBACK");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    assert_int_equal(session_project(world->session)->source_count, 2);
    live_expect(world->conn, count_files, "2");
}

static void discarded(void **state)
{
    World *world = *state;

    live_world_load(world);
    user_runs(world, "BEGIN");
    user_runs(world, "DISCARD TEMP");
    expect_lost(world, "discarded");
    user_runs(world, "ROLLBACK");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    user_runs(world, "DISCARD PLANS");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    user_runs(world, "DISCARD ALL");
    expect_lost(world, "discarded");
    live_world_load(world);
    live_expect(world->conn, count_files, "2");
}

static void several_statements(void **state)
{
    World *world = *state;

    live_world_load(world);
    user_sends(world, "SELECT 1; SELECT 2");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    user_sends(world, "DISCARD TEMP; SELECT 1");
    expect_lost(world, "discarded");
    user_sends(world, "BEGIN; SELECT 1");
    live_world_load(world);
    user_sends(world, "SELECT 1/0; SELECT 2");
    user_sends(world, "ROLLBACK; SELECT 1");
    expect_lost(world, "rolled back");
    user_sends(world, "BEGIN");
    live_world_load(world);
    user_sends(world, "SELECT 1; COMMIT; BEGIN; SELECT 1");
    user_sends(world, "ROLLBACK");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
}

static void connection_lost(void **state)
{
    World *world = *state;

    live_world_load(world);
    session_connection_lost(world->session);
    expect_lost(world, "connection");
    assert_int_equal(session_project(world->session)->source_count, 2);
}

static void unloaded(void **state)
{
    World *world = *state;
    Diag diag = DIAG_INIT;

    assert_false(session_require(world->session, &diag));
    assert_non_null(strstr(diag.hint, "\\pgmi load"));
    diag_reset(&diag);
    live_world_load(world);
    user_runs(world, "BEGIN");
    assert_true(session_unload(world->session, world->conn, &diag));
    assert_int_equal(session_state(world->session), SESSION_EMPTY);
    user_runs(world, "ROLLBACK");
    assert_int_equal(session_state(world->session), SESSION_LOADED);
    assert_true(session_unload(world->session, world->conn, &diag));
    assert_int_equal(session_state(world->session), SESSION_EMPTY);
    assert_null(session_project(world->session));
    live_expect(
        world->conn,
        "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema())"
        " + (SELECT count(*) FROM pg_proc WHERE pronamespace = pg_my_temp_schema())"
        " + (SELECT count(*) FROM pg_type WHERE typnamespace = pg_my_temp_schema())",
        "0");
}

static void disk_changes(void **state)
{
    World *world = *state;
    StrList added = STRLIST_INIT, changed = STRLIST_INIT, removed = STRLIST_INIT;

    live_world_load(world);
    session_disk_changes(world->session, &added, &changed, &removed);
    assert_int_equal(added.len + changed.len + removed.len, 0);
    tree_text(world->project, "a.sql", "SELECT 'x';\n");
    tree_text(world->project, "m/n.sql", "");
    session_disk_changes(world->session, &added, &changed, &removed);
    assert_int_equal(added.len, 1);
    assert_int_equal(changed.len, 1);
    assert_int_equal(removed.len, 0);
    /* a project that cannot be scanned any more is compared file by file */
    tree_text(world->project, "__tset__/x.sql", "");
    tree_remove(world->project, "__test__/t.sql");
    strlist_free(&added);
    strlist_free(&changed);
    session_disk_changes(world->session, &added, &changed, &removed);
    assert_int_equal(changed.len, 1);
    assert_int_equal(removed.len, 1);
    assert_string_equal(removed.items[0], "./__test__/t.sql");
    strlist_free(&added);
    strlist_free(&changed);
    strlist_free(&removed);
}

static void paths_and_sources(void **state)
{
    World *world = *state;
    StrList paths = STRLIST_INIT;
    Diag diag = DIAG_INIT;
    char *text;

    tree_text(world->project, "__test__/README", "not loaded");
    live_world_load(world);
    session_paths(world->session, "", &paths);
    assert_int_equal(paths.len, 3);
    strlist_free(&paths);
    session_paths(world->session, "m/", &paths);
    assert_int_equal(paths.len, 1);
    assert_string_equal(paths.items[0], "m/b.sql");
    strlist_free(&paths);
    user_runs(world, "BEGIN");
    user_runs(world, "SELECT 1/0");
    text = session_source(world->session, world->conn, "m/b.sql", &diag); /* from disk */
    assert_string_equal(text, "SELECT 'b';\n");
    free(text);
    assert_null(session_source(world->session, world->conn, "./__test__/README", &diag));
    assert_non_null(strstr(diag.message, "is not loaded"));
    diag_reset(&diag);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, live_open_files, live_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(rolled_back),
        IN_WORLD(rolled_back_after_error),
        IN_WORLD(rolled_back_in_passing),
        IN_WORLD(rolled_back_to_savepoint),
        IN_WORLD(reload_rolled_back),
        IN_WORLD(discarded),
        IN_WORLD(several_statements),
        IN_WORLD(connection_lost),
        IN_WORLD(unloaded),
        IN_WORLD(disk_changes),
        IN_WORLD(paths_and_sources),
    };

    return cmocka_run_group_tests(tests, live_start, live_stop);
}
