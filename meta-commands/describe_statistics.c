/*
 * \dX — extended statistics.
 */
#include "pgmish/describe.h"

#define KIND(letter) "CASE WHEN '" letter "' = ANY (s.stxkind) THEN 'defined' END"

static const DescribeColumn statistics_columns[] = {
    {"Schema", {"s.stxnamespace::pg_catalog.regnamespace::pg_catalog.text"}},
    {"Name", {"s.stxname"}},
    {"Definition",
     {"pg_catalog.format('%s FROM %s',"
      " (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ')"
      " FROM pg_catalog.unnest(s.stxkeys) AS k(attnum)"
      " JOIN pg_catalog.pg_attribute AS a"
      " ON a.attrelid = s.stxrelid AND a.attnum = k.attnum AND NOT a.attisdropped),"
      " s.stxrelid::pg_catalog.regclass)",
      .until = 140000}},
    {"Definition",
     {"pg_catalog.format('%s FROM %s', pg_catalog.pg_get_statisticsobjdef_columns(s.oid),"
      " s.stxrelid::pg_catalog.regclass)",
      .from = 140000}},
    {"Ndistinct", {KIND("d")}},
    {"Dependencies", {KIND("f")}},
    {"MCV", {KIND("m"), .from = 120000}},
    {NULL},
};

static const DescribeList statistics = {
    .title = "List of extended statistics",
    .columns = statistics_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_statistic_ext AS s"}, {NULL}},
    .pattern = {.schema = "s.stxnamespace::pg_catalog.regnamespace::pg_catalog.text",
                .name = "s.stxname",
                .visible = "pg_catalog.pg_statistics_obj_is_visible(s.oid)",
                .parts = 3},
    .order = "1, 2",
    .since = 100000,
    .feature = "extended statistics",
};

DESCRIBE_RUN(dX, statistics)

META_COMMAND(dX) = {
    .names = "dX{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dX [PATTERN]",
    .brief = "list extended statistics",
    .run = run_dX,
};
