/*
 * \dC — casts.
 */
#include "pgmish/describe.h"

static const DescribeColumn cast_columns[] = {
    {"Source type", {"pg_catalog.format_type(c.castsource, NULL)"}},
    {"Target type", {"pg_catalog.format_type(c.casttarget, NULL)"}},
    {"Function",
     {"CASE c.castmethod"
      " WHEN 'b' THEN '(binary coercible)'"
      " WHEN 'i' THEN '(with inout)'"
      " ELSE p.proname END"}},
    {"Implicit?",
     {"CASE c.castcontext"
      " WHEN 'e' THEN 'no'"
      " WHEN 'a' THEN 'in assignment'"
      " ELSE 'yes' END"}},
    {"Description", {"pg_catalog.obj_description(c.oid, 'pg_cast')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList casts = {
    .title = "List of casts",
    .columns = cast_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_cast AS c"},
                               {"LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = c.castfunc"},
                               {"LEFT JOIN pg_catalog.pg_type AS s ON s.oid = c.castsource"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS sn"
                                " ON sn.oid = s.typnamespace"},
                               {"LEFT JOIN pg_catalog.pg_type AS t ON t.oid = c.casttarget"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS tn"
                                " ON tn.oid = t.typnamespace"},
                               {NULL}},
    .order = "1, 2",
};

static const PatternColumns source_names = {
    .schema = "sn.nspname",
    .name = "s.typname",
    .alt_name = "pg_catalog.format_type(s.oid, NULL)",
    .visible = "pg_catalog.pg_type_is_visible(s.oid)",
    .parts = 3,
};
static const PatternColumns target_names = {
    .schema = "tn.nspname",
    .name = "t.typname",
    .alt_name = "pg_catalog.format_type(t.oid, NULL)",
    .visible = "pg_catalog.pg_type_is_visible(t.oid)",
    .parts = 3,
};

/* The pattern, or visibility when there is none, holds for either end of the cast. */
static MetaResult run_dC(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    StrBuf source = STRBUF_INIT, target = STRBUF_INIT, where = STRBUF_INIT;
    MetaResult outcome = META_ERROR;

    if (!pattern_conditions(shell, &source, describe.pattern, &source_names) ||
        !pattern_conditions(shell, &target, describe.pattern, &target_names))
        goto done;
    if (source.len && target.len)
        strbuf_addf(&where, "((%s)\n   OR (%s))", source.data, target.data);
    outcome = describe_list_where(&describe, &casts, where.len ? where.data : NULL);
done:
    strbuf_free(&source);
    strbuf_free(&target);
    strbuf_free(&where);
    return outcome;
}

META_COMMAND(dC) = {
    .names = "dC{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dC[+] [PATTERN]",
    .brief = "list casts",
    .help = "PATTERN is matched with the names of the source and of the target type.",
    .run = run_dC,
};
