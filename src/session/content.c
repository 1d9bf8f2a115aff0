/*
 * content.c — what is asked of a loaded session: the suite's text, a file's text, paths, and what has
 * changed on disk since.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgmish/sql.h"
#include "session_private.h"

/* ---- the generated suite ------------------------------------------------------------------------ */

/* The same words as pgmi_test_generate has, but checked here first: contract T7. */
static bool refuse_callback(const char *callback, Diag *diag)
{
    diag_set(diag, EXIT_PGMI_EXECUTION,
             "Invalid callback name: %s. Expected [schema.]function identifier.", callback);
    memcpy(diag->sqlstate, "22023", sizeof("22023"));
    return false;
}

char *session_generate(void *ctx, const char *pattern, const char *callback, Diag *diag)
{
    const SessionConn *with = ctx;
    const char *values[] = {pattern, callback && *callback ? callback : NULL};
    PGresult *result = NULL;
    char *suite = NULL;

    if (!session_require(with->session, diag) ||
        (values[1] && !callback_name_valid(values[1]) && !refuse_callback(values[1], diag)))
        return NULL;
    result = server_query(with->conn, "SELECT pg_temp.pgmi_test_generate($1, $2)",
                          lengthof(values), values);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        suite = xstrdup(PQgetvalue(result, 0, 0));
    else
        server_diag(result, with->conn, diag);
    PQclear(result);
    return suite;
}

/* ---- one file ------------------------------------------------------------------------------------- */

static bool is_loaded(const ProjectFile *file)
{
    return file->role != FILE_TEST_OTHER;
}

/* The loaded file of this path; "a/b.sql" is understood as "./a/b.sql". */
static const ProjectFile *loaded_file(const Project *project, const char *path)
{
    const ProjectFile *file = project_file(project, path);

    if (!file && strncmp(path, "./", 2) != 0) {
        char *dotted = xasprintf("./%s", path);

        file = project_file(project, dotted);
        free(dotted);
    }
    return file && is_loaded(file) ? file : NULL;
}

/* Paths are UTF-8, whatever the client's encoding is. */
static char *hex_of(const char *text)
{
    StrBuf hex = STRBUF_INIT;

    for (; *text; text++)
        strbuf_addf(&hex, "%02x", (unsigned char)*text);
    return strbuf_detach(&hex);
}

char *content_fetch(PGconn *conn, const char *path, Diag *diag)
{
    char *hex = hex_of(path);
    const char *values[] = {hex};
    PGresult *result = server_query(
        conn,
        "WITH wanted AS (SELECT pg_catalog.convert_from("
        " pg_catalog.decode($1, 'hex'), 'UTF8') AS path)"
        " SELECT s.content FROM pg_temp._pgmi_source AS s, wanted AS w"
        " WHERE s.path OPERATOR(pg_catalog.=) w.path"
        " UNION ALL SELECT t.content FROM pg_temp._pgmi_test_source AS t, wanted AS w"
        " WHERE t.path OPERATOR(pg_catalog.=) w.path",
        1, values);
    char *content = NULL;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        server_diag(result, conn, diag);
    else if (PQntuples(result) == 0)
        diag_set(diag, EXIT_PGMI_OTHER, "file \"%s\" is not in the session's tables", path);
    else
        content = xstrdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    free(hex);
    return content;
}

/* What was typed on a terminal of another encoding, in UTF-8; NULL: it is that already, or the server
 * cannot be asked.  Owned. */
static char *typed_in_utf8(PGconn *conn, const char *path)
{
    PGresult *result;
    char *text = NULL;

    if (PQclientEncoding(conn) == pg_char_to_encoding("UTF8") ||
        PQtransactionStatus(conn) == PQTRANS_INERROR)
        return NULL;
    result = server_query(conn, "SELECT pg_catalog.convert_to($1, 'UTF8')", 1, &path);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        size_t len;
        unsigned char *bytes = PQunescapeBytea((const unsigned char *)PQgetvalue(result, 0, 0),
                                               &len);

        text = bytes ? xstrndup((const char *)bytes, len) : NULL;
        PQfreemem(bytes);
    }
    PQclear(result);
    return text;
}

/* The loaded file that the user means. */
static const ProjectFile *file_for(const Project *project, PGconn *conn, const char *path)
{
    const ProjectFile *file = loaded_file(project, path);
    char *text = file ? NULL : typed_in_utf8(conn, path);

    if (text)
        file = loaded_file(project, text);
    free(text);
    return file;
}

char *session_source(Session *session, PGconn *conn, const char *path, Diag *diag)
{
    const ProjectFile *file;
    StrBuf content = STRBUF_INIT;

    if (!session_require(session, diag))
        return NULL;
    file = file_for(session_project(session), conn, path);
    if (!file) {
        char *shown = project_show_path(path);

        diag_set(diag, EXIT_PGMI_OTHER, "file \"%s\" is not loaded", shown);
        diag_hint(diag, "\\plan and \\tests list what is.");
        free(shown);
        return NULL;
    }
    if (PQtransactionStatus(conn) != PQTRANS_INERROR)
        return content_fetch(conn, file->path, diag);
    /* An aborted transaction answers nothing, just when one wants to see the file that failed.
     * The copy on disk is the same as long as its hash is. */
    if (!project_read(session_project(session), file, &content, diag)) {
        strbuf_free(&content);
        return NULL;
    }
    return strbuf_detach(&content);
}

void session_paths(const Session *session, const char *prefix, StrList *list)
{
    const Project *project = session_project(session);
    size_t len = strlen(prefix);
    /* who starts without "./" gets paths without it */
    size_t skip = len && strncmp(prefix, "./", len < 2 ? len : 2) != 0 ? 2 : 0;

    for (size_t i = 0; project && i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];

        if (is_loaded(file) && strncmp(file->path + skip, prefix, len) == 0)
            strlist_add(list, file->path + skip);
    }
}

/* ---- the disk ----------------------------------------------------------------------------------------- */

void project_compare(const Project *before, const Project *now, StrList *added,
                     StrList *changed, StrList *removed)
{
    const ProjectFile *old = before->files, *old_end = old + before->file_count;
    const ProjectFile *new = now->files, *new_end = new + now->file_count;

    /* both are sorted by path */
    while (old < old_end && new < new_end) {
        int order = strcmp(old->path, new->path);

        if (order < 0)
            strlist_add(removed, old->path);
        else if (order > 0)
            strlist_add(added, new->path);
        else if (strcmp(old->checksum, new->checksum) != 0)
            strlist_add(changed, new->path);
        old += order <= 0;
        new += order >= 0;
    }
    for (; old < old_end; old++)
        strlist_add(removed, old->path);
    for (; new < new_end; new ++)
        strlist_add(added, new->path);
}

/* For a project that has become unreadable as a whole: what is left of the loaded files. */
static void compare_files(const Project *project, StrList *changed, StrList *removed)
{
    StrBuf content = STRBUF_INIT;

    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];
        char *path = xasprintf("%s/%s", project->root_path, file->path);
        Diag ignored = DIAG_INIT;

        strbuf_reset(&content);
        if (access(path, F_OK) != 0)
            strlist_add(removed, file->path);
        else if (!project_read(project, file, &content, &ignored))
            strlist_add(changed, file->path);
        diag_reset(&ignored);
        free(path);
    }
    strbuf_free(&content);
}

void session_disk_changes(const Session *session, StrList *added, StrList *changed,
                          StrList *removed)
{
    const Project *project = session_project(session);
    DiagList problems = DIAGLIST_INIT;
    Project *now;

    if (!project)
        return;
    now = project_scan(project->root_path, NULL, &problems);
    if (now)
        project_compare(project, now, added, changed, removed);
    else
        compare_files(project, changed, removed);
    project_free(now);
    diaglist_free(&problems);
}
