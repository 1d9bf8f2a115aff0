/*
 * \da — aggregate functions.
 */
#include "pgmish/describe.h"

static const DescribeColumn aggregate_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"p.proname"}},
    {"Result data type", {"pg_catalog.format_type(p.prorettype, NULL)"}},
    {"Argument data types",
     {"CASE p.pronargs WHEN 0 THEN '*'::pg_catalog.text"
      " ELSE pg_catalog.pg_get_function_arguments(p.oid) END"}},
    {"Description", {"pg_catalog.obj_description(p.oid, 'pg_proc')"}},
    {NULL},
};

static const DescribeList aggregates = {
    .title = "List of aggregate functions",
    .columns = aggregate_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_proc AS p"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = p.pronamespace"},
                               {NULL}},
    .where = (const SqlPiece[]){{"p.prokind = 'a'", .from = 110000},
                                {"p.proisagg", .until = 110000},
                                {SQL_NOT_SYSTEM("n.nspname"),
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "p.proname",
                .visible = "pg_catalog.pg_function_is_visible(p.oid)",
                .parts = 3},
    .order = "1, 2, 4",
};

DESCRIBE_RUN(da, aggregates)

META_COMMAND(da) = {
    .names = "da{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\da[S] [PATTERN]",
    .brief = "list aggregates",
    .run = run_da,
};
