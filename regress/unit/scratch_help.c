/*
 * scratch_help.c — what the tests of scratch servers share: a directory of their own with a
 * cluster cache in it, servers that must start, questions to them, and looking for leftovers.
 */
#include "scratch_help.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char shared_cache[96];

int scratch_set_up(void **state)
{
    ScratchFixture *fixture = xcalloc(1, sizeof *fixture);

    strcpy(fixture->base, "/tmp/test_scratch-XXXXXX");
    if (!mkdtemp(fixture->base) || chmod(fixture->base, 0711) != 0)
        return -1;
    snprintf(fixture->cache, sizeof fixture->cache, "%s/cache", fixture->base);
    setenv("XDG_CACHE_HOME", fixture->cache, 1);
    *state = fixture;
    return 0;
}

int scratch_set_up_group(void **state)
{
    ScratchFixture *fixture;

    if (scratch_set_up(state) != 0)
        return -1;
    fixture = *state;
    strcpy(shared_cache, fixture->cache);
    return 0;
}

int scratch_tear_down(void **state)
{
    ScratchFixture *fixture = *state;
    bool ok = remove_tree(AT_FDCWD, fixture->base);

    free(fixture);
    setenv("XDG_CACHE_HOME", shared_cache, 1);
    return ok ? 0 : -1;
}

ScratchServer *must_start(const char *dir)
{
    Diag diag = DIAG_INIT;
    ScratchServer *scratch = scratch_start(dir, &diag);

    if (!scratch)
        print_error("%s\n%s\n%s\n", diag.message, diag.detail ? diag.detail : "",
                    diag.hint ? diag.hint : "");
    assert_non_null(scratch);
    return scratch;
}

PGconn *must_connect(const ScratchServer *scratch)
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

char *ask_server(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    char *value;

    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s", PQresultErrorMessage(result));
    value = xstrdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return value;
}

void expect_answer(PGconn *conn, const char *sql, const char *expected)
{
    char *value = ask_server(conn, sql);

    assert_string_equal(value, expected);
    free(value);
}

bool path_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

bool process_running(pid_t pid)
{
    return kill(pid, 0) == 0 || errno != ESRCH;
}

int count_open_fds(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

pid_t postmaster_of(const char *data)
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

pid_t scratch_postmaster(const ScratchServer *scratch)
{
    char data[300];

    snprintf(data, sizeof data, "%s/data", scratch_socket_dir(scratch));
    return postmaster_of(data);
}

void await_nothing(const char *dir, pid_t pid)
{
    for (int ms = 0; ms < SCRATCH_DEADLINE_MS && (path_exists(dir) || process_running(pid));
         ms += 20)
        poll(NULL, 0, 20);
    assert_false(path_exists(dir));
    assert_false(process_running(pid));
}

int count_names(const char *dir, const char *prefix)
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

void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}
