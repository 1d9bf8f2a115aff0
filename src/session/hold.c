/*
 * hold.c — advisory locks between the session and a second connection of the shell.
 *
 * There are three locks, named after the session's process id.  A mark (src/session/sql/step_mark.sql)
 * takes `here`, says its place, passes `gate`, gives `here` back, passes `behind`.  While armed, the
 * second connection owns `gate`.  To let one mark through it closes `behind`, opens `gate`, waits for
 * `here`: when it has that, the mark is through the gate and stands at `behind`.  Now it closes `gate`
 * again, gives `here` back and opens `behind`.  At no moment both are open; so no mark slips by, however
 * fast or slow either side is, and nobody has to look into pg_locks.
 *
 * The steps go out as one message whose end is not waited for: if the session's statement is cancelled
 * just then, it may keep `here` for good.  hold_disarm cancels the message in that case.
 */
#include "pgmish/hold.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/server.h"

#define LIMIT_MS 3000.0
#define CLASS    0x70676d69 /* "pgmi": upper half of the keys, as in step_mark.sql */

struct Hold {
    PGconn *conn;
    int pid; /* of the session's server process */
    bool armed;
    bool busy; /* the message of hold_release may not be through yet */
};

/* The settings that could end a wait of ours, whichever of them this server has. */
static const char settings_sql[] =
    "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
    " WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_session_timeout',"
    " 'idle_in_transaction_session_timeout', 'transaction_timeout')";

/* Keys of the locks. */
static long long gate(const Hold *hold)
{
    return ((long long)CLASS << 32) | ((long long)hold->pid << 2);
}

static long long here(const Hold *hold)
{
    return gate(hold) | 1;
}

static long long behind(const Hold *hold)
{
    return gate(hold) | 2;
}

static bool run(PGconn *conn, const char *sql, Diag *diag)
{
    Diag ignored = DIAG_INIT;
    bool ok = server_command(conn, sql, 0, NULL, diag ? diag : &ignored);

    diag_reset(&ignored);
    return ok;
}

/* One function of pg_catalog on one of the locks. */
static bool lock_call(PGconn *conn, const char *function, long long lock)
{
    char *sql = xasprintf("SELECT pg_catalog.%s(%lld)", function, lock);
    bool ok = run(conn, sql, NULL);

    free(sql);
    return ok;
}

/* ---- opening ------------------------------------------------------------------------------------ */

static bool ask_pid(PGconn *conn, int *pid, Diag *diag)
{
    PGresult *result = server_query(conn, "SELECT pg_catalog.pg_backend_pid()", 0, NULL);
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;

    if (ok)
        *pid = atoi(PQgetvalue(result, 0, 0));
    else
        server_diag(result, conn, diag);
    PQclear(result);
    return ok;
}

/* Behind a load balancer the second connection may have come to another server, where its locks hold
 * nobody up. */
static bool reaches(const Hold *hold, PGconn *conn)
{
    char *sql = xasprintf("SELECT pg_catalog.pg_try_advisory_lock_shared(%lld)", gate(hold));
    PGresult *result;
    bool held = false;

    if (lock_call(hold->conn, "pg_advisory_lock", gate(hold))) {
        result = server_query(conn, sql, 0, NULL);
        held = PQresultStatus(result) == PGRES_TUPLES_OK &&
               strcmp(PQgetvalue(result, 0, 0), "f") == 0;
        PQclear(result);
        run(hold->conn, "SELECT pg_catalog.pg_advisory_unlock_all()", NULL);
    }
    if (!held)
        hold_clean(hold, conn); /* the test has taken it */
    free(sql);
    return held;
}

Hold *hold_open(PGconn *conn, Diag *diag)
{
    Hold *hold = xcalloc(1, sizeof(*hold));
    double end = monotonic_ms() + LIMIT_MS;

    if (!ask_pid(conn, &hold->pid, diag))
        goto failed;
    hold->conn = server_connect_again(conn, end, diag);
    if (!hold->conn)
        goto failed;
    if (!server_answers(hold->conn, settings_sql, end)) {
        diag_set(diag, EXIT_PGMI_CONNECTION,
                 "a second connection gets no server session in time");
        goto failed;
    }
    if (!reaches(hold, conn)) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "a second connection comes to another server");
        goto failed;
    }
    return hold;
failed:
    hold_close(hold);
    return NULL;
}

void hold_close(Hold *hold)
{
    if (!hold)
        return;
    hold_disarm(hold);
    PQfinish(hold->conn);
    free(hold);
}

/* ---- holding ---------------------------------------------------------------------------------------- */

bool hold_armed(const Hold *hold)
{
    return hold && hold->armed;
}

/* Waits for the end of hold_release's message; false: it failed. */
static bool settle(Hold *hold)
{
    bool ok = true;
    PGresult *result;

    if (!hold->busy)
        return true;
    hold->busy = false;
    while ((result = PQgetResult(hold->conn))) {
        ok = ok && PQresultStatus(result) == PGRES_TUPLES_OK;
        PQclear(result);
    }
    return ok;
}

/* The server may have closed it, which a send would not notice. */
static bool alive(Hold *hold)
{
    for (int i = 0; i < 3 && PQstatus(hold->conn) == CONNECTION_OK; i++) {
        struct pollfd fd = {PQsocket(hold->conn), POLLIN, 0};

        if (poll(&fd, 1, 0) <= 0)
            return true;
        if (!PQconsumeInput(hold->conn))
            return false;
        PQisBusy(hold->conn); /* takes in what came, a last message perhaps */
    }
    return PQstatus(hold->conn) == CONNECTION_OK;
}

PGconn *hold_connection(Hold *hold)
{
    settle(hold);
    return hold->conn;
}

void hold_forget(Hold *hold)
{
    hold->conn = NULL;
    hold->busy = hold->armed = false;
}

bool hold_arm(Hold *hold)
{
    if (hold->armed)
        return true;
    hold->armed = lock_call(hold->conn, "pg_advisory_lock", gate(hold));
    return hold->armed;
}

bool hold_release(Hold *hold)
{
    char *sql;

    if (!hold->armed || !settle(hold) || !alive(hold))
        return false;
    sql = xasprintf("SELECT pg_catalog.pg_advisory_lock(%lld);"
                    " SELECT pg_catalog.pg_advisory_unlock(%lld);"
                    " SELECT pg_catalog.pg_advisory_lock(%lld);"
                    " SELECT pg_catalog.pg_advisory_lock(%lld);"
                    " SELECT pg_catalog.pg_advisory_unlock(%lld);"
                    " SELECT pg_catalog.pg_advisory_unlock(%lld)",
                    behind(hold), gate(hold), here(hold), gate(hold), here(hold), behind(hold));
    hold->busy = PQsendQuery(hold->conn, sql);
    free(sql);
    return hold->busy;
}

/* Ends what the message still waits for. */
static void cancel(Hold *hold)
{
    PGcancel *handle = PQgetCancel(hold->conn);
    char reason[256];

    if (handle)
        PQcancel(handle, reason, sizeof(reason));
    PQfreeCancel(handle);
}

void hold_disarm(Hold *hold)
{
    if (!hold || !hold->armed)
        return;
    hold->armed = false;
    if (hold->busy && PQconsumeInput(hold->conn) && PQisBusy(hold->conn))
        cancel(hold);
    settle(hold);
    /* A cancel that comes late meets this instead: once more then. */
    if (!run(hold->conn, "SELECT pg_catalog.pg_advisory_unlock_all()", NULL))
        run(hold->conn, "SELECT pg_catalog.pg_advisory_unlock_all()", NULL);
}

void hold_clean(const Hold *hold, PGconn *conn)
{
    /* To give back what one does not have draws a warning: hence the look first. */
    char *sql = xasprintf("SELECT CASE WHEN l.objid OPERATOR(pg_catalog.=) %lld::pg_catalog.oid"
                          " THEN pg_catalog.pg_advisory_unlock(%lld)"
                          " WHEN l.objid OPERATOR(pg_catalog.=) %lld::pg_catalog.oid"
                          " THEN pg_catalog.pg_advisory_unlock_shared(%lld)"
                          " WHEN l.objid OPERATOR(pg_catalog.=) %lld::pg_catalog.oid"
                          " THEN pg_catalog.pg_advisory_unlock_shared(%lld) END"
                          " FROM pg_catalog.pg_locks AS l"
                          " WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted"
                          " AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"
                          " AND l.classid OPERATOR(pg_catalog.=) %d::pg_catalog.oid",
                          here(hold) & 0xffffffff, here(hold), gate(hold) & 0xffffffff,
                          gate(hold), behind(hold) & 0xffffffff, behind(hold), CLASS);

    run(conn, sql, NULL);
    free(sql);
}
