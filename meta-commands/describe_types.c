/*
 * \dT — data types.
 */
#include <string.h>

#include "describe_arguments.h"

enum { TYPES_WITH_ARRAYS = DESCRIBE_OWN }; /* the pattern has [] */

static const DescribeColumn type_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"pg_catalog.format_type(t.oid, NULL)"}},
    {"Internal name", {"t.typname", .needs = DESCRIBE_PLUS}},
    {"Size",
     {"CASE WHEN t.typrelid <> 0 THEN 'tuple' WHEN t.typlen < 0 THEN 'var'"
      " ELSE t.typlen::pg_catalog.text END",
      .needs = DESCRIBE_PLUS}},
    {"Elements",
     {"pg_catalog.array_to_string(ARRAY(SELECT e.enumlabel FROM pg_catalog.pg_enum AS e"
      " WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder), E'\\n')",
      .needs = DESCRIBE_PLUS}},
    {"Owner", {"pg_catalog.pg_get_userbyid(t.typowner)", .needs = DESCRIBE_PLUS}},
    {"Access privileges", {SQL_ACL("t.typacl"), .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(t.oid, 'pg_type')"}},
    {NULL},
};

/* Row types of tables are no types of their own here, only those of CREATE TYPE AS are. */
static const DescribeList types = {
    .title = "List of data types",
    .columns = type_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_type AS t"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = t.typnamespace"},
                               {NULL}},
    .where =
        (const SqlPiece[]){
            {"(t.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class AS c"
             " WHERE c.oid = t.typrelid AND c.relkind = 'c'))"},
            {"NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e"
             " WHERE e.oid = t.typelem AND e.typarray = t.oid)",
             .lacks = TYPES_WITH_ARRAYS},
            {SQL_NOT_SYSTEM("n.nspname"), .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
            {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "t.typname",
                .alt_name = "pg_catalog.format_type(t.oid, NULL)",
                .visible = "pg_catalog.pg_type_is_visible(t.oid)",
                .parts = 3},
    .order = "1, 2",
};

static MetaResult run_dT(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    if (describe.pattern && strstr(describe.pattern, "[]"))
        describe.flags |= TYPES_WITH_ARRAYS;
    describe.pattern = describe_type_pattern(describe.pattern);
    return describe_list(&describe, &types);
}

META_COMMAND(dT) = {
    .names = "dT{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dT[S+] [PATTERN]",
    .brief = "list data types",
    .help = "Array types are listed only when PATTERN has [].",
    .run = run_dT,
};
