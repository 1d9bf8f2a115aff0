/*
 * Footers of \d NAME about indexes and constraints.
 *
 * Each query returns (heading, line); see describe_relation.h.
 */
#include "describe_relation.h"

/* ---- an index itself ----------------------------------------------------------------------- */

#define INDEX_LINE(nulls_not_distinct)                                                         \
    "SELECT NULL,\n"                                                                           \
    "       CASE WHEN i.indisprimary THEN 'primary key, '\n"                                   \
    "            WHEN i.indisunique THEN 'unique' || " nulls_not_distinct " || ', '\n"         \
    "            ELSE '' END\n"                                                                \
    "       || am.amname\n"                                                                    \
    "       || pg_catalog.format(', for table \"%s.%s\"', n.nspname, t.relname)\n"             \
    "       || COALESCE(', predicate (' || NULLIF("                                            \
    "pg_catalog.pg_get_expr(i.indpred, i.indrelid, true), '') || ')', '')\n"                   \
    "       || CASE WHEN i.indisclustered THEN ', clustered' ELSE '' END\n"                    \
    "       || CASE WHEN NOT i.indisvalid THEN ', invalid' ELSE '' END\n"                      \
    "       || CASE WHEN con.condeferrable THEN ', deferrable' ELSE '' END\n"                  \
    "       || CASE WHEN con.condeferred THEN ', initially deferred' ELSE '' END\n"            \
    "       || CASE WHEN i.indisreplident THEN ', replica identity' ELSE '' END\n"             \
    "FROM pg_catalog.pg_index AS i\n"                                                          \
    "     JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid\n"                             \
    "     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace\n"                       \
    "     JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid\n"                               \
    "     JOIN pg_catalog.pg_am AS am ON am.oid = c.relam\n"                                   \
    "     LEFT JOIN pg_catalog.pg_constraint AS con\n"                                         \
    "       ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid\n"                    \
    "          AND con.contype IN ('p', 'u', 'x')\n"                                           \
    "WHERE i.indexrelid = $1;"

const SqlPiece relation_index[] = {
    {INDEX_LINE("''"), .until = 150000},
    {INDEX_LINE("CASE WHEN i.indnullsnotdistinct THEN ' nulls not distinct' ELSE '' END"),
     .from = 150000},
    {NULL},
};

/* ---- indexes of a table --------------------------------------------------------------------- */

/* An exclusion constraint is shown as such; of the others, what follows USING in the definition. */
const SqlPiece relation_indexes[] = {
    {"SELECT 'Indexes:',\n"
     "       pg_catalog.format('    \"%s\"', c.relname)\n"
     "       || CASE WHEN con.contype = 'x' THEN ' ' || con.definition\n"
     "          ELSE CASE WHEN i.indisprimary THEN ' PRIMARY KEY,'\n"
     "                    WHEN i.indisunique AND con.contype = 'u' THEN ' UNIQUE CONSTRAINT,'\n"
     "                    WHEN i.indisunique THEN ' UNIQUE,'\n"
     "                    ELSE '' END\n"
     "               || ' ' || CASE pg_catalog.strpos(d.def, ' USING ') WHEN 0 THEN d.def\n"
     "                         ELSE pg_catalog.substr(d.def,\n"
     "                              pg_catalog.strpos(d.def, ' USING ') + 7) END\n"
     "               || CASE WHEN con.condeferrable THEN ' DEFERRABLE' ELSE '' END\n"
     "               || CASE WHEN con.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END\n"
     "          END\n"
     "       || CASE WHEN i.indisclustered THEN ' CLUSTER' ELSE '' END\n"
     "       || CASE WHEN NOT i.indisvalid THEN ' INVALID' ELSE '' END\n"
     "       || CASE WHEN i.indisreplident THEN ' REPLICA IDENTITY' ELSE '' END\n"
     "       || CASE WHEN s.spcname IS NULL THEN ''\n"
     "          ELSE pg_catalog.format(', tablespace \"%s\"', s.spcname) END\n"
     "FROM pg_catalog.pg_index AS i\n"
     "     JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid\n"
     "     CROSS JOIN LATERAL pg_catalog.pg_get_indexdef(i.indexrelid, 0, true) AS d(def)\n"
     "     LEFT JOIN (SELECT k.*, pg_catalog.pg_get_constraintdef(k.oid, true) AS definition\n"
     "                FROM pg_catalog.pg_constraint AS k\n"
     "                WHERE k.contype IN ('p', 'u', 'x')) AS con\n"
     "       ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid\n"
     "     LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = c.reltablespace\n"
     "WHERE i.indrelid = $1\n"
     "ORDER BY i.indisprimary DESC, c.relname;",
     .needs = REL_INDEXED},
    {NULL},
};

/* ---- constraints ------------------------------------------------------------------------------ */

const SqlPiece relation_checks[] = {
    {"SELECT 'Check constraints:', pg_catalog.format('    \"%s\" %s', con.conname,\n"
     "       pg_catalog.pg_get_constraintdef(con.oid, true))\n"
     "FROM pg_catalog.pg_constraint AS con\n"
     "WHERE con.conrelid = $1 AND con.contype = 'c'\n"
     "ORDER BY con.conname;",
     .needs = REL_CHECKED},
    {NULL},
};

/* A partition has its ancestors' foreign keys too, which are shown with their table. */
const SqlPiece relation_foreign_keys[] = {
    {"SELECT 'Foreign-key constraints:', pg_catalog.format('    \"%s\" %s', con.conname,\n"
     "       pg_catalog.pg_get_constraintdef(con.oid, true))\n"
     "FROM pg_catalog.pg_constraint AS con\n"
     "WHERE con.conrelid = $1 AND con.contype = 'f' AND con.conparentid = 0\n"
     "ORDER BY con.conname;",
     .until = 120000},
    {"SELECT 'Foreign-key constraints:',\n"
     "       CASE WHEN con.conrelid = $1 THEN '    '\n"
     "            ELSE pg_catalog.format('    TABLE \"%s\" CONSTRAINT ',\n"
     "                                   con.conrelid::pg_catalog.regclass) END\n"
     "       || pg_catalog.format('\"%s\" %s', con.conname,\n"
     "                            pg_catalog.pg_get_constraintdef(con.oid, true))\n"
     "FROM pg_catalog.pg_constraint AS con\n"
     "WHERE con.contype = 'f' AND con.conparentid = 0\n"
     "  AND (con.conrelid = $1\n"
     "       OR con.conrelid IN (SELECT a.relid FROM pg_catalog.pg_partition_ancestors($1) AS "
     "a))\n"
     "ORDER BY con.conrelid = $1 DESC, con.conname;",
     .from = 120000},
    {NULL},
};

#define REFERENCED_BY(referenced)                                                              \
    "SELECT 'Referenced by:',\n"                                                               \
    "       pg_catalog.format('    TABLE \"%s\" CONSTRAINT \"%s\" %s',\n"                      \
    "                         con.conrelid::pg_catalog.regclass, con.conname,\n"               \
    "                         pg_catalog.pg_get_constraintdef(con.oid, true))\n"               \
    "FROM pg_catalog.pg_constraint AS con\n"                                                   \
    "WHERE con.contype = 'f' AND con.conparentid = 0\n"                                        \
    "  AND " referenced "\n"                                                                   \
    "ORDER BY con.conname;"

const SqlPiece relation_referenced_by[] = {
    {REFERENCED_BY("con.confrelid = $1"), .until = 120000},
    {REFERENCED_BY("(con.confrelid = $1 OR con.confrelid IN (SELECT a.relid"
                   " FROM pg_catalog.pg_partition_ancestors($1) AS a))"),
     .from = 120000},
    {NULL},
};
