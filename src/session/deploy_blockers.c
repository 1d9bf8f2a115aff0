/*
 * deploy_blockers.c — who holds up a deployment.
 *
 * The deployment's own connection is busy waiting, so a second one asks the server, once a message
 * has run for more than a second.  Those who block are named when they change, not every time.
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

enum { FIRST_MS = 1000, AGAIN_MS = 1000, CONNECT_MS = 1000 };

/* Names of users and programs are hostile. */
static char *describe(const PGresult *rows, int row)
{
    char *user = project_show_path(PQgetvalue(rows, row, 1));
    char *application = project_show_path(PQgetvalue(rows, row, 2));
    StrBuf text = STRBUF_INIT;

    strbuf_addf(&text, "pid %s", PQgetvalue(rows, row, 0));
    if (*user)
        strbuf_addf(&text, ", user \"%s\"", user);
    if (*application)
        strbuf_addf(&text, ", application \"%s\"", application);
    if (*PQgetvalue(rows, row, 3))
        strbuf_addf(&text, ", query %s s old", PQgetvalue(rows, row, 3));
    if (*PQgetvalue(rows, row, 4))
        strbuf_addf(&text, ", %s", PQgetvalue(rows, row, 4));
    free(user);
    free(application);
    return strbuf_detach(&text);
}

static void tell(DeployRun *run, const PGresult *rows)
{
    StrBuf pids = STRBUF_INIT;

    for (int row = 0; row < PQntuples(rows); row++)
        strbuf_addf(&pids, "%s ", PQgetvalue(rows, row, 0));
    if (run->watch.seen && strcmp(run->watch.seen, pids.data) == 0) {
        strbuf_free(&pids);
        return;
    }
    for (int row = 0; row < PQntuples(rows); row++) {
        char *who = describe(rows, row);

        deploy_say(run->options, DEPLOY_SAY_PROGRESS, "Waiting for a lock; blocked by %s", who);
        free(who);
    }
    free(run->watch.seen);
    run->watch.seen = strbuf_detach(&pids);
}

static void look(DeployRun *run)
{
    const char *values[] = {run->backend};
    PGresult *rows = server_query(
        run->watch.conn,
        "SELECT a.pid, a.usename, a.application_name,"
        " pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start)),"
        " a.state"
        " FROM (SELECT DISTINCT pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::int))) AS b"
        " (pid) JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid ORDER BY a.pid",
        1, values);
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        tell(run, rows);
    else
        run->watch.given_up = true;
    PQclear(rows);
}

void deploy_watch(DeployRun *run, double since)
{
    LockWatch *watch = &run->watch;
    double now = monotonic_ms();

    if (!run->options->say || !run->backend || watch->given_up || now < since + FIRST_MS ||
        now < watch->next)
        return;
    watch->next = now + AGAIN_MS;
    if (!watch->conn) {
        watch->conn = server_connect_again(run->conn, now + CONNECT_MS, NULL);
        watch->given_up = !watch->conn;
    }
    if (watch->conn)
        look(run);
}

void deploy_watch_end(DeployRun *run)
{
    PQfinish(run->watch.conn);
    free(run->watch.seen);
    run->watch = (LockWatch){0};
}
