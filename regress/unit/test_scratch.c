/*
 * test_scratch.c — scratch servers, real ones: that they run, and that nothing is left of them
 * however their owner ends.
 *
 * Run by root and by an ordinary user; root also tries the latter.
 */
#include "scratch_help.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- start and stop ---------------------------------------------------------------------- */

/* What it is, and that the end leaves no directory, process, descriptor or zombie. */
static void test_start_and_stop(void **state)
{
    int before = count_open_fds();
    ScratchServer *scratch = must_start(NULL);
    char *dir = xstrdup(scratch_socket_dir(scratch));
    pid_t server = scratch_postmaster(scratch);
    PGconn *conn = must_connect(scratch);
    struct stat st;

    (void)state;
    assert_int_equal(strncmp(dir, "/tmp/pgmish-", 12), 0);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_string_equal(scratch_user(scratch), getpwuid(geteuid())->pw_name);
    expect_answer(conn, "SELECT current_user", scratch_user(scratch));
    expect_answer(conn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", "t");
    expect_answer(conn, "SHOW listen_addresses", "");
    expect_answer(conn, "SHOW server_encoding", "UTF8");
    expect_answer(conn, "SHOW fsync", "off");
    PQfinish(conn);
    scratch_stop(scratch);
    assert_false(path_exists(dir));
    assert_false(process_running(server));
    assert_int_equal(count_open_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    free(dir);
}

static void test_stop_of_nothing(void **state)
{
    (void)state;
    scratch_stop(NULL);
    scratch_kill(NULL);
}

/* The caller's environment is for his connections: TMPDIR may be long, PG* may point elsewhere.
 * And sessions that are still open, even busy, do not keep the server. */
static void test_environment_and_sessions(void **state)
{
    static const char *const names[] = {"TMPDIR", "PGHOST", "PGHOSTADDR", "PGOPTIONS",
                                        "PGDATA"};
    ScratchServer *scratch;
    PGconn *conn, *busy;
    pid_t server;

    (void)state;
    for (size_t i = 0; i < lengthof(names); i++)
        setenv(names[i], "/nonexistent", 1);
    scratch = must_start(NULL);
    for (size_t i = 0; i < lengthof(names); i++)
        unsetenv(names[i]);
    assert_int_equal(strncmp(scratch_socket_dir(scratch), "/tmp/", 5), 0);
    conn = must_connect(scratch);
    busy = must_connect(scratch);
    server = scratch_postmaster(scratch);
    free(ask_server(conn, "BEGIN"));
    assert_int_equal(PQsendQuery(busy, "SELECT pg_sleep(600)"), 1);
    scratch_stop(scratch);
    assert_false(process_running(server));
    PQfinish(busy);
    PQfinish(conn);
}

/* ---- owners that are killed ----------------------------------------------------------------- */

/* What an owner tells the test about its server. */
typedef struct Told {
    char dir[64];
    pid_t server;
} Told;

static ScratchServer *owned; /* by the child below, for its signal handler */

/* As main does it: nothing that is not async-signal-safe. */
static void end_by_signal(int sig)
{
    scratch_kill(owned);
    _exit(128 + sig);
}

/* A process that has a scratch server and sleeps; with handlers it ends as main will. */
static pid_t start_owner(bool handlers, Told *told)
{
    int fds[2];
    pid_t pid;

    assert_int_equal(pipe(fds), 0);
    pid = fork();
    if (pid == 0) {
        Diag diag = DIAG_INIT;
        Told mine = {{0}, 0};

        owned = scratch_start(NULL, &diag);
        if (!owned)
            _exit(1);
        if (handlers) {
            signal(SIGINT, end_by_signal);
            signal(SIGTERM, end_by_signal);
            signal(SIGHUP, end_by_signal);
        }
        snprintf(mine.dir, sizeof mine.dir, "%s", scratch_socket_dir(owned));
        mine.server = scratch_postmaster(owned);
        if (write(fds[1], &mine, sizeof mine) != sizeof mine)
            _exit(1);
        for (;;)
            pause();
    }
    close(fds[1]);
    assert_int_equal(read(fds[0], told, sizeof *told), sizeof *told);
    close(fds[0]);
    return pid;
}

/* SIGKILL: nobody can do anything but the keeper. */
static void test_owner_killed(void **state)
{
    Told told;
    pid_t owner = start_owner(false, &told);

    (void)state;
    assert_true(path_exists(told.dir));
    kill(owner, SIGKILL);
    assert_int_equal(waitpid(owner, NULL, 0), owner);
    await_nothing(told.dir, told.server);
}

/* The signals that main handles by calling scratch_kill. */
static void test_owner_ended_by_signals(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < lengthof(signals); i++) {
        Told told;
        pid_t owner = start_owner(true, &told);
        int status;

        kill(owner, signals[i]);
        assert_int_equal(waitpid(owner, &status, 0), owner);
        assert_int_equal(WEXITSTATUS(status), 128 + signals[i]);
        assert_false(path_exists(told.dir)); /* at once: the handler waits */
        assert_false(process_running(told.server));
    }
}

#ifdef __linux__
/* Children of a process, as /proc tells; 0: none. */
static pid_t first_child(pid_t pid)
{
    char path[64];
    StrBuf text = STRBUF_INIT;
    pid_t child;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    strbuf_read_file(&text, path);
    child = atoi(text.data);
    strbuf_free(&text);
    return child;
}

/* The private directory that a running initdb works in, "" if it is not (yet) one. */
static void initdb_directory(pid_t pid, char dir[64])
{
    char path[64];
    StrBuf text = STRBUF_INIT;
    const char *found;

    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    strbuf_read_file(&text, path);
    found = memmem(text.data, text.len, "/tmp/pgmish-", 12);
    snprintf(dir, 64, "%.18s", found ? found : "");
    strbuf_free(&text);
}

/* The owner dies while initdb works: initdb ends, nothing stays. */
static void test_owner_killed_during_initdb(void **state)
{
    const ScratchOptions options = {.no_cache = true};
    pid_t owner = fork(), keeper = 0, initdb = 0;
    char dir[64] = "";

    (void)state;
    if (owner == 0) {
        Diag diag = DIAG_INIT;

        scratch_start_with(&options, &diag);
        for (;;)
            pause();
    }
    for (int ms = 0; ms < SCRATCH_DEADLINE_MS && !*dir; ms++) {
        poll(NULL, 0, 1);
        keeper = first_child(owner);
        initdb = keeper ? first_child(keeper) : 0;
        if (initdb)
            initdb_directory(initdb, dir);
    }
    assert_true(path_exists(dir));
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    await_nothing(dir, initdb);
    await_nothing(dir, keeper);
}

/* Even without its keeper the server does not stay. */
static void test_keeper_killed(void **state)
{
    Told told;
    pid_t owner = start_owner(false, &told), keeper = first_child(owner);

    (void)state;
    kill(keeper, SIGKILL);
    for (int ms = 0; ms < SCRATCH_DEADLINE_MS && process_running(told.server); ms += 20)
        poll(NULL, 0, 20);
    assert_false(process_running(told.server));
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    assert_true(remove_tree(AT_FDCWD, told.dir));
}
#endif

/* ---- accounts ----------------------------------------------------------------------------------- */

/* The whole life as an ordinary user; in a child, as there is no way back. */
static int life_as(const struct passwd *user, const char *cache)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        Diag diag = DIAG_INIT;
        ScratchServer *scratch;
        bool ok;

        if (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
            _exit(1);
        setenv("XDG_CACHE_HOME", cache, 1);
        scratch = scratch_start(NULL, &diag);
        if (!scratch) {
            dprintf(2, "%s\n%s\n", diag.message, diag.detail ? diag.detail : "");
            _exit(2);
        }
        ok = strcmp(scratch_user(scratch), user->pw_name) == 0;
        char *dir = xstrdup(scratch_socket_dir(scratch));
        scratch_stop(scratch);
        _exit(ok && !path_exists(dir) ? 0 : 3);
    }
    waitpid(pid, &status, 0);
    return status;
}

/* The first start fills the user's cache, the second uses it. */
static void test_ordinary_user(void **state)
{
    const ScratchFixture *fixture = *state;
    const struct passwd *nobody = getpwnam("nobody");
    char cache[96];

    if (geteuid() != 0 || !nobody)
        return; /* all other tests run as an ordinary user then */
    snprintf(cache, sizeof cache, "%s/nobody", fixture->base);
    assert_int_equal(mkdir(cache, 0700), 0);
    assert_int_equal(chown(cache, nobody->pw_uid, nobody->pw_gid), 0);
    assert_int_equal(life_as(nobody, cache), 0);
    assert_int_equal(life_as(nobody, cache), 0); /* from the cache */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_and_stop),
        cmocka_unit_test(test_stop_of_nothing),
        cmocka_unit_test(test_environment_and_sessions),
        cmocka_unit_test(test_owner_killed),
        cmocka_unit_test(test_owner_ended_by_signals),
#ifdef __linux__
        cmocka_unit_test(test_owner_killed_during_initdb),
        cmocka_unit_test(test_keeper_killed),
#endif
        cmocka_unit_test_setup_teardown(test_ordinary_user, scratch_set_up, scratch_tear_down),
    };

    return cmocka_run_group_tests(tests, scratch_set_up_group, scratch_tear_down);
}
