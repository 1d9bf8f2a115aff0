/*
 * \dp and \z — access privileges; \ddp — default access privileges.
 */
#include "pgmish/describe.h"

/* "column:" and its privileges, indented, for each column that has some. */
#define COLUMN_PRIVILEGES                                                                      \
    "pg_catalog.array_to_string(ARRAY("                                                        \
    "SELECT a.attname || E':\\n  ' || pg_catalog.array_to_string(a.attacl, E'\\n  ')"          \
    " FROM pg_catalog.pg_attribute AS a"                                                       \
    " WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attacl IS NOT NULL), E'\\n')"

/* "name (RESTRICTIVE) (command):", then USING (u), WITH CHECK (c) and the roles. */
#define POLICIES                                                                               \
    "pg_catalog.array_to_string(ARRAY("                                                        \
    "SELECT p.polname"                                                                         \
    " || CASE WHEN p.polpermissive THEN '' ELSE ' (RESTRICTIVE)' END"                          \
    " || CASE p.polcmd WHEN '*' THEN ':' ELSE ' (' || p.polcmd::pg_catalog.text || '):' END"   \
    " || COALESCE(E'\\n  (u): ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid), '')"         \
    " || COALESCE(E'\\n  (c): ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), '')"    \
    " || CASE WHEN p.polroles = '{0}' THEN ''"                                                 \
    " ELSE E'\\n  to: ' || pg_catalog.array_to_string(ARRAY("                                  \
    "SELECT r.rolname FROM pg_catalog.pg_roles AS r"                                           \
    " WHERE r.oid = ANY (p.polroles) ORDER BY 1), ', ') END"                                   \
    " FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid), E'\\n')"

static const DescribeColumn privilege_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"c.relname"}},
    {"Type",
     {"CASE c.relkind"
      " WHEN 'r' THEN 'table'"
      " WHEN 'p' THEN 'partitioned table'"
      " WHEN 'f' THEN 'foreign table'"
      " WHEN 'v' THEN 'view'"
      " WHEN 'm' THEN 'materialized view'"
      " WHEN 'S' THEN 'sequence'"
      " END"}},
    {"Access privileges", {SQL_ACL("c.relacl")}},
    {"Column privileges", {COLUMN_PRIVILEGES}},
    {"Policies", {POLICIES}},
    {NULL},
};

/* Without a schema, system and temporary tables are left out even when they are named. */
static const DescribeList privileges = {
    .title = "Access privileges",
    .columns = privilege_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_class AS c"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = c.relnamespace"},
                               {NULL}},
    .where = (const SqlPiece[]){{"c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')"}, {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.relname",
                .visible = "n.nspname !~ '^pg_' AND pg_catalog.pg_table_is_visible(c.oid)",
                .parts = 3},
    .order = "1, 2",
};

static const DescribeColumn default_columns[] = {
    {"Owner", {"pg_catalog.pg_get_userbyid(d.defaclrole)"}},
    {"Schema", {"n.nspname"}},
    {"Type",
     {"CASE d.defaclobjtype"
      " WHEN 'r' THEN 'table'"
      " WHEN 'S' THEN 'sequence'"
      " WHEN 'f' THEN 'function'"
      " WHEN 'T' THEN 'type'"
      " WHEN 'n' THEN 'schema'"
      " WHEN 'L' THEN 'large object'"
      " END"}},
    {"Access privileges", {SQL_ACL("d.defaclacl")}},
    {NULL},
};

/* The pattern is a schema's name or an owner's. */
static const DescribeList default_privileges = {
    .title = "Default access privileges",
    .columns = default_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_default_acl AS d"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = d.defaclnamespace"},
                               {NULL}},
    .pattern = {.name = "n.nspname",
                .alt_name = "pg_catalog.pg_get_userbyid(d.defaclrole)",
                .parts = 3},
    .order = "1, 2, 3",
};

DESCRIBE_RUN(dp, privileges)
DESCRIBE_RUN(ddp, default_privileges)

META_COMMAND(dp) = {
    .names = "dp{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dp [PATTERN]",
    .brief = "list table, view, and sequence access privileges",
    .run = run_dp,
};

META_COMMAND(z) = {
    .names = "z",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\z [PATTERN]",
    .brief = "same as \\dp",
    .run = run_dp,
};

META_COMMAND(ddp) = {
    .names = "ddp{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\ddp [PATTERN]",
    .brief = "list default privileges",
    .help = "PATTERN is matched with names of schemas and of owners.",
    .run = run_ddp,
};
