/*
 * session.c — the Session: what was loaded, and whether the server still has it.
 *
 * The server's copy lives in temporary tables, which end with the transaction that made them when it
 * rolls back, with DISCARD, and with the connection.  session_after_command watches for the
 * commands that can do this and then asks the server, instead of guessing from tags: ROLLBACK TO
 * a savepoint older than the load has the same tag as a harmless one (shell.md section 4,
 * "Life of the session").
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

Session *session_new(void)
{
    Session *session = xcalloc(1, sizeof(*session));

    params_init(&session->user_params);
    return session;
}

static void generation_free(Generation *generation)
{
    trace_free(&generation->trace);
    project_free(generation->project);
    params_free(&generation->params);
}

void session_free(Session *session)
{
    if (!session)
        return;
    for (size_t i = 0; i < session->count; i++)
        generation_free(&session->generations[i]);
    free(session->generations);
    session_forget_pin(session);
    free(session->xid);
    params_free(&session->user_params);
    free(session);
}

Generation *session_top(const Session *session)
{
    return session->count ? &session->generations[session->count - 1] : NULL;
}

SessionState session_state(const Session *session)
{
    const Generation *top = session_top(session);

    if (!top || !top->project)
        return SESSION_EMPTY;
    return session->lost == LOST_NOT ? SESSION_LOADED : SESSION_LOST;
}

const Project *session_project(const Session *session)
{
    const Generation *top = session_top(session);

    return top ? top->project : NULL;
}

const Params *session_params(const Session *session)
{
    const Generation *top = session_top(session);

    return top ? &top->params : &session->user_params;
}

Params *session_user_params(Session *session)
{
    return &session->user_params;
}

/* Removes generations from index `from` up to, not including, index `to`. */
static void forget(Session *session, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        generation_free(&session->generations[i]);
    memmove(&session->generations[from], &session->generations[to],
            (session->count - to) * sizeof(Generation));
    session->count -= to - from;
}

/* With no transaction open nothing older can come back. */
static void settle(Session *session, PGconn *conn)
{
    Generation *top = session_top(session);

    session->unsettled = PQtransactionStatus(conn) != PQTRANS_IDLE;
    if (session->unsettled || !top)
        return;
    if (session->count > 1)
        forget(session, 0, session->count - 1);
    if (!session_top(session)->project)
        forget(session, 0, 1);
}

void session_push(Session *session, PGconn *conn, Project *project, const Params *params,
                  uint32_t file_node)
{
    Generation *top;

    if (session->count == session->cap) {
        session->cap = session->cap ? 2 * session->cap : 4;
        session->generations = xrealloc(session->generations,
                                        session->cap * sizeof(Generation));
    }
    top = &session->generations[session->count++];
    *top = (Generation){.project = project, .file_node = file_node};
    if (params)
        params_copy(&top->params, params);
    else
        params_init(&top->params);
    session->lost = LOST_NOT;
    session->suspect = LOST_NOT;
    session_forget_pin(session);
    settle(session, conn);
}

/* ---- is it still there? ------------------------------------------------------------------------ */

/* Asks which load the server holds.  False: it could not be asked. */
static bool ask_file_node(PGconn *conn, uint32_t *file_node)
{
    PGresult *result = server_query(
        conn,
        "SELECT "
        "pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('pg_temp._pgmi_source'))",
        0, NULL);
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;

    if (ok)
        *file_node = PQgetisnull(result, 0, 0)
                         ? 0
                         : (uint32_t)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return ok;
}

/* Brings the history in line with the server. */
static void verify(Session *session, PGconn *conn)
{
    LostReason reason = session->suspect;
    uint32_t file_node;

    if (!ask_file_node(conn, &file_node))
        return;
    session->suspect = LOST_NOT;
    for (size_t i = session->count; i > 0; i--) {
        if (session->generations[i - 1].file_node != file_node)
            continue;
        forget(session, i, session->count);
        session->lost = LOST_NOT;
        settle(session, conn);
        return;
    }
    if (session->lost == LOST_NOT)
        session->lost = reason;
    settle(session, conn);
    if (!session->unsettled && session->count)
        session_top(session)->file_node = UINT32_MAX; /* nothing brings it back */
}

static bool starts(const char *tag, const char *word)
{
    return strncmp(tag, word, strlen(word)) == 0;
}

/* Commands that can undo a load made in the transaction they end or rewind.  BEGIN counts, as it
 * may be the last command of a message whose first one ended the transaction. */
static bool touches_transaction(const char *tag)
{
    return starts(tag, "ROLLBACK") || starts(tag, "COMMIT") || starts(tag, "BEGIN") ||
           starts(tag, "START TRANSACTION") || starts(tag, "PREPARE TRANSACTION");
}

void session_after_command(Session *session, PGconn *conn, const char *command_tag)
{
    PGTransactionStatusType status = PQtransactionStatus(conn);
    const char *tag = command_tag ? command_tag : "";

    if (!session->count || session->lost == LOST_CONNECTION)
        return;
    if (starts(tag, "DISCARD"))
        session->suspect = LOST_DISCARD;
    else if (session->suspect == LOST_NOT && session->unsettled &&
             (status == PQTRANS_IDLE || touches_transaction(tag)))
        session->suspect = LOST_ROLLBACK;
    /* not while a message is under way, nor in an aborted transaction: a later call asks */
    if (session->suspect != LOST_NOT && (status == PQTRANS_IDLE || status == PQTRANS_INTRANS) &&
        PQpipelineStatus(conn) == PQ_PIPELINE_OFF)
        verify(session, conn);
}

void session_connection_lost(Session *session)
{
    const Generation *top = session_top(session);

    session->unsettled = false;
    session->suspect = LOST_NOT;
    if (!top)
        return;
    forget(session, 0, session->count - (top->project ? 1 : 0));
    if (!session->count)
        return;
    session->lost = LOST_CONNECTION;
    session_top(session)->file_node =
        UINT32_MAX; /* another connection's numbers mean nothing */
}

void session_await_xid(Session *session)
{
    free(session->xid);
    session->xid = NULL;
    session->awaits_xid = true;
}

char *session_take_xid(Session *session)
{
    char *xid = session->xid;

    session->xid = NULL;
    session->awaits_xid = false;
    return xid;
}

bool session_notice(Session *session, const PGresult *notice)
{
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    if (!session->awaits_xid || !state || strcmp(state, SESSION_XID_SQLSTATE) != 0)
        return false;
    free(session->xid);
    session->xid = xstrdup(message ? message : "");
    return true;
}

bool session_require(const Session *session, Diag *diag)
{
    const Project *project = session_project(session);

    switch (session_state(session)) {
    case SESSION_LOADED:
        return true;
    case SESSION_EMPTY:
        diag_set(diag, EXIT_PGMI_OTHER, "no project is loaded");
        return diag_hint(diag, "Load one with \\pgmi load DIR.");
    case SESSION_LOST:
        break;
    }
    if (session->lost == LOST_DISCARD)
        diag_set(diag, EXIT_PGMI_OTHER, "the session of project \"%s\" was discarded",
                 project->name);
    else if (session->lost == LOST_CONNECTION)
        diag_set(diag, EXIT_PGMI_OTHER,
                 "the session of project \"%s\" ended with the connection it was loaded in",
                 project->name);
    else
        diag_set(diag, EXIT_PGMI_OTHER,
                 "the transaction in which project \"%s\" was loaded has been rolled back",
                 project->name);
    return diag_hint(diag, "Load it again with \\pgmi reload.");
}
