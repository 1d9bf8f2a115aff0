/*
 * \dD — domains.
 */
#include "pgmish/describe.h"

/* Shown only when it is not the collation of the type below. */
#define COLLATION                                                                              \
    "(SELECT o.collname FROM pg_catalog.pg_type AS b, pg_catalog.pg_collation AS o"            \
    " WHERE b.oid = t.typbasetype AND b.typcollation <> t.typcollation"                        \
    " AND o.oid = t.typcollation)"

static const DescribeColumn domain_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"t.typname"}},
    {"Type", {"pg_catalog.format_type(t.typbasetype, t.typtypmod)"}},
    {"Collation", {COLLATION}},
    {"Nullable", {"CASE WHEN t.typnotnull THEN 'not null' END"}},
    {"Default", {"t.typdefault"}},
    {"Check",
     {"pg_catalog.array_to_string(ARRAY("
      "SELECT pg_catalog.pg_get_constraintdef(k.oid, true)"
      " FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid), ' ')"}},
    {"Access privileges", {SQL_ACL("t.typacl"), .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(t.oid, 'pg_type')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList domains = {
    .title = "List of domains",
    .columns = domain_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_type AS t"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = t.typnamespace"},
                               {NULL}},
    .where = (const SqlPiece[]){{"t.typtype = 'd'"},
                                {SQL_NOT_SYSTEM("n.nspname"),
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "t.typname",
                .visible = "pg_catalog.pg_type_is_visible(t.oid)",
                .parts = 3},
    .order = "1, 2",
};

DESCRIBE_RUN(dD, domains)

META_COMMAND(dD) = {
    .names = "dD{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dD[S+] [PATTERN]",
    .brief = "list domains",
    .run = run_dD,
};
