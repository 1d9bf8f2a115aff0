/*
 * test_scratch.c — scratch servers, real ones: that they run, that nothing is left of them
 * however their owner ends, the cache, kept clusters, and what is said when one cannot start.
 *
 * Run by root and by an ordinary user; root also tries the latter.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
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

#include "../../src/server/scratch_internal.h"

#define DEADLINE_MS 30000

/* ---- helpers -------------------------------------------------------------------------- */

typedef struct Fixture {
    char base[64]; /* our directory; searchable, for root's server runs as someone else */
    char cache[96];
} Fixture;

static char shared_cache[96];

static int set_up(void **state)
{
    Fixture *fixture = xcalloc(1, sizeof *fixture);

    strcpy(fixture->base, "/tmp/test_scratch-XXXXXX");
    if (!mkdtemp(fixture->base) || chmod(fixture->base, 0711) != 0)
        return -1;
    snprintf(fixture->cache, sizeof fixture->cache, "%s/cache", fixture->base);
    setenv("XDG_CACHE_HOME", fixture->cache, 1);
    *state = fixture;
    return 0;
}

/* The user's own cache is left alone; tests without one of their own share this. */
static int set_up_group(void **state)
{
    Fixture *fixture;

    if (set_up(state) != 0)
        return -1;
    fixture = *state;
    strcpy(shared_cache, fixture->cache);
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    bool ok = remove_tree(AT_FDCWD, fixture->base);

    free(fixture);
    setenv("XDG_CACHE_HOME", shared_cache, 1);
    return ok ? 0 : -1;
}

static ScratchServer *must_start(const char *dir)
{
    Diag diag = DIAG_INIT;
    ScratchServer *scratch = scratch_start(dir, &diag);

    if (!scratch)
        print_error("%s\n%s\n%s\n", diag.message, diag.detail ? diag.detail : "",
                    diag.hint ? diag.hint : "");
    assert_non_null(scratch);
    return scratch;
}

static PGconn *must_connect(const ScratchServer *scratch)
{
    const char *const keys[] = {"host", "port", "user", "dbname", NULL};
    const char *const values[] = {scratch_socket_dir(scratch), scratch_port(scratch),
                                  scratch_user(scratch), "postgres", NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 0);

    if (PQstatus(conn) != CONNECTION_OK)
        print_error("%s", PQerrorMessage(conn));
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    return conn;
}

/* The one value that a query gives. */
static char *ask(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    char *value;

    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s", PQresultErrorMessage(result));
    value = xstrdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return value;
}

static void expect(PGconn *conn, const char *sql, const char *expected)
{
    char *value = ask(conn, sql);

    assert_string_equal(value, expected);
    free(value);
}

static bool exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static bool running(pid_t pid)
{
    return kill(pid, 0) == 0 || errno != ESRCH;
}

static int open_fds(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static pid_t postmaster_of(const char *data)
{
    char path[300];
    StrBuf text = STRBUF_INIT;
    pid_t pid;

    snprintf(path, sizeof path, "%s/postmaster.pid", data);
    assert_true(strbuf_read_file(&text, path));
    pid = atoi(text.data);
    strbuf_free(&text);
    assert_true(pid > 0);
    return pid;
}

static pid_t scratch_postmaster(const ScratchServer *scratch)
{
    char data[300];

    snprintf(data, sizeof data, "%s/data", scratch_socket_dir(scratch));
    return postmaster_of(data);
}

/* Polls until the directory and the process have gone. */
static void await_nothing(const char *dir, pid_t pid)
{
    for (int ms = 0; ms < DEADLINE_MS && (exists(dir) || running(pid)); ms += 20)
        poll(NULL, 0, 20);
    assert_false(exists(dir));
    assert_false(running(pid));
}

/* Names in a directory that begin with prefix. */
static int count_names(const char *dir, const char *prefix)
{
    DIR *stream = opendir(dir);
    struct dirent *entry;
    int count = 0;

    while (stream && (entry = readdir(stream)) != NULL)
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    if (stream)
        closedir(stream);
    return count;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* ---- start and stop ---------------------------------------------------------------------- */

static void test_start_and_stop(void **state)
{
    int before = open_fds();
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
    expect(conn, "SELECT current_user", scratch_user(scratch));
    expect(conn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", "t");
    expect(conn, "SHOW listen_addresses", "");
    expect(conn, "SHOW server_encoding", "UTF8");
    expect(conn, "SHOW fsync", "off");
    PQfinish(conn);
    scratch_stop(scratch);
    assert_false(exists(dir));
    assert_false(running(server));
    assert_int_equal(open_fds(), before);
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
    free(ask(conn, "BEGIN"));
    assert_int_equal(PQsendQuery(busy, "SELECT pg_sleep(600)"), 1);
    scratch_stop(scratch);
    assert_false(running(server));
    PQfinish(busy);
    PQfinish(conn);
}

/* ---- owners that are killed ----------------------------------------------------------------- */

typedef struct Told {
    char dir[64];
    pid_t server;
} Told;

static ScratchServer *owned; /* by the child below, for its signal handler */

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

static void test_owner_killed(void **state)
{
    Told told;
    pid_t owner = start_owner(false, &told);

    (void)state;
    assert_true(exists(told.dir));
    kill(owner, SIGKILL);
    assert_int_equal(waitpid(owner, NULL, 0), owner);
    await_nothing(told.dir, told.server);
}

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
        assert_false(exists(told.dir)); /* at once: the handler waits */
        assert_false(running(told.server));
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
    for (int ms = 0; ms < DEADLINE_MS && !*dir; ms++) {
        poll(NULL, 0, 1);
        keeper = first_child(owner);
        initdb = keeper ? first_child(keeper) : 0;
        if (initdb)
            initdb_directory(initdb, dir);
    }
    assert_true(exists(dir));
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
    for (int ms = 0; ms < DEADLINE_MS && running(told.server); ms += 20)
        poll(NULL, 0, 20);
    assert_false(running(told.server));
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
        _exit(ok && !exists(dir) ? 0 : 3);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void test_ordinary_user(void **state)
{
    const Fixture *fixture = *state;
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

/* ---- cache ------------------------------------------------------------------------------------------ */

/* Path of a file in the one entry of the cache. */
static char *cached_file(const Fixture *fixture, const char *name)
{
    char *dir = xasprintf("%s/pgmish", fixture->cache), *path = NULL;
    DIR *stream = opendir(dir);
    struct dirent *entry;

    assert_non_null(stream);
    while ((entry = readdir(stream)) != NULL)
        if (strncmp(entry->d_name, "cluster-", 8) == 0) {
            assert_null(path);
            path = xasprintf("%s/%s/%s", dir, entry->d_name, name);
        }
    closedir(stream);
    free(dir);
    assert_non_null(path);
    return path;
}

/* Changes the cached configuration, to see whether a server was made from it. */
static void mark_cache(const Fixture *fixture, const char *old, const char *new)
{
    char *path = cached_file(fixture, "data/postgresql.conf");
    StrBuf text = STRBUF_INIT;
    char *at;
    FILE *file;

    assert_true(strbuf_read_file(&text, path));
    at = strstr(text.data, old);
    assert_non_null(at);
    file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, at - text.data, SEEK_SET);
    fputs(new, file);
    fclose(file);
    strbuf_free(&text);
    free(path);
}

static void expect_cluster_name(const char *name)
{
    ScratchServer *scratch = must_start(NULL);
    PGconn *conn = must_connect(scratch);

    expect(conn, "SHOW cluster_name", name);
    PQfinish(conn);
    scratch_stop(scratch);
}

static void test_cache_is_used(void **state)
{
    const Fixture *fixture = *state;
    char *dir = xasprintf("%s/pgmish", fixture->cache);
    struct stat st;

    expect_cluster_name("");
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    mark_cache(fixture, "#cluster_name = ''", "cluster_name ='x' ");
    expect_cluster_name("x");
    assert_int_equal(count_names(dir, "new-"), 0);
    free(dir);
}

static void test_cache_cut_short(void **state)
{
    const Fixture *fixture = *state;
    char *path;

    expect_cluster_name("");
    mark_cache(fixture, "#cluster_name = ''", "cluster_name ='x' ");
    path = cached_file(fixture, "data/base/1/PG_VERSION");
    assert_int_equal(truncate(path, 0), 0);
    expect_cluster_name("");
    free(path);
}

/* A cluster that does not start is replaced. */
static void test_cache_broken(void **state)
{
    const Fixture *fixture = *state;
    char zeros[8192] = {0};
    char *path;
    int fd;

    expect_cluster_name("");
    path = cached_file(fixture, "data/global/pg_control");
    fd = open(path, O_WRONLY);
    assert_int_equal(write(fd, zeros, sizeof zeros), sizeof zeros);
    close(fd);
    expect_cluster_name("");
    mark_cache(fixture, "#cluster_name = ''", "cluster_name ='y' ");
    expect_cluster_name("y");
    free(path);
}

static void test_no_home(void **state)
{
    char *home = getenv("HOME") ? xstrdup(getenv("HOME")) : NULL;

    (void)state;
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_null(cache_directory());
    setenv("HOME", "/proc", 1); /* nobody can write there */
    assert_null(cache_directory());
    expect_cluster_name("");
    if (home)
        setenv("HOME", home, 1);
    free(home);
}

/* A cache that others can write to could make us run what they like. */
static void test_cache_of_others(void **state)
{
    const Fixture *fixture = *state;

    assert_int_equal(mkdir(fixture->cache, 0700), 0);
    assert_int_equal(chmod(fixture->cache, 0777), 0);
    assert_null(cache_directory());
}

static void test_concurrent_starts(void **state)
{
    const Fixture *fixture = *state;
    char *dir = xasprintf("%s/pgmish", fixture->cache);
    pid_t children[3];

    for (size_t i = 0; i < lengthof(children); i++)
        if ((children[i] = fork()) == 0) {
            Diag diag = DIAG_INIT;
            ScratchServer *scratch = scratch_start(NULL, &diag);

            scratch_stop(scratch);
            _exit(scratch ? 0 : 1);
        }
    for (size_t i = 0; i < lengthof(children); i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(count_names(dir, "cluster-"), 1);
    assert_int_equal(count_names(dir, "new-"), 0);
    expect_cluster_name("");
    free(dir);
}

/* Entries that nobody has used for long go away when a new one comes; others stay. */
static void test_cache_is_pruned(void **state)
{
    static const char *const names[] = {"cluster-9-old", "cluster-9-new", "new-old", "new-new",
                                        "mine"};
    const Fixture *fixture = *state;
    const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    char *paths[lengthof(names)];

    for (size_t i = 0; i < lengthof(names); i++) {
        char *key;

        paths[i] = xasprintf("%s/pgmish/%s", fixture->cache, names[i]);
        key = xasprintf("%s/pgmish.key", paths[i]);
        assert_true(make_directories(paths[i]));
        write_text(key, "");
        if (strstr(names[i], "-old")) {
            assert_int_equal(utimensat(AT_FDCWD, key, old, 0), 0);
            assert_int_equal(utimensat(AT_FDCWD, paths[i], old, 0), 0);
        }
        free(key);
    }
    expect_cluster_name("");
    for (size_t i = 0; i < lengthof(names); i++) {
        assert_int_equal(exists(paths[i]), strstr(names[i], "-old") == NULL);
        free(paths[i]);
    }
}

/* ---- kept clusters ------------------------------------------------------------------------------------- */

static void expect_failure(const char *dir, const char *message, const char *detail)
{
    Diag diag = DIAG_INIT;
    ScratchServer *scratch = scratch_start(dir, &diag);

    assert_null(scratch);
    if (!strstr(diag.message, message))
        fail_msg("\"%s\" is not in \"%s\"", message, diag.message);
    if (detail && (!diag.detail || !strstr(diag.detail, detail)))
        fail_msg("\"%s\" is not in \"%s\"", detail, diag.detail ? diag.detail : "");
    assert_int_equal(diag.code, EXIT_PGMI_CONNECTION);
    diag_reset(&diag);
}

/* A relative directory that is not there yet, with a name that may hold anything and is longer
 * than a socket's path may be. */
static void test_kept_cluster(void **state)
{
    const Fixture *fixture = *state;
    char *dir = xasprintf("it's -D \"a\" $HOME %0120d/b/", 0), *cwd = getcwd(NULL, 0), *home;
    ScratchServer *scratch;
    PGconn *conn;
    pid_t server;

    umask(022); /* root's server must be able to pass */
    assert_int_equal(chdir(fixture->base), 0);
    *strchr(dir, '/') = '\0';
    assert_int_equal(mkdir(dir, 0755), 0);
    dir[strlen(dir)] = '/';
    scratch = must_start(dir);
    conn = must_connect(scratch);
    expect(conn, "SHOW fsync", "on");
    free(ask(conn, "CREATE TABLE kept AS SELECT 42 AS n"));
    PQfinish(conn);
    server = postmaster_of(dir);
    home = xstrdup(scratch_socket_dir(scratch));
    scratch_stop(scratch);
    assert_false(running(server));
    assert_false(exists(home));
    scratch = must_start(dir);
    conn = must_connect(scratch);
    expect(conn, "SELECT n FROM kept", "42");
    expect_failure(dir, "is in use by another scratch server", NULL);
    PQfinish(conn);
    scratch_stop(scratch);
    assert_int_equal(chdir(cwd), 0);
    free(home);
    free(cwd);
    free(dir);
}

static void test_not_a_cluster(void **state)
{
    const Fixture *fixture = *state;
    char *dir = xasprintf("%s/other", fixture->base), *path = xasprintf("%s/file", dir);

    assert_int_equal(mkdir(dir, 0700), 0);
    write_text(path, "mine");
    expect_failure(dir, "holds something that is no PostgreSQL cluster", NULL);
    assert_true(exists(path));
    expect_failure(path, "could not use directory", NULL);
    free(path);
    path = xasprintf("%s/PG_VERSION", dir);
    write_text(path, "9.6\n");
    expect_failure(dir, "holds a cluster of PostgreSQL 9.6", NULL);
    free(path);
    free(dir);
    expect_failure("/proc/x", "could not use directory \"/proc/x\"", NULL);
}

/* ---- when it cannot start ---------------------------------------------------------------------------------- */

static void test_no_programs(void **state)
{
    static const char *const nowhere[] = {"/nonexistent/*/bin", NULL};
    const ProgramSearch search = {"/nonexistent", nowhere};
    const ScratchOptions options = {.search = &search};
    Diag diag = DIAG_INIT;

    (void)state;
    assert_null(scratch_start_with(&options, &diag));
    assert_non_null(strstr(diag.message, "\"initdb\""));
    assert_non_null(strstr(diag.detail, "/nonexistent/*/bin"));
    assert_non_null(strstr(diag.hint, "postgresql-15"));
    assert_non_null(strstr(diag.hint, "postgresql-server"));
    assert_non_null(strstr(diag.hint, "brew install postgresql"));
    diag_reset(&diag);
}

static void write_script(const char *dir, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", dir, name);

    write_text(path, text);
    assert_int_equal(chmod(path, 0755), 0);
    free(path);
}

/* The newest of several versions is taken, by number; what does not run is passed over. */
static void test_newest_version(void **state)
{
    static const char *const versions[] = {"9.6", "10", "16", "17"};
    const Fixture *fixture = *state;
    char *pattern = xasprintf("%s/*/bin", fixture->base), *expected;
    const char *const patterns[] = {pattern, NULL};
    const ProgramSearch search = {NULL, patterns};
    ServerPrograms programs;
    Diag diag = DIAG_INIT;

    for (size_t i = 0; i < lengthof(versions); i++) {
        char *dir = xasprintf("%s/%s/bin", fixture->base, versions[i]);
        char *text = xasprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s.1'\n", versions[i]);

        assert_true(make_directories(dir));
        write_script(dir, "postgres",
                     strcmp(versions[i], "17") == 0 ? "#!/bin/sh\nexit 1\n" : text);
        write_script(dir, "initdb", "#!/bin/sh\n");
        free(text);
        free(dir);
    }
    expected = xasprintf("%s/16/bin/initdb", fixture->base);
    assert_true(server_programs_find(&search, &programs, &diag));
    assert_string_equal(programs.initdb, expected);
    assert_int_equal(programs.major, 16);
    server_programs_free(&programs);
    free(expected);
    free(pattern);
}

/* Programs that fail: what they said is in the error, and nothing is left. */
static void test_failing_programs(void **state)
{
    const Fixture *fixture = *state;
    const char *const patterns[] = {fixture->base, NULL};
    const ProgramSearch search = {NULL, patterns};
    const ScratchOptions options = {.search = &search, .no_cache = true};
    Diag diag = DIAG_INIT;

    assert_int_equal(chmod(fixture->base, 0755), 0);
    write_script(
        fixture->base, "postgres",
        "#!/bin/sh\ntest \"$1\" = -V && echo 15 && exit\necho no such luck >&2\nexit 1\n");
    write_script(fixture->base, "initdb", "#!/bin/sh\necho the disk is full >&2\nexit 1\n");
    assert_null(scratch_start_with(&options, &diag));
    assert_non_null(strstr(diag.message, "initdb\" failed"));
    assert_non_null(strstr(diag.detail, "the disk is full"));
    diag_reset(&diag);
    write_script(fixture->base, "initdb", "#!/bin/sh\nexit 0\n");
    assert_null(scratch_start_with(&options, &diag));
    assert_string_equal(diag.message, "the scratch server did not start");
    assert_non_null(strstr(diag.detail, "no such luck"));
    diag_reset(&diag);
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
        cmocka_unit_test_setup_teardown(test_ordinary_user, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cache_is_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cache_cut_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cache_broken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_home, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cache_of_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cache_is_pruned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_concurrent_starts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kept_cluster, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_a_cluster, set_up, tear_down),
        cmocka_unit_test(test_no_programs),
        cmocka_unit_test_setup_teardown(test_newest_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failing_programs, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, set_up_group, tear_down);
}
