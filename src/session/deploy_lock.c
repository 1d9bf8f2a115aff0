/*
 * deploy_lock.c — one deployment per database at a time (contract X2).
 *
 * The lock is taken before anything is created and given back on every path, with a limit of its
 * own, so that a deployment out of time still cleans up.  On the shell's connection only our own
 * lock goes: the user may hold others.
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

enum { UNLOCK_LIMIT_MS = 5000 };

#define KEY "pg_catalog.hashtextextended('pgmi.deploy.' || pg_catalog.current_database(), 0)"

bool deploy_lock(DeployRun *run)
{
    PGresult *rows, *error;
    Diag diag = DIAG_INIT;
    bool got = false;

    /* behind a pooler the server's process is not the one that libpq was told at login */
    error = deploy_send(
        run,
        "SELECT k, pg_catalog.pg_try_advisory_lock(k),"
        " pg_catalog.current_database(), pg_catalog.pg_backend_pid() FROM (SELECT " KEY
        ") AS l (k)",
        0, &rows);
    if (error || !rows) {
        server_diag(error, run->conn, &diag);
        deploy_result_fail(run->result, run->result->causes ? 0 : CAUSE_OTHER, &diag);
        goto done;
    }
    free(run->result->database);
    run->result->database = xstrdup(PQgetvalue(rows, 0, 2));
    run->backend = xstrdup(PQgetvalue(rows, 0, 3));
    got = *PQgetvalue(rows, 0, 1) == 't';
    if (got) {
        run->lock_key = xstrdup(PQgetvalue(rows, 0, 0));
        goto done;
    }
    diag_set(&diag, EXIT_PGMI_CONCURRENT, "another deployment of database \"%s\" is running",
             run->result->database);
    diag_hint(&diag, "Wait until it has ended, then try again.");
    deploy_result_fail(run->result, CAUSE_CONCURRENT, &diag);
done:
    PQclear(rows);
    PQclear(error);
    return got;
}

/* Our own lock, if the script has not let go of it (DISCARD ALL, pg_advisory_unlock_all). */
static void unlock_own(DeployRun *run, double limit)
{
    char *sql = xasprintf(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_locks"
        " WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND granted"
        " AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = %s::bigint)"
        " THEN pg_catalog.pg_advisory_unlock(%s::bigint) ELSE false END",
        run->lock_key, run->lock_key);
    PGresult *rows;

    if (deploy_ask(run, sql, limit, &rows) && *PQgetvalue(rows, 0, 0) != 't')
        deploy_say(run->options, DEPLOY_SAY_WARNING,
                   "the deployment's lock was lost on the way: the script has released it");
    PQclear(rows);
    free(sql);
}

void deploy_unlock(DeployRun *run)
{
    double limit = monotonic_ms() + UNLOCK_LIMIT_MS;
    PGresult *rows;

    if (PQstatus(run->conn) == CONNECTION_OK && PQtransactionStatus(run->conn) != PQTRANS_IDLE)
        PQclear(deploy_send(run, "ROLLBACK", limit, NULL));
    if (run->lock_key && PQstatus(run->conn) == CONNECTION_OK) {
        unlock_own(run, limit);
        if (!run->options->own_session) {
            deploy_ask(run, "SELECT pg_catalog.pg_advisory_unlock_all()", limit, &rows);
            PQclear(rows);
        }
    }
    free(run->lock_key);
    run->lock_key = NULL;
}
