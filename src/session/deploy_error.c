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
    error_place_free(&error->place);
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

/* The file belongs into the message of a problem that was found without a server; line 0: the
 * whole file is meant, column 0: the whole line. */
static void name_file(DeployError *error, const char *file, int line, int column)
{
    char *message = error->message;

    if (line && column)
        error->message = xasprintf("%s: line %d, column %d: %s", file, line, column, message);
    else if (line)
        error->message = xasprintf("%s: line %d: %s", file, line, message);
    else
        error->message = xasprintf("%s: %s", file, message);
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
        if (!diag->column) /* about the file as such (X1), not a place in its text */
            name_file(error, diag->file, diag->line, diag->column);
    } else if (diag->file) {
        error->failed_file = xstrdup(diag->file);
        error->file_line = diag->line;
        error->file_column = diag->column;
        name_file(error, error->failed_file, error->file_line, error->file_column);
    }
    diag_reset(diag);
}

/* ---- an error of the server ----------------------------------------------------------------- */

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

/* The message [start, end) of the expanded text as session_locate wants it: what an expansion put in
 * stands for its call. */
static SentText sent_text(const DeployRun *run, size_t start, size_t end, SentPiece *pieces)
{
    const DeployScript *script = run->script;
    SentText sent = {.text = script->sent.data + start,
                     .len = end - start,
                     .done = (long)run->completed,
                     .file = "deploy.sql",
                     .file_text = script->text.data,
                     .file_len = script->text.len,
                     .pieces = pieces};
    const MacroSpan *span = deploy_script_span(script, start);

    pieces[sent.piece_count++] = (SentPiece){0, deploy_script_origin(script, start), span};
    for (size_t i = 0; i < script->macros.len; i++) {
        span = &script->spans[i];
        if (span->start > start && span->start < end)
            pieces[sent.piece_count++] = (SentPiece){span->start - start, span->call, true};
        if (span->end > start && span->end < end)
            pieces[sent.piece_count++] = (SentPiece){span->end - start, span->call_end, false};
    }
    return sent;
}

/* The line of a file in the chain that leads to the place; 0: not known. */
static int line_in_chain(const ErrorPlace *place, const char *file)
{
    size_t len = strlen(file);

    for (size_t i = place->chain.len; i-- > 0;)
        if (strncmp(place->chain.items[i], file, len) == 0 && place->chain.items[i][len] == ':')
            return atoi(place->chain.items[i] + len + 1);
    return 0;
}

/* Runs a test that failed once more, to learn its line. */
static void find_line(DeployRun *run, const PGresult *result, const char *test,
                      ErrorPlace *place)
{
    ErrorPlace found;

    if (run->result->causes || deploy_stopped(run->options) ||
        !session_pinpoint_file(run->session, run->conn, run->script->sent.data, test, result,
                               &found))
        return;
    /* what led there is known from the first run */
    strlist_free(&found.chain);
    found.chain = place->chain;
    place->chain = (StrList){0};
    error_place_free(place);
    *place = found;
}

/* test: the test or fixture that was being run, NULL: none.  The file is the one that the message
 * names (E6), also where the place lies in a function that another file has made. */
static void take_file(DeployRun *run, const PGresult *result, size_t start, size_t end,
                      const char *test)
{
    DeployError *error = &run->result->error;
    SentPiece *pieces = xcalloc(2 * run->script->macros.len + 1, sizeof(SentPiece));
    SentText sent = sent_text(run, start, end, pieces);
    ErrorPlace *place = &error->place;
    char *named = test ? xstrdup(test) : failed_file_in(error->message);

    sent.running = test;
    if (session_locate(run->session, result, end > start ? &sent : NULL, place)) {
        if (test && !place->line)
            find_line(run, result, test, place);
        bool script = strcmp(place->file, "deploy.sql") == 0;

        if (named && strcmp(place->file, named) != 0) {
            error->failed_file = xstrdup(named);
            error->file_line = line_in_chain(place, named);
        } else if (!script) {
            error->failed_file = xstrdup(place->file);
            error->file_line = place->line;
            error->file_column = place->column;
        }
    }
    deploy_tests_error(run, result, place);
    if (!error->failed_file)
        error->failed_file = xstrdup_null(named);
    free(named);
    free(pieces);
}

static char *field_copy(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);
    StrBuf unmarked = STRBUF_INIT; /* a traced file is quoted as it is written */

    if (!text || !*text)
        return NULL;
    marks_remove(text, strlen(text), NULL, &unmarked);
    return strbuf_detach(&unmarked);
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
    test = end > start ? deploy_suite_path(run->script->sent.data + start, end - start,
                                           run->completed, result)
                       : NULL;
    take_place(run, result, start);
    take_file(run, result, start, end, test);
    name_test(error, test);
    free(test);
}
