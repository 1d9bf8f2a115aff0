/*
 * copyload.c — the yardstick of loading a project: what a bare libpq COPY of the same rows into
 * the loader's own, empty table takes.
 *
 *   copyload DATA TABLE SQLFILE...
 *
 * Connects by the environment, runs the SQL files (they make the session's tables), then times
 * COPY TABLE FROM STDIN of DATA, which is in COPY's text format, and prints the seconds.
 */
#include "yardstick.h"

#include <libpq-fe.h>
#include <string.h>

enum { BLOCK = 64 * 1024 };

static int run(PGconn *conn, const char *sql, ExecStatusType want)
{
    PGresult *res = PQexec(conn, sql);
    int ok = PQresultStatus(res) == want;

    if (!ok)
        fprintf(stderr, "%s", PQerrorMessage(conn));
    PQclear(res);
    return ok;
}

static int run_file(PGconn *conn, const char *path)
{
    char *sql = read_file(path);
    int ok = 0;

    if (sql) {
        PGresult *res = PQexec(conn, sql);

        ok = PQresultStatus(res) == PGRES_COMMAND_OK || PQresultStatus(res) == PGRES_TUPLES_OK;
        if (!ok)
            fprintf(stderr, "%s: %s", path, PQerrorMessage(conn));
        PQclear(res);
    }
    free(sql);
    return ok;
}

static int copy_in(PGconn *conn, const char *path, const char *table)
{
    char *sql = NULL, *quoted = PQescapeIdentifier(conn, table, strlen(table));
    static char block[BLOCK];
    FILE *in = fopen(path, "rb");
    size_t got, room = 128;
    PGresult *res;
    int ok = 0;

    sql = malloc(room);
    if (!in || !quoted || !sql)
        goto done;
    snprintf(sql, room, "COPY pg_temp.%s FROM STDIN (ENCODING 'UTF8')", quoted);
    if (!run(conn, sql, PGRES_COPY_IN))
        goto done;
    while ((got = fread(block, 1, sizeof(block), in)) > 0)
        if (PQputCopyData(conn, block, (int)got) != 1)
            goto done;
    if (PQputCopyEnd(conn, NULL) != 1)
        goto done;
    while ((res = PQgetResult(conn)) != NULL) {
        ok = PQresultStatus(res) == PGRES_COMMAND_OK;
        PQclear(res);
    }
done:
    if (!ok)
        fprintf(stderr, "copy failed: %s", PQerrorMessage(conn));
    if (in)
        fclose(in);
    PQfreemem(quoted);
    free(sql);
    return ok;
}

int main(int argc, char **argv)
{
    PGconn *conn = PQconnectdb("");
    int ok = PQstatus(conn) == CONNECTION_OK;
    double start;

    if (argc < 4 || !ok) {
        fprintf(stderr, "usage: copyload DATA TABLE SQLFILE...\n%s", PQerrorMessage(conn));
        PQfinish(conn);
        return 2;
    }
    for (int i = 3; ok && i < argc; i++)
        ok = run_file(conn, argv[i]);
    start = seconds();
    ok = ok && copy_in(conn, argv[1], argv[2]);
    if (ok)
        printf("%.6f\n", seconds() - start);
    PQfinish(conn);
    return !ok;
}
