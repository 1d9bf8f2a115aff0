/*
 * \echo, \qecho, \warn — write text to standard output, the query output, standard error.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static FILE *target(const Shell *shell, const char *name)
{
    if (strcmp(name, "warn") == 0)
        return stderr;
    return strcmp(name, "qecho") == 0 ? shell->out : stdout;
}

/* Reads its arguments itself: what stands in front of one that fails is written already. */
static MetaResult run_echo(Shell *shell, const MetaCall *call)
{
    FILE *out = target(shell, call->name);
    bool no_newline = false, first = true;
    char *text, quote;

    while ((text = lexer_slash_argument(shell->lexer, SLASH_NORMAL, &quote, false)) != NULL) {
        if (first && !no_newline && !quote && strcmp(text, "-n") == 0) {
            no_newline = true; /* only unquoted and in front */
        } else {
            if (!first)
                fputc(' ', out);
            fputs(text, out);
            first = false;
        }
        free(text);
    }
    if (!no_newline)
        fputc('\n', out);
    return META_DONE;
}

META_COMMAND(echo) = {
    .names = "echo",
    .group = HELP_IO,
    .synopsis = "\\echo [-n] [STRING]",
    .brief = "write string to standard output (-n for no newline)",
    .run = run_echo,
};

META_COMMAND(qecho) = {
    .names = "qecho",
    .group = HELP_IO,
    .synopsis = "\\qecho [-n] [STRING]",
    .brief = "write string to \\o output stream (-n for no newline)",
    .run = run_echo,
};

META_COMMAND(warn) = {
    .names = "warn",
    .group = HELP_IO,
    .synopsis = "\\warn [-n] [STRING]",
    .brief = "write string to standard error (-n for no newline)",
    .run = run_echo,
};
