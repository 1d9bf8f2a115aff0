/*
 * pooler.c — finds out whether a connection pooler stands between us and the server, and
 * whether it keeps one server session for us.
 *
 * The session's tables are temporary: with a pooler in transaction or statement mode they would
 * be gone, or worse, seen by somebody else, after the next COMMIT.  Such a pooler does not say
 * what it is.  But it invents the process id that libpq gets at login, so PQbackendPID() and
 * pg_backend_pid() differ; and it gives a server session that is idle to whoever comes, so a
 * second connection either gets ours or, by holding on to it in a transaction, makes us change.
 * A pooler in session mode shows neither.
 */
#include "pgmish/server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MS 2000
#define ROUNDS   2

#define ASK_PID           "SELECT pg_catalog.pg_backend_pid()"
#define BEGIN_AND_ASK     "BEGIN; " ASK_PID
#define STATEMENT_REFUSED "statement pooling" /* in PgBouncer's answer to BEGIN in that mode */

typedef enum Answer {
    ANSWER_PID,
    ANSWER_LATE,      /* the time is up; the query is still running */
    ANSWER_NONE,      /* failed: nothing can be said */
    ANSWER_STATEMENTS /* the pooler said that it pools statements */
} Answer;

/* Waits until the socket is ready; false when the time is up. */
static bool wait_socket(PGconn *conn, short events, double end)
{
    struct pollfd fd = {PQsocket(conn), events, 0};
    double left;
    int n;

    do {
        left = end - monotonic_ms();
        n = left <= 0 || fd.fd < 0 ? 0 : poll(&fd, 1, (int)left + 1);
    } while (n < 0 && errno == EINTR);
    return n > 0;
}

/* ---- asking for the process id ----------------------------------------------------------- */

/* Collects the results of what was sent; the pid is the last row's. */
static Answer collect_pid(PGconn *conn, double end, int *pid)
{
    Answer answer = ANSWER_NONE;
    PGresult *result;

    for (;;) {
        while (PQisBusy(conn)) {
            if (!wait_socket(conn, POLLIN, end))
                return ANSWER_LATE;
            if (!PQconsumeInput(conn))
                break; /* lost: PQgetResult tells */
        }
        if ((result = PQgetResult(conn)) == NULL)
            return answer;
        if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
            *pid = atoi(PQgetvalue(result, 0, 0));
            answer = ANSWER_PID;
        } else if (strstr(PQresultErrorMessage(result), STATEMENT_REFUSED)) {
            answer = ANSWER_STATEMENTS;
        } else if (answer != ANSWER_STATEMENTS) { /* which the loss of the connection follows */
            answer = ANSWER_NONE;
        }
        PQclear(result);
    }
}

static Answer ask_pid(PGconn *conn, const char *sql, double end, int *pid)
{
    return PQsendQuery(conn, sql) ? collect_pid(conn, end, pid) : ANSWER_NONE;
}

/* ---- the second connection ------------------------------------------------------------------ */

static void ignore_notice(void *arg UNUSED, const PGresult *result UNUSED)
{
}

/* Value for a connection option of the second connection: the very place and password that the
 * first one uses, where several hosts or a password file were given. */
static const char *second_value(PGconn *conn, const PQconninfoOption *option)
{
    const char *host = PQhost(conn), *address = PQhostaddr(conn);
    bool network = host && *host && *host != '/' && *host != '@';

    if (strcmp(option->keyword, "host") == 0)
        return host;
    if (strcmp(option->keyword, "port") == 0)
        return PQport(conn);
    if (strcmp(option->keyword, "password") == 0)
        return PQpass(conn);
    /* the address saves a look-up, which could not be given up after a time */
    if (strcmp(option->keyword, "hostaddr") == 0 && network && address && *address)
        return address;
    return option->val;
}

static PGconn *begin_second(PGconn *conn)
{
    PQconninfoOption *options = PQconninfo(conn);
    const char **keys, **values;
    size_t count = 0, n = 0;
    PGconn *second;

    if (!options)
        return NULL;
    while (options[count].keyword)
        count++;
    keys = xcalloc(count + 1, sizeof *keys);
    values = xcalloc(count + 1, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        const char *value = second_value(conn, &options[i]);

        if (value && *value) {
            keys[n] = options[i].keyword;
            values[n++] = value;
        }
    }
    second = PQconnectStartParams(keys, values, 0);
    free(keys);
    free(values);
    PQconninfoFree(options);
    return second;
}

/* Why not; libpq's message may be several lines. */
static void say_why(PGconn *second, bool late, Diag *diag)
{
    char *message = xstrdup(second ? PQerrorMessage(second) : "");

    message[strcspn(message, "\n")] = '\0';
    if (late || !*message)
        diag_set(diag, EXIT_PGMI_CONNECTION, "the server did not accept a connection in time");
    else
        diag_set(diag, EXIT_PGMI_CONNECTION, "%s", message);
    free(message);
}

PGconn *server_connect_again(PGconn *conn, double end, Diag *diag)
{
    PGconn *second = begin_second(conn);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    bool ok = second && PQstatus(second) != CONNECTION_BAD;

    if (second)
        PQsetNoticeReceiver(second, ignore_notice, NULL);
    while (ok && state != PGRES_POLLING_OK) {
        ok = wait_socket(second, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, end);
        if (ok)
            state = PQconnectPoll(second);
        if (state == PGRES_POLLING_FAILED)
            ok = false;
    }
    if (!ok) {
        if (diag)
            say_why(second, state != PGRES_POLLING_FAILED && monotonic_ms() >= end, diag);
        PQfinish(second);
        second = NULL;
    }
    return second;
}

bool server_answers(PGconn *conn, const char *sql, double end)
{
    int unused;
    Answer answer = ask_pid(conn, sql, end, &unused);

    return answer != ANSWER_LATE && PQtransactionStatus(conn) == PQTRANS_IDLE;
}

/* ---- the check ---------------------------------------------------------------------------------- */

/*
 * True when the server session behind conn turns out not to be ours alone.  One round: the
 * second connection holds a session, we ask for ours.  Were every session of a transaction pool
 * in use, our question would wait for the second connection's: it is closed then, and the answer
 * tells.
 */
static bool shared_in_round(PGconn *conn, PGconn **second, int ours, double end)
{
    int pid = 0;
    Answer answer = ask_pid(*second, BEGIN_AND_ASK, end, &pid);

    if (answer == ANSWER_STATEMENTS || (answer == ANSWER_PID && pid == ours))
        return true;
    if (answer != ANSWER_PID)
        return false;
    answer = ask_pid(conn, ASK_PID, end, &pid);
    if (answer == ANSWER_LATE) {
        PQfinish(*second);
        *second = NULL;
        answer = collect_pid(conn, monotonic_ms() + 1e9, &pid);
    }
    return answer == ANSWER_PID && pid != ours;
}

static bool shared(PGconn *conn, int ours)
{
    double end = monotonic_ms() + LIMIT_MS;
    PGconn *second = server_connect_again(conn, end, NULL);
    bool found = false;
    int unused;

    for (int round = 0; round < ROUNDS && second && !found; round++) {
        found = shared_in_round(conn, &second, ours, end);
        if (!second || PQtransactionStatus(second) != PQTRANS_INTRANS)
            break; /* also a session pool of size one: it is still waiting for a session */
        ask_pid(second, "ROLLBACK", end, &unused);
    }
    PQfinish(second);
    return found;
}

bool pooler_check(PGconn *conn, Diag *diag)
{
    int pid = 0;

    /* A failure here is not for us to tell: what comes next will meet it too. */
    if (ask_pid(conn, ASK_PID, monotonic_ms() + 1e9, &pid) != ANSWER_PID ||
        pid == PQbackendPID(conn) || !shared(conn, pid))
        return true;
    diag_set(diag, EXIT_PGMI_CONNECTION,
             "the connection goes through a pooler that pools transactions or statements");
    diag_detail(diag,
                "The project's session needs one server session for itself, as it consists "
                "of temporary tables; this pooler changes it or shares it.");
    return diag_hint(diag, "Connect to the server directly, or to a pooler in session mode "
                           "(PgBouncer: pool_mode = session).");
}
