/*
 * query.c — the program's own commands: send, collect, and the error as a value.
 *
 * PQexec is not used: when the server ends the session it answers with the loss of the connection
 * and drops the message, and its SQLSTATE, that said why.
 */
#include "pgmish/server.h"

#include <stdlib.h>
#include <string.h>

static bool has_sqlstate(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SQLSTATE) != NULL;
}

/* In these states PQgetResult would answer the same for ever; the caller goes on with the COPY. */
static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* The last result; but what the server said about an error is kept when all that follows is
 * libpq's own remark that the connection is gone. */
static PGresult *collect(PGconn *conn)
{
    PGresult *kept = NULL, *next;

    while ((next = PQgetResult(conn))) {
        if (kept && has_sqlstate(kept) && PQresultStatus(next) == PGRES_FATAL_ERROR &&
            !has_sqlstate(next)) {
            PQclear(next);
            continue;
        }
        PQclear(kept);
        kept = next;
        if (is_copy(kept))
            break;
    }
    return kept;
}

PGresult *server_query(PGconn *conn, const char *sql, int n, const char *const *params)
{
    PGresult *result = NULL;

    if (PQpipelineStatus(conn) != PQ_PIPELINE_OFF)
        PQclear(PQexec(conn,
                       sql)); /* refused, without a word to the server: its message is wanted */
    else if (n ? PQsendQueryParams(conn, sql, n, NULL, params, NULL, NULL, 0)
               : PQsendQuery(conn, sql))
        result = collect(conn);
    /* carries PQerrorMessage, as libpq copies it */
    return result ? result : PQmakeEmptyPGresult(conn, PGRES_FATAL_ERROR);
}

bool server_command(PGconn *conn, const char *sql, int n, const char *const *params, Diag *diag)
{
    PGresult *result = server_query(conn, sql, n, params);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    if (!ok)
        server_diag(result, conn, diag);
    PQclear(result);
    return ok;
}

/* libpq's messages end in a line feed, ours do not. */
static void set_message(Diag *diag, const char *text)
{
    size_t len = strlen(text);

    while (len && text[len - 1] == '\n')
        len--;
    diag_set(diag, EXIT_PGMI_EXECUTION, "%.*s", (int)len, text);
}

bool server_diag(const PGresult *result, PGconn *conn, Diag *diag)
{
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (!primary)
        primary = PQresultErrorMessage(result);
    if (!*primary && conn)
        primary = PQerrorMessage(conn);
    if (*primary)
        set_message(diag, primary);
    else
        diag_set(diag, EXIT_PGMI_EXECUTION, "unexpected answer of the server: %s",
                 PQresStatus(PQresultStatus(result)));
    if (detail)
        diag_detail(diag, "%s", detail);
    if (hint)
        diag_hint(diag, "%s", hint);
    if (sqlstate && strlen(sqlstate) < sizeof diag->sqlstate)
        memcpy(diag->sqlstate, sqlstate, strlen(sqlstate) + 1);
    return false;
}
