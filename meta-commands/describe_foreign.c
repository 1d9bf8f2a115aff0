/*
 * \dew \des \det \deu — foreign-data wrappers, their servers, foreign tables and user mappings.
 */
#include "pgmish/describe.h"

/* (name 'value', ...); empty where there are none. */
#define OPTIONS(column)                                                                        \
    "CASE WHEN " column " IS NULL THEN '' ELSE '(' || pg_catalog.array_to_string(ARRAY("       \
    "SELECT pg_catalog.quote_ident(o.option_name) || ' ' ||"                                   \
    " pg_catalog.quote_literal(o.option_value)"                                                \
    " FROM pg_catalog.pg_options_to_table(" column ") AS o), ', ') || ')' END"

static const DescribeColumn wrapper_columns[] = {
    {"Name", {"w.fdwname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(w.fdwowner)"}},
    {"Handler", {"w.fdwhandler::pg_catalog.regproc"}},
    {"Validator", {"w.fdwvalidator::pg_catalog.regproc"}},
    {"Access privileges", {SQL_ACL("w.fdwacl"), .needs = DESCRIBE_PLUS}},
    {"FDW options", {OPTIONS("w.fdwoptions"), .needs = DESCRIBE_PLUS}},
    {"Description",
     {"pg_catalog.obj_description(w.oid, 'pg_foreign_data_wrapper')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList wrappers = {
    .title = "List of foreign-data wrappers",
    .columns = wrapper_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_foreign_data_wrapper AS w"}, {NULL}},
    .pattern = {.name = "w.fdwname", .parts = 1},
    .order = "1",
};

static const DescribeColumn server_columns[] = {
    {"Name", {"s.srvname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(s.srvowner)"}},
    {"Foreign-data wrapper", {"w.fdwname"}},
    {"Access privileges", {SQL_ACL("s.srvacl"), .needs = DESCRIBE_PLUS}},
    {"Type", {"s.srvtype", .needs = DESCRIBE_PLUS}},
    {"Version", {"s.srvversion", .needs = DESCRIBE_PLUS}},
    {"FDW options", {OPTIONS("s.srvoptions"), .needs = DESCRIBE_PLUS}},
    {"Description",
     {"pg_catalog.obj_description(s.oid, 'pg_foreign_server')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList servers = {
    .title = "List of foreign servers",
    .columns = server_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_foreign_server AS s"},
                               {"JOIN pg_catalog.pg_foreign_data_wrapper AS w"
                                " ON w.oid = s.srvfdw"},
                               {NULL}},
    .pattern = {.name = "s.srvname", .parts = 1},
    .order = "1",
};

static const DescribeColumn table_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Table", {"c.relname"}},
    {"Server", {"s.srvname"}},
    {"FDW options", {OPTIONS("f.ftoptions"), .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(c.oid, 'pg_class')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList tables = {
    .title = "List of foreign tables",
    .columns = table_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_foreign_table AS f"},
                               {"JOIN pg_catalog.pg_class AS c ON c.oid = f.ftrelid"},
                               {"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"},
                               {"JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver"},
                               {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.relname",
                .visible = "pg_catalog.pg_table_is_visible(c.oid)",
                .parts = 3},
    .order = "1, 2",
};

static const DescribeColumn mapping_columns[] = {
    {"Server", {"m.srvname"}},
    {"User name", {"m.usename"}},
    {"FDW options", {OPTIONS("m.umoptions"), .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList mappings = {
    .title = "List of user mappings",
    .columns = mapping_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_user_mappings AS m"}, {NULL}},
    .pattern = {.name = "m.srvname", .alt_name = "m.usename", .parts = 1},
    .order = "1, 2",
};

DESCRIBE_RUN(dew, wrappers)
DESCRIBE_RUN(des, servers)
DESCRIBE_RUN(det, tables)
DESCRIBE_RUN(deu, mappings)

META_COMMAND(des) = {
    .names = "des{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\des[+] [PATTERN]",
    .brief = "list foreign servers",
    .run = run_des,
};

META_COMMAND(det) = {
    .names = "det{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\det[+] [PATTERN]",
    .brief = "list foreign tables",
    .run = run_det,
};

META_COMMAND(deu) = {
    .names = "deu{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\deu[+] [PATTERN]",
    .brief = "list user mappings",
    .help = "PATTERN is matched with the names of servers and of users.  + shows the options,\n"
            "which may hold passwords of remote servers.",
    .run = run_deu,
};

META_COMMAND(dew) = {
    .names = "dew{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dew[+] [PATTERN]",
    .brief = "list foreign-data wrappers",
    .run = run_dew,
};
