/*
 * \dO — collations.
 */
#include "pgmish/describe.h"

static const DescribeColumn collation_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"c.collname"}},
    {"Collate", {"c.collcollate"}},
    {"Ctype", {"c.collctype"}},
    {"ICU Locale", {"NULL", .until = 100000}},
    /* from 10 to 14 the ICU locale stood in collcollate */
    {"ICU Locale",
     {"CASE c.collprovider WHEN 'i' THEN c.collcollate END", .from = 100000, .until = 150000}},
    {"ICU Locale", {"c.colliculocale", .from = 150000, .until = 170000}},
    {"ICU Locale", {"c.colllocale", .from = 170000}},
    {"Provider", {"'libc'", .until = 100000}},
    {"Provider",
     {"CASE c.collprovider"
      " WHEN 'd' THEN 'default'"
      " WHEN 'b' THEN 'builtin'"
      " WHEN 'c' THEN 'libc'"
      " WHEN 'i' THEN 'icu'"
      " END",
      .from = 100000}},
    {"Deterministic?", {"'yes'", .until = 120000}},
    {"Deterministic?",
     {"CASE WHEN c.collisdeterministic THEN 'yes' ELSE 'no' END", .from = 120000}},
    {"Description",
     {"pg_catalog.obj_description(c.oid, 'pg_collation')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

/* Collations of other encodings cannot be used in this database, and are never shown. */
static const DescribeList collations = {
    .title = "List of collations",
    .columns = collation_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_collation AS c"},
                               {"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace"},
                               {NULL}},
    .where = (const SqlPiece[]){{SQL_NOT_SYSTEM("n.nspname"),
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {"c.collencoding IN (-1, pg_catalog.pg_char_to_encoding("
                                 "pg_catalog.getdatabaseencoding()))"},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.collname",
                .visible = "pg_catalog.pg_collation_is_visible(c.oid)",
                .parts = 3},
    .order = "1, 2",
};

DESCRIBE_RUN(dO, collations)

META_COMMAND(dO) = {
    .names = "dO{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dO[S+] [PATTERN]",
    .brief = "list collations",
    .run = run_dO,
};
