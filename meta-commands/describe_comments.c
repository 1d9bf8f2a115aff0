/*
 * \dd — comments on objects whose own list does not show them: constraints, operator classes and
 * families, rules, triggers.
 */
#include "pgmish/describe.h"

/* One kind of object: where it is found and what a pattern is matched with. */
typedef struct Commented {
    const char *object; /* what the list calls it */
    const char *from;   /* x is the object's row; its oid and tableoid are pg_description's */
    const char *extra;  /* a condition, or NULL */
    const char *schema, *name, *visible;
} Commented;

static const Commented commented[] = {
    {"table constraint",
     "pg_catalog.pg_constraint AS x\n"
     "  JOIN pg_catalog.pg_class AS c ON c.oid = x.conrelid\n"
     "  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace",
     NULL, "n.nspname", "x.conname", "pg_catalog.pg_table_is_visible(c.oid)"},
    {"domain constraint",
     "pg_catalog.pg_constraint AS x\n"
     "  JOIN pg_catalog.pg_type AS t ON t.oid = x.contypid\n"
     "  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace",
     NULL, "n.nspname", "x.conname", "pg_catalog.pg_type_is_visible(t.oid)"},
    {"operator class",
     "pg_catalog.pg_opclass AS x\n"
     "  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = x.opcnamespace",
     NULL, "n.nspname", "x.opcname", "pg_catalog.pg_opclass_is_visible(x.oid)"},
    {"operator family",
     "pg_catalog.pg_opfamily AS x\n"
     "  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = x.opfnamespace",
     NULL, "n.nspname", "x.opfname", "pg_catalog.pg_opfamily_is_visible(x.oid)"},
    {"rule",
     "pg_catalog.pg_rewrite AS x\n"
     "  JOIN pg_catalog.pg_class AS c ON c.oid = x.ev_class\n"
     "  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace",
     "x.rulename <> '_RETURN'", "n.nspname", "x.rulename",
     "pg_catalog.pg_table_is_visible(c.oid)"},
    {"trigger",
     "pg_catalog.pg_trigger AS x\n"
     "  JOIN pg_catalog.pg_class AS c ON c.oid = x.tgrelid\n"
     "  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace",
     NULL, "n.nspname", "x.tgname", "pg_catalog.pg_table_is_visible(c.oid)"},
};

/* One arm of the union.  False: the pattern is not allowed. */
static bool add_arm(const Describe *describe, const Commented *kind, StrBuf *sql)
{
    PatternColumns columns = {kind->schema, kind->name, NULL, kind->visible, 3};
    StrBuf where = STRBUF_INIT;
    bool ok;

    if (kind->extra)
        sql_and(&where, kind->extra);
    if (!(describe->flags & (DESCRIBE_SYSTEM | DESCRIBE_PATTERN)))
        sql_and(&where, SQL_NOT_SYSTEM("n.nspname"));
    ok = pattern_conditions(describe->shell, &where, describe->pattern, &columns);
    strbuf_addf(sql,
                "  SELECT x.oid, x.tableoid AS catalog, n.nspname AS schema,\n"
                "         CAST(%s AS pg_catalog.text) AS name, '%s' AS object\n"
                "  FROM %s",
                kind->name, kind->object, kind->from);
    if (where.len)
        strbuf_addf(sql, "\n  WHERE %s", where.data);
    strbuf_free(&where);
    return ok;
}

static MetaResult run_dd(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    StrBuf sql = STRBUF_INIT;
    PGresult *result = NULL;
    bool ok = true;

    strbuf_add(&sql, "SELECT DISTINCT o.schema AS \"Schema\", o.name AS \"Name\",\n"
                     "       CAST(o.object AS pg_catalog.text) AS \"Object\",\n"
                     "       d.description AS \"Description\"\nFROM (\n");
    for (size_t i = 0; ok && i < lengthof(commented); i++) {
        strbuf_add(&sql, i ? "\n  UNION ALL\n" : "");
        ok = add_arm(&describe, &commented[i], &sql);
    }
    strbuf_add(&sql, "\n) AS o\n"
                     "JOIN pg_catalog.pg_description AS d\n"
                     "  ON d.objoid = o.oid AND d.classoid = o.catalog AND d.objsubid = 0\n"
                     "ORDER BY 1, 2, 3;");
    if (ok)
        result = shell_internal_query(shell, sql.data);
    if (result)
        describe_print(shell, result, "Object descriptions", NULL);
    strbuf_free(&sql);
    PQclear(result);
    return result ? META_DONE : META_ERROR;
}

META_COMMAND(dd) = {
    .names = "dd{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dd[S] [PATTERN]",
    .brief = "show object descriptions not displayed elsewhere",
    .help = "Comments on constraints, operator classes and families, rules and triggers.",
    .run = run_dd,
};
