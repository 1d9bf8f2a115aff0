/*
 * fetch_count.c — FETCH_COUNT without a cursor, with the errors that psql's cursor gives.
 *
 * psql 15 sends a SELECT under FETCH_COUNT as "DECLARE ... CURSOR FOR" with the query on the line
 * behind it.  Rows come here in single-row mode instead, but three things stay visible: error
 * positions are one line further down; SELECT INTO is refused; a string of several statements shows
 * nothing and counts as failed, because the cursor's own result is not the last one.
 */
#include "results.h"

#include <stdlib.h>
#include <string.h>

/* As long as psql's "DECLARE _psql_cursor NO SCROLL CURSOR FOR", so that "at character N" agrees. */
static const char in_place_of_declare[] = "                                         \n";

static bool count_statement(void *ctx, const char *text, size_t start, size_t end)
{
    int *count = ctx;

    *count += statement_kind(text + start, end - start) != STATEMENT_EMPTY;
    return true;
}

/* INTO as a word outside quotes and comments: worth asking the server about. */
static bool may_select_into(const char *sql)
{
    char *mask = sql_mask(sql, strlen(sql));
    bool found = false;

    for (const char *p = mask; !found && (p = strcasestr(p, "into")); p += 4)
        found = true;
    free(mask);
    return found;
}

/* Lets the server say whether it would accept a cursor for this query; prints its refusal. */
static bool cursor_accepted(Shell *shell, const char *sql)
{
    bool idle = PQtransactionStatus(shell->conn) == PQTRANS_IDLE;
    char *declare = xasprintf("DECLARE _psql_cursor NO SCROLL CURSOR FOR\n%s", sql);
    PGresult *result;
    bool ok;

    if (idle)
        PQclear(server_query(shell->conn, "BEGIN", 0, NULL));
    result = server_query(shell->conn, declare, 0, NULL);
    ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (ok) {
        PQclear(result);
    } else {
        log_info(&shell->log, "%s", PQresultErrorMessage(result));
        results_set_variables(shell, result, false);
        results_clear_or_save(shell, result);
    }
    if (idle)
        PQclear(server_query(shell->conn, "ROLLBACK", 0, NULL));
    else if (ok)
        PQclear(server_query(shell->conn, "CLOSE _psql_cursor", 0, NULL));
    free(declare);
    return ok;
}

bool fetch_count_applies(const Shell *shell, const char *sql)
{
    return shell->set.fetch_count > 0 && !shell->gexec && !shell->crosstab &&
           statement_is_select(sql, shell->print.encoding);
}

bool fetch_count_prepare(Shell *shell, Outgoing *out)
{
    int statements = 0;
    bool idle = PQtransactionStatus(shell->conn) == PQTRANS_IDLE;

    script_each_statement(out->sql, strlen(out->sql), count_statement, &statements);
    if (may_select_into(out->sql) && !cursor_accepted(shell, out->sql))
        return false;
    if (statements > 1) {
        out->silent = true;
        if (idle) {
            /* the cursor's own transaction, which is then rolled back */
            PQclear(server_query(shell->conn, "BEGIN", 0, NULL));
            out->wrapped = true;
        }
    }
    strbuf_add(&out->text, in_place_of_declare);
    strbuf_add(&out->text, out->sql);
    out->sql = out->text.data;
    return true;
}
