/*
 * connect.c — \connect and \conninfo.
 */
#include "pgmish/meta.h"

#include <string.h>

/* An unquoted "-" and an empty word keep the old value. */
static const char *given(const MetaCall *call, size_t i)
{
    const char *text = meta_arg(call, i);

    if (!text || (!call->args[i].quote && (!*text || strcmp(text, "-") == 0)))
        return NULL;
    return text;
}

static MetaResult run_connect(Shell *shell, const MetaCall *call)
{
    static const char prefix[] = "-reuse-previous=";
    const char *first = given(call, 0);
    int reuse = -1;
    size_t at = 0;

    if (first && strncmp(first, prefix, sizeof(prefix) - 1) == 0) {
        bool on;

        if (!parse_bool(&shell->log, first + sizeof(prefix) - 1, "-reuse-previous", &on))
            return META_ERROR;
        reuse = on;
        at = 1;
    }
    return shell_reconnect(shell, reuse, given(call, at), given(call, at + 1),
                           given(call, at + 2), given(call, at + 3))
               ? META_DONE
               : META_ERROR;
}

static MetaResult run_conninfo(Shell *shell, const MetaCall *call)
{
    PGconn *conn = shell->conn;

    (void)call;
    if (!conn || !PQdb(conn)) {
        puts("You are currently not connected to a database.");
        return META_DONE;
    }
    printf("You are connected to database \"%s\" as user \"%s\"", PQdb(conn), PQuser(conn));
    shell_print_server(conn);
    shell_print_security(shell);
    return META_DONE;
}

META_COMMAND(connect) = {
    .names = "c connect",
    .args = "i;i;i;i;i;",
    .group = HELP_CONNECTION,
    .synopsis = "\\c[onnect] {[DBNAME|- USER|- HOST|- PORT|-] | conninfo}",
    .brief = "connect to new database",
    .help = "A loaded project is loaded again into the new session.",
    .run = run_connect,
};

META_COMMAND(conninfo) = {
    .names = "conninfo",
    .args = "",
    .group = HELP_CONNECTION,
    .synopsis = "\\conninfo",
    .brief = "display information about current connection",
    .run = run_conninfo,
};
