/*
 * child.c — running PostgreSQL's programs: the account they run under, their descriptors, their
 * signals.  The server refuses to run as root, so root's children change to another account.
 */
#include "scratch_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* getpwnam and getpwuid return the same buffer each time: copied. */
static void account_fill(Account *account, const struct passwd *entry)
{
    *account = (Account){.drop = true, .uid = entry->pw_uid, .gid = entry->pw_gid};
    snprintf(account->name, sizeof account->name, "%s", entry->pw_name);
}

bool account_choose(Account *account, Diag *diag)
{
    /* postgres is made for this; nobody is everywhere */
    static const char *const names[] = {"postgres", "nobody"};

    if (geteuid() != 0) {
        *account = (Account){.uid = geteuid(), .gid = getegid()};
        return true;
    }
    for (size_t i = 0; i < lengthof(names); i++) {
        const struct passwd *entry = getpwnam(names[i]);

        if (entry && entry->pw_uid != 0) {
            account_fill(account, entry);
            return true;
        }
    }
    diag_set(diag, EXIT_PGMI_CONNECTION,
             "no unprivileged account to run the scratch server under");
    diag_detail(diag, "PostgreSQL refuses to run as root, and there is neither an account "
                      "\"postgres\" nor \"nobody\".");
    return diag_hint(diag, "Run as an ordinary user.");
}

bool account_of_owner(Account *account, uid_t uid)
{
    const struct passwd *entry = getpwuid(uid);

    if (!entry || uid == 0)
        return false;
    account_fill(account, entry);
    return true;
}

/* Gives up root for good.  Group first: once the user has changed, it could not be. */
static bool drop_to(const Account *account)
{
    return initgroups(account->name, account->gid) == 0 && setgid(account->gid) == 0 &&
           setuid(account->uid) == 0 && setuid(0) != 0;
}

/* Ignored and blocked signals survive an exec: a server that cannot be told to stop. */
static void default_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    sigemptyset(&action.sa_mask);
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &action, NULL); /* fails for KILL and STOP: nothing to reset */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The server must not outlive a keeper that was itself killed.  Set after the change of account,
 * which clears it; the parent may have died before. */
static void set_death_signal(int sig, pid_t parent)
{
#ifdef __linux__
    if (sig && (prctl(PR_SET_PDEATHSIG, sig) != 0 || getppid() != parent))
        _exit(127);
#else
    (void)sig;
    (void)parent;
#endif
}

/* dup2 clears close-on-exec on the three; all others have it. */
static void redirect(int output)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        _exit(127);
}

/* To the log that the parent will quote, then the end: there is nobody to return to. */
static void say(const char *what, const char *which)
{
    const char *why = strerror(errno);

    dprintf(STDERR_FILENO, "%s \"%s\": %s\n", what, which, why);
    _exit(127);
}

pid_t child_start(const Account *account, const char *const argv[], int output,
                  int death_signal)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    setpgid(0, 0); /* so that it can be ended together with what it started */
    default_signals();
    redirect(output);
    if (account && account->drop && !drop_to(account))
        say("could not change to account", account->name);
    set_death_signal(death_signal, parent);
    execv(argv[0], (char *const *)argv);
    say("could not execute", argv[0]);
    return -1;
}

bool child_capture(const char *const argv[], StrBuf *output)
{
    char chunk[4096];
    int fds[2], status = -1;
    ssize_t n;
    pid_t pid;

    if (pipe(fds) != 0)
        return false;
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    pid = fork();
    if (pid == 0) {
        default_signals();
        redirect(open("/dev/null", O_WRONLY | O_CLOEXEC));
        dup2(fds[1], STDOUT_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(fds[1]);
    while (pid > 0 &&
           ((n = read(fds[0], chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR)))
        if (n > 0)
            strbuf_addn(output, chunk, (size_t)n);
    close(fds[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) {
            status = 0; /* SIGCHLD was ignored when we were started: nothing to collect */
            break;
        }
    while (output->len && output->data[output->len - 1] == '\n')
        strbuf_truncate(output, output->len - 1);
    return pid > 0 && status == 0;
}
