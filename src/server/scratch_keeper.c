/*
 * scratch_keeper.c — the process that owns a scratch server.
 *
 * A program that is killed with SIGKILL cannot clean up, so it does not try: a child, the
 * keeper, makes the private directory, runs initdb and the server, and waits for the end of a
 * pipe whose other end only the parent holds.  However the parent ends, the pipe closes, and
 * the keeper stops the server and removes the directory.  The keeper has its own session, so
 * that Ctrl-C and a closing terminal reach the parent alone; for SIGTERM it cleans up too; and
 * if it is itself killed, the kernel tells the server (Linux).
 */
#include "scratch_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_LIMIT_MS    60e3
#define RECOVERY_LIMIT_MS 600e3 /* while the server answers that it is starting up */
#define TAIL_BYTES        1500
#define REMOVE_TRIES      100

extern char **environ;

static volatile sig_atomic_t end_asked; /* the signal handler's flag */

static void on_signal(int sig)
{
    if (sig != SIGCHLD)
        end_asked = 1;
}

/* ---- becoming a keeper ---------------------------------------------------------------- */

/* Everything but the two pipes: the parent's terminal, pipes and files must not stay open
 * because the keeper has them. */
static void close_other_fds(int keep, int keep_too)
{
    DIR *dir = opendir("/dev/fd");
    struct dirent *entry;

    if (!dir) {
        for (int fd = 3; fd < 1024; fd++)
            if (fd != keep && fd != keep_too)
                close(fd);
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        int fd = atoi(entry->d_name);

        if (fd > STDERR_FILENO && fd != keep && fd != keep_too && fd != dirfd(dir))
            close(fd);
    }
    closedir(dir);
}

/* The caller's PG* settings are for his connections, not for this server, and would change
 * what initdb and the readiness check do.  English messages, and no surprise from a locale. */
static void clean_environment(void)
{
    for (char **p = environ; *p;) {
        size_t len = strcspn(*p, "=");
        char *name = xstrndup(*p, len);

        if (strncmp(name, "PG", 2) != 0 || unsetenv(name) != 0)
            p++;
        free(name);
    }
    unsetenv("LANGUAGE");
    setenv("LC_ALL", "C", 1);
}

/* No handler of the parent's may run here.  Our own are blocked but while we wait, so that none
 * comes between looking at a flag and waiting. */
static void catch_signals(void)
{
    static const int handled[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t blocked;

    sigemptyset(&action.sa_mask);
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &action, NULL);
    sigemptyset(&blocked);
    action.sa_handler = on_signal;
    for (size_t i = 0; i < lengthof(handled); i++) {
        sigaction(handled[i], &action, NULL);
        sigaddset(&blocked, handled[i]);
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigprocmask(SIG_SETMASK, &blocked, NULL); /* delivered only while waiting */
}

/* In "/", so as not to keep a file system busy; descriptors 0 to 2 as everybody expects them. */
static void become_keeper(Keeper *keeper)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setsid();
    for (int fd = 0; fd <= STDERR_FILENO && null >= 0; fd++)
        dup2(null, fd);
    close_other_fds(keeper->life, keeper->status);
    if (keeper->life >= FD_SETSIZE) /* select() could not watch it */
        keeper->life = fcntl(keeper->life, F_DUPFD_CLOEXEC, 3);
    catch_signals();
    clean_environment();
    umask(077);
    if (chdir("/") != 0)
        _exit(1);
}

/* ---- waiting ------------------------------------------------------------------------------ */

/* Waits for a signal, the parent's end or the time; true when the parent has gone. */
static bool parent_gone_within(const Keeper *keeper, double ms)
{
    struct timespec limit = {(time_t)(ms / 1e3),
                             (long)((ms - (double)(time_t)(ms / 1e3) * 1e3) * 1e6)};
    sigset_t none;
    fd_set set;

    sigemptyset(&none);
    FD_ZERO(&set);
    FD_SET(keeper->life, &set);
    /* the parent never writes: readable means end of file */
    if (pselect(keeper->life + 1, &set, NULL, NULL, ms < 0 ? NULL : &limit, &none) > 0)
        return true;
    return end_asked;
}

/* Like waitpid, with a limit; does not look at the parent.  True when the child has ended. */
static bool child_ended_within(pid_t child, double ms, int *status)
{
    double end = monotonic_ms() + ms;
    sigset_t none;
    struct timespec slice = {0, 50000000};

    sigemptyset(&none);
    for (;;) {
        if (waitpid(child, status, WNOHANG) != 0)
            return true;
        if (monotonic_ms() > end)
            return false;
        pselect(0, NULL, NULL, NULL, &slice, &none);
    }
}

/* Sends ever harder signals until the child has ended; behind the last one SIGKILL, to its whole
 * process group.  SIGCONT, as a stopped process would not see the others. */
static void end_child(pid_t child, const int *signals, const double *limits_ms)
{
    int status;

    for (; *signals; signals++, limits_ms++) {
        kill(child, SIGCONT);
        kill(child, *signals);
        if (child_ended_within(child, *limits_ms, &status))
            return;
    }
    kill(-child, SIGKILL);
    waitpid(child, &status, 0);
}

/* ---- logs -------------------------------------------------------------------------------------- */

static int open_log(const Keeper *keeper, const char *name)
{
    return openat(keeper->home_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
                  0600);
}

/* The last lines of a log as the detail of an error. */
static void add_log_tail(const Keeper *keeper, const char *name, Diag *diag)
{
    char *path = xasprintf("%s/%s", keeper->home, name);
    StrBuf text = STRBUF_INIT;
    const char *from;

    if (strbuf_read_file(&text, path)) {
        while (text.len && text.data[text.len - 1] == '\n')
            strbuf_truncate(&text, text.len - 1);
        from = text.data;
        if (text.len > TAIL_BYTES) { /* whole lines */
            const char *newline = strchr(from + text.len - TAIL_BYTES, '\n');

            from = newline ? newline + 1 : from + text.len - TAIL_BYTES;
        }
        if (*from)
            diag_detail(diag, "Its last messages:\n%s", from);
    }
    strbuf_free(&text);
    free(path);
}

/* ---- programs and the server ------------------------------------------------------------------------ */

static bool interrupted(Diag *diag)
{
    return diag_set(diag, EXIT_PGMI_INTERRUPTED, "start of the scratch server was interrupted");
}

/* Looks at the parent meanwhile: initdb takes its time, and Ctrl-C must not have to wait. */
bool keeper_run(Keeper *keeper, const char *const argv[], double limit_ms, Diag *diag)
{
    /* SIGTERM lets initdb remove what it has made */
    static const int signals[] = {SIGTERM, 0};
    static const double limits[] = {5e3};
    double end = monotonic_ms() + limit_ms;
    int output = open_log(keeper, "initdb.log"), status = -1;
    pid_t child = output < 0 ? -1 : child_start(&keeper->account, argv, output, SIGTERM);
    bool gone = false, late = false;

    if (output >= 0)
        close(output);
    if (child < 0)
        return diag_set(diag, EXIT_PGMI_CONNECTION, "could not run \"%s\": %s", argv[0],
                        strerror(errno));
    while (waitpid(child, &status, WNOHANG) == 0) {
        gone = parent_gone_within(keeper, 50);
        late = monotonic_ms() > end;
        if (gone || late) {
            end_child(child, signals, limits);
            break;
        }
    }
    if (gone)
        return interrupted(diag);
    if (!late && status == 0)
        return true;
    diag_set(diag, EXIT_PGMI_CONNECTION,
             late ? "\"%s\" did not finish in time" : "\"%s\" failed", argv[0]);
    add_log_tail(keeper, "initdb.log", diag);
    return false;
}

/* Settings are given here and not in the cluster: a kept one stays as its owner set it up.
 * What a crash would destroy is thrown away anyway, so a throwaway server need not sync. */
static bool start_server(Keeper *keeper, Diag *diag)
{
    char *sockets = xasprintf("--unix_socket_directories=%s", keeper->home);
    bool throwaway = !keeper->request->dir;
    const char *argv[] = {
        keeper->request->programs.postgres, "-D", keeper->data, "-p", SCRATCH_PORT, sockets,
        "--listen_addresses=", "--unix_socket_permissions=0700",
        /* a kept cluster may have other ideas, but we want to quote its messages */
        "--logging_collector=off", "--log_destination=stderr",
        /* the list ends here for a kept one */
        throwaway ? "--fsync=off" : NULL, "--synchronous_commit=off", "--full_page_writes=off",
        NULL};
    int output = open_log(keeper, "server.log");

    keeper->server = output < 0 ? -1 : child_start(&keeper->account, argv, output, SIGINT);
    if (keeper->server < 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "could not run \"%s\": %s", argv[0],
                 strerror(errno));
        keeper->server = 0;
    }
    if (output >= 0)
        close(output);
    free(sockets);
    return keeper->server > 0;
}

/* Collects the server when it has ended by itself. */
static bool server_ended(Keeper *keeper)
{
    int status;

    if (keeper->server && waitpid(keeper->server, &status, WNOHANG) != 0)
        keeper->server = 0;
    return !keeper->server;
}

/* Ready is what answers: a process and a socket are there earlier.  A server that recovers from
 * a crash (a kept cluster) answers that it is starting up, and is given more time. */
static bool await_server(Keeper *keeper, Diag *diag)
{
    static const char *const keys[] = {"host", "port", "user", "dbname", "connect_timeout",
                                       NULL};
    const char *const values[] = {keeper->home, SCRATCH_PORT, keeper->user,
                                  "postgres",   "5",          NULL};
    double begin = monotonic_ms();

    while (!server_ended(keeper)) {
        PGPing ping = PQpingParams(keys, values, 0);
        double waited = monotonic_ms() - begin;

        if (ping == PQPING_OK)
            return true;
        if (waited > (ping == PQPING_REJECT ? RECOVERY_LIMIT_MS : START_LIMIT_MS))
            break;
        if (parent_gone_within(keeper, 10))
            return interrupted(diag);
    }
    diag_set(diag, EXIT_PGMI_CONNECTION,
             keeper->server ? "the scratch server did not become ready in time"
                            : "the scratch server did not start");
    add_log_tail(keeper, "server.log", diag);
    return false;
}

/* SIGINT, "fast": ends sessions and writes a checkpoint; SIGQUIT, "immediate": only ends (from
 * PostgreSQL's documentation, "Shutting Down the Server").  A kept cluster is given time for its
 * checkpoint, so that its next start has nothing to recover. */
static void stop_server(Keeper *keeper)
{
    static const int signals[] = {SIGINT, SIGQUIT, 0};
    static const double throwaway[] = {3e3, 10e3}, kept[] = {60e3, 10e3};

    if (!server_ended(keeper))
        end_child(keeper->server, signals, keeper->request->dir ? kept : throwaway);
    keeper->server = 0;
}

/* ---- the keeper's life ---------------------------------------------------------------------------------- */

/* Under /tmp and not TMPDIR: a socket's path may have about 100 bytes. */
static bool make_home(Keeper *keeper, Diag *diag)
{
    char path[] = "/tmp/pgmish-XXXXXX";

    if (!mkdtemp(path))
        return diag_set(diag, EXIT_PGMI_CONNECTION,
                        "could not make a directory in \"/tmp\": %s", strerror(errno));
    memcpy(keeper->home, path, sizeof path);
    /* While it is ours.  Once it belongs to another account, that one could put a link in its
     * place, so from now on root goes through the descriptor. */
    keeper->home_fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    keeper->data = keeper->request->dir ? xstrdup(keeper->request->dir)
                                        : xasprintf("%s/%s", path, SCRATCH_DATA);
    return true;
}

/* A server that had to be killed may leave sessions that take a moment to notice, and write. */
static void remove_home(const Keeper *keeper)
{
    static const struct timespec pause = {0, 100000000};

    if (!keeper->home[0])
        return;
    for (int tries = 0; tries < REMOVE_TRIES && !remove_tree(AT_FDCWD, keeper->home); tries++)
        nanosleep(&pause, NULL);
}

/* Also behind the choice of an account for a kept cluster, which may be another one. */
static bool give_home(const Keeper *keeper, Diag *diag)
{
    const Account *account = &keeper->account;

    if (!account->drop || fchown(keeper->home_fd, account->uid, account->gid) == 0)
        return true;
    return diag_set(diag, EXIT_PGMI_CONNECTION,
                    "could not give directory \"%s\" to account \"%s\": %s", keeper->home,
                    account->name, strerror(errno));
}

static bool bring_up(Keeper *keeper, bool use_cache, Diag *diag)
{
    return cluster_prepare(keeper, use_cache, diag) && give_home(keeper, diag) &&
           start_server(keeper, diag) && await_server(keeper, diag);
}

/* A cached cluster with which the server does not start is thrown away, and one made anew. */
static bool bring_up_somehow(Keeper *keeper, Diag *diag)
{
    if (!account_choose(&keeper->account, diag) || !make_home(keeper, diag) ||
        !give_home(keeper, diag))
        return false;
    if (bring_up(keeper, true, diag))
        return true;
    if (!keeper->from_cache || diag->code == EXIT_PGMI_INTERRUPTED)
        return false;
    stop_server(keeper);
    cache_discard(&keeper->cache);
    remove_tree(keeper->home_fd, SCRATCH_DATA);
    diag_reset(diag);
    return bring_up(keeper, false, diag);
}

/* The outcome, for the parent, who reads to the end of the pipe; after a failure it is told when
 * everything has been removed, so that the parent's error message comes last. */
static void tell(Keeper *keeper, const Diag *diag)
{
    const char *parts[3] = {keeper->home, keeper->user, NULL};
    StrBuf text = STRBUF_INIT;
    size_t done = 0;
    ssize_t n;

    if (diag->code) {
        parts[0] = diag->message;
        parts[1] = diag->detail ? diag->detail : "";
        parts[2] = diag->hint ? diag->hint : "";
    }
    strbuf_addc(&text, diag->code ? 'E' : 'R');
    for (size_t i = 0; i < lengthof(parts) && parts[i]; i++)
        strbuf_addn(&text, parts[i], strlen(parts[i]) + 1);
    while (done < text.len &&
           (n = write(keeper->status, text.data + done, text.len - done)) > 0)
        done += (size_t)n;
    close(keeper->status);
    strbuf_free(&text);
}

void keeper_main(const ScratchRequest *request, int life, int status)
{
    Keeper keeper = {
        .request = request, .life = life, .status = status, .dir_lock = -1, .home_fd = -1};
    Diag diag = DIAG_INIT;
    bool up;

    become_keeper(&keeper);
    keeper.user = xstrdup(request->user);
    cache_open(&keeper.cache, request->cache_dir, &request->programs, request->user);
    up = bring_up_somehow(&keeper, &diag);
    if (up) {
        tell(&keeper, &diag);
        while (!parent_gone_within(&keeper, -1))
            server_ended(&keeper); /* nothing to do about it but not to leave a zombie */
    }
    stop_server(&keeper);
    remove_home(&keeper);
    if (!up)
        tell(&keeper, &diag);
    _exit(0); /* no exit handlers, no flushing: all that is the parent's */
}
