/*
 * test_scratch_cluster.c — the clusters of scratch servers: the cache, kept clusters, and what is
 * said when one cannot be made or started.
 */
#include "scratch_help.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- cache ------------------------------------------------------------------------------------------ */

/* Path of a file in the one entry of the cache. */
static char *cached_file(const ScratchFixture *fixture, const char *name)
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
static void mark_cache(const ScratchFixture *fixture, const char *old, const char *new)
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

/* A setting that the tests write into cached clusters, to see where a server's came from. */
static void expect_cluster_name(const char *name)
{
    ScratchServer *scratch = must_start(NULL);
    PGconn *conn = must_connect(scratch);

    expect_answer(conn, "SHOW cluster_name", name);
    PQfinish(conn);
    scratch_stop(scratch);
}

/* The same number of bytes, so that the entry still looks whole. */
static void test_cache_is_used(void **state)
{
    const ScratchFixture *fixture = *state;
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

/* Power failed before the entry's files were on the disk: their sizes tell. */
static void test_cache_cut_short(void **state)
{
    const ScratchFixture *fixture = *state;
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
    const ScratchFixture *fixture = *state;
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

/* No cache is to be had: it goes without. */
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
    const ScratchFixture *fixture = *state;

    assert_int_equal(mkdir(fixture->cache, 0700), 0);
    assert_int_equal(chmod(fixture->cache, 0777), 0);
    assert_null(cache_directory());
}

/* All find the cache empty, one of them fills it. */
static void test_concurrent_starts(void **state)
{
    const ScratchFixture *fixture = *state;
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
    const ScratchFixture *fixture = *state;
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
        assert_int_equal(path_exists(paths[i]), strstr(names[i], "-old") == NULL);
        free(paths[i]);
    }
}

/* ---- kept clusters ------------------------------------------------------------------------------------- */

/* A start that must fail, with these words. */
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
    const ScratchFixture *fixture = *state;
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
    expect_answer(conn, "SHOW fsync", "on");
    free(ask_server(conn, "CREATE TABLE kept AS SELECT 42 AS n"));
    PQfinish(conn);
    server = postmaster_of(dir);
    home = xstrdup(scratch_socket_dir(scratch));
    scratch_stop(scratch);
    assert_false(process_running(server));
    assert_false(path_exists(home));
    scratch = must_start(dir);
    conn = must_connect(scratch);
    expect_answer(conn, "SELECT n FROM kept", "42");
    expect_failure(dir, "is in use by another scratch server", NULL);
    PQfinish(conn);
    scratch_stop(scratch);
    assert_int_equal(chdir(cwd), 0);
    free(home);
    free(cwd);
    free(dir);
}

/* What is in the way stays as it is. */
static void test_not_a_cluster(void **state)
{
    const ScratchFixture *fixture = *state;
    char *dir = xasprintf("%s/other", fixture->base), *path = xasprintf("%s/file", dir);

    assert_int_equal(mkdir(dir, 0700), 0);
    write_text(path, "mine");
    expect_failure(dir, "holds something that is no PostgreSQL cluster", NULL);
    assert_true(path_exists(path));
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

/* The hint names the package for each kind of system. */
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
    const ScratchFixture *fixture = *state;
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
    const ScratchFixture *fixture = *state;
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
        cmocka_unit_test_setup_teardown(test_cache_is_used, scratch_set_up, scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_cache_cut_short, scratch_set_up,
                                        scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_cache_broken, scratch_set_up, scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_no_home, scratch_set_up, scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_cache_of_others, scratch_set_up,
                                        scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_cache_is_pruned, scratch_set_up,
                                        scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_concurrent_starts, scratch_set_up,
                                        scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_kept_cluster, scratch_set_up, scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_not_a_cluster, scratch_set_up, scratch_tear_down),
        cmocka_unit_test(test_no_programs),
        cmocka_unit_test_setup_teardown(test_newest_version, scratch_set_up, scratch_tear_down),
        cmocka_unit_test_setup_teardown(test_failing_programs, scratch_set_up,
                                        scratch_tear_down),
    };

    return cmocka_run_group_tests(tests, scratch_set_up_group, scratch_tear_down);
}
