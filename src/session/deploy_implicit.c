/*
 * deploy_implicit.c — a head that opens no transaction itself.
 *
 * It runs in the implicit transaction of its message and is committed at a moment that is not ours to
 * see, so the transaction's id cannot be asked for before the commit.  It is told instead: one more
 * statement in front of the terminator raises it as an INFO, which the server sends at once.  If
 * the connection is lost, an id that has arrived can be asked about; without one the head had not
 * come to its end.
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

#define SYNTAX_ERROR "42601"

/* Fenced with semicolons, behind a line's end, as the head may end in a comment without either. */
#define TELL(function)                                                                         \
    "\n;DO $pgmish$BEGIN RAISE INFO USING ERRCODE = '" SESSION_XID_SQLSTATE                    \
    "', MESSAGE = COALESCE(pg_catalog." function "()::pg_catalog.text, ''); END$pgmish$;\n"

typedef struct Count {
    size_t statements;
    bool needs_no_block;
} Count;

static bool count_statement(void *ctx, const char *text, size_t start, size_t end)
{
    Count *count = ctx;

    if (!count->statements++)
        count->needs_no_block = statement_needs_no_block(text + start, end - start);
    return true;
}

/* Of the head without its terminator.  A statement of its own may need to be alone in its message:
 * VACUUM, a DO block that commits. */
static Count count_statements(const DeployScript *script, const HeadShape *head)
{
    Count count = {0, false};

    script_each_statement(script->sent.data + head->start, head->terminator - head->start,
                          count_statement, &count);
    if (count.statements > 1 || head->terminator < head->end)
        count.needs_no_block = false;
    return count;
}

/*
 * Did our statement spoil it?  A syntax error may speak of it, as what follows a quote that is not
 * closed, or as what stands where the text should go on; the server reads a message whole before it
 * runs any of it, so nothing has happened yet.  Or it has failed itself, say for a role that may not
 * use PL/pgSQL: then everything has been rolled back.
 */
static bool spoilt(const DeployRun *run, const PGresult *error, size_t statements)
{
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);

    if (!state || PQstatus(run->conn) != CONNECTION_OK || deploy_stopped(run->options))
        return false;
    return (strcmp(state, SYNTAX_ERROR) == 0 && run->completed == 0) ||
           run->completed == statements;
}

static PGresult *send_plain(DeployRun *run, const HeadShape *head)
{
    char *sql = xstrndup(run->script->sent.data + head->start, head->end - head->start);
    PGresult *error = deploy_send(run, sql, 0, NULL);

    free(sql);
    return error;
}

PGresult *deploy_send_implicit(DeployRun *run, const HeadShape *head)
{
    const char *text = run->script->sent.data;
    StrBuf sql = STRBUF_INIT;
    Count count = count_statements(run->script, head);
    PGresult *error;
    char *told;

    run->unfinished = false;
    if (count.needs_no_block)
        return send_plain(run, head);
    strbuf_addn(&sql, text + head->start, head->terminator - head->start);
    strbuf_add(&sql, PQserverVersion(run->conn) >= 130000
                         ? TELL("pg_current_xact_id_if_assigned")
                         : TELL("txid_current_if_assigned"));
    strbuf_addn(&sql, text + head->terminator, head->end - head->terminator);
    session_await_xid(run->session);
    error = deploy_send(run, sql.data, 0, NULL);
    told = session_take_xid(run->session);
    free(run->xid);
    run->xid = told && *told ? xstrdup(told)
                             : NULL; /* nothing at all: it had written nothing */
    strbuf_free(&sql);
    if (error && !told && spoilt(run, error, count.statements)) {
        PQclear(error);
        if (PQtransactionStatus(run->conn) != PQTRANS_IDLE) /* a BEGIN with no end */
            PQclear(deploy_send(run, "ROLLBACK", 0, NULL));
        return send_plain(run, head);
    }
    run->unfinished = error && !told && PQresultErrorField(error, PG_DIAG_SQLSTATE);
    free(told);
    return error;
}
