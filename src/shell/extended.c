/*
 * extended.c — \bind, \parse, \bind_named and \close_prepared: the next query by the extended
 * protocol, as psql 16 to 18 send it.
 */
#include <stdlib.h>
#include <string.h>

#include "results.h"

void shell_send_as(Shell *shell, SendMode mode, const char *name, const char *const *params,
                   size_t count)
{
    free(shell->send_name);
    strlist_free(&shell->send_params);
    shell->send_mode = mode;
    shell->send_name = name ? xstrdup(name) : NULL;
    shell->send_params = (StrList)STRLIST_INIT;
    for (size_t i = 0; i < count; i++)
        strlist_add(&shell->send_params, params[i]);
}

#ifdef LIBPQ_HAS_CLOSE_PREPARED
static bool send_close(Shell *shell)
{
    return PQsendClosePrepared(shell->conn, shell->send_name);
}
#else
/*
 * libpq before 17 cannot send the protocol's Close, which is content when there is no such
 * statement.  DEALLOCATE is not: then nothing but an empty query is sent.  The unnamed statement
 * goes when another one takes its place.
 */
static bool send_close(Shell *shell)
{
    const char *name = shell->send_name;
    PGresult *found;
    char *quoted, *sql;
    bool ok;

    if (!*name)
        return PQsendPrepare(shell->conn, "", "", 0, NULL);
    found = server_query(
        shell->conn, "SELECT FROM pg_catalog.pg_prepared_statements WHERE name = $1", 1, &name);
    ok = PQresultStatus(found) == PGRES_TUPLES_OK && PQntuples(found) > 0;
    PQclear(found);
    if (!ok) /* in an aborted block the server says so again */
        return PQsendQuery(shell->conn, "");
    quoted = PQescapeIdentifier(shell->conn, name, strlen(name));
    if (!quoted)
        return false;
    sql = xasprintf("DEALLOCATE %s", quoted);
    ok = PQsendQuery(shell->conn, sql);
    free(sql);
    PQfreemem(quoted);
    return ok;
}
#endif

bool extended_send(Shell *shell, const char *sql)
{
    const char *const *values = (const char *const *)shell->send_params.items;
    int count = (int)shell->send_params.len;

    switch (shell->send_mode) {
    case SEND_BIND:
        return PQsendQueryParams(shell->conn, sql, count, NULL, values, NULL, NULL, 0);
    case SEND_PARSE:
        return PQsendPrepare(shell->conn, shell->send_name, sql, 0, NULL);
    case SEND_BIND_NAMED:
        return PQsendQueryPrepared(shell->conn, shell->send_name, count, values, NULL, NULL, 0);
    case SEND_CLOSE:
        return send_close(shell);
    default: /* SEND_SIMPLE; pipeline commands do not come here */
        break;
    }
    return PQsendQuery(shell->conn, sql);
}
