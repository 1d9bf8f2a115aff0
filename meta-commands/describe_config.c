/*
 * \dconfig — configuration parameters.
 */
#include "pgmish/describe.h"

static const DescribeColumn parameter_columns[] = {
    {"Parameter", {"s.name"}},
    {"Value", {"pg_catalog.current_setting(s.name)"}},
    {"Type", {"s.vartype", .needs = DESCRIBE_PLUS}},
    {"Context", {"s.context", .needs = DESCRIBE_PLUS}},
    {"Access privileges", {SQL_ACL("p.paracl"), .needs = DESCRIBE_PLUS, .from = 150000}},
    {NULL},
};

/* Dots belong to the names here, and case does not matter. */
static const DescribeList parameters = {
    .columns = parameter_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_settings AS s"},
                               {"LEFT JOIN pg_catalog.pg_parameter_acl AS p"
                                " ON p.parname = pg_catalog.lower(s.name)",
                                .needs = DESCRIBE_PLUS, .from = 150000},
                               {NULL}},
    .where =
        (const SqlPiece[]){{"s.source <> 'default' AND s.setting IS DISTINCT FROM s.boot_val",
                            .lacks = DESCRIBE_PATTERN},
                           {NULL}},
    .pattern = {.name = "pg_catalog.lower(s.name)", .parts = 0},
    .order = "1",
};

static MetaResult run_dconfig(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    DescribeList list = parameters;

    list.title = describe.pattern ? "List of configuration parameters"
                                  : "List of non-default configuration parameters";
    return describe_list(&describe, &list);
}

META_COMMAND(dconfig) = {
    .names = "dconfig{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dconfig[+] [PATTERN]",
    .brief = "list configuration parameters",
    .help = "Without a pattern, those that are not at their defaults.  + adds types, contexts\n"
            "and access privileges.",
    .run = run_dconfig,
};
