/*
 * signals.c — Ctrl-C, and the signals that end the program.
 *
 * The SIGINT handler only does what is async-signal-safe: it sets the shell's flag and sends a
 * cancel request for the command in progress.  No longjmp: whoever waits for input sees EINTR
 * (SA_RESTART is off) and looks at the flag.  A signal that ends the process takes the scratch
 * server with it.
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static Shell *volatile signal_shell;

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

    (void)ignored;
}

static void on_interrupt(int signo)
{
    int saved = errno;
    Shell *shell = signal_shell;

    (void)signo;
    if (shell)
        shell->cancel_pressed = true;
    if (shell && shell->trace_line.shown)
        say("\r\033[K");
    if (cancel_now())
        say("Cancel request sent\n");
    errno = saved;
}

static void on_end(int signo)
{
    Shell *shell = signal_shell;

    if (shell && shell->scratch)
        scratch_kill(shell->scratch);
    signal(signo, SIG_DFL);
    raise(signo);
}

void signals_install(Shell *shell)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    signal_shell = shell;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    if (!shell->scratch)
        return;
    action.sa_handler = on_end;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}
