/*
 * deploy_error.c — what a deployment failed with: the server's words, the place in deploy.sql as it
 * is written (contract E4, E5), the project's file (E6, shell.md section 5).
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

#define QUERY_CANCELED "57014"
#define SHUTDOWN_CLASS "57P" /* the server ends the session */

static void error_reset(DeployError *error)
{
    free(error->message);
    free(error->detail);
    free(error->hint);
    free(error->where);
    free(error->failed_file);
    free(error->file_source);
    free(error->script);
    free(error->source_line);
    *error = (DeployError){0};
}

void deploy_result_free(DeployResult *result)
{
    error_reset(&result->error);
    free(result->database);
    free(result->target);
    *result = (DeployResult){0};
}

unsigned deploy_cause(int code)
{
    switch (code) {
    case EXIT_PGMI_USAGE:
        return CAUSE_USAGE;
    case EXIT_PGMI_CONFIG:
        return CAUSE_CONFIG;
    case EXIT_PGMI_CONNECTION:
        return CAUSE_CONNECTION;
    case EXIT_PGMI_APPROVAL:
        return CAUSE_APPROVAL;
    case EXIT_PGMI_EXECUTION:
        return CAUSE_EXECUTION;
    case EXIT_PGMI_NO_DEPLOY_SQL:
        return CAUSE_NO_DEPLOY_SQL;
    case EXIT_PGMI_CONCURRENT:
        return CAUSE_CONCURRENT;
    case EXIT_PGMI_TIMEOUT:
        return CAUSE_DEADLINE;
    case EXIT_PGMI_INTERRUPTED:
        return CAUSE_INTERRUPT;
    default:
        return CAUSE_OTHER;
    }
}

/* The file belongs into the message of a problem that was found without a server. */
static void name_file(DeployError *error)
{
    char *message = error->message;

    if (error->file_line)
        error->message = xasprintf("%s: line %d: %s", error->failed_file, error->file_line,
                                   message);
    else
        error->message = xasprintf("%s: %s", error->failed_file, message);
    free(message);
}

void deploy_result_fail(DeployResult *result, unsigned causes, Diag *diag)
{
    DeployError *error = &result->error;

    result->causes |= causes;
    error_reset(error);
    error->message = xstrdup(diag->message ? diag->message : "unknown error");
    error->detail = xstrdup_null(diag->detail);
    error->hint = xstrdup_null(diag->hint);
    memcpy(error->sqlstate, diag->sqlstate, sizeof(error->sqlstate));
    if (diag->file && strcmp(diag->file, "./deploy.sql") == 0) {
        error->script = xstrdup("deploy.sql");
        error->line = error->sent_line = diag->line;
        error->column = error->sent_column = diag->column;
    } else if (diag->file) {
        error->failed_file = xstrdup(diag->file);
        error->file_line = diag->line;
        error->file_column = diag->column;
        name_file(error);
    }
    diag_reset(diag);
}

/* ---- an error of the server -------------------------------------------------------------- */

/* Byte offset of a position in characters behind `start`; false: past the end. */
static bool offset_of_position(const StrBuf *text, size_t start, long position, size_t *offset)
{
    *offset = start;
    if (position < 1)
        return false;
    while (--position > 0) {
        size_t used;

        if (*offset >= text->len)
            return false;
        used = utf8_sequence((const unsigned char *)text->data + *offset, text->len - *offset);
        *offset += used ? used : 1;
    }
    return true;
}

static void take_place(DeployRun *run, const PGresult *result, size_t start)
{
    const DeployScript *script = run->script;
    DeployError *error = &run->result->error;
    const char *field = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    TextPlace place;
    size_t offset;

    error->script = xstrdup("deploy.sql");
    if (!field || !offset_of_position(&script->sent, start, strtol(field, NULL, 10), &offset))
        return;
    text_place_at(script->sent.data, script->sent.len, offset, &place);
    error->sent_line = place.line;
    error->sent_column = place.column;
    text_place_at(script->text.data, script->text.len, deploy_script_origin(script, offset),
                  &place);
    error->line = place.line;
    error->column = place.column;
    error->source_line = xstrndup(script->text.data + place.line_start, place.line_length);
}

/* Contract G5, for a file of the suite; a cancelled statement stays what it is. */
static void name_test(DeployError *error, char *path)
{
    char *message = error->message;

    if (!path || !*error->sqlstate || strcmp(error->sqlstate, QUERY_CANCELED) == 0 ||
        strncmp(error->sqlstate, SHUTDOWN_CLASS, 3) == 0)
        return;
    error->message = xasprintf("Failed in %s: %s", path, message);
    free(message);
}

static bool same_text(const Session *session, const char *one, const char *other)
{
    const Project *project = session_project(session);
    const ProjectFile *a = project_file(project, one), *b = project_file(project, other);

    return a && b && strcmp(a->checksum, b->checksum) == 0;
}

/* test: the test or fixture that was being run, NULL: none. */
static void take_file(DeployRun *run, const PGresult *result, const char *test)
{
    DeployError *error = &run->result->error;
    ErrorPlace place = {.also = STRLIST_INIT};

    /* of files with one text, and of files that a test reads in turn, the test is the one to name */
    if (session_locate(run->session, result, &place) &&
        (!test || same_text(run->session, test, place.file))) {
        error->failed_file = xstrdup(test ? test : place.file);
        error->file_line = place.line;
        error->file_column = place.column;
        error->file_source = xstrdup_null(place.source_line);
    }
    error_place_free(&place);
    if (!error->failed_file)
        error->failed_file = test ? xstrdup(test) : failed_file_in(error->message);
}

static char *field_copy(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);

    return text && *text ? xstrdup(text) : NULL;
}

void deploy_error_take(DeployRun *run, const PGresult *result, size_t start, size_t end)
{
    DeployError *error = &run->result->error;
    Diag diag = DIAG_INIT;
    char *test;

    error_reset(error);
    server_diag(result, run->conn, &diag);
    error->message = xstrdup(diag.message);
    error->detail = xstrdup_null(diag.detail);
    error->hint = xstrdup_null(diag.hint);
    error->where = field_copy(result, PG_DIAG_CONTEXT);
    memcpy(error->sqlstate, diag.sqlstate, sizeof(error->sqlstate));
    diag_reset(&diag);
    test = end > start
               ? deploy_suite_path(run->script->sent.data + start, end - start, run->completed)
               : NULL;
    take_place(run, result, start);
    take_file(run, result, test);
    name_test(error, test);
    free(test);
}
