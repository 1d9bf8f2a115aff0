/*
 * \echo, \qecho, \warn — write text to standard output, the query output, standard error.
 */
#include "pgmish/meta.h"

#include <string.h>

static FILE *target(const Shell *shell, const char *name)
{
    if (strcmp(name, "warn") == 0)
        return stderr;
    return strcmp(name, "qecho") == 0 ? shell->out : stdout;
}

static MetaResult run_echo(Shell *shell, const MetaCall *call)
{
    FILE *out = target(shell, call->name);
    /* Only an unquoted -n in front means no newline. */
    bool no_newline = call->count && !call->args[0].quote &&
                      strcmp(call->args[0].text, "-n") == 0;
    size_t first = no_newline ? 1 : 0, i;

    for (i = first; i < call->count; i++) {
        if (i > first)
            fputc(' ', out);
        fputs(call->args[i].text, out);
    }
    if (!no_newline)
        fputc('\n', out);
    return META_DONE;
}

META_COMMAND(echo) = {
    .names = "echo",
    .args = "n*",
    .group = HELP_IO,
    .synopsis = "\\echo [-n] [STRING]",
    .brief = "write string to standard output (-n for no newline)",
    .run = run_echo,
};

META_COMMAND(qecho) = {
    .names = "qecho",
    .args = "n*",
    .group = HELP_IO,
    .synopsis = "\\qecho [-n] [STRING]",
    .brief = "write string to \\o output stream (-n for no newline)",
    .run = run_echo,
};

META_COMMAND(warn) = {
    .names = "warn",
    .args = "n*",
    .group = HELP_IO,
    .synopsis = "\\warn [-n] [STRING]",
    .brief = "write string to standard error (-n for no newline)",
    .run = run_echo,
};
