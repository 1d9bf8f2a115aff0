/*
 * describe_text_search_detail.c — \dF+ and \dFp+: one object after the other, each with its tables.
 */
#include "describe_text_search.h"

#include <stdlib.h>

/* "schema.name", as titles show it; without a schema the name alone.  Owned. */
static char *full_name(const PGresult *objects, int row, int schema, int name)
{
    if (PQgetisnull(objects, row, schema))
        return xstrdup(PQgetvalue(objects, row, name));
    return xasprintf("%s.%s", PQgetvalue(objects, row, schema), PQgetvalue(objects, row, name));
}

/* The objects of a list, with other columns.  NULL: failed or none, the message is printed. */
static PGresult *find(const Describe *describe, const DescribeList *list,
                      const DescribeColumn *columns, const char *what)
{
    Shell *shell = describe->shell;
    DescribeList wanted = *list;
    StrBuf sql = STRBUF_INIT;
    PGresult *found = NULL;

    wanted.columns = columns;
    if (describe_sql(describe, &wanted, NULL, &sql))
        found = shell_internal_query(shell, sql.data);
    strbuf_free(&sql);
    if (!found || PQntuples(found) > 0)
        return found;
    if (!shell->set.quiet && describe->pattern)
        log_error(&shell->log, "Did not find any text search %s named \"%s\".", what,
                  describe->pattern);
    else if (!shell->set.quiet)
        log_error(&shell->log, "Did not find any text search %ss.", what);
    PQclear(found);
    return NULL;
}

/* Prints and frees a result; false when there is none.  Where psql counts the rows it does so
 * even with \pset footer off. */
static bool print_table(Shell *shell, PGresult *result, const char *title, bool count_rows)
{
    bool footer = shell->print.footer;

    if (!result)
        return false;
    if (count_rows) {
        shell->print.footer = true;
        describe_print(shell, result, title, NULL);
        shell->print.footer = footer;
    } else {
        describe_print_detail(shell, result, title, NULL, true);
    }
    PQclear(result);
    return true;
}

/* ---- configurations ---------------------------------------------------------------------- */

static const DescribeColumn configuration_facts[] = {
    {"schema", {"n.nspname"}},
    {"name", {"c.cfgname"}},
    {"parser schema",
     {"(SELECT pn.nspname FROM pg_catalog.pg_ts_parser AS p"
      " JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.prsnamespace"
      " WHERE p.oid = c.cfgparser)"}},
    {"parser name",
     {"(SELECT p.prsname FROM pg_catalog.pg_ts_parser AS p WHERE p.oid = c.cfgparser)"}},
    {"oid", {"c.oid"}},
    {"parser", {"c.cfgparser"}},
    {NULL},
};

static bool show_configuration(Shell *shell, const PGresult *objects, int row)
{
    char *name = full_name(objects, row, 0, 1);
    char *parser = full_name(objects, row, 2, 3);
    char *title = xasprintf("Text search configuration \"%s\"\nParser: \"%s\"", name, parser);
    bool ok = print_table(
        shell,
        describe_queryf(shell,
                        "SELECT t.alias AS \"Token\",\n"
                        "       pg_catalog.string_agg(m.mapdict::pg_catalog.regdictionary"
                        "::pg_catalog.text, ',' ORDER BY m.mapseqno) AS \"Dictionaries\"\n"
                        "FROM pg_catalog.pg_ts_config_map AS m\n"
                        "     LEFT JOIN pg_catalog.ts_token_type(%s) AS t"
                        " ON t.tokid = m.maptokentype\n"
                        "WHERE m.mapcfg = %s\n"
                        "GROUP BY m.maptokentype, t.alias\n"
                        "ORDER BY 1;",
                        PQgetvalue(objects, row, 5), PQgetvalue(objects, row, 4)),
        title, false);

    free(title);
    free(parser);
    free(name);
    return ok;
}

MetaResult describe_configurations(const Describe *describe, const DescribeList *list)
{
    PGresult *found = find(describe, list, configuration_facts, "configuration");
    bool ok = found != NULL;

    for (int row = 0; ok && row < PQntuples(found); row++)
        ok = show_configuration(describe->shell, found, row) &&
             !describe->shell->cancel_pressed;
    PQclear(found);
    return ok ? META_DONE : META_ERROR;
}

/* ---- parsers ------------------------------------------------------------------------------ */

static const DescribeColumn parser_facts[] = {
    {"schema", {"n.nspname"}},
    {"name", {"p.prsname"}},
    {"oid", {"p.oid"}},
    {NULL},
};

static PGresult *parser_methods(Shell *shell, const char *oid)
{
    return describe_queryf(
        shell,
        "SELECT m.method AS \"Method\",\n"
        "       m.function::pg_catalog.regproc AS \"Function\",\n"
        "       pg_catalog.obj_description(m.function, 'pg_proc') AS \"Description\"\n"
        "FROM pg_catalog.pg_ts_parser AS p\n"
        "     CROSS JOIN LATERAL (VALUES (1, 'Start parse', p.prsstart::pg_catalog.oid),\n"
        "         (2, 'Get next token', p.prstoken), (3, 'End parse', p.prsend),\n"
        "         (4, 'Get headline', p.prsheadline), (5, 'Get token types', p.prslextype))\n"
        "         AS m(number, method, function)\n"
        "WHERE p.oid = %s\n"
        "ORDER BY m.number;",
        oid);
}

static PGresult *parser_tokens(Shell *shell, const char *oid)
{
    return describe_queryf(shell,
                           "SELECT t.alias AS \"Token name\",\n"
                           "       t.description AS \"Description\"\n"
                           "FROM pg_catalog.ts_token_type(%s) AS t\n"
                           "ORDER BY 1;",
                           oid);
}

static bool show_parser(Shell *shell, const PGresult *objects, int row)
{
    char *name = full_name(objects, row, 0, 1);
    char *title = xasprintf("Text search parser \"%s\"", name);
    char *tokens_title = xasprintf("Token types for parser \"%s\"", name);
    const char *oid = PQgetvalue(objects, row, 2);
    bool ok = print_table(shell, parser_methods(shell, oid), title, false) &&
              print_table(shell, parser_tokens(shell, oid), tokens_title, true);

    free(tokens_title);
    free(title);
    free(name);
    return ok;
}

MetaResult describe_parsers(const Describe *describe, const DescribeList *list)
{
    PGresult *found = find(describe, list, parser_facts, "parser");
    bool ok = found != NULL;

    for (int row = 0; ok && row < PQntuples(found); row++)
        ok = show_parser(describe->shell, found, row) && !describe->shell->cancel_pressed;
    PQclear(found);
    return ok ? META_DONE : META_ERROR;
}
