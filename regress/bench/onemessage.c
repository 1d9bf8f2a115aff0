/*
 * onemessage.c — the yardstick of a deployment: what the server needs for the same statements when
 * a bare libpq program sends them as one message.
 *
 *   onemessage FILE
 *
 * Connects by the environment, sends the file's text, prints the seconds.  Notices are dropped.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void ignore(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

/* NULL: said why. */
static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = NULL;
    long len;

    if (in && fseek(in, 0, SEEK_END) == 0 && (len = ftell(in)) >= 0) {
        rewind(in);
        text = calloc(1, (size_t)len + 1);
        if (text && fread(text, 1, (size_t)len, in) != (size_t)len) {
            free(text);
            text = NULL;
        }
    }
    if (!text)
        perror(path);
    if (in)
        fclose(in);
    return text;
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
