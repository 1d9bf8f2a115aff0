/*
 * \du and \dg — roles; \drg — who was granted which; \drds — settings per role and database.
 */
#include "pgmish/describe.h"

/* ---- roles ---------------------------------------------------------------------------------- */

/* Words on the first line, then the limit of connections and the password's end, a line each. */
#define ATTRIBUTES                                                                             \
    "pg_catalog.concat_ws(E'\\n',"                                                             \
    " NULLIF(pg_catalog.concat_ws(', ',"                                                       \
    " CASE WHEN r.rolsuper THEN 'Superuser' END,"                                              \
    " CASE WHEN NOT r.rolinherit THEN 'No inheritance' END,"                                   \
    " CASE WHEN r.rolcreaterole THEN 'Create role' END,"                                       \
    " CASE WHEN r.rolcreatedb THEN 'Create DB' END,"                                           \
    " CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END,"                                    \
    " CASE WHEN r.rolreplication THEN 'Replication' END,"                                      \
    " CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END), ''),"                                   \
    " CASE WHEN r.rolconnlimit = 0 THEN 'No connections'"                                      \
    " WHEN r.rolconnlimit = 1 THEN '1 connection'"                                             \
    " WHEN r.rolconnlimit > 1 THEN r.rolconnlimit || ' connections' END,"                      \
    " 'Password valid until ' || r.rolvaliduntil)"

static const DescribeColumn role_columns[] = {
    {"Role name", {"r.rolname"}},
    {"Attributes", {ATTRIBUTES}},
    {"Member of",
     {"ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members AS m"
      " JOIN pg_catalog.pg_roles AS b ON (m.roleid = b.oid)"
      " WHERE m.member = r.oid)"}},
    {"Description",
     {"pg_catalog.shobj_description(r.oid, 'pg_authid')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList roles = {
    .title = "List of roles",
    .columns = role_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_roles AS r"}, {NULL}},
    .where = (const SqlPiece[]){{"r.rolname !~ '^pg_'",
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.name = "r.rolname", .parts = 1},
    .order = "1",
};

static MetaResult run_du(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    StrBuf sql = STRBUF_INIT;
    PGresult *result = NULL;

    if (describe_sql(&describe, &roles, NULL, &sql))
        result = shell_internal_query(shell, sql.data);
    if (result) /* without the count of rows */
        describe_print_detail(shell, result, roles.title, NULL, true);
    strbuf_free(&sql);
    PQclear(result);
    return result ? META_DONE : META_ERROR;
}

META_COMMAND(du) = {
    .names = "du{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\du[S+] [PATTERN]",
    .brief = "list roles",
    .help = "S also lists the system's roles, + adds descriptions.",
    .run = run_du,
};

META_COMMAND(dg) = {
    .names = "dg{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dg[S+] [PATTERN]",
    .brief = "list roles",
    .help = "Same as \\du.",
    .run = run_du,
};

/* ---- grants of roles (from psql 16) ----------------------------------------------------------- */

/* Until 15 a member inherits by its own attribute, and may always SET ROLE. */
#define GRANT_OPTIONS(inherit, set)                                                            \
    "pg_catalog.concat_ws(', ', CASE WHEN a.admin_option THEN 'ADMIN' END,"                    \
    " CASE WHEN " inherit " THEN 'INHERIT' END, CASE WHEN " set " THEN 'SET' END)"

static const DescribeColumn grant_columns[] = {
    {"Role name", {"m.rolname"}},
    {"Member of", {"r.rolname"}},
    {"Options", {GRANT_OPTIONS("m.rolinherit", "true"), .until = 160000}},
    {"Options", {GRANT_OPTIONS("a.inherit_option", "a.set_option"), .from = 160000}},
    {"Grantor", {"g.rolname"}},
    {NULL},
};

static const DescribeList grants = {
    .title = "List of role grants",
    .columns = grant_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_auth_members AS a"},
                               {"JOIN pg_catalog.pg_roles AS m ON m.oid = a.member"},
                               {"LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.roleid"},
                               {"LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantor"},
                               {NULL}},
    .where = (const SqlPiece[]){{"m.rolname !~ '^pg_'",
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.name = "m.rolname", .parts = 1},
    .order = "1, 2, 4",
};

DESCRIBE_RUN(drg, grants)

META_COMMAND(drg) = {
    .names = "drg{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN | META_NEWER,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\drg[S] [PATTERN]",
    .brief = "list role grants",
    .help = "PATTERN is matched with the names of the members.",
    .run = run_drg,
};

/* ---- settings per role and database ------------------------------------------------------------- */

static const DescribeColumn setting_columns[] = {
    {"Role", {"r.rolname"}},
    {"Database", {"d.datname"}},
    {"Settings", {"pg_catalog.array_to_string(s.setconfig, E'\\n')"}},
    {NULL},
};

static const DescribeList settings = {
    .title = "List of settings",
    .columns = setting_columns,
    .from =
        (const SqlPiece[]){{"pg_catalog.pg_db_role_setting AS s"},
                           {"LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase"},
                           {"LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole"},
                           {NULL}},
    .order = "1, 2",
};

/* psql says what it looked for, since the meaning of two patterns is easily mistaken. */
static void say_no_settings(Shell *shell, const char *role, const char *database)
{
    if (role && database)
        log_error(&shell->log, "Did not find any settings for role \"%s\" and database \"%s\".",
                  role, database);
    else if (role)
        log_error(&shell->log, "Did not find any settings for role \"%s\".", role);
    else
        log_error(&shell->log, "Did not find any settings.");
}

static MetaResult run_drds(Shell *shell, const MetaCall *call)
{
    static const PatternColumns by_role = {.name = "r.rolname", .parts = 1};
    static const PatternColumns by_database = {.name = "d.datname", .parts = 1};
    Describe describe = describe_begin(shell, call);
    const char *role = meta_arg(call, 0), *database = meta_arg(call, 1);
    StrBuf where = STRBUF_INIT, sql = STRBUF_INIT;
    PGresult *result = NULL;

    describe.pattern = NULL; /* both are conditions; the role's is complained about first */
    if (pattern_conditions(shell, &where, role, &by_role) &&
        pattern_conditions(shell, &where, database, &by_database) &&
        describe_sql(&describe, &settings, where.len ? where.data : NULL, &sql))
        result = shell_internal_query(shell, sql.data);
    if (result && PQntuples(result) == 0 && !shell->set.quiet)
        say_no_settings(shell, role, database);
    else if (result)
        describe_print(shell, result, settings.title, NULL);
    strbuf_free(&where);
    strbuf_free(&sql);
    PQclear(result);
    return result ? META_DONE : META_ERROR;
}

META_COMMAND(drds) = {
    .names = "drds{*}",
    .args = "n;n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\drds [ROLEPTRN [DBPTRN]]",
    .brief = "list per-database role settings",
    .run = run_drds,
};
