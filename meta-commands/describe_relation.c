/*
 * \d NAME — everything about one relation.
 *
 * Finds the relations that match, reads what kind each is, has its columns and footers collected
 * by the files beside this one, prints.
 */
#include "describe_relation.h"

#include <stdlib.h>
#include <string.h>

#include "describe_tables.h"

/* In this order they are shown. */
static const RelationFooter footers[] = {
    {"rfmptiI", relation_partition_of},
    {"p", relation_partition_key},
    {"t", relation_toast_owner},
    {"iI", relation_index},
    {"rmfpt", relation_indexes},
    {"rmfpt", relation_checks},
    {"rmfpt", relation_foreign_keys},
    {"rmfpt", relation_referenced_by},
    {"rmfpt", relation_policies},
    {"rmfpt", relation_statistics},
    {"rfpt", relation_rules},
    {"rmfpt", relation_publications},
    {"vm", relation_view},
    {"v", relation_view_rules},
    {"rvmfptcS", relation_triggers},
    {"f", relation_server},
    {"rmfpIt", relation_inherits},
    {"rmfpIt", relation_children},
    {"rmfpIt", relation_typed},
    {"rm", relation_replica_identity},
    {"rmfpIt", relation_oids},
    {"rmpiIt", relation_tablespace},
    {"rmfpIt", relation_access_method},
    {"rvmiIfpt", relation_options},
};

/* ---- facts ---------------------------------------------------------------------------------- */

/* Each column is a bit; the server says which hold. */
typedef struct Fact {
    unsigned bit;
    SqlPiece test;
} Fact;

static const Fact facts[] = {
    {REL_INDEXED, {"c.relhasindex"}},
    {REL_CHECKED, {"c.relchecks > 0"}},
    {REL_RULED, {"c.relhasrules"}},
    {REL_TRIGGERED, {"c.relhastriggers"}},
    {REL_IS_PARTITION, {"c.relispartition"}},
    {REL_OIDS, {"c.relhasoids", .until = 120000}},
    {REL_TYPED, {"c.reloftype <> 0"}},
    {REL_TABLESPACE, {"c.reltablespace <> 0"}},
    {REL_OPTIONS, {"c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL"}},
    {REL_DETAILS, {"c.relkind IN ('r', 'v', 'm', 'f', 'c', 'p')"}},
    {REL_IS_INDEX, {"c.relkind IN ('i', 'I')"}},
    {REL_IS_FOREIGN, {"c.relkind = 'f'"}},
    {REL_COMPRESSION, {"c.relkind IN ('r', 'm', 'p')"}},
    {REL_STATISTICS, {"c.relkind IN ('r', 'i', 'I', 'm', 'f', 'p')"}},
};

static bool read_facts(Relation *relation)
{
    const Settings *set = &relation->describe.shell->set;
    StrBuf sql = STRBUF_INIT;
    PGresult *result;
    int column = 2;

    strbuf_add(&sql, "SELECT c.relkind, c.relpersistence");
    for (size_t i = 0; i < lengthof(facts); i++)
        if (describe_wants(&relation->describe, &facts[i].test))
            strbuf_addf(&sql, ",\n       %s", facts[i].test.sql);
    strbuf_add(&sql, "\nFROM pg_catalog.pg_class AS c\n"
                     "     LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid\n"
                     "WHERE c.oid = $1;");
    result = relation_query(relation, sql.data);
    strbuf_free(&sql);
    if (!result)
        return false;
    if (PQntuples(result) == 0) { /* dropped since it was found */
        if (!set->quiet)
            log_error(&relation->describe.shell->log, "Did not find any relation with OID %s.",
                      relation->oid);
        PQclear(result);
        return false;
    }
    relation->kind = *PQgetvalue(result, 0, 0);
    relation->persistence = *PQgetvalue(result, 0, 1);
    for (size_t i = 0; i < lengthof(facts); i++)
        if (describe_wants(&relation->describe, &facts[i].test) &&
            *PQgetvalue(result, 0, column++) == 't')
            relation->describe.flags |= facts[i].bit;
    if (set->hide_compression)
        relation->describe.flags &= ~(unsigned)REL_COMPRESSION;
    if (set->hide_tableam)
        relation->describe.flags |= REL_HIDE_AM;
    PQclear(result);
    return true;
}

/* ---- footers -------------------------------------------------------------------------------- */

PGresult *relation_query(const Relation *relation, const char *sql)
{
    StrBuf text = STRBUF_INIT;
    PGresult *result;

    for (const char *hole; (hole = strstr(sql, "$1")) != NULL; sql = hole + 2) {
        strbuf_addn(&text, sql, (size_t)(hole - sql));
        strbuf_addf(&text, "'%s'::pg_catalog.oid", relation->oid);
    }
    strbuf_add(&text, sql);
    result = shell_internal_query(relation->describe.shell, text.data);
    strbuf_free(&text);
    return result;
}

static void add_lines(Relation *relation, const PGresult *result)
{
    const char *heading = NULL;

    for (int i = 0; i < PQntuples(result); i++) {
        const char *next = PQgetvalue(result, i, 0);

        if (!PQgetisnull(result, i, 0) && (!heading || strcmp(next, heading) != 0))
            strlist_add(&relation->footers, next);
        heading = next;
        if (!PQgetisnull(result, i, 1))
            strlist_add(&relation->footers, PQgetvalue(result, i, 1));
    }
}

static bool add_footers(Relation *relation)
{
    for (size_t i = 0; i < lengthof(footers); i++) {
        if (!strchr(footers[i].kinds, relation->kind))
            continue;
        for (const SqlPiece *piece = footers[i].queries; piece->sql; piece++) {
            PGresult *result;

            if (!describe_wants(&relation->describe, piece))
                continue;
            result = relation_query(relation, piece->sql);
            if (!result)
                return false;
            add_lines(relation, result);
            PQclear(result);
        }
    }
    return true;
}

/* ---- one relation ----------------------------------------------------------------------------- */

static char *title_of(const Relation *relation)
{
    static const struct {
        char kind;
        const char *logged, *unlogged;
    } names[] = {
        {'r', "Table", "Unlogged table"},
        {'v', "View", NULL},
        {'m', "Materialized view", "Unlogged materialized view"},
        {'i', "Index", "Unlogged index"},
        {'I', "Partitioned index", "Unlogged partitioned index"},
        {'t', "TOAST table", NULL},
        {'c', "Composite type", NULL},
        {'f', "Foreign table", NULL},
        {'p', "Partitioned table", "Unlogged partitioned table"},
    };

    for (size_t i = 0; i < lengthof(names); i++) {
        bool unlogged = relation->persistence == 'u' && names[i].unlogged;

        if (names[i].kind == relation->kind)
            return xasprintf("%s \"%s.%s\"", unlogged ? names[i].unlogged : names[i].logged,
                             relation->schema, relation->name);
    }
    return xasprintf("?%c? \"%s.%s\"", relation->kind, relation->schema, relation->name);
}

static bool show_columns(Relation *relation)
{
    PGresult *columns = relation_columns(relation);
    bool ok = columns && add_footers(relation);
    char *title = title_of(relation);

    if (ok)
        describe_print_detail(relation->describe.shell, columns, title, &relation->footers,
                              false);
    free(title);
    PQclear(columns);
    return ok;
}

static bool show_relation(const Describe *describe, const PGresult *found, int row)
{
    Relation relation = {
        .describe = *describe,
        .oid = PQgetvalue(found, row, 0),
        .schema = PQgetvalue(found, row, 1),
        .name = PQgetvalue(found, row, 2),
        .footers = STRLIST_INIT,
    };
    bool ok = read_facts(&relation);

    if (ok)
        ok = relation.kind == 'S' ? relation_show_sequence(&relation) : show_columns(&relation);
    strlist_free(&relation.footers);
    return ok;
}

/* ---- \d --------------------------------------------------------------------------------------- */

static const DescribeColumn matching_columns[] = {
    {"oid", {"c.oid"}},
    {"schema", {"n.nspname"}},
    {"name", {"c.relname"}},
    {NULL},
};

static const DescribeList matching = {
    .columns = matching_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_class AS c"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = c.relnamespace"},
                               {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.relname",
                .visible = "pg_catalog.pg_table_is_visible(c.oid)",
                .parts = 3},
    .order = "2, 3",
};

static bool show_matching(const Describe *describe)
{
    Shell *shell = describe->shell;
    PGresult *found = NULL;
    StrBuf sql = STRBUF_INIT;
    bool ok = describe_sql(describe, &matching, NULL, &sql);

    if (ok)
        found = shell_internal_query(shell, sql.data);
    ok = found && PQntuples(found) > 0;
    if (found && !ok && !shell->set.quiet)
        log_error(&shell->log, "Did not find any relation named \"%s\".", describe->pattern);
    for (int i = 0; ok && i < PQntuples(found); i++)
        ok = show_relation(describe, found, i) && !shell->cancel_pressed;
    PQclear(found);
    strbuf_free(&sql);
    return ok;
}

static MetaResult run_d(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    if (!describe.pattern)
        return describe_tables(&describe, "tvmsE");
    return show_matching(&describe) ? META_DONE : META_ERROR;
}

META_COMMAND(d) = {
    .names = "d d+{*} dS{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\d[S+] [NAME]",
    .brief = "list tables, views, and sequences, or describe one of them",
    .help =
        "Without a name, lists the relations of the schemas in the search path.  With a name,\n"
        "shows columns, indexes, constraints, rules, triggers and relatives of every table,\n"
        "view, index, sequence, composite type or foreign table that matches.  + adds\n"
        "storage, statistics targets, comments, definitions of views and options.",
    .run = run_d,
};
