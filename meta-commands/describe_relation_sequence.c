/*
 * \d of a sequence: its properties instead of columns, and what it belongs to.
 */
#include <stdlib.h>

#include "describe_relation.h"

static const char properties[] =
    "SELECT pg_catalog.format_type(s.seqtypid, NULL) AS \"Type\",\n"
    "       s.seqstart AS \"Start\",\n"
    "       s.seqmin AS \"Minimum\",\n"
    "       s.seqmax AS \"Maximum\",\n"
    "       s.seqincrement AS \"Increment\",\n"
    "       CASE WHEN s.seqcycle THEN 'yes' ELSE 'no' END AS \"Cycles?\",\n"
    "       s.seqcache AS \"Cache\"\n"
    "FROM pg_catalog.pg_sequence AS s\n"
    "WHERE s.seqrelid = $1;";

/* A column owns it: as a serial or by OWNED BY (automatic dependency), or as an identity
 * column's (internal dependency). */
static const char owner[] =
    "SELECT CASE d.deptype WHEN 'i' THEN 'Sequence for identity column: '\n"
    "                      ELSE 'Owned by: ' END\n"
    "       || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)\n"
    "       || '.' || pg_catalog.quote_ident(a.attname)\n"
    "FROM pg_catalog.pg_depend AS d\n"
    "     JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid\n"
    "     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace\n"
    "     JOIN pg_catalog.pg_attribute AS a\n"
    "       ON a.attrelid = c.oid AND a.attnum = d.refobjsubid\n"
    "WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass\n"
    "  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass\n"
    "  AND d.objid = $1\n"
    "  AND d.deptype IN ('a', 'i');";

bool relation_show_sequence(Relation *relation)
{
    PGresult *result = relation_query(relation, properties), *owners = NULL;
    const char *what = relation->persistence == 'u' ? "Unlogged sequence" : "Sequence";
    char *title = xasprintf("%s \"%s.%s\"", what, relation->schema, relation->name);
    bool ok;

    if (result)
        owners = relation_query(relation, owner);
    ok = owners != NULL;
    if (ok && PQntuples(owners) == 1)
        strlist_add(&relation->footers, PQgetvalue(owners, 0, 0));
    if (ok)
        describe_print_detail(relation->describe.shell, result, title, &relation->footers,
                              true);
    free(title);
    PQclear(owners);
    PQclear(result);
    return ok;
}
