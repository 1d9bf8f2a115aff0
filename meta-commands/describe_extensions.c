/*
 * \dx — extensions; with +, the objects of each.
 */
#include <stdlib.h>

#include "pgmish/describe.h"

static const DescribeColumn extension_columns[] = {
    {"Name", {"e.extname"}},
    {"Version", {"e.extversion"}},
    {"Schema", {"n.nspname"}},
    {"Description", {"pg_catalog.obj_description(e.oid, 'pg_extension')"}},
    {NULL},
};

static const DescribeList extensions = {
    .title = "List of installed extensions",
    .columns = extension_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_extension AS e"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = e.extnamespace"},
                               {NULL}},
    .pattern = {.name = "e.extname", .parts = 1},
    .order = "1",
};

static const DescribeColumn member_columns[] = {
    {"Object description", {"pg_catalog.pg_describe_object(d.classid, d.objid, 0)"}},
    {NULL},
};

static const DescribeList members = {
    .columns = member_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_depend AS d"}, {NULL}},
    .where = (const SqlPiece[]){{"d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass"
                                 " AND d.deptype = 'e'"},
                                {NULL}},
    .order = "1",
};

static bool show_members(const Describe *describe, const char *name, const char *oid)
{
    Shell *shell = describe->shell;
    char *title = xasprintf("Objects in extension \"%s\"", name);
    char *where = xasprintf("d.refobjid = '%s'", oid);
    StrBuf sql = STRBUF_INIT;
    PGresult *result = NULL;

    if (describe_sql(describe, &members, where, &sql))
        result = shell_internal_query(shell, sql.data);
    if (result)
        describe_print(shell, result, title, NULL);
    PQclear(result);
    strbuf_free(&sql);
    free(where);
    free(title);
    return result != NULL;
}

static bool show_contents(const Describe *describe)
{
    static const DescribeColumn name_and_oid[] = {
        {"name", {"e.extname"}}, {"oid", {"e.oid"}}, {NULL}};
    Shell *shell = describe->shell;
    DescribeList list = extensions;
    StrBuf sql = STRBUF_INIT;
    PGresult *found = NULL;
    bool ok;

    list.columns = name_and_oid;
    if (describe_sql(describe, &list, NULL, &sql))
        found = shell_internal_query(shell, sql.data);
    ok = found && PQntuples(found) > 0;
    if (found && !ok && !shell->set.quiet) {
        if (describe->pattern)
            log_error(&shell->log, "Did not find any extension named \"%s\".",
                      describe->pattern);
        else
            log_error(&shell->log, "Did not find any extensions.");
    }
    for (int i = 0; ok && i < PQntuples(found); i++)
        ok = show_members(describe, PQgetvalue(found, i, 0), PQgetvalue(found, i, 1)) &&
             !shell->cancel_pressed;
    PQclear(found);
    strbuf_free(&sql);
    return ok;
}

static MetaResult run_dx(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    if (describe.flags & DESCRIBE_PLUS)
        return show_contents(&describe) ? META_DONE : META_ERROR;
    return describe_list(&describe, &extensions);
}

META_COMMAND(dx) = {
    .names = "dx{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dx[+] [PATTERN]",
    .brief = "list extensions",
    .help = "+ lists the objects that belong to each extension.",
    .run = run_dx,
};
