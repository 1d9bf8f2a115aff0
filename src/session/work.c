/*
 * work.c — a piece of work on the server that happens whole or not at all.
 *
 * In a transaction of its own where none is open, under a savepoint in the user's otherwise.  The
 * settings of the work are local to it: the end of a transaction puts them back by itself, the
 * release of a savepoint does not.
 */
#include <stdlib.h>

#include "session_private.h"

/* search_path: the session's SQL writes plain names; pg_temp last, so that no temporary table of
 * the user's hides a type.  Notices are off: dropping must be silent (contract S10).  Texts that
 * pgmish sends are UTF-8, whatever the user's terminal is set to. */
#define WORK_SETTINGS                                                                          \
    "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),"                \
    " pg_catalog.set_config('client_min_messages', 'error', true),"                            \
    " pg_catalog.set_config('client_encoding', 'UTF8', true),"                                 \
    " pg_catalog.set_config('standard_conforming_strings', 'on', true)"

bool work_begin(PGconn *conn, const Preflight *preflight, Diag *diag)
{
    const char *sql = preflight->in_transaction ? "SAVEPOINT __pgmish_work__; " WORK_SETTINGS
                                                : "BEGIN READ WRITE; " WORK_SETTINGS;
    bool ok = server_command(conn, sql, 0, NULL, diag);

    if (!ok)
        work_rollback(conn, preflight);
    return ok;
}

bool work_commit(PGconn *conn, const Preflight *preflight, Diag *diag)
{
    const char *settings[] = {preflight->search_path, preflight->client_min_messages,
                              preflight->client_encoding, preflight->std_strings};

    if (!preflight->in_transaction)
        return server_command(conn, "COMMIT", 0, NULL, diag);
    return server_command(conn,
                          "SELECT pg_catalog.set_config('search_path', $1, true),"
                          " pg_catalog.set_config('client_min_messages', $2, true),"
                          " pg_catalog.set_config('client_encoding', $3, true),"
                          " pg_catalog.set_config('standard_conforming_strings', $4, true)",
                          lengthof(settings), settings, diag) &&
           server_command(conn, "RELEASE SAVEPOINT __pgmish_work__", 0, NULL, diag);
}

void work_rollback(PGconn *conn, const Preflight *preflight)
{
    Diag ignored = DIAG_INIT;

    if (preflight->in_transaction)
        server_command(
            conn, "ROLLBACK TO SAVEPOINT __pgmish_work__; RELEASE SAVEPOINT __pgmish_work__", 0,
            NULL, &ignored);
    else
        server_command(conn, "ROLLBACK", 0, NULL, &ignored);
    diag_reset(&ignored);
}

void work_sql(StrBuf *sql, const char *name)
{
    char *path = xasprintf("src/session/sql/%s", name);
    const EmbeddedFile *file = embedded_file(path);

    strbuf_addn(sql, file->data, file->len);
    strbuf_addc(sql, '\n');
    free(path);
}
