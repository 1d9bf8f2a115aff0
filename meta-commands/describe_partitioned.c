/*
 * \dP — partitioned tables and indexes.
 */
#include <string.h>

#include "pgmish/describe.h"

enum {
    PARTED_TABLES = DESCRIBE_OWN << 0,
    PARTED_INDEXES = DESCRIBE_OWN << 1,
    PARTED_BOTH = DESCRIBE_OWN << 2,
    PARTED_NESTED = DESCRIBE_OWN << 3, /* n: those that are partitions themselves too */
    PARTED_PARENT = DESCRIBE_OWN << 4  /* n or a pattern: the list may hold partitions */
};

/* Sizes of the whole tree, and of the leaves directly below.  Before 12 the tree is walked by
 * hand. */
#define SIZES_FROM_12                                                                          \
    "CROSS JOIN LATERAL (\n"                                                                   \
    "       SELECT pg_catalog.pg_size_pretty(pg_catalog.sum(CASE WHEN p.isleaf AND p.level = " \
    "1\n"                                                                                      \
    "                THEN pg_catalog.pg_table_size(p.relid) ELSE 0 END)) AS leaves,\n"         \
    "              pg_catalog.pg_size_pretty(\n"                                               \
    "                pg_catalog.sum(pg_catalog.pg_table_size(p.relid))) AS total\n"            \
    "       FROM pg_catalog.pg_partition_tree(c.oid) AS p) AS size"

#define SIZES_BEFORE_12                                                                        \
    "CROSS JOIN LATERAL (\n"                                                                   \
    "       WITH RECURSIVE tree AS (\n"                                                        \
    "         SELECT i.inhrelid AS relid, 1 AS level FROM pg_catalog.pg_inherits AS i\n"       \
    "         WHERE i.inhparent = c.oid\n"                                                     \
    "         UNION ALL\n"                                                                     \
    "         SELECT i.inhrelid, tree.level + 1\n"                                             \
    "         FROM tree JOIN pg_catalog.pg_inherits AS i ON i.inhparent = tree.relid)\n"       \
    "       SELECT pg_catalog.pg_size_pretty(pg_catalog.sum(CASE\n"                            \
    "                WHEN tree.level = 1 AND k.relkind NOT IN ('p', 'I')\n"                    \
    "                THEN pg_catalog.pg_table_size(k.oid) ELSE 0 END)) AS leaves,\n"           \
    "              pg_catalog.pg_size_pretty(\n"                                               \
    "                pg_catalog.sum(pg_catalog.pg_table_size(k.oid))) AS total\n"              \
    "       FROM tree JOIN pg_catalog.pg_class AS k ON k.oid = tree.relid) AS size"

static const DescribeColumn parted_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"c.relname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(c.relowner)"}},
    {"Type",
     {"CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END",
      .needs = PARTED_BOTH}},
    {"Parent name", {"inh.inhparent::pg_catalog.regclass", .needs = PARTED_PARENT}},
    {"Table", {"i.indrelid::pg_catalog.regclass", .needs = PARTED_INDEXES}},
    {"Leaf partition size", {"size.leaves", .needs = DESCRIBE_PLUS | PARTED_NESTED}},
    {"Total size", {"size.total", .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(c.oid, 'pg_class')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList parted = {
    .columns = parted_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_class AS c"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = c.relnamespace"},
                               {"LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid",
                                .needs = PARTED_INDEXES},
                               {"LEFT JOIN pg_catalog.pg_inherits AS inh"
                                " ON inh.inhrelid = c.oid",
                                .needs = PARTED_PARENT},
                               {SIZES_BEFORE_12, .needs = DESCRIBE_PLUS, .until = 120000},
                               {SIZES_FROM_12, .needs = DESCRIBE_PLUS, .from = 120000},
                               {NULL}},
    .where =
        (const SqlPiece[]){{"c.relkind = 'p'", .needs = PARTED_TABLES, .lacks = PARTED_BOTH},
                           {"c.relkind = 'I'", .needs = PARTED_INDEXES, .lacks = PARTED_BOTH},
                           {"c.relkind IN ('p', 'I')", .needs = PARTED_BOTH},
                           {"NOT c.relispartition", .lacks = PARTED_PARENT},
                           {SQL_NOT_SYSTEM("n.nspname") " AND n.nspname !~ '^pg_toast'",
                            .lacks = DESCRIBE_PATTERN},
                           {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.relname",
                .visible = "pg_catalog.pg_table_is_visible(c.oid)",
                .parts = 3},
};

/* Tables come before indexes, and what has no parent first. */
static const char *order_of(unsigned flags)
{
    if (flags & PARTED_BOTH)
        return flags & PARTED_PARENT ? "\"Schema\", \"Type\" DESC, \"Parent name\" NULLS FIRST,"
                                       " \"Name\""
                                     : "\"Schema\", \"Type\" DESC, \"Name\"";
    return flags & PARTED_PARENT ? "\"Schema\", \"Parent name\" NULLS FIRST, \"Name\""
                                 : "\"Schema\", \"Name\"";
}

static MetaResult run_dP(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    DescribeList list = parted;
    bool tables = meta_modifier(call, 2, 't'), indexes = meta_modifier(call, 2, 'i');

    list.title = tables && !indexes   ? "List of partitioned tables"
                 : indexes && !tables ? "List of partitioned indexes"
                                      : "List of partitioned relations";
    if (tables || !indexes)
        describe.flags |= PARTED_TABLES;
    if (indexes || !tables)
        describe.flags |= PARTED_INDEXES;
    if (tables == indexes)
        describe.flags |= PARTED_BOTH;
    if (meta_modifier(call, 2, 'n'))
        describe.flags |= PARTED_NESTED;
    if (describe.flags & (PARTED_NESTED | DESCRIBE_PATTERN))
        describe.flags |= PARTED_PARENT;
    list.order = order_of(describe.flags);
    return describe_list(&describe, &list);
}

META_COMMAND(dP) = {
    .names = "dP dP+{*} dPt{*} dPi{*} dPn{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dP[itn+] [PATTERN]",
    .brief = "list [only index/table] partitioned relations [n=nested]",
    .help = "Without n or a pattern, only those that are no partitions themselves are listed.\n"
            "+ adds sizes and descriptions.",
    .run = run_dP,
};
