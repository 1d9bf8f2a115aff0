/*
 * Footers of \d NAME about what a relation belongs to: partitions, inheritance, its type, server,
 * tablespace, access method and options.
 *
 * Each query returns (heading, line); see describe_relation.h.
 */
#include "describe_relation.h"

/* Rows of one list behind a label: the label in front of the first, blanks of the same width in
 * front of the others, a comma behind each but the last. */
#define LISTED(label, blanks, text, order)                                                     \
    "CASE WHEN pg_catalog.row_number() OVER (ORDER BY " order ") = 1\n"                        \
    "            THEN '" label "' ELSE '" blanks "' END\n"                                     \
    "       || " text "\n"                                                                     \
    "       || CASE WHEN pg_catalog.lead(1) OVER (ORDER BY " order ") IS NULL\n"               \
    "               THEN '' ELSE ',' END"

#define PARTITION_OF(pending)                                                                  \
    "SELECT NULL, pg_catalog.format('Partition of: %s %s%s', "                                 \
    "i.inhparent::pg_catalog.regclass,\n"                                                      \
    "       pg_catalog.pg_get_expr(c.relpartbound, c.oid), " pending ")\n"                     \
    "FROM pg_catalog.pg_class AS c\n"                                                          \
    "     JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid\n"                            \
    "WHERE c.oid = $1;"

const SqlPiece relation_partition_of[] = {
    {PARTITION_OF("''"), .needs = REL_IS_PARTITION, .until = 140000},
    {PARTITION_OF("CASE WHEN i.inhdetachpending THEN ' DETACH PENDING' ELSE '' END"),
     .needs = REL_IS_PARTITION, .from = 140000},
    {"SELECT NULL, COALESCE('Partition constraint: ' || NULLIF(pg_catalog."
     "pg_get_partition_constraintdef($1), ''), 'No partition constraint');",
     .needs = REL_IS_PARTITION | REL_PLUS},
    {NULL},
};

const SqlPiece relation_partition_key[] = {
    {"SELECT NULL, 'Partition key: ' || pg_catalog.pg_get_partkeydef($1);"},
    {NULL},
};

const SqlPiece relation_toast_owner[] = {
    {"SELECT NULL, pg_catalog.format('Owning table: \"%s.%s\"', n.nspname, c.relname)\n"
     "FROM pg_catalog.pg_class AS c\n"
     "     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace\n"
     "WHERE c.reltoastrelid = $1;"},
    {NULL},
};

const SqlPiece relation_server[] = {
    {"SELECT NULL, 'Server: ' || s.srvname\n"
     "FROM pg_catalog.pg_foreign_table AS f\n"
     "     JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver\n"
     "WHERE f.ftrelid = $1;"},
    {"SELECT NULL, pg_catalog.format('FDW options: (%s)', options)\n"
     "FROM (SELECT pg_catalog.array_to_string(ARRAY(\n"
     "        SELECT pg_catalog.quote_ident(o.option_name) || ' '\n"
     "               || pg_catalog.quote_literal(o.option_value)\n"
     "        FROM pg_catalog.pg_options_to_table(f.ftoptions) AS o), ', ') AS options\n"
     "      FROM pg_catalog.pg_foreign_table AS f\n"
     "      WHERE f.ftrelid = $1) AS t\n"
     "WHERE options <> '';"},
    {NULL},
};

/* Parents by CREATE TABLE ... INHERITS; a partition's parent is shown above. */
const SqlPiece relation_inherits[] = {
    {"SELECT NULL,\n"
     "       " LISTED(
         "Inherits: ", "          ", "c.oid::pg_catalog.regclass::pg_catalog.text",
         "i.inhseqno") "\n"
                       "FROM pg_catalog.pg_inherits AS i\n"
                       "     JOIN pg_catalog.pg_class AS c ON c.oid = i.inhparent\n"
                       "WHERE i.inhrelid = $1 AND c.relkind NOT IN ('p', 'I')\n"
                       "ORDER BY i.inhseqno;"},
    {NULL},
};

/* ---- children ------------------------------------------------------------------------------- */

#define CHILDREN_COUNT                                                                         \
    "SELECT NULL,\n"                                                                           \
    "       CASE WHEN parent.relkind IN ('p', 'I')\n"                                          \
    "            THEN 'Number of partitions: ' ELSE 'Number of child tables: ' END\n"          \
    "       || number || CASE WHEN number > 0 THEN ' (Use \\d+ to list them.)' ELSE '' END\n"  \
    "FROM pg_catalog.pg_class AS parent,\n"                                                    \
    "     (SELECT pg_catalog.count(*) AS number FROM pg_catalog.pg_inherits AS i\n"            \
    "      WHERE i.inhparent = $1) AS children\n"                                              \
    "WHERE parent.oid = $1 AND "

/* By name, the default partition last. */
#define CHILD_ORDER                                                                            \
    "pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT',"                               \
    " c.oid::pg_catalog.regclass::pg_catalog.text"

#define CHILDREN(label, blanks, kinds, text, pending)                                          \
    "SELECT NULL,\n"                                                                           \
    "       " LISTED(                                                                          \
        label, blanks, text "\n       || " pending,                                            \
        CHILD_ORDER) "\n"                                                                      \
                     "FROM pg_catalog.pg_inherits AS i\n"                                      \
                     "     JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid\n"              \
                     "     JOIN pg_catalog.pg_class AS parent ON parent.oid = i.inhparent\n"   \
                     "WHERE i.inhparent = $1 AND parent.relkind " kinds "\n"                   \
                     "ORDER BY " CHILD_ORDER ";"

#define CHILD_NAME "c.oid::pg_catalog.regclass::pg_catalog.text"
#define CHILD_PARTITION                                                                        \
    CHILD_NAME                                                                                 \
    "\n"                                                                                       \
    "       || COALESCE(' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid), '')\n"           \
    "       || CASE WHEN c.relkind IN ('p', 'I') THEN ', PARTITIONED' ELSE '' END"
#define CHILD_PENDING   "CASE WHEN i.inhdetachpending THEN ' (DETACH PENDING)' ELSE '' END"
#define PARTITIONED     "IN ('p', 'I')"
#define NOT_PARTITIONED "NOT IN ('p', 'I')"

const SqlPiece relation_children[] = {
    {CHILDREN_COUNT "(number > 0 OR parent.relkind IN ('p', 'I'));", .lacks = REL_PLUS},
    {CHILDREN_COUNT "number = 0 AND parent.relkind IN ('p', 'I');", .needs = REL_PLUS},
    {CHILDREN("Partitions: ", "            ", PARTITIONED, CHILD_PARTITION, "''"),
     .needs = REL_PLUS, .until = 140000},
    {CHILDREN("Partitions: ", "            ", PARTITIONED, CHILD_PARTITION, CHILD_PENDING),
     .needs = REL_PLUS, .from = 140000},
    {CHILDREN("Child tables: ", "              ", NOT_PARTITIONED, CHILD_NAME, "''"),
     .needs = REL_PLUS},
    {NULL},
};

/* ---- properties ------------------------------------------------------------------------------- */

const SqlPiece relation_typed[] = {
    {"SELECT NULL, 'Typed table of type: '\n"
     "       || c.reloftype::pg_catalog.regtype::pg_catalog.text\n"
     "FROM pg_catalog.pg_class AS c WHERE c.oid = $1;",
     .needs = REL_TYPED},
    {NULL},
};

/* The default is not shown: the primary key (d), which catalogs do not have (n).  An index (i) is
 * marked where indexes are listed. */
const SqlPiece relation_replica_identity[] = {
    {"SELECT NULL, 'Replica Identity: '\n"
     "       || CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' "
     "ELSE " UNKNOWN_LETTER " END\n"
     "FROM pg_catalog.pg_class AS c\n"
     "     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace\n"
     "WHERE c.oid = $1 AND c.relreplident <> 'i'\n"
     "  AND c.relreplident <> CASE n.nspname WHEN 'pg_catalog' THEN 'n' ELSE 'd' END;",
     .needs = REL_PLUS},
    {NULL},
};

const SqlPiece relation_oids[] = {
    {"SELECT NULL, 'Has OIDs: yes';", .needs = REL_PLUS | REL_OIDS},
    {NULL},
};

const SqlPiece relation_tablespace[] = {
    {"SELECT NULL, pg_catalog.format('Tablespace: \"%s\"', s.spcname)\n"
     "FROM pg_catalog.pg_class AS c\n"
     "     JOIN pg_catalog.pg_tablespace AS s ON s.oid = c.reltablespace\n"
     "WHERE c.oid = $1;",
     .needs = REL_TABLESPACE},
    {NULL},
};

const SqlPiece relation_access_method[] = {
    {"SELECT NULL, 'Access method: ' || am.amname\n"
     "FROM pg_catalog.pg_class AS c\n"
     "     JOIN pg_catalog.pg_am AS am ON am.oid = c.relam\n"
     "WHERE c.oid = $1;",
     .needs = REL_PLUS, .lacks = REL_HIDE_AM, .from = 120000},
    {NULL},
};

/* The table's own and its TOAST table's. */
const SqlPiece relation_options[] = {
    {"SELECT NULL, 'Options: ' || pg_catalog.array_to_string(\n"
     "         c.reloptions || ARRAY(SELECT 'toast.' || o\n"
     "                               FROM pg_catalog.unnest(t.reloptions) AS o), ', ')\n"
     "FROM pg_catalog.pg_class AS c\n"
     "     LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid\n"
     "WHERE c.oid = $1;",
     .needs = REL_PLUS | REL_OPTIONS},
    {NULL},
};
