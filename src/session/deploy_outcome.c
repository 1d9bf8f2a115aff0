/*
 * deploy_outcome.c — the connection was lost at a commit: did it happen?
 *
 * The server remembers what became of a transaction by its id, which is asked for right before the
 * commit.  After reconnecting the same server must be answering: another system identifier, or
 * another timeline (a standby has taken over), may know another history.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

enum {
    CONNECT_MS = 5000,   /* one attempt */
    PATIENCE_MS = 60000, /* a crashed server has to recover first */
    PAUSE_MS = 200,
    HAS_XACT_STATUS = 130000
};

/* Who answers.  Both may be refused by a server that is strict about privileges: then NULL. */
#define WHO                                                                                    \
    "SELECT system_identifier::text || ' ' ||"                                                 \
    " pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)"    \
    " FROM pg_catalog.pg_control_system()"

void deploy_outcome_prepare(DeployRun *run)
{
    PGresult *rows;

    if (deploy_ask(run, WHO, 0, &rows) && !PQgetisnull(rows, 0, 0))
        run->server_id = xstrdup(PQgetvalue(rows, 0, 0));
    PQclear(rows);
}

void deploy_outcome_note(DeployRun *run)
{
    PGresult *rows;

    free(run->xid);
    run->xid = NULL;
    if (PQtransactionStatus(run->conn) != PQTRANS_INTRANS)
        return;
    if (deploy_ask(run,
                   PQserverVersion(run->conn) >= HAS_XACT_STATUS
                       ? "SELECT pg_catalog.pg_current_xact_id_if_assigned()"
                       : "SELECT pg_catalog.txid_current_if_assigned()",
                   0, &rows) &&
        !PQgetisnull(rows, 0, 0))
        run->xid = xstrdup(PQgetvalue(rows, 0, 0));
    PQclear(rows);
}

static bool same_server(const DeployRun *run, PGconn *conn)
{
    PGresult *rows = server_query(conn, WHO, 0, NULL);
    bool same = PQresultStatus(rows) == PGRES_TUPLES_OK && PQntuples(rows) == 1 &&
                strcmp(PQgetvalue(rows, 0, 0), run->server_id) == 0;

    PQclear(rows);
    return same;
}

/* COMMIT_NOT_ASKED: it is still running, or the server could not say yet. */
static CommitOutcome status_of(const DeployRun *run, PGconn *conn)
{
    const char *values[] = {run->xid};
    PGresult *rows = server_query(conn,
                                  PQserverVersion(conn) >= HAS_XACT_STATUS
                                      ? "SELECT pg_catalog.pg_xact_status($1::xid8)"
                                      : "SELECT pg_catalog.txid_status($1::bigint)",
                                  1, values);
    CommitOutcome outcome = COMMIT_UNKNOWN;
    const char *word = "";

    if (PQresultStatus(rows) == PGRES_TUPLES_OK && PQntuples(rows) == 1)
        word = PQgetvalue(rows, 0, 0);
    if (strcmp(word, "committed") == 0)
        outcome = COMMIT_COMMITTED;
    else if (strcmp(word, "aborted") == 0)
        outcome = COMMIT_ROLLED_BACK;
    else if (strcmp(word, "in progress") == 0 || PQstatus(conn) == CONNECTION_BAD)
        outcome = COMMIT_NOT_ASKED;
    PQclear(rows);
    return outcome;
}

void deploy_outcome_ask(DeployRun *run)
{
    double end = monotonic_ms() + PATIENCE_MS;
    CommitOutcome outcome = COMMIT_NOT_ASKED;
    PGconn *conn = NULL;

    if (!run->xid || !run->server_id) {
        run->result->outcome = COMMIT_UNKNOWN;
        return;
    }
    deploy_say(run->options, DEPLOY_SAY_PROGRESS,
               "The connection was lost at the commit; asking the server what became of it");
    while (outcome == COMMIT_NOT_ASKED && monotonic_ms() < end &&
           !(deploy_stopped(run->options) & CAUSE_INTERRUPT)) {
        if (!conn || PQstatus(conn) == CONNECTION_BAD) {
            PQfinish(conn);
            conn = server_connect_again(run->conn, monotonic_ms() + CONNECT_MS, NULL);
            if (conn && !same_server(run, conn) && PQstatus(conn) == CONNECTION_OK)
                outcome = COMMIT_UNKNOWN;
        }
        if (conn && outcome == COMMIT_NOT_ASKED)
            outcome = status_of(run, conn);
        if (outcome == COMMIT_NOT_ASKED)
            poll(NULL, 0, PAUSE_MS);
    }
    PQfinish(conn);
    run->result->outcome = outcome == COMMIT_NOT_ASKED ? COMMIT_UNKNOWN : outcome;
}
