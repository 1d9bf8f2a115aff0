/*
 * test_pooler.c — pooler_check against a real PgBouncer in each of its modes, in front of a real
 * server.  Skipped, and said so, where there is no PgBouncer.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/server/scratch_internal.h"

#define BOUNCER_PORT "6432"
#define DEADLINE_MS  30000

typedef struct World {
    ScratchServer *scratch;
    Account account;
    char dir[64];
    pid_t bouncer; /* 0: not running */
} World;

static const char *bouncer_program(void)
{
    static const char *const places[] = {"/usr/sbin/pgbouncer", "/usr/bin/pgbouncer",
                                         "/usr/local/bin/pgbouncer",
                                         "/opt/homebrew/bin/pgbouncer"};

    for (size_t i = 0; i < lengthof(places); i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static PGconn *try_connect(const char *host, const char *port, const char *user)
{
    const char *const keys[] = {"host", "port", "user", "dbname", NULL};
    const char *const values[] = {host, port, user, "postgres", NULL};

    return PQconnectdbParams(keys, values, 0);
}

static PGconn *through_bouncer(const World *world)
{
    PGconn *conn = try_connect(world->dir, BOUNCER_PORT, scratch_user(world->scratch));

    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    return conn;
}

/* PgBouncer refuses root, so it runs as the server does; its directory belongs to that account. */
static void start_bouncer(World *world, const char *settings)
{
    char *ini = xasprintf("%s/pgbouncer.ini", world->dir),
         *log = xasprintf("%s/log", world->dir);
    const char *argv[] = {bouncer_program(), ini, NULL};
    FILE *file = fopen(ini, "w");
    PGconn *conn = NULL;
    int output;

    assert_non_null(file);
    fprintf(file,
            "[databases]\npostgres = host=%s port=%s user=%s\n[pgbouncer]\nlisten_addr =\n"
            "listen_port = " BOUNCER_PORT "\nunix_socket_dir = %s\nauth_type = any\n%s",
            scratch_socket_dir(world->scratch), scratch_port(world->scratch),
            scratch_user(world->scratch), world->dir, settings);
    fclose(file);
    assert_int_equal(chmod(ini, 0644), 0);
    output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    world->bouncer = child_start(&world->account, argv, output, SIGQUIT);
    close(output);
    for (int ms = 0; ms < DEADLINE_MS; ms += 20) {
        conn = try_connect(world->dir, BOUNCER_PORT, scratch_user(world->scratch));
        if (PQstatus(conn) == CONNECTION_OK || waitpid(world->bouncer, NULL, WNOHANG) != 0)
            break;
        PQfinish(conn);
        conn = NULL;
        poll(NULL, 0, 20);
    }
    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("PgBouncer did not start, see %s", log);
    PQfinish(conn);
    free(log);
    free(ini);
}

static int stop_bouncer(void **state)
{
    World *world = *state;

    if (world->bouncer > 0) {
        kill(world->bouncer, SIGTERM); /* at once */
        waitpid(world->bouncer, NULL, 0);
    }
    world->bouncer = 0;
    return 0;
}

static int start_world(void **state)
{
    World *world = xcalloc(1, sizeof *world);
    Diag diag = DIAG_INIT;

    *state = world;
    strcpy(world->dir, "/tmp/test_pooler-XXXXXX");
    if (!mkdtemp(world->dir))
        return -1;
    setenv("XDG_CACHE_HOME", world->dir, 1);
    world->scratch = scratch_start(NULL, &diag);
    if (!world->scratch) {
        print_error("%s\n", diag.message);
        return -1;
    }
    if (!account_choose(&world->account, &diag) ||
        (world->account.drop && chown(world->dir, world->account.uid, world->account.gid) != 0))
        return -1;
    return 0;
}

static int end_world(void **state)
{
    World *world = *state;
    bool ok;

    stop_bouncer(state);
    scratch_stop(world->scratch);
    ok = remove_tree(AT_FDCWD, world->dir);
    free(world);
    return ok ? 0 : -1;
}

/* What the check says of a connection; it must be usable and idle afterwards. */
static bool check(PGconn *conn)
{
    Diag diag = DIAG_INIT;
    bool accepted = pooler_check(conn, &diag);
    PGresult *result = PQexec(conn, "SELECT 1");

    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    if (!accepted) {
        assert_non_null(strstr(diag.message, "pooler"));
        assert_non_null(strstr(diag.hint, "session mode"));
    } else {
        assert_int_equal(diag.code, 0);
    }
    diag_reset(&diag);
    return accepted;
}

static bool check_with(void **state, const char *settings)
{
    World *world = *state;
    PGconn *conn;
    bool accepted;

    start_bouncer(world, settings);
    conn = through_bouncer(world);
    accepted = check(conn);
    PQfinish(conn);
    return accepted;
}

/* ---- cases ------------------------------------------------------------------------------ */

static void test_direct(void **state)
{
    const World *world = *state;
    PGconn *conn = try_connect(scratch_socket_dir(world->scratch), scratch_port(world->scratch),
                               scratch_user(world->scratch));

    assert_true(check(conn));
    PQclear(PQexec(conn, "BEGIN"));
    assert_true(check(conn));
    assert_int_equal(PQtransactionStatus(conn), PQTRANS_INTRANS);
    PQfinish(conn);
}

static void test_session(void **state)
{
    assert_true(check_with(state, "pool_mode = session\ndefault_pool_size = 5\n"));
}

/* The second connection waits for ours to end: that is no reason to refuse. */
static void test_session_pool_of_one(void **state)
{
    assert_true(check_with(state, "pool_mode = session\ndefault_pool_size = 1\n"));
}

static void test_session_no_second_client(void **state)
{
    assert_true(check_with(state, "pool_mode = session\nmax_client_conn = 1\n"));
}

static void test_transaction(void **state)
{
    assert_false(check_with(state, "pool_mode = transaction\ndefault_pool_size = 5\n"));
}

static void test_transaction_pool_of_one(void **state)
{
    assert_false(check_with(state, "pool_mode = transaction\ndefault_pool_size = 1\n"));
}

static void test_statement(void **state)
{
    assert_false(check_with(state, "pool_mode = statement\ndefault_pool_size = 5\n"));
}

/* Several idle server sessions, given out in turn. */
static void test_transaction_round_robin(void **state)
{
    World *world = *state;
    PGconn *others[3], *conn;

    start_bouncer(world,
                  "pool_mode = transaction\ndefault_pool_size = 5\nserver_round_robin = 1\n");
    for (size_t i = 0; i < lengthof(others); i++) {
        others[i] = through_bouncer(world);
        PQclear(PQexec(others[i], "BEGIN"));
    }
    conn = through_bouncer(world);
    for (size_t i = 0; i < lengthof(others); i++)
        PQclear(PQexec(others[i], "COMMIT"));
    assert_false(check(conn));
    PQfinish(conn);
    for (size_t i = 0; i < lengthof(others); i++)
        PQfinish(others[i]);
}

/* All but two server sessions are busy with other clients' transactions. */
static void test_transaction_busy(void **state)
{
    World *world = *state;
    PGconn *others[2], *conn;

    start_bouncer(world, "pool_mode = transaction\ndefault_pool_size = 3\n");
    for (size_t i = 0; i < lengthof(others); i++) {
        others[i] = through_bouncer(world);
        PQclear(PQexec(others[i], "BEGIN"));
    }
    conn = through_bouncer(world);
    assert_false(check(conn));
    PQfinish(conn);
    for (size_t i = 0; i < lengthof(others); i++)
        PQfinish(others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_direct),
        cmocka_unit_test_teardown(test_session, stop_bouncer),
        cmocka_unit_test_teardown(test_session_pool_of_one, stop_bouncer),
        cmocka_unit_test_teardown(test_session_no_second_client, stop_bouncer),
        cmocka_unit_test_teardown(test_transaction, stop_bouncer),
        cmocka_unit_test_teardown(test_transaction_pool_of_one, stop_bouncer),
        cmocka_unit_test_teardown(test_transaction_round_robin, stop_bouncer),
        cmocka_unit_test_teardown(test_transaction_busy, stop_bouncer),
        cmocka_unit_test_teardown(test_statement, stop_bouncer),
    };
    size_t count = lengthof(tests);

    if (!bouncer_program()) {
        print_message("no PgBouncer here: only the direct connection is tested\n");
        count = 1;
    }
    return _cmocka_run_group_tests("poolers", tests, count, start_world, end_world);
}
