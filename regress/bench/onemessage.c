/*
 * onemessage.c — the yardstick of a deployment: what the server needs for the same statements when
 * a bare libpq program sends them as one message.
 *
 *   onemessage FILE
 *
 * Connects by the environment, sends the file's text, prints the seconds.  Notices are dropped.
 */
#include "yardstick.h"

#include <libpq-fe.h>

static void ignore(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

int main(int argc, char **argv)
{
    char *text = argc == 2 ? read_file(argv[1]) : NULL;
    PGconn *conn = text ? PQconnectdb("") : NULL;
    PGresult *result;
    double start = seconds();
    int ok = 0;

    if (conn && PQstatus(conn) == CONNECTION_OK) {
        PQsetNoticeReceiver(conn, ignore, NULL);
        result = PQexec(conn, text);
        ok = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
    }
    if (ok)
        printf("%.6f\n", seconds() - start);
    else
        fprintf(stderr, "%s", conn ? PQerrorMessage(conn) : "usage: onemessage FILE\n");
    PQfinish(conn);
    free(text);
    return ok ? 0 : 1;
}
