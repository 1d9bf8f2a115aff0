/*
 * bind.c — \bind, \parse, \bind_named, \close_prepared: the extended protocol for the next query.
 * psql has them from 16 (\bind) and 18 on.
 */
#include <stdlib.h>

#include "pgmish/meta.h"

/* Arguments from `first` on are the parameters. */
static void send_as(Shell *shell, const MetaCall *call, SendMode mode, size_t first)
{
    size_t count = call->count > first ? call->count - first : 0;
    const char **params = xcalloc(count + 1, sizeof(*params));

    for (size_t i = 0; i < count; i++)
        params[i] = meta_arg(call, first + i);
    shell_send_as(shell, mode, first ? meta_arg(call, 0) : NULL, params, count);
    free(params);
}

static MetaResult named(Shell *shell, const MetaCall *call, SendMode mode, MetaResult result)
{
    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    send_as(shell, call, mode, 1);
    return result;
}

static MetaResult run_bind(Shell *shell, const MetaCall *call)
{
    send_as(shell, call, SEND_BIND, 0);
    return META_DONE;
}

static MetaResult run_bind_named(Shell *shell, const MetaCall *call)
{
    return named(shell, call, SEND_BIND_NAMED, META_DONE);
}

static MetaResult run_parse(Shell *shell, const MetaCall *call)
{
    return named(shell, call, SEND_PARSE, META_SEND);
}

static MetaResult run_close(Shell *shell, const MetaCall *call)
{
    return named(shell, call, SEND_CLOSE, META_SEND);
}

META_COMMAND(bind) = {
    .names = "bind",
    .args = "n*",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\bind [PARAM]...",
    .brief = "set query parameters",
    .help = "The next query is sent with these values for $1, $2 ...: SELECT $1 + $2 \\bind 1 "
            "2 \\g",
    .run = run_bind,
};

META_COMMAND(bind_named) = {
    .names = "bind_named",
    .args = "nn*",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\bind_named STMT_NAME [PARAM]...",
    .brief = "set query parameters for an existing prepared statement",
    .help = "The next \\g runs the prepared statement STMT_NAME; an empty name means the "
            "unnamed one.",
    .run = run_bind_named,
};

META_COMMAND(parse) = {
    .names = "parse",
    .args = "n",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\parse STMT_NAME",
    .brief = "create a prepared statement",
    .help = "The query in the buffer becomes the prepared statement STMT_NAME.",
    .run = run_parse,
};

META_COMMAND(close_prepared) = {
    .names = "close_prepared",
    .args = "n",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\close_prepared STMT_NAME",
    .brief = "close an existing prepared statement",
    .run = run_close,
};
