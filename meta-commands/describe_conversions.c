/*
 * \dc — conversions between encodings.
 */
#include "pgmish/describe.h"

static const DescribeColumn conversion_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"c.conname"}},
    {"Source", {"pg_catalog.pg_encoding_to_char(c.conforencoding)"}},
    {"Destination", {"pg_catalog.pg_encoding_to_char(c.contoencoding)"}},
    {"Default?", {"CASE WHEN c.condefault THEN 'yes' ELSE 'no' END"}},
    {"Description",
     {"pg_catalog.obj_description(c.oid, 'pg_conversion')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList conversions = {
    .title = "List of conversions",
    .columns = conversion_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_conversion AS c"},
                               {"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.connamespace"},
                               {NULL}},
    .where = (const SqlPiece[]){{SQL_NOT_SYSTEM("n.nspname"),
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.conname",
                .visible = "pg_catalog.pg_conversion_is_visible(c.oid)",
                .parts = 3},
    .order = "1, 2",
};

DESCRIBE_RUN(dc, conversions)

META_COMMAND(dc) = {
    .names = "dc{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dc[S+] [PATTERN]",
    .brief = "list conversions",
    .run = run_dc,
};
