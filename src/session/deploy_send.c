/*
 * deploy_send.c — sends one message of a deployment and waits for its end.
 *
 * While it waits it looks at the user's Ctrl-C, at the deployment's own deadline, and at who holds
 * the locks that the server waits for.  A stop is passed on as a cancel request, more than once,
 * since a request that comes between two statements is lost.  A server that does not answer it
 * in time is given up by closing the socket: the end of a session rolls back and unlocks.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deploy_private.h"

enum {
    TICK_MS = 100,          /* how often a stop is looked for */
    CANCEL_AGAIN_MS = 1000, /* between two cancel requests */
    CANCEL_PATIENCE_MS = 10000
};

unsigned deploy_stopped(const DeployOptions *options)
{
    if (options->interrupted && *options->interrupted)
        return CAUSE_INTERRUPT;
    if (options->deadline > 0 && monotonic_ms() >= options->deadline)
        return CAUSE_DEADLINE;
    return 0;
}

void deploy_say(const DeployOptions *options, DeploySay kind, const char *fmt, ...)
{
    StrBuf text = STRBUF_INIT;
    va_list args;

    if (!options->say)
        return;
    va_start(args, fmt);
    strbuf_vaddf(&text, fmt, args);
    va_end(args);
    options->say(options->ctx, kind, text.data);
    strbuf_free(&text);
}

/* The state of one wait. */
typedef struct Wait {
    DeployRun *run;
    double start, limit;
    double cancel_first, cancel_next; /* 0: nothing cancelled yet */
} Wait;

static void send_cancel(PGconn *conn)
{
    PGcancel *cancel = PQgetCancel(conn);
    char reason[256];

    if (cancel)
        PQcancel(cancel, reason, sizeof(reason));
    PQfreeCancel(cancel);
}

/* False: this wait is over, whatever the server does. */
static bool look_at_stop(Wait *wait)
{
    double now = monotonic_ms();
    unsigned cause;

    if (wait->limit > 0)
        return now < wait->limit;
    cause = deploy_stopped(wait->run->options);
    if (!cause)
        return true;
    wait->run->result->causes |= cause;
    if (wait->cancel_first == 0)
        wait->cancel_first = wait->cancel_next = now;
    if (now - wait->cancel_first > CANCEL_PATIENCE_MS)
        return false;
    if (now >= wait->cancel_next) {
        send_cancel(wait->run->conn);
        wait->cancel_next = now + CANCEL_AGAIN_MS;
    }
    return true;
}

/* Waits until a result can be had without waiting, or the connection is gone. */
static void wait_busy(Wait *wait)
{
    PGconn *conn = wait->run->conn;

    while (PQisBusy(conn)) {
        struct pollfd fd = {PQsocket(conn), POLLIN, 0};

        if (fd.fd < 0 || (poll(&fd, 1, TICK_MS) < 0 && errno != EINTR))
            return;
        if (fd.revents && !PQconsumeInput(conn))
            return;
        if (!PQisBusy(conn))
            return;
        if (!look_at_stop(wait)) {
            shutdown(fd.fd, SHUT_RDWR);
            wait->cancel_first = wait->limit = 0; /* end of file comes at once */
            while (PQisBusy(conn) && PQconsumeInput(conn))
                ;
            return;
        }
        if (wait->limit == 0) {
            deploy_watch(wait->run, wait->start);
            trace_tick(wait->run->session);
        }
    }
}

/* deploy.sql has no data of its own, and its output goes nowhere: stdout is not the script's. */
static void end_copy(PGconn *conn, ExecStatusType status)
{
    char *row;

    if (status == PGRES_COPY_IN) {
        PQputCopyEnd(conn, "COPY FROM STDIN has no data in deploy.sql");
        return;
    }
    while (PQgetCopyData(conn, &row, 0) > 0)
        PQfreemem(row);
}

static bool is_error(ExecStatusType status)
{
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

/* Takes one result in: the first error is kept, libpq's "connection lost" behind it is not. */
static void keep(Wait *wait, PGresult *result, PGresult **error, PGresult **rows)
{
    ExecStatusType status = PQresultStatus(result);
    DeployRun *run = wait->run;
    bool complete = *PQcmdStatus(result) || status == PGRES_EMPTY_QUERY;

    if (is_error(status)) {
        if (*error)
            PQclear(result);
        else
            *error = result;
        return;
    }
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
        end_copy(run->conn, status);
    /* one tag for every statement of the message; rows of a rule's own queries come without one */
    run->completed += complete;
    if (run->follow.starts)
        deploy_tests_result(run, result, complete);
    if (status == PGRES_COMMAND_OK)
        session_after_command(run->session, run->conn, PQcmdStatus(result));
    if (rows && PQntuples(result)) {
        PQclear(*rows);
        *rows = result;
    } else {
        PQclear(result);
    }
}

PGresult *deploy_send(DeployRun *run, const char *sql, double limit, PGresult **rows)
{
    Wait wait = {run, monotonic_ms(), limit, 0, 0};
    PGresult *error = NULL, *result;

    if (rows)
        *rows = NULL;
    run->completed = 0;
    if (!PQsendQuery(run->conn, sql))
        return PQmakeEmptyPGresult(run->conn, PGRES_FATAL_ERROR);
    if (!rows)
        PQsetSingleRowMode(run->conn); /* whatever a script selects, memory stays small */
    for (;;) {
        wait_busy(&wait);
        result = PQgetResult(run->conn);
        if (!result)
            break;
        keep(&wait, result, &error, rows);
    }
    session_after_command(run->session, run->conn, NULL);
    if (!error && PQstatus(run->conn) == CONNECTION_BAD)
        error = PQmakeEmptyPGresult(run->conn, PGRES_FATAL_ERROR);
    return error;
}

bool deploy_ask(DeployRun *run, const char *sql, double limit, PGresult **rows)
{
    PGresult *error = deploy_send(run, sql, limit, rows);
    bool ok = !error && *rows;

    PQclear(error);
    return ok;
}
