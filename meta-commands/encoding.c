/*
 * \encoding — shows or sets the client encoding.  A bad name is an error message, but the command
 * succeeds, as in psql.
 */
#include "pgmish/meta.h"

static MetaResult run_encoding(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0);

    if (!name) {
        puts(pg_encoding_to_char(shell->print.encoding));
    } else if (PQsetClientEncoding(shell->conn, name) == -1) {
        log_error(&shell->log, "%s: invalid encoding name or conversion procedure not found",
                  name);
    } else {
        shell->print.encoding = PQclientEncoding(shell->conn);
        var_set(shell->vars, "ENCODING", pg_encoding_to_char(shell->print.encoding));
    }
    return META_DONE;
}

META_COMMAND(encoding) = {
    .names = "encoding",
    .args = "n",
    .group = HELP_CONNECTION,
    .synopsis = "\\encoding [ENCODING]",
    .brief = "show or set client encoding",
    .run = run_encoding,
};
