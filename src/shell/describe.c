/*
 * describe.c — turns a DescribeList into a query, runs it, prints what comes back.
 *
 * All of psql's \d commands that list objects are the same sentence with other words: columns that exist
 * from some server version on, a FROM, conditions that S and a pattern change, an order.  The words are data
 * in meta-commands/describe_*.c; the sentence is made here, once.  What a user typed gets into it by way
 * of pattern.c alone, which quotes it.
 */
#include "pgmish/describe.h"

#include <stdlib.h>
#include <string.h>

#include "version.h"

Describe describe_begin(Shell *shell, const MetaCall *call)
{
    Describe describe = {.shell = shell, .pattern = meta_arg(call, 0)};

    if (strchr(call->name, '+'))
        describe.flags |= DESCRIBE_PLUS;
    if (strchr(call->name, 'S'))
        describe.flags |= DESCRIBE_SYSTEM;
    if (describe.pattern)
        describe.flags |= DESCRIBE_PATTERN;
    return describe;
}

bool describe_wants(const Describe *describe, const SqlPiece *piece)
{
    int version = describe->shell->server_version;

    return (piece->needs & ~describe->flags) == 0 && (piece->lacks & describe->flags) == 0 &&
           version >= piece->from && (!piece->until || version < piece->until);
}

bool describe_too_old(Shell *shell, int since, const char *feature)
{
    char version[32];

    if (shell->server_version >= since)
        return false;
    version_number_text(shell->server_version, false, version, sizeof(version));
    log_error(&shell->log, "The server (version %s) does not support %s.", version, feature);
    return true;
}

static void add_columns(const Describe *describe, const DescribeColumn *columns, StrBuf *sql)
{
    const char *separator = "SELECT ";

    for (; columns->title; columns++) {
        if (!describe_wants(describe, &columns->value))
            continue;
        strbuf_addf(sql, "%s%s AS \"%s\"", separator, columns->value.sql, columns->title);
        separator = ",\n       ";
    }
}

static void add_from(const Describe *describe, const SqlPiece *from, StrBuf *sql)
{
    const char *separator = "\nFROM ";

    for (; from->sql; from++) {
        if (!describe_wants(describe, from))
            continue;
        strbuf_addf(sql, "%s%s", separator, from->sql);
        separator = "\n     ";
    }
}

bool describe_sql(const Describe *describe, const DescribeList *list, const char *where,
                  StrBuf *sql)
{
    StrBuf conditions = STRBUF_INIT;
    bool ok;

    for (const SqlPiece *piece = list->where; piece && piece->sql; piece++)
        if (describe_wants(describe, piece))
            sql_and(&conditions, piece->sql);
    if (where)
        sql_and(&conditions, where);
    ok = !list->pattern.name ||
         pattern_conditions(describe->shell, &conditions, describe->pattern, &list->pattern);
    add_columns(describe, list->columns, sql);
    add_from(describe, list->from, sql);
    if (conditions.len)
        strbuf_addf(sql, "\nWHERE %s", conditions.data);
    strbuf_addf(sql, "\nORDER BY %s;", list->order);
    strbuf_free(&conditions);
    return ok;
}

static void print_with(Shell *shell, PrintOptions options, const PGresult *result,
                       const char *title, const StrList *footers)
{
    PrintTarget target = shell_print_target(shell);
    size_t count = footers ? footers->len : 0;
    const char **lines = xcalloc(count + 1, sizeof(*lines)); /* ends with NULL */

    for (size_t i = 0; i < count; i++)
        lines[i] = footers->items[i];
    options.null = NULL;
    print_result(result, &options, &target, title, lines);
    fflush(shell->out);
    free(lines);
}

/* The copies of the options share the strings and own none. */
void describe_print(Shell *shell, const PGresult *result, const char *title,
                    const StrList *footers)
{
    print_with(shell, shell->print, result, title, footers);
}

void describe_print_detail(Shell *shell, const PGresult *result, const char *title,
                           const StrList *footers, bool may_expand)
{
    PrintOptions options = shell->print;

    if (!may_expand)
        options.expanded = EXPANDED_OFF;
    options.footer = false;
    print_with(shell, options, result, title, footers);
}

/* True: nothing was found and a message says so instead of an empty table. */
static bool say_none(const Describe *describe, const DescribeList *list, const PGresult *result)
{
    Shell *shell = describe->shell;

    if (!list->none || PQntuples(result) > 0 || shell->set.quiet)
        return false;
    if (describe->pattern && list->none_named) {
        StrBuf message = STRBUF_INIT;
        const char *hole = strstr(list->none_named, "%s");

        strbuf_addn(&message, list->none_named, (size_t)(hole - list->none_named));
        strbuf_addf(&message, "%s%s", describe->pattern, hole + 2);
        log_error(&shell->log, "%s", message.data);
        strbuf_free(&message);
    } else {
        log_error(&shell->log, "%s", list->none);
    }
    return true;
}

MetaResult describe_list(const Describe *describe, const DescribeList *list)
{
    return describe_list_where(describe, list, NULL);
}

MetaResult describe_list_where(const Describe *describe, const DescribeList *list,
                               const char *where)
{
    Shell *shell = describe->shell;
    MetaResult outcome = META_ERROR;
    PGresult *result = NULL;
    StrBuf sql = STRBUF_INIT;

    if (describe_too_old(shell, list->since, list->feature))
        return META_DONE; /* for psql this is no failure */
    if (!describe_sql(describe, list, where, &sql))
        goto done;
    result = shell_internal_query(shell, sql.data);
    if (!result)
        goto done;
    if (!say_none(describe, list, result))
        describe_print(shell, result, list->title, NULL);
    outcome = META_DONE;
done:
    PQclear(result);
    strbuf_free(&sql);
    return outcome;
}

PGresult *describe_queryf(Shell *shell, const char *fmt, ...)
{
    StrBuf sql = STRBUF_INIT;
    PGresult *result;
    va_list args;

    va_start(args, fmt);
    strbuf_vaddf(&sql, fmt, args);
    va_end(args);
    result = shell_internal_query(shell, sql.data);
    strbuf_free(&sql);
    return result;
}
