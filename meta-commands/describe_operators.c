/*
 * \do — operators, with the operand types that patterns name.
 */
#include <stdlib.h>

#include "describe_arguments.h"

static const DescribeColumn operator_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"o.oprname"}},
    {"Left arg type",
     {"CASE WHEN o.oprkind <> 'l' THEN pg_catalog.format_type(o.oprleft, NULL) END"}},
    {"Right arg type",
     {"CASE WHEN o.oprkind <> 'r' THEN pg_catalog.format_type(o.oprright, NULL) END"}},
    {"Result type", {"pg_catalog.format_type(o.oprresult, NULL)"}},
    {"Function", {"o.oprcode", .needs = DESCRIBE_PLUS}},
    {"Description",
     {"COALESCE(pg_catalog.obj_description(o.oid, 'pg_operator'),"
      " pg_catalog.obj_description(o.oprcode, 'pg_proc'))"}},
    {NULL},
};

static const DescribeList operators = {
    .title = "List of operators",
    .columns = operator_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_operator AS o"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = o.oprnamespace"},
                               {NULL}},
    .where = (const SqlPiece[]){{SQL_NOT_SYSTEM("n.nspname"),
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "o.oprname",
                .visible = "pg_catalog.pg_operator_is_visible(o.oid)",
                .parts = 3,
                .plain = true},
    .order = "1, 2, 3, 4",
};

static bool left_argument(Shell *shell, StrBuf *where, const char *pattern)
{
    return describe_argument(shell, where, "o.oprleft", "o.oprleft = 0", pattern);
}

static bool right_argument(Shell *shell, StrBuf *where, const char *pattern)
{
    return describe_argument(shell, where, "o.oprright", "o.oprright = 0", pattern);
}

/* One type alone asks for prefix operators; from the third on they mean nothing. */
static bool add_arguments(Shell *shell, const MetaCall *call, StrBuf *where)
{
    if (call->count < 2)
        return true;
    if (call->count > 2)
        return left_argument(shell, where, meta_arg(call, 1)) &&
               right_argument(shell, where, meta_arg(call, 2));
    sql_and(where, "o.oprleft = 0");
    return right_argument(shell, where, meta_arg(call, 1));
}

/* Behind a pattern that asks for nothing (*.*) the types restrict nothing either, as in psql. */
static MetaResult run_do(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    StrBuf where = STRBUF_INIT, arguments = STRBUF_INIT;
    MetaResult outcome = META_ERROR;
    DescribeList list = operators;

    list.pattern.name = NULL; /* done here */
    if (!pattern_conditions(shell, &where, describe.pattern, &operators.pattern) ||
        !add_arguments(shell, call, &arguments))
        goto done;
    if (arguments.len && where.len)
        sql_and(&where, arguments.data);
    outcome = describe_list_where(&describe, &list, where.len ? where.data : NULL);
done:
    strbuf_free(&arguments);
    strbuf_free(&where);
    return outcome;
}

META_COMMAND(do) = {
    .names = "do{*}",
    .args = "n;n;*",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\do[S+] [OPPTRN [TYPEPTRN [TYPEPTRN]]]",
    .brief = "list operators",
    .help = "One TYPEPTRN lists prefix operators on that type, two list operators between the\n"
            "types.",
    .run = run_do,
};
