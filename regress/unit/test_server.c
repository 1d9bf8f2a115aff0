/*
 * test_server.c — commands, COPY and cancelling against a real server (a scratch server).
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "pgmish/server.h"

/* ---- one server for all, one connection for each test ----------------------------------- */

static ScratchServer *server;

static int start_server(void **state)
{
    Diag diag = DIAG_INIT;

    (void)state;
    server = scratch_start(NULL, &diag);
    if (!server)
        print_error("%s\n", diag.message);
    diag_reset(&diag);
    return server ? 0 : -1;
}

static int stop_server(void **state)
{
    (void)state;
    scratch_stop(server);
    return 0;
}

static PGconn *open_connection(void)
{
    const char *const keys[] = {"host", "port", "user", "dbname", "client_encoding", NULL};
    const char *const values[] = {scratch_socket_dir(server),
                                  scratch_port(server),
                                  scratch_user(server),
                                  "postgres",
                                  "UTF8",
                                  NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 0);

    if (PQstatus(conn) != CONNECTION_OK)
        print_error("%s", PQerrorMessage(conn));
    return conn;
}

static int connect_test(void **state)
{
    *state = open_connection();
    return PQstatus(*state) == CONNECTION_OK ? 0 : -1;
}

static int disconnect_test(void **state)
{
    PQfinish(*state);
    return 0;
}

static void must_run(PGconn *conn, const char *sql)
{
    Diag diag = DIAG_INIT;

    if (!server_command(conn, sql, 0, NULL, &diag))
        fail_msg("%s: %s", sql, diag.message);
}

/* The single value that a query gives, owned. */
static char *value_of(PGconn *conn, const char *sql)
{
    PGresult *result = server_query(conn, sql, 0, NULL);
    char *value;

    if (PQntuples(result) != 1)
        fail_msg("%s: %s", sql, PQresultErrorMessage(result));
    value = PQgetisnull(result, 0, 0) ? NULL : xstrdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

static void assert_value(PGconn *conn, const char *sql, const char *expected)
{
    char *value = value_of(conn, sql);

    assert_string_equal(value, expected);
    free(value);
}

/* ---- commands ----------------------------------------------------------------------------- */

static void parameters_are_values(void **state)
{
    const char *const params[] = {"'; drop table x; --", NULL};
    PGresult *result = server_query(*state, "SELECT $1::text, $2::text", 2, params);

    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    assert_string_equal(PQgetvalue(result, 0, 0), params[0]);
    assert_true(PQgetisnull(result, 0, 1));
    PQclear(result);
}

static void last_result_wins(void **state)
{
    assert_value(*state, "SELECT 1; SELECT 2", "2");
}

static void error_has_its_fields(void **state)
{
    Diag diag = DIAG_INIT;
    bool ok = server_command(
        *state,
        "DO $$BEGIN RAISE EXCEPTION 'no way' USING DETAIL = 'Some detail.', "
        "HINT = 'Some hint.', ERRCODE = 'UX001'; END$$",
        0, NULL, &diag);

    assert_false(ok);
    assert_int_equal(diag.code, EXIT_PGMI_EXECUTION);
    assert_string_equal(diag.message, "no way");
    assert_string_equal(diag.detail, "Some detail.");
    assert_string_equal(diag.hint, "Some hint.");
    assert_string_equal(diag.sqlstate, "UX001");
    diag_reset(&diag);
}

static void terminated_backend_keeps_sqlstate(void **state)
{
    Diag diag = DIAG_INIT;

    assert_false(server_command(*state, "SELECT pg_terminate_backend(pg_backend_pid())", 0,
                                NULL, &diag));
    assert_string_equal(diag.sqlstate, "57P01");
    diag_reset(&diag);
    /* and then nothing can be sent */
    assert_false(server_command(*state, "SELECT 1", 0, NULL, &diag));
    assert_non_null(diag.message);
    assert_null(strchr(diag.message, '\n'));
    diag_reset(&diag);
}

/* ---- COPY --------------------------------------------------------------------------------- */

static void must_begin(CopyWriter *writer, PGconn *conn, const char *sql)
{
    Diag diag = DIAG_INIT;

    if (!copy_begin(writer, conn, sql, &diag))
        fail_msg("%s: %s", sql, diag.message);
}

static void must_finish(CopyWriter *writer)
{
    Diag diag = DIAG_INIT;

    if (!copy_finish(writer, &diag))
        fail_msg("copy_finish: %s", diag.message);
}

static void write_row(CopyWriter *writer, const char *id, const char *text, size_t len)
{
    Diag diag = DIAG_INIT;

    copy_row(writer, 2);
    copy_int(writer, atoi(id));
    copy_field(writer, text, len);
    assert_true(copy_end_row(writer, &diag));
}

/* Every character but NUL that could mean something to COPY, in all neighbourhoods. */
static void copy_keeps_every_character(void **state)
{
    static const char nasty[] =
        "\\.\n\\N\t\\\\\r\r\n\b\f\v\x01\x7f '\"$$ \xc3\xa9\xe6\xbc\xa2 \\";
    StrBuf text = STRBUF_INIT;
    CopyWriter writer;
    char *back;
    size_t i;

    for (i = 0; i < sizeof nasty - 1; i++)
        strbuf_addn(&text, nasty, i + 1 < 30 ? i + 1 : sizeof nasty - 1);
    strbuf_truncate(&text, utf8_valid_prefix(text.data, text.len));
    must_run(*state, "CREATE TEMP TABLE t (id int, content text)");
    must_begin(&writer, *state, "COPY t FROM STDIN (FORMAT binary)");
    write_row(&writer, "1", text.data, text.len);
    write_row(&writer, "2", "", 0);
    write_row(&writer, "3", NULL, 0);
    write_row(&writer, "4", "\\.", 2);
    write_row(&writer, "5", "\\N", 2);
    must_finish(&writer);
    back = value_of(*state, "SELECT content FROM t WHERE id = 1");
    assert_string_equal(back, text.data);
    free(back);
    assert_value(*state, "SELECT content FROM t WHERE id = 2", "");
    assert_value(*state, "SELECT (content IS NULL)::text FROM t WHERE id = 3", "true");
    assert_value(*state, "SELECT content FROM t WHERE id = 4", "\\.");
    assert_value(*state, "SELECT content FROM t WHERE id = 5", "\\N");
    strbuf_free(&text);
}

/* Contents far larger than a block, and all of it to be escaped. */
static void copy_sends_large_fields_in_blocks(void **state)
{
    const size_t size = 3 * 1024 * 1024 + 17;
    char *text = xmalloc(size);
    CopyWriter writer;
    char *sql;

    memset(text, '\n', size);
    must_run(*state, "CREATE TEMP TABLE t (id int, content text)");
    must_begin(&writer, *state, "COPY t FROM STDIN (FORMAT binary)");
    write_row(&writer, "1", text, size);
    write_row(&writer, "2", "after", 5);
    assert_true(writer.buffer.cap < 512 * 1024);
    must_finish(&writer);
    sql = xasprintf("SELECT (content = repeat(E'\\n', %zu))::text FROM t WHERE id = 1", size);
    assert_value(*state, sql, "true");
    assert_value(*state, "SELECT content FROM t WHERE id = 2", "after");
    free(sql);
    free(text);
}

static void copy_error_is_told_at_the_end(void **state)
{
    Diag diag = DIAG_INIT;
    CopyWriter writer;

    must_run(*state, "CREATE TEMP TABLE t (id int, content text)");
    must_begin(&writer, *state, "COPY t FROM STDIN (FORMAT binary)");
    write_row(&writer, "1", "fine", 4);
    write_row(&writer, "2", "\xff", 1);
    write_row(&writer, "3", "fine", 4);
    assert_false(copy_finish(&writer, &diag));
    assert_string_equal(diag.sqlstate, "22021");
    assert_int_equal(writer.failed_row, 2);
    diag_reset(&diag);
    assert_value(*state, "SELECT count(*) FROM t", "0");
}

static void copy_that_cannot_begin_says_why(void **state)
{
    Diag diag = DIAG_INIT;
    CopyWriter writer;

    assert_false(copy_begin(&writer, *state, "COPY nowhere FROM STDIN", &diag));
    assert_string_equal(diag.sqlstate, "42P01");
    diag_reset(&diag);
    must_run(*state, "SELECT 1");
}

static void aborted_copy_leaves_nothing(void **state)
{
    CopyWriter writer;

    must_run(*state, "CREATE TEMP TABLE t (id int, content text)");
    must_begin(&writer, *state, "COPY t FROM STDIN (FORMAT binary)");
    write_row(&writer, "1", "x", 1);
    copy_abort(&writer, "a file changed");
    assert_value(*state, "SELECT count(*) FROM t", "0");
}

/* The writer must come to an end when the server goes away under it. */
static void lost_connection_ends_copy(void **state)
{
    Diag diag = DIAG_INIT;
    PGconn *other = open_connection();
    char *block = xcalloc(1, 1024 * 1024);
    CopyWriter writer;
    char *sql;
    bool ok = true;
    int i;

    memset(block, 'x', 1024 * 1024);
    must_run(*state, "CREATE TEMP TABLE t (id int, content text)");
    must_begin(&writer, *state, "COPY t FROM STDIN (FORMAT binary)");
    sql = xasprintf("SELECT pg_terminate_backend(%d, 10000)", PQbackendPID(*state));
    assert_value(other, sql, "t");
    for (i = 0; i < 20 && ok; i++) {
        copy_row(&writer, 2);
        copy_int(&writer, i);
        copy_field(&writer, block, 1024 * 1024);
        ok = copy_end_row(&writer, &diag);
    }
    if (ok)
        assert_false(copy_finish(&writer, &diag));
    else
        copy_abort(&writer, "lost");
    assert_non_null(diag.message);
    diag_reset(&diag);
    free(sql);
    free(block);
    PQfinish(other);
}

/* ---- cancelling --------------------------------------------------------------------------- */

static volatile sig_atomic_t cancelled;

static void on_alarm(int signum)
{
    (void)signum;
    cancelled = cancel_now();
}

static void handler_cancels_the_query(void **state)
{
    /* again and again, since a cancel that arrives before the query does nothing */
    const struct itimerval often = {{0, 100000}, {0, 100000}}, never = {{0, 0}, {0, 0}};
    Diag diag = DIAG_INIT;
    bool ok;

    signal(SIGALRM, on_alarm);
    cancel_install(*state);
    setitimer(ITIMER_REAL, &often, NULL);
    ok = server_command(*state, "SELECT pg_sleep(60)", 0, NULL, &diag);
    setitimer(ITIMER_REAL, &never, NULL);
    cancel_install(NULL);
    assert_false(ok);
    assert_string_equal(diag.sqlstate, "57014");
    assert_true(cancelled);
    diag_reset(&diag);
}

static void nothing_to_cancel(void **state)
{
    cancel_install(*state);
    cancel_install(NULL);
    errno = EINTR;
    assert_false(cancel_now());
    assert_int_equal(errno, EINTR);
}

#define WITH_CONNECTION(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, connect_test, disconnect_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CONNECTION(parameters_are_values),
        WITH_CONNECTION(last_result_wins),
        WITH_CONNECTION(error_has_its_fields),
        WITH_CONNECTION(terminated_backend_keeps_sqlstate),
        WITH_CONNECTION(copy_keeps_every_character),
        WITH_CONNECTION(copy_sends_large_fields_in_blocks),
        WITH_CONNECTION(copy_error_is_told_at_the_end),
        WITH_CONNECTION(copy_that_cannot_begin_says_why),
        WITH_CONNECTION(aborted_copy_leaves_nothing),
        WITH_CONNECTION(lost_connection_ends_copy),
        WITH_CONNECTION(handler_cancels_the_query),
        WITH_CONNECTION(nothing_to_cancel),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
