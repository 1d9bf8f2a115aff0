/*
 * output.c — where the shell's output goes: \o, \g targets, pipes, and tables printed with the
 * shell's own options.
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool shell_open_output(Shell *shell, const char *target, FILE **stream, bool *is_pipe)
{
    *is_pipe = false;
    if (!target || !*target) {
        *stream = stdout;
    } else if (*target == '|') {
        *stream = popen(target + 1, "w");
        *is_pipe = true;
    } else {
        *stream = fopen(target, "w");
    }
    if (!*stream) {
        log_error(&shell->log, "%s: %s", target, strerror(errno));
        return false;
    }
    if (*is_pipe)
        signal(SIGPIPE, SIG_IGN);
    return true;
}

/* SIGPIPE stays ignored only while some output of the shell is a pipe. */
static void restore_sigpipe(const Shell *shell)
{
    signal(SIGPIPE, shell->out_is_pipe ? SIG_IGN : SIG_DFL);
}

void shell_close_output(Shell *shell, FILE *stream, bool is_pipe)
{
    if (!stream || stream == stdout)
        return;
    if (is_pipe)
        pclose(stream);
    else
        fclose(stream);
    restore_sigpipe(shell);
}

bool shell_set_output(Shell *shell, const char *target)
{
    FILE *stream, *old = shell->out;
    bool is_pipe, old_is_pipe = shell->out_is_pipe;

    if (!shell_open_output(shell, target, &stream, &is_pipe))
        return false;
    shell->out = stream;
    shell->out_is_pipe = is_pipe;
    shell_close_output(shell, old, old_is_pipe);
    return true;
}

PrintTarget shell_print_target(Shell *shell)
{
    return (PrintTarget){
        .out = shell->out,
        .may_page = shell->out == stdout,
        .log = shell->log_file,
        .cancelled = &shell->cancel_pressed,
    };
}

void shell_print_result(Shell *shell, const PGresult *result, const char *title,
                        const char *const *footers)
{
    PrintTarget target = shell_print_target(shell);

    print_result(result, &shell->print, &target, title, footers);
    fflush(shell->out);
}
