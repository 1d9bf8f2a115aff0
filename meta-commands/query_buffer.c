/*
 * query_buffer.c — \p, \r, \w: look at, forget or write the query buffer.
 *
 * An empty buffer stands for the previous query.  With -c there is no buffer at all.
 */
#include "pgmish/meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const StrBuf *shown_query(const Shell *shell, const MetaCall *call)
{
    if (call->query && call->query->len)
        return call->query;
    return shell->previous_query;
}

static MetaResult run_print(Shell *shell, const MetaCall *call)
{
    const StrBuf *query = shown_query(shell, call);

    if (query && query->len)
        puts(query->data);
    else if (!shell->set.quiet)
        puts("Query buffer is empty.");
    fflush(stdout);
    return META_DONE;
}

static MetaResult run_reset(Shell *shell, const MetaCall *call)
{
    if (call->query) {
        strbuf_reset(call->query);
        lexer_reset(shell->lexer);
    }
    if (!shell->set.quiet)
        puts("Query buffer reset (cleared).");
    return META_DONE;
}

static MetaResult run_write(Shell *shell, const MetaCall *call)
{
    const StrBuf *query = shown_query(shell, call);
    char *target;
    FILE *stream;
    bool is_pipe, ok = true;
    int status;

    if (!call->query) {
        log_error(&shell->log, "no query buffer");
        return META_ERROR;
    }
    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    target = expand_tilde(xstrdup(meta_arg(call, 0)));
    if (!shell_open_output(shell, target, &stream, &is_pipe)) {
        free(target);
        return META_ERROR;
    }
    if (query && query->len)
        fprintf(stream, "%s\n", query->data);
    status = is_pipe ? pclose(stream) : fclose(stream);
    if (status == -1) {
        log_error(&shell->log, "%s: %s", target, strerror(errno));
        ok = false;
    }
    shell_close_output(shell, NULL, false);
    free(target);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(print) = {
    .names = "p print",
    .args = "",
    .group = HELP_BUFFER,
    .synopsis = "\\p",
    .brief = "show the contents of the query buffer",
    .run = run_print,
};

META_COMMAND(reset) = {
    .names = "r reset",
    .args = "",
    .group = HELP_BUFFER,
    .synopsis = "\\r",
    .brief = "reset (clear) the query buffer",
    .run = run_reset,
};

META_COMMAND(write) = {
    .names = "w write",
    .args = "f;",
    .group = HELP_BUFFER,
    .synopsis = "\\w FILE",
    .brief = "write query buffer to file",
    .complete = complete_file,
    .run = run_write,
};
