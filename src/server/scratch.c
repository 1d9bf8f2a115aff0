/*
 * scratch.c — the caller's side of the scratch server: finds the programs, forks the keeper
 * (scratch_keeper.c) and waits for its word.  Ending the server is nothing but closing a pipe,
 * which the kernel does for us when we are killed.
 */
#include "scratch_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_LIMIT_MS 10000 /* how long a signal handler waits for the keeper */

struct ScratchServer {
    volatile sig_atomic_t life; /* write end of the pipe that the keeper watches, -1: closed */
    pid_t keeper;
    char *socket_dir;
    char *user;
};

const char *scratch_socket_dir(const ScratchServer *scratch)
{
    return scratch->socket_dir;
}

const char *scratch_port(const ScratchServer *scratch UNUSED)
{
    return SCRATCH_PORT;
}

const char *scratch_user(const ScratchServer *scratch)
{
    return scratch->user;
}

/* The keeper removes all of its private directory, which is where the socket stands. */
char *scratch_new_directory(const ScratchServer *scratch, const char *name)
{
    char *path = xasprintf("%s/%s", scratch->socket_dir, name);

    if (remove_tree(AT_FDCWD, path) && mkdir(path, 0700) == 0)
        return path;
    free(path);
    return NULL;
}

/* The superuser is called as the caller is, so that programs run beside us need no -U.  Names
 * that PostgreSQL reserves for itself cannot be given. */
static const char *superuser_name(void)
{
    const struct passwd *entry = getpwuid(geteuid());

    return entry && strncmp(entry->pw_name, "pg_", 3) != 0 ? entry->pw_name : "postgres";
}

/* The keeper works in "/", so a relative path is made absolute here. */
static char *absolute_path(const char *path)
{
    char cwd[PATH_MAX];

    if (*path == '/' || !getcwd(cwd, sizeof cwd))
        return xstrdup(path);
    return xasprintf("%s/%s", cwd, path);
}

/* Close-on-exec: a program started from the shell must not hold the server's life. */
static bool make_pipe(int fds[2])
{
    if (pipe(fds) != 0)
        return false;
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static void close_pipe(int fds[2])
{
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* Signals wait until the child has rid itself of our handlers. */
static pid_t fork_keeper(const ScratchRequest *request, int life[2], int status[2])
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0) {
        close(life[1]);
        close(status[0]);
        keeper_main(request, life[0], status[1]);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

/* A signal, Ctrl-C at the terminal say, is its handler's business and no reason to give up. */
static void read_all(int fd, StrBuf *text)
{
    char chunk[4096];
    ssize_t n;

    while ((n = read(fd, chunk, sizeof chunk)) != 0) {
        if (n > 0)
            strbuf_addn(text, chunk, (size_t)n);
        else if (errno != EINTR)
            break;
    }
}

/* The part behind this one; "" when the text has none. */
static const char *next_part(const StrBuf *text, const char *part)
{
    size_t next = (size_t)(part - text->data) + strlen(part) + 1;

    return text->data + (next < text->len ? next : text->len); /* data[len] is a NUL */
}

/* What keeper_main documents: "R" and two parts, or "E" and three. */
static bool hear(const StrBuf *text, ScratchServer *scratch, Diag *diag)
{
    const char *first, *second, *third;

    if (text->len < 2)
        return diag_set(diag, EXIT_PGMI_CONNECTION,
                        "the scratch server's keeper ended unexpectedly");
    first = text->data + 1;
    second = next_part(text, first);
    if (text->data[0] == 'R') {
        scratch->socket_dir = xstrdup(first);
        scratch->user = xstrdup(second);
        return true;
    }
    third = next_part(text, second);
    diag_set(diag, EXIT_PGMI_CONNECTION, "%s", first);
    if (*second)
        diag_detail(diag, "%s", second);
    if (*third)
        diag_hint(diag, "%s", third);
    return false;
}

/* The status pipe is read to its end: then the server is up, or the keeper about to end. */
static ScratchServer *start_keeper(const ScratchRequest *request, Diag *diag)
{
    ScratchServer *scratch = xcalloc(1, sizeof *scratch);
    int life[2] = {-1, -1}, status[2] = {-1, -1};
    StrBuf text = STRBUF_INIT;

    scratch->life = -1;
    if (!make_pipe(life) || !make_pipe(status) ||
        (scratch->keeper = fork_keeper(request, life, status)) < 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "could not start the scratch server's keeper: %s",
                 strerror(errno));
        close_pipe(life);
        close_pipe(status);
        free(scratch);
        return NULL;
    }
    close(life[0]);
    close(status[1]);
    scratch->life = life[1];
    read_all(status[0], &text);
    close(status[0]);
    if (!hear(&text, scratch, diag)) {
        scratch_stop(scratch);
        scratch = NULL;
    }
    strbuf_free(&text);
    return scratch;
}

/* A kept cluster is not made from the cache: copies share what should be unique to a cluster,
 * its system identifier. */
ScratchServer *scratch_start_with(const ScratchOptions *options, Diag *diag)
{
    char *dir = options->dir ? absolute_path(options->dir) : NULL;
    char *cache = options->no_cache || dir ? NULL : cache_directory();
    ScratchRequest request = {dir, cache, superuser_name(), {0}};
    ScratchServer *scratch = NULL;

    if (dir && !*options->dir)
        diag_set(diag, EXIT_PGMI_USAGE, "the directory for --scratch must not be empty");
    else if (server_programs_find(options->search, &request.programs, diag))
        scratch = start_keeper(&request, diag);
    server_programs_free(&request.programs);
    free(cache);
    free(dir);
    return scratch;
}

ScratchServer *scratch_start(const char *dir, Diag *diag)
{
    const ScratchOptions options = {.dir = dir};

    return scratch_start_with(&options, diag);
}

/* A signal handler may come in between: the descriptor is closed once. */
static void let_go(ScratchServer *scratch)
{
    int fd = scratch->life;

    scratch->life = -1;
    if (fd >= 0)
        close(fd);
}

void scratch_stop(ScratchServer *scratch)
{
    int status;

    if (!scratch)
        return;
    let_go(scratch);
    while (waitpid(scratch->keeper, &status, 0) < 0 && errno == EINTR)
        ; /* the keeper has deadlines of its own */
    free(scratch->socket_dir);
    free(scratch->user);
    free(scratch);
}

/* Waits for the keeper, so that nothing is left when the program has ended; not for ever, as
 * the keeper needs nobody to finish its work. */
void scratch_kill(ScratchServer *scratch)
{
    int status, saved = errno;

    if (!scratch)
        return;
    let_go(scratch);
    for (int ms = 0; ms < KILL_LIMIT_MS && waitpid(scratch->keeper, &status, WNOHANG) == 0;
         ms += 5)
        poll(NULL, 0, 5);
    errno = saved;
}
