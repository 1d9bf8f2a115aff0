/*
 * special.c — what a backslash command asked for instead of a printed table: \gset, \gexec,
 * \crosstabview, \gdesc; and psql's look for COPY FROM STDIN in a string.
 */
#include "results.h"

#include <stdlib.h>
#include <string.h>

bool special_gset(Shell *shell, const PGresult *result)
{
    if (PQntuples(result) < 1) {
        log_error(&shell->log, "no rows returned for \\gset");
        return false;
    }
    if (PQntuples(result) > 1) {
        log_error(&shell->log, "more than one row returned for \\gset");
        return false;
    }
    for (int i = 0; i < PQnfields(result); i++) {
        char *name = xasprintf("%s%s", shell->gset_prefix, PQfname(result, i));
        const char *value = PQgetisnull(result, 0, i) ? NULL : PQgetvalue(result, 0, i);
        bool ok = true;

        if (var_has_hooks(shell->vars, name))
            log_warning(&shell->log,
                        "attempt to \\gset into specially treated variable \"%s\" ignored",
                        name);
        else
            ok = var_set(shell->vars, name, value);
        free(name);
        if (!ok)
            return false;
    }
    return true;
}

/* Every non-null field, row by row, is a command of its own. */
bool special_gexec(Shell *shell, const PGresult *result)
{
    bool success = true;
    int copies = shell->query_copies;
    bool derived = shell->sent_derived;

    shell->sent_derived = true;
    shell->gexec = false; /* the rows are commands of their own */
    shell->query_copies = -1;
    for (int row = 0; row < PQntuples(result); row++) {
        for (int col = 0; col < PQnfields(result); col++) {
            const char *command = PQgetvalue(result, row, col);

            if (PQgetisnull(result, row, col))
                continue;
            if (shell->cancel_pressed || shell->exit_now >= 0)
                goto done;
            /* ECHO=all echoes input lines elsewhere; these have no line. */
            if (shell->set.echo == ECHO_ALL && !shell->set.singlestep) {
                puts(command);
                fflush(stdout);
            }
            if (!shell_send_query(shell, command, false)) {
                success = false;
                if (shell->set.on_error_stop)
                    goto done;
            }
        }
    }
done:
    shell->gexec = true;
    shell->sent_derived = derived;
    shell->query_copies = copies;
    return success;
}

bool special_crosstab(Shell *shell, const PGresult *result, FILE *out)
{
    PrintTarget target = shell_print_target(shell);
    Diag diag = DIAG_INIT;
    bool ok;

    if (!out)
        return false;
    target.out = out;
    target.may_page = out == stdout;
    ok = print_crosstab(result, shell->crosstab_args, &shell->print, &target, &diag);
    if (!ok)
        log_error(&shell->log, "%s", diag.message);
    diag_reset(&diag);
    return ok;
}

/* The statement that asks the server to spell the described columns' types. */
static char *describe_sql(Shell *shell, const PGresult *described)
{
    StrBuf sql = STRBUF_INIT;

    strbuf_add(&sql, "SELECT name AS \"Column\", pg_catalog.format_type(tp, tpm) AS \"Type\"\n"
                     "FROM (VALUES ");
    for (int i = 0; i < PQnfields(described); i++) {
        const char *name = PQfname(described, i);
        char *quoted = PQescapeLiteral(shell->conn, name, strlen(name));

        if (!quoted) {
            log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
            strbuf_free(&sql);
            return NULL;
        }
        strbuf_addf(&sql, "%s(%s, '%u'::pg_catalog.oid, %d)", i ? ", " : "", quoted,
                    PQftype(described, i), PQfmod(described, i));
        PQfreemem(quoted);
    }
    strbuf_add(&sql, ") s(name, tp, tpm)");
    return strbuf_detach(&sql);
}

static PGresult *take_result(PGconn *conn)
{
    PGresult *result, *last = NULL;

    while ((result = PQgetResult(conn))) {
        PQclear(last);
        last = result;
    }
    return last;
}

/* prepared: psql looks whether the connection is still there only after the first step. */
static bool failed(Shell *shell, PGresult *result, bool prepared)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return false;
    log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
    if (prepared)
        shell_check_connection(shell);
    return true;
}

static PGresult *describe(Shell *shell, const char *sql, bool *prepared)
{
    PGresult *result;

    *prepared = false;
    if (PQpipelineStatus(shell->conn) != PQ_PIPELINE_OFF)
        return server_query(shell->conn, sql, 0, NULL); /* refuses, with libpq's message */
    if (!PQsendPrepare(shell->conn, "", sql, 0, NULL))
        return NULL;
    result = take_result(shell->conn);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        return result;
    *prepared = true;
    PQclear(result);
    if (!PQsendDescribePrepared(shell->conn, ""))
        return NULL;
    return take_result(shell->conn);
}

bool special_gdesc(Shell *shell, const Outgoing *out, double *elapsed_ms)
{
    double started = monotonic_ms();
    bool prepared;
    PGresult *result = describe(shell, out->sql, &prepared);
    char *query = NULL;
    bool ok = !failed(shell, result, prepared);

    if (!ok && result)
        sent_report_place(shell, result, out, 0);
    if (ok && PQnfields(result) > 0) {
        query = describe_sql(shell, result);
        ok = query && PQsendQuery(shell->conn, query);
        if (ok) {
            PQclear(result);
            result = take_result(shell->conn);
            ok = !failed(shell, result, true);
        }
        *elapsed_ms = monotonic_ms() - started;
        if (ok)
            ok = results_show(shell, result);
    } else if (ok) {
        *elapsed_ms = monotonic_ms() - started;
        fputs("The command has no result, or the result has no columns.\n", shell->out);
    }
    results_set_variables(shell, result, ok);
    results_clear_or_save(shell, result);
    free(query);
    return ok;
}

/* ---- COPY FROM STDIN in a string ------------------------------------------------------------- */

/*
 * psql (since 15.19) skips the in-line data of a COPY that the server refused, and knows such
 * commands by their words.  A statement ended by its semicolon has been counted while it was read;
 * for every other text (-c, \gexec rows, \g and its relatives) it runs a lexer of its own over what
 * it is about to send, with the variables: one that is recursive is complained about once more.  A
 * backslash, or something open at the end, and it takes the text for one without COPY.
 */
int copy_from_stdin_count(Shell *shell, const char *sql)
{
    Lexer *lexer;
    StrBuf query = STRBUF_INIT;
    LexResult result;
    LexOpen open;
    int count = 0;

    if (!ascii_casestr(sql, "copy") && !strchr(sql, ':'))
        return 0;
    lexer = shell_new_lexer(shell);
    lexer_feed(lexer, sql, strlen(sql), shell->print.encoding, shell_std_strings(shell), 0);
    do
        result = lexer_scan(lexer, &query, &open);
    while (result == LEX_SEMICOLON);
    if (result == LEX_EOL)
        count = lexer_count_copy_from_stdin(lexer);
    lexer_finish(lexer);
    lexer_free(lexer);
    strbuf_free(&query);
    return count;
}
