/*
 * \dL — procedural languages.
 */
#include "pgmish/describe.h"

static const DescribeColumn language_columns[] = {
    {"Name", {"l.lanname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(l.lanowner)"}},
    {"Trusted", {"l.lanpltrusted"}},
    {"Internal language", {"NOT l.lanispl", .needs = DESCRIBE_PLUS}},
    {"Call handler", {"l.lanplcallfoid::pg_catalog.regprocedure", .needs = DESCRIBE_PLUS}},
    {"Validator", {"l.lanvalidator::pg_catalog.regprocedure", .needs = DESCRIBE_PLUS}},
    {"Inline handler", {"l.laninline::pg_catalog.regprocedure", .needs = DESCRIBE_PLUS}},
    {"Access privileges", {SQL_ACL("l.lanacl"), .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(l.oid, 'pg_language')"}},
    {NULL},
};

/* What has no call handler (internal, c, sql) is part of the server. */
static const DescribeList languages = {
    .title = "List of languages",
    .columns = language_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_language AS l"}, {NULL}},
    .where = (const SqlPiece[]){{"l.lanplcallfoid <> 0",
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.name = "l.lanname", .parts = 2},
    .order = "1",
};

DESCRIBE_RUN(dL, languages)

META_COMMAND(dL) = {
    .names = "dL{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dL[S+] [PATTERN]",
    .brief = "list procedural languages",
    .run = run_dL,
};
