/*
 * \dn — schemas.
 */
#include <stdlib.h>

#include "pgmish/describe.h"

static const DescribeColumn schema_columns[] = {
    {"Name", {"n.nspname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(n.nspowner)"}},
    {"Access privileges", {SQL_ACL("n.nspacl"), .needs = DESCRIBE_PLUS}},
    {"Description",
     {"pg_catalog.obj_description(n.oid, 'pg_namespace')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList schemas = {
    .title = "List of schemas",
    .columns = schema_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_namespace AS n"}, {NULL}},
    .where = (const SqlPiece[]){{"n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.name = "n.nspname", .parts = 2},
    .order = "1",
};

/*
 * With a pattern, the publications of one schema's tables (15).  psql takes the pattern as a plain
 * name here, wildcards and all.
 */
static bool publication_footers(const Describe *describe, StrList *footers)
{
    Shell *shell = describe->shell;
    StrBuf name = STRBUF_INIT;
    PGresult *result;

    if (!describe->pattern || shell->server_version < 150000)
        return true;
    sql_literal(shell, &name, describe->pattern);
    result = describe_queryf(shell,
                             "SELECT p.pubname\n"
                             "FROM pg_catalog.pg_publication_namespace AS pn\n"
                             "     JOIN pg_catalog.pg_namespace AS n ON n.oid = pn.pnnspid\n"
                             "     JOIN pg_catalog.pg_publication AS p ON p.oid = pn.pnpubid\n"
                             "WHERE n.nspname = %s\n"
                             "ORDER BY 1;",
                             name.data);
    strbuf_free(&name);
    if (!result)
        return false;
    if (PQntuples(result) > 0)
        strlist_add(footers, "Publications:");
    for (int i = 0; i < PQntuples(result); i++)
        strlist_take(footers, xasprintf("    \"%s\"", PQgetvalue(result, i, 0)));
    PQclear(result);
    return true;
}

static MetaResult run_dn(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    StrList footers = STRLIST_INIT;
    PGresult *result = NULL;
    StrBuf sql = STRBUF_INIT;
    bool ok = describe_sql(&describe, &schemas, NULL, &sql);

    if (ok)
        result = shell_internal_query(shell, sql.data);
    ok = result && publication_footers(&describe, &footers);
    if (ok)
        describe_print(shell, result, schemas.title, &footers);
    PQclear(result);
    strlist_free(&footers);
    strbuf_free(&sql);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(dn) = {
    .names = "dn{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dn[S+] [PATTERN]",
    .brief = "list schemas",
    .help = "S also lists the system's schemas, + adds access privileges and descriptions.",
    .run = run_dn,
};
