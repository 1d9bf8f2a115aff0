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

#define RUN_FILE      "pg_temp.pgmi_run_test_source("
#define RUN_UNGUARDED "pg_temp._pgmi_run_unguarded("

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

/* ---- the savepoint to go back to ------------------------------------------------------------ */

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
static const char *run_of_call(const char *suite, const char *function, const char *path)
{
    StrBuf call = STRBUF_INIT;
    const char *found;

    strbuf_addf(&call, "%s'", function);
    for (; *path; path++)
        strbuf_add(&call, *path == '\'' ? "''" : (char[]){*path, '\0'});
    strbuf_addc(&call, '\'');
    found = strstr(suite, call.data);
    strbuf_free(&call);
    return found;
}

static const char *run_of_file(const char *suite, const char *path)
{
    static const char *const calls[] = {RUN_FILE, RUN_UNGUARDED, SUITE_RUN_TEST "("};
    const char *found = NULL;

    for (size_t i = 0; i < lengthof(calls) && !found; i++)
        found = run_of_call(suite, calls[i], path);
    return found;
}

/* ---- the second run ------------------------------------------------------------------------- */

static bool go_back(PGconn *conn, const char *savepoint)
{
    /* names of savepoints are the suite's own, letters and digits */
    char *back = xasprintf("ROLLBACK TO SAVEPOINT %s", savepoint);
    Diag ignored = DIAG_INIT;
    bool ok = server_command(conn, back, 0, NULL, &ignored);

    diag_reset(&ignored);
    free(back);
    return ok;
}

/* A file that works the second time must not leave a transaction that can be committed. */
static void leave_aborted(PGconn *conn)
{
    if (PQtransactionStatus(conn) == PQTRANS_INTRANS)
        PQclear(
            server_query(conn, "ROLLBACK TO SAVEPOINT __pgmish_no_such_savepoint__", 0, NULL));
}

/* NULL: the savepoint is gone. */
static PGresult *run_again(Session *session, PGconn *conn, const char *savepoint,
                           const char *path)
{
    PGresult *result = NULL;

    session->trace.hushed = true; /* the user has seen the file's notices */
    if (go_back(conn, savepoint))
        result = server_query(conn, "SELECT pg_temp._pgmi_run_unguarded($1)", 1, &path);
    leave_aborted(conn);
    session->trace.hushed = false;
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

/* ---- statement by statement ----------------------------------------------------------------- */

typedef struct StatementRun {
    PGconn *conn;
    PGresult *error;       /* of the first that failed; NULL: none has */
    size_t start, end;     /* ... where it stands */
    const StrBuf *content; /* of the file */
} StatementRun;

/* Nothing that could end the transaction may be sent by itself.  In a function, where the file ran,
 * none of these works anyhow. */
static bool only_plain(void *ctx, const char *text, size_t start, size_t end)
{
    static const char *const words[] = {"savepoint", "release", "rollback", "begin",   "start",
                                        "commit",    "end",     "abort",    "prepare", "copy"};
    char *mask = sql_mask(text + start, end - start);
    size_t at = strspn(mask, " \t\r\n\f\v");
    bool *plain = ctx;

    for (size_t i = 0; i < lengthof(words); i++)
        if (ascii_ncasecmp(mask + at, words[i], strlen(words[i])) == 0)
            *plain = false;
    free(mask);
    return *plain;
}

static bool run_statement(void *ctx, const char *text, size_t start, size_t end)
{
    StatementRun *run = ctx;
    char *sql = xstrndup(text + start, end - start);

    run->error = server_query(run->conn, sql, 0, NULL);
    run->start = start;
    run->end = end;
    free(sql);
    if (PQtransactionStatus(run->conn) == PQTRANS_INERROR)
        return false;
    PQclear(run->error);
    run->error = NULL;
    return PQtransactionStatus(run->conn) == PQTRANS_INTRANS;
}

/* What the second run could not tell, as the file's text is one query to the server: which statement. */
static bool place_by_statement(Session *session, StatementRun *run, const char *savepoint,
                               const char *path, const PGresult *error, ErrorPlace *place)
{
    SentPiece piece = {0};
    SentText sent = {.file = path, .pieces = &piece, .piece_count = 1};
    bool plain = true, found = false;

    script_each_statement(run->content->data, run->content->len, only_plain, &plain);
    session->trace.hushed = true;
    if (plain && go_back(run->conn, savepoint))
        script_each_statement(run->content->data, run->content->len, run_statement, run);
    leave_aborted(run->conn);
    session->trace.hushed = false;
    if (run->error && same_failure(error, run->error)) {
        sent.text = run->content->data + run->start;
        sent.len = run->end - run->start;
        sent.file_text = run->content->data;
        sent.file_len = run->content->len;
        piece.origin = run->start;
        found = session_locate(session, run->error, &sent, place) && place->line;
    }
    PQclear(run->error);
    return found;
}

bool session_pinpoint_file(Session *session, PGconn *conn, const char *suite, const char *path,
                           const PGresult *error, ErrorPlace *place)
{
    const Project *project = session_project(session);
    const ProjectFile *file = project ? project_file(project, path) : NULL;
    const char *run = run_of_file(suite, path);
    char *savepoint = run ? savepoint_before(suite, run) : NULL;
    StrBuf content = STRBUF_INIT;
    StatementRun statements = {.conn = conn, .content = &content};
    Diag ignored = DIAG_INIT;
    bool found = false;

    *place = (ErrorPlace){0};
    if (savepoint && file && PQtransactionStatus(conn) == PQTRANS_INERROR &&
        project_read(project, file, &content, &ignored))
        found = place_by_statement(session, &statements, savepoint, path, error, place);
    if (!found)
        error_place_free(place);
    diag_reset(&ignored);
    strbuf_free(&content);
    free(savepoint);
    return found;
}

/* ---- both ----------------------------------------------------------------------------------- */

void session_pinpoint(Session *session, PGconn *conn, const char *suite, const PGresult *error)
{
    const Project *project = session_project(session);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    char *path = message ? failed_file_in(message) : NULL;
    const char *run = path ? run_of_file(suite, path) : NULL;
    char *savepoint = run ? savepoint_before(suite, run) : NULL;
    PGresult *again = NULL;
    ErrorPlace place = {0};
    bool found;

    session_forget_pin(session);
    if (!savepoint || !project || !project_file(project, path) ||
        PQtransactionStatus(conn) != PQTRANS_INERROR)
        goto done;
    again = run_again(session, conn, savepoint, path);
    if (!same_failure(error, again))
        goto done;
    found = session_locate(session, again, NULL, &place) && place.line;
    if (!found) {
        error_place_free(&place);
        found = session_pinpoint_file(session, conn, suite, path, error, &place);
    }
    if (found) {
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
