/*
 * object_source.c — the CREATE command of a function or view.
 *
 * Names are resolved by the server's own regproc, regprocedure and regclass casts.  A view is put
 * together from its definition, its options and its check option.
 */
#include "object_source.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/describe.h"

static const char view_sql[] =
    "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),\n"
    "       n.nspname || '.' || c.relname, c.relkind,\n"
    "       pg_catalog.pg_get_viewdef(c.oid, true),\n"
    "       (SELECT pg_catalog.string_agg(\n"
    "                 pg_catalog.quote_ident(o.option_name) || '=' ||\n"
    "                 CASE WHEN pg_catalog.quote_ident(o.option_value) = o.option_value\n"
    "                      THEN o.option_value\n"
    "                      ELSE pg_catalog.quote_literal(o.option_value) END, ', ')\n"
    "        FROM pg_catalog.pg_options_to_table(c.reloptions) o\n"
    "        WHERE o.option_name <> 'check_option'),\n"
    "       (SELECT pg_catalog.upper(o.option_value)\n"
    "        FROM pg_catalog.pg_options_to_table(c.reloptions) o\n"
    "        WHERE o.option_name = 'check_option')\n"
    "FROM pg_catalog.pg_class c\n"
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace\n"
    "WHERE c.oid = ";

enum { VIEW_QUOTED, VIEW_NAME, VIEW_KIND, VIEW_TEXT, VIEW_OPTIONS, VIEW_CHECK };

static PGresult *ask(Shell *shell, const char *sql)
{
    PGresult *result;
    const char *severity, *message;
    bool lost;

    if (shell->set.echo_hidden != ECHO_HIDDEN_OFF)
        shell_show_hidden(shell, sql);
    if (shell->set.echo_hidden == ECHO_HIDDEN_NOEXEC)
        return NULL;
    result = server_query(shell->conn, sql, 0, NULL);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        return result;
    /* Only severity and primary message: the position would be one in our own query.  psql has
     * neither when the server has gone. */
    lost = PQstatus(shell->conn) != CONNECTION_OK;
    severity = lost ? NULL : PQresultErrorField(result, PG_DIAG_SEVERITY);
    message = lost ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    log_error(&shell->log, "%s:  %s", severity ? severity : "ERROR",
              message ? message : "(not available)");
    PQclear(result);
    return NULL;
}

/* The name is put into the text as psql does it, for those who look at it with -E. */
static PGresult *look_up(Shell *shell, const char *name, bool is_view)
{
    const char *type = is_view ? "regclass" : strchr(name, '(') ? "regprocedure" : "regproc";
    StrBuf sql = STRBUF_INIT;
    PGresult *result;

    strbuf_add(&sql, "SELECT ");
    sql_literal(shell, &sql, name);
    strbuf_addf(&sql, "::pg_catalog.%s::pg_catalog.oid", type);
    result = ask(shell, sql.data);
    strbuf_free(&sql);
    return result;
}

/* The server's text of the object that look_up found. */
static PGresult *definition(Shell *shell, const char *oid, bool is_view)
{
    char *sql = is_view ? xasprintf("%s%s", view_sql, oid)
                        : xasprintf("SELECT pg_catalog.pg_get_functiondef(%s)", oid);
    PGresult *result = ask(shell, sql);

    free(sql);
    return result;
}

static bool view_source(Shell *shell, const PGresult *view, StrBuf *out)
{
    const char *text = PQgetvalue(view, 0, VIEW_TEXT);
    size_t len = strlen(text);

    bool ok = PQgetvalue(view, 0, VIEW_KIND)[0] == 'v';

    /* psql goes on after this error; what it has put together stays in \ev's buffer. */
    if (!ok)
        log_error(&shell->log, "\"%s\" is not a view", PQgetvalue(view, 0, VIEW_NAME));
    strbuf_addf(out, "%s%s", ok ? "CREATE OR REPLACE VIEW " : "",
                PQgetvalue(view, 0, VIEW_QUOTED));
    if (!PQgetisnull(view, 0, VIEW_OPTIONS))
        strbuf_addf(out, "\n WITH (%s)", PQgetvalue(view, 0, VIEW_OPTIONS));
    strbuf_add(out, " AS\n");
    strbuf_addn(out, text, len && text[len - 1] == ';' ? len - 1 : len);
    if (!PQgetisnull(view, 0, VIEW_CHECK))
        strbuf_addf(out, "\n WITH %s CHECK OPTION", PQgetvalue(view, 0, VIEW_CHECK));
    return ok;
}

bool object_source(Shell *shell, const char *name, bool is_view, StrBuf *out)
{
    PGresult *oid, *text = NULL;
    bool ok = false;

    if (!shell->conn) {
        log_error(&shell->log, "You are currently not connected to a database.");
        return false;
    }
    oid = look_up(shell, name, is_view);
    if (oid)
        strbuf_reset(out); /* not before: a name that is not found leaves \ev's buffer alone */
    if (oid)
        text = definition(shell, PQgetvalue(oid, 0, 0), is_view);
    if (text && is_view) {
        ok = view_source(shell, text, out);
    } else if (text) {
        strbuf_add(out, PQgetvalue(text, 0, 0));
        ok = true;
    }
    if (ok && out->len && out->data[out->len - 1] != '\n')
        strbuf_addc(out, '\n');
    PQclear(oid);
    PQclear(text);
    return ok;
}

bool starts_function_body(const char *line)
{
    return strncmp(line, "AS ", 3) == 0 || strncmp(line, "BEGIN ", 6) == 0 ||
           strncmp(line, "RETURN ", 7) == 0;
}
