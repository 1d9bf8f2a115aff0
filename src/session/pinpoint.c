/*
 * pinpoint.c — learns where a failed test failed.
 *
 * pgmi_run_test_source catches the error to put the file's path into its message (contract G5), and
 * with that the position is gone.  So the file is run once more, without the handler, from the
 * same savepoint; the error that comes then has its position (shell.md section 4, "Smaller
 * decisions").  The transaction is left aborted, as the failure had left it.  What is learned is kept in
 * the session, and session_locate tells it to everyone who asks about the same error.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmish/sql.h"
#include "session_private.h"

#define RUN_FILE "pg_temp.pgmi_run_test_source("

void session_forget_pin(Session *session)
{
    free(session->pinned_message);
    session->pinned_message = NULL;
    error_place_free(&session->pinned_place);
}

bool session_pinned(const Session *session, const char *message, ErrorPlace *place)
{
    if (!session->pinned_message || strcmp(session->pinned_message, message) != 0)
        return false;
    error_place_copy(place, &session->pinned_place);
    return true;
}

/* ---- the savepoint to go back to ------------------------------------------------------------------ */

/* Name of the savepoint behind the last "SAVEPOINT " in front of `end`; that is the one under which
 * a file of the suite runs, whether it has just been made or gone back to. */
static char *savepoint_before(const char *suite, const char *end)
{
    static const char word[] = "SAVEPOINT __pgmi_";
    const char *last = NULL;

    for (const char *p = suite; (p = strstr(p, word)) != NULL && p < end; p++)
        last = p + strlen("SAVEPOINT ");
    return last ? xstrndup(last, strcspn(last, ";")) : NULL;
}

/* Where the suite runs this file. */
static const char *run_of_file(const char *suite, const char *path)
{
    StrBuf call = STRBUF_INIT;
    const char *found;

    strbuf_add(&call, RUN_FILE "'");
    for (; *path; path++)
        strbuf_add(&call, *path == '\'' ? "''" : (char[]){*path, '\0'});
    strbuf_add(&call, "')");
    found = strstr(suite, call.data);
    strbuf_free(&call);
    return found;
}

/* ---- the second run ---------------------------------------------------------------------------------- */

/* NULL: the savepoint is gone.  Names of savepoints are the suite's own, letters and digits. */
static PGresult *run_again(Session *session, PGconn *conn, const char *savepoint,
                           const char *path)
{
    char *back = xasprintf("ROLLBACK TO SAVEPOINT %s", savepoint);
    PGresult *result = NULL;
    Diag ignored = DIAG_INIT;

    session->trace.hushed = true; /* the user has seen the file's notices */
    if (server_command(conn, back, 0, NULL, &ignored))
        result = server_query(conn, "SELECT pg_temp._pgmi_run_unguarded($1)", 1, &path);
    /* a file that works the second time must not leave a transaction that can be committed */
    if (PQtransactionStatus(conn) == PQTRANS_INTRANS)
        PQclear(
            server_query(conn, "ROLLBACK TO SAVEPOINT __pgmish_no_such_savepoint__", 0, NULL));
    session->trace.hushed = false;
    diag_reset(&ignored);
    free(back);
    return result;
}

static bool same_failure(const PGresult *error, const PGresult *again)
{
    const char *first = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    const char *second = again ? PQresultErrorField(again, PG_DIAG_SQLSTATE) : NULL;

    return first && second && strcmp(first, second) == 0;
}

/* Of files with equal text the one that ran is known. */
static void prefer_file(ErrorPlace *place, const char *path)
{
    if (strcmp(place->file, path) != 0 && !strlist_has(&place->also, path))
        return;
    free(place->file);
    place->file = xstrdup(path);
    strlist_free(&place->also);
}

void session_pinpoint(Session *session, PGconn *conn, const char *suite, const PGresult *error)
{
    const Project *project = session_project(session);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    char *path = message ? failed_file_in(message) : NULL;
    const char *run = path ? run_of_file(suite, path) : NULL;
    char *savepoint = run ? savepoint_before(suite, run) : NULL;
    PGresult *again = NULL;
    ErrorPlace place = {0};

    session_forget_pin(session);
    if (!savepoint || !project || !project_file(project, path) ||
        PQtransactionStatus(conn) != PQTRANS_INERROR)
        goto done;
    again = run_again(session, conn, savepoint, path);
    if (same_failure(error, again) && session_locate(session, again, NULL, &place) &&
        place.line) {
        prefer_file(&place, path);
        session->pinned_message = xstrdup(message);
        session->pinned_place = place;
        place = (ErrorPlace){0};
    }
done:
    error_place_free(&place);
    PQclear(again);
    free(savepoint);
    free(path);
}
