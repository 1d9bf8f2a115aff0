/*
 * \db — tablespaces.
 */
#include "pgmish/describe.h"

static const DescribeColumn tablespace_columns[] = {
    {"Name", {"t.spcname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(t.spcowner)"}},
    {"Location", {"pg_catalog.pg_tablespace_location(t.oid)"}},
    {"Access privileges", {SQL_ACL("t.spcacl"), .needs = DESCRIBE_PLUS}},
    {"Options", {"t.spcoptions", .needs = DESCRIBE_PLUS}},
    {"Size",
     {"pg_catalog.pg_size_pretty(pg_catalog.pg_tablespace_size(t.oid))",
      .needs = DESCRIBE_PLUS}},
    {"Description",
     {"pg_catalog.shobj_description(t.oid, 'pg_tablespace')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList tablespaces = {
    .title = "List of tablespaces",
    .columns = tablespace_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_tablespace AS t"}, {NULL}},
    .pattern = {.name = "t.spcname", .parts = 1},
    .order = "1",
};

DESCRIBE_RUN(db, tablespaces)

META_COMMAND(db) = {
    .names = "db{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\db[+] [PATTERN]",
    .brief = "list tablespaces",
    .help = "+ adds access privileges, options, sizes and descriptions.",
    .run = run_db,
};
