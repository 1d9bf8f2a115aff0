/*
 * \dRp — publications; with +, each with its tables.
 */
#include <stdlib.h>

#include "pgmish/describe.h"

/* What every publication has, in the list and alone. */
#define PUBLISHED                                                                              \
    {"Owner", {"pg_catalog.pg_get_userbyid(p.pubowner)"}}, {"All tables", {"p.puballtables"}}, \
        {"Inserts", {"p.pubinsert"}}, {"Updates", {"p.pubupdate"}},                            \
        {"Deletes", {"p.pubdelete"}}, {"Truncates", {"p.pubtruncate", .from = 110000}},        \
    {                                                                                          \
        "Via root",                                                                            \
        {                                                                                      \
            "p.pubviaroot", .from = 130000                                                     \
        }                                                                                      \
    }

static const DescribeColumn list_columns[] = {{"Name", {"p.pubname"}}, PUBLISHED, {NULL}};
static const DescribeColumn detail_columns[] = {PUBLISHED, {NULL}};
static const DescribeColumn found_columns[] = {
    {"oid", {"p.oid"}}, {"name", {"p.pubname"}}, {"all", {"p.puballtables"}}, {NULL}};

static const DescribeList publications = {
    .title = "List of publications",
    .columns = list_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_publication AS p"}, {NULL}},
    .pattern = {.name = "p.pubname", .parts = 1},
    .order = "p.pubname",
    .since = 100000,
    .feature = "publications",
};

/* ---- the tables of one ------------------------------------------------------------------------ */

/* Adds a heading and one line per row.  Frees the result; false when there is none. */
static bool add_section(PGresult *rows, const char *heading, StrList *footers)
{
    if (!rows)
        return false;
    if (PQntuples(rows) > 0)
        strlist_add(footers, heading);
    for (int i = 0; i < PQntuples(rows); i++)
        strlist_take(footers, xasprintf("    %s", PQgetvalue(rows, i, 0)));
    PQclear(rows);
    return true;
}

/* "schema.table" (columns) WHERE filter; the latter two since 15. */
static PGresult *tables_of(Shell *shell, const char *publication)
{
    static const char column_list[] =
        " || COALESCE(' (' || (SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.place)"
        " FROM pg_catalog.unnest(r.prattrs) WITH ORDINALITY AS k(number, place)"
        " JOIN pg_catalog.pg_attribute AS a"
        " ON a.attrelid = r.prrelid AND a.attnum = k.number) || ')', '')"
        " || COALESCE(' WHERE ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid), '')";

    return describe_queryf(shell,
                           "SELECT '\"' || n.nspname || '.' || c.relname || '\"'%s\n"
                           "FROM pg_catalog.pg_publication_rel AS r\n"
                           "     JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid\n"
                           "     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace\n"
                           "WHERE r.prpubid = %s\n"
                           "ORDER BY n.nspname, c.relname;",
                           shell->server_version >= 150000 ? column_list : "", publication);
}

static PGresult *schemas_of(Shell *shell, const char *publication)
{
    return describe_queryf(shell,
                           "SELECT '\"' || n.nspname || '\"'\n"
                           "FROM pg_catalog.pg_publication_namespace AS s\n"
                           "     JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pnnspid\n"
                           "WHERE s.pnpubid = %s\n"
                           "ORDER BY n.nspname;",
                           publication);
}

static PGresult *facts_of(const Describe *describe, const char *publication)
{
    DescribeList list = publications;
    char *where = xasprintf("p.oid = %s", publication);
    StrBuf sql = STRBUF_INIT;
    PGresult *result = NULL;

    list.columns = detail_columns;
    list.pattern.name = NULL;
    if (describe_sql(describe, &list, where, &sql))
        result = shell_internal_query(describe->shell, sql.data);
    strbuf_free(&sql);
    free(where);
    return result;
}

static bool show_one(const Describe *describe, const PGresult *found, int row)
{
    Shell *shell = describe->shell;
    const char *oid = PQgetvalue(found, row, 0);
    char *title = xasprintf("Publication %s", PQgetvalue(found, row, 1));
    bool all = PQgetvalue(found, row, 2)[0] == 't';
    PGresult *facts = facts_of(describe, oid);
    StrList footers = STRLIST_INIT;
    bool ok = facts != NULL;

    if (!all)
        ok = ok && add_section(tables_of(shell, oid), "Tables:", &footers) &&
             (shell->server_version < 150000 ||
              add_section(schemas_of(shell, oid), "Tables from schemas:", &footers));
    if (ok)
        describe_print(shell, facts, title, &footers);
    PQclear(facts);
    strlist_free(&footers);
    free(title);
    return ok;
}

static bool show_each(const Describe *describe)
{
    Shell *shell = describe->shell;
    DescribeList list = publications;
    StrBuf sql = STRBUF_INIT;
    PGresult *found = NULL;
    bool ok;

    list.columns = found_columns;
    if (describe_sql(describe, &list, NULL, &sql))
        found = shell_internal_query(shell, sql.data);
    ok = found && PQntuples(found) > 0;
    if (found && !ok && !shell->set.quiet) {
        if (describe->pattern)
            log_error(&shell->log, "Did not find any publication named \"%s\".",
                      describe->pattern);
        else
            log_error(&shell->log, "Did not find any publications.");
    }
    for (int i = 0; ok && i < PQntuples(found); i++)
        ok = show_one(describe, found, i);
    PQclear(found);
    strbuf_free(&sql);
    return ok;
}

static MetaResult run_dRp(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    if (!(describe.flags & DESCRIBE_PLUS))
        return describe_list(&describe, &publications);
    if (describe_too_old(shell, publications.since, publications.feature))
        return META_DONE;
    return show_each(&describe) ? META_DONE : META_ERROR;
}

META_COMMAND(dRp) = {
    .names = "dRp{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dRp[+] [PATTERN]",
    .brief = "list replication publications",
    .help = "+ shows the tables of each.",
    .run = run_dRp,
};
