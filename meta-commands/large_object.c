/*
 * large_object.c — \lo_import, \lo_export, \lo_unlink.
 *
 * libpq's large object functions need a transaction block: outside one the commands open their own
 * and commit it, unless AUTOCOMMIT is off: then it stays open, as after any other command.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

/* Runs a command of our own; false: failed, message printed. */
static bool run_sql(Shell *shell, const char *sql)
{
    PGresult *result = shell_internal_query(shell, sql);

    PQclear(result);
    return result != NULL;
}

static bool begin(Shell *shell, const char *name, bool *own)
{
    *own = false;
    if (!shell->conn) {
        log_error(&shell->log, "\\%s: not connected to a database", name);
        return false;
    }
    if (!deploy_before_statement(shell)) /* a gate further down gates large objects too */
        return false;
    switch (PQtransactionStatus(shell->conn)) {
    case PQTRANS_IDLE:
        *own = run_sql(shell, "BEGIN");
        return *own;
    case PQTRANS_INTRANS:
        return true;
    case PQTRANS_INERROR:
        log_error(&shell->log, "\\%s: current transaction is aborted", name);
        return false;
    default:
        log_error(&shell->log, "\\%s: unknown transaction status", name);
        return false;
    }
}

static bool finish(Shell *shell, bool own, bool ok)
{
    if (!own || !shell->set.autocommit)
        return ok;
    if (ok && run_sql(shell, "COMMIT"))
        return true;
    if (shell->conn)
        run_sql(shell, "ROLLBACK");
    return false;
}

static bool report(Shell *shell)
{
    log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
    return false;
}

static PRINTF_LIKE(2, 3) void print_outcome(Shell *shell, const char *fmt, ...)
{
    bool html = shell->print.format == PRINT_HTML;
    StrBuf text = STRBUF_INIT;
    va_list args;

    va_start(args, fmt);
    strbuf_vaddf(&text, fmt, args);
    va_end(args);
    if (!shell->set.quiet)
        fprintf(shell->out, html ? "<p>%s</p>\n" : "%s\n", text.data);
    if (shell->log_file)
        fprintf(shell->log_file, "%s\n", text.data);
    strbuf_free(&text);
}

/* An argument that has to be there; NULL: it is not, and the user has been told. */
static const char *required(Shell *shell, const MetaCall *call, size_t index)
{
    const char *text = meta_arg(call, index);

    if (!text)
        log_error(&shell->log, "\\%s: missing required argument", call->name);
    return text;
}

static Oid oid_of(const char *text)
{
    return (Oid)strtoul(text, NULL, 10);
}

static MetaResult run_export(Shell *shell, const MetaCall *call)
{
    const char *given = required(shell, call, 1);
    char *path;
    bool own, ok;

    if (!given || !begin(shell, call->name, &own))
        return META_ERROR;
    path = expand_tilde(xstrdup(given));
    cancel_install(shell->conn);
    ok = lo_export(shell->conn, oid_of(meta_arg(call, 0)), path) == 1 || report(shell);
    cancel_install(NULL);
    ok = finish(shell, own, ok);
    if (ok)
        print_outcome(shell, "lo_export");
    free(path);
    return ok ? META_DONE : META_ERROR;
}

static bool set_comment(Shell *shell, Oid oid, const char *comment)
{
    char *literal = PQescapeLiteral(shell->conn, comment, strlen(comment));
    char *sql;
    bool ok;

    if (!literal)
        return report(shell);
    sql = xasprintf("COMMENT ON LARGE OBJECT %u IS %s", oid, literal);
    ok = run_sql(shell, sql);
    free(sql);
    PQfreemem(literal);
    return ok;
}

static MetaResult run_import(Shell *shell, const MetaCall *call)
{
    const char *given = required(shell, call, 0), *comment = meta_arg(call, 1);
    char *path, number[16];
    bool own, ok;
    Oid oid;

    if (!given || !begin(shell, call->name, &own))
        return META_ERROR;
    path = expand_tilde(xstrdup(given));
    cancel_install(shell->conn);
    oid = lo_import(shell->conn, path);
    ok = oid != InvalidOid || report(shell);
    cancel_install(NULL);
    if (ok && comment)
        ok = set_comment(shell, oid, comment);
    ok = finish(shell, own, ok);
    if (ok) {
        print_outcome(shell, "lo_import %u", oid);
        snprintf(number, sizeof(number), "%u", oid);
        var_set(shell->vars, "LASTOID", number);
    }
    free(path);
    return ok ? META_DONE : META_ERROR;
}

static MetaResult run_unlink(Shell *shell, const MetaCall *call)
{
    const char *given = required(shell, call, 0);
    bool own, ok;
    Oid oid;

    if (!given || !begin(shell, call->name, &own))
        return META_ERROR;
    oid = oid_of(given);
    cancel_install(shell->conn);
    ok = lo_unlink(shell->conn, oid) != -1 || report(shell);
    cancel_install(NULL);
    ok = finish(shell, own, ok);
    if (ok)
        print_outcome(shell, "lo_unlink %u", oid);
    return ok ? META_DONE : META_ERROR;
}

static void complete_import(Shell *shell, const MetaCall *before, size_t index,
                            const char *text, StrList *list)
{
    if (index == 0)
        complete_file(shell, before, index, text, list);
}

static void complete_export(Shell *shell, const MetaCall *before, size_t index,
                            const char *text, StrList *list)
{
    if (index == 1)
        complete_file(shell, before, index, text, list);
}

META_COMMAND(lo_export) = {
    .names = "lo_export",
    .args = "n;n;",
    .group = HELP_LARGE_OBJECTS,
    .synopsis = "\\lo_export LOBOID FILE",
    .brief = "write large object to file",
    .complete = complete_export,
    .run = run_export,
};

META_COMMAND(lo_import) = {
    .names = "lo_import",
    .args = "n;n;",
    .group = HELP_LARGE_OBJECTS,
    .synopsis = "\\lo_import FILE [COMMENT]",
    .brief = "read large object from file",
    .help = "LASTOID has the new object's OID afterwards.",
    .complete = complete_import,
    .run = run_import,
};

META_COMMAND(lo_unlink) = {
    .names = "lo_unlink",
    .args = "n;n;",
    .group = HELP_LARGE_OBJECTS,
    .synopsis = "\\lo_unlink LOBOID",
    .brief = "delete a large object",
    .run = run_unlink,
};
