/*
 * \l — databases.
 */
#include "pgmish/describe.h"

/* The locale of a database: with its provider since 15; the ICU locale moved in 17. */
#define PROVIDER                                                                               \
    "CASE d.datlocprovider"                                                                    \
    " WHEN 'c' THEN 'libc'"                                                                    \
    " WHEN 'i' THEN 'icu'"                                                                     \
    " WHEN 'b' THEN 'builtin'"                                                                 \
    " END"

static const DescribeColumn database_columns[] = {
    {"Name", {"d.datname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(d.datdba)"}},
    {"Encoding", {"pg_catalog.pg_encoding_to_char(d.encoding)"}},
    {"Collate", {"d.datcollate"}},
    {"Ctype", {"d.datctype"}},
    {"ICU Locale", {"NULL", .until = 150000}},
    {"ICU Locale", {"d.daticulocale", .from = 150000, .until = 170000}},
    {"ICU Locale", {"d.datlocale", .from = 170000}},
    {"Locale Provider", {"'libc'", .until = 150000}},
    {"Locale Provider", {PROVIDER, .from = 150000}},
    {"Access privileges", {SQL_ACL("d.datacl")}},
    {"Size",
     {"CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT')"
      " THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname))"
      " ELSE 'No Access' END",
      .needs = DESCRIBE_PLUS}},
    {"Tablespace", {"t.spcname", .needs = DESCRIBE_PLUS}},
    {"Description",
     {"pg_catalog.shobj_description(d.oid, 'pg_database')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList databases = {
    .title = "List of databases",
    .columns = database_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_database AS d"},
                               {"JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace",
                                .needs = DESCRIBE_PLUS},
                               {NULL}},
    .pattern = {.name = "d.datname", .parts = 1},
    .order = "1",
};

DESCRIBE_RUN(l, databases)

META_COMMAND(l) = {
    .names = "l l+ list list+",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\l[+] [PATTERN]",
    .brief = "list databases",
    .help = "+ adds sizes, default tablespaces and descriptions.",
    .run = run_l,
};
