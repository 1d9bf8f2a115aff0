/*
 * \dA — access methods; \dAc \dAf \dAo \dAp — their operator classes, operator families, and the
 * operators and support functions of these.
 */
#include "pgmish/describe.h"

/* A name, with its schema where it would not be found without. */
#define VISIBLE_NAME(visible, schema, name)                                                    \
    "CASE WHEN " visible " THEN pg_catalog.quote_ident(" name ")"                              \
    " ELSE pg_catalog.quote_ident(" schema ") || '.' || pg_catalog.quote_ident(" name ") END"
#define FAMILY_NAME                                                                            \
    VISIBLE_NAME("pg_catalog.pg_opfamily_is_visible(f.oid)", "fn.nspname", "f.opfname")
#define FAMILY_JOINS(family)                                                                   \
    {"JOIN pg_catalog.pg_opfamily AS f ON f.oid = " family},                                   \
        {"JOIN pg_catalog.pg_am AS am ON am.oid = f.opfmethod"},                               \
    {                                                                                          \
        "JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.opfnamespace"                        \
    }

#define METHOD_PATTERN                                                                         \
    {                                                                                          \
        .name = "am.amname", .parts = 1                                                        \
    }

static const DescribeColumn method_columns[] = {
    {"Name", {"am.amname"}},
    {"Type", {"CASE am.amtype WHEN 'i' THEN 'Index' WHEN 't' THEN 'Table' END"}},
    {"Handler", {"am.amhandler", .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(am.oid, 'pg_am')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList methods = {
    .title = "List of access methods",
    .columns = method_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_am AS am"}, {NULL}},
    .pattern = METHOD_PATTERN,
    .order = "1",
    .since = 90600,
    .feature = "access methods",
};

/* ---- \dAc ------------------------------------------------------------------------------ */

static const DescribeColumn class_columns[] = {
    {"AM", {"am.amname"}},
    {"Input type", {"pg_catalog.format_type(c.opcintype, NULL)"}},
    {"Storage type",
     {"CASE WHEN c.opckeytype NOT IN (0, c.opcintype)"
      " THEN pg_catalog.format_type(c.opckeytype, NULL) END"}},
    {"Operator class",
     {VISIBLE_NAME("pg_catalog.pg_opclass_is_visible(c.oid)", "cn.nspname", "c.opcname")}},
    {"Default?", {"CASE WHEN c.opcdefault THEN 'yes' ELSE 'no' END"}},
    {"Operator family", {FAMILY_NAME, .needs = DESCRIBE_PLUS}},
    {"Owner", {"pg_catalog.pg_get_userbyid(c.opcowner)", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList classes = {
    .title = "List of operator classes",
    .columns = class_columns,
    .from =
        (const SqlPiece[]){{"pg_catalog.pg_opclass AS c"},
                           {"JOIN pg_catalog.pg_am AS am ON am.oid = c.opcmethod"},
                           {"JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.opcnamespace"},
                           {"JOIN pg_catalog.pg_type AS t ON t.oid = c.opcintype"},
                           {"JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.typnamespace"},
                           {"LEFT JOIN pg_catalog.pg_opfamily AS f ON f.oid = c.opcfamily",
                            .needs = DESCRIBE_PLUS},
                           {"LEFT JOIN pg_catalog.pg_namespace AS fn"
                            " ON fn.oid = f.opfnamespace",
                            .needs = DESCRIBE_PLUS},
                           {NULL}},
    .pattern = METHOD_PATTERN,
    .order = "1, 2, 4",
};

/* ---- \dAf ------------------------------------------------------------------------------ */

static const DescribeColumn family_columns[] = {
    {"AM", {"am.amname"}},
    {"Operator family", {FAMILY_NAME}},
    {"Applicable types",
     {"(SELECT pg_catalog.string_agg(pg_catalog.format_type(c.opcintype, NULL), ', ')"
      " FROM pg_catalog.pg_opclass AS c WHERE c.opcfamily = f.oid)"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(f.opfowner)", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList families = {
    .title = "List of operator families",
    .columns = family_columns,
    .from =
        (const SqlPiece[]){{"pg_catalog.pg_opfamily AS f"},
                           {"JOIN pg_catalog.pg_am AS am ON am.oid = f.opfmethod"},
                           {"JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.opfnamespace"},
                           {NULL}},
    .pattern = METHOD_PATTERN,
    .order = "1, 2",
};

/* ---- \dAo ------------------------------------------------------------------------------ */

static const DescribeColumn operator_columns[] = {
    {"AM", {"am.amname"}},
    {"Operator family", {FAMILY_NAME}},
    {"Operator", {"o.amopopr::pg_catalog.regoperator"}},
    {"Strategy", {"o.amopstrategy"}},
    {"Purpose", {"CASE o.amoppurpose WHEN 'o' THEN 'ordering' WHEN 's' THEN 'search' END"}},
    {"Sort opfamily", {"sort.opfname", .needs = DESCRIBE_PLUS}},
    {NULL},
};

/* Operators on one type come before those between two. */
static const DescribeList operators = {
    .title = "List of operators of operator families",
    .columns = operator_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_amop AS o"},
                               FAMILY_JOINS("o.amopfamily"),
                               {"LEFT JOIN pg_catalog.pg_opfamily AS sort"
                                " ON sort.oid = o.amopsortfamily",
                                .needs = DESCRIBE_PLUS},
                               {NULL}},
    .pattern = METHOD_PATTERN,
    .order = "1, 2, o.amoplefttype <> o.amoprighttype,"
             " pg_catalog.format_type(o.amoplefttype, NULL),"
             " pg_catalog.format_type(o.amoprighttype, NULL), o.amopstrategy",
};

/* ---- \dAp ------------------------------------------------------------------------------ */

static const DescribeColumn support_columns[] = {
    {"AM", {"am.amname"}},
    {"Operator family", {FAMILY_NAME}},
    {"Registered left type", {"pg_catalog.format_type(s.amproclefttype, NULL)"}},
    {"Registered right type", {"pg_catalog.format_type(s.amprocrighttype, NULL)"}},
    {"Number", {"s.amprocnum"}},
    {"Function", {"p.proname", .lacks = DESCRIBE_PLUS}},
    {"Function", {"s.amproc::pg_catalog.regprocedure", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList support = {
    .title = "List of support functions of operator families",
    .columns = support_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_amproc AS s"},
                               FAMILY_JOINS("s.amprocfamily"),
                               {"JOIN pg_catalog.pg_proc AS p ON p.oid = s.amproc"},
                               {NULL}},
    .pattern = METHOD_PATTERN,
    .order = "1, 2, s.amproclefttype <> s.amprocrighttype, 3, 4, 5",
};

/* ---- the second pattern ---------------------------------------------------------------- */

static const PatternColumns type_names = {
    .schema = "tn.nspname",
    .name = "t.typname",
    .alt_name = "pg_catalog.format_type(t.oid, NULL)",
    .visible = "pg_catalog.pg_type_is_visible(t.oid)",
    .parts = 3,
};
static const PatternColumns family_names = {
    .schema = "fn.nspname", .name = "f.opfname", .parts = 3};

/* Both patterns, checked from left to right.  around: SQL in front of the second one's conditions,
 * closed by a parenthesis; NULL: none. */
static MetaResult list_two(Shell *shell, const MetaCall *call, const DescribeList *list,
                           const PatternColumns *second, const char *around)
{
    Describe describe = describe_begin(shell, call);
    StrBuf where = STRBUF_INIT, inner = STRBUF_INIT;
    MetaResult outcome = META_ERROR;
    DescribeList plain = *list;

    plain.pattern.name = NULL; /* done here */
    if (!pattern_conditions(shell, &where, describe.pattern, &list->pattern))
        goto done;
    if (meta_arg(call, 1) && !pattern_conditions(shell, &inner, meta_arg(call, 1), second))
        goto done;
    if (inner.len) {
        sql_and(&where, around ? around : "");
        strbuf_addf(&where, "%s%s", inner.data, around ? ")" : "");
    }
    outcome = describe_list_where(&describe, &plain, where.len ? where.data : NULL);
done:
    strbuf_free(&inner);
    strbuf_free(&where);
    return outcome;
}

DESCRIBE_RUN(dA, methods)

static MetaResult run_dAc(Shell *shell, const MetaCall *call)
{
    return list_two(shell, call, &classes, &type_names, NULL);
}

static MetaResult run_dAf(Shell *shell, const MetaCall *call)
{
    return list_two(shell, call, &families, &type_names,
                    "EXISTS (SELECT FROM pg_catalog.pg_opclass AS c"
                    " JOIN pg_catalog.pg_type AS t ON t.oid = c.opcintype"
                    " JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.typnamespace"
                    " WHERE c.opcfamily = f.oid AND ");
}

static MetaResult run_dAo(Shell *shell, const MetaCall *call)
{
    return list_two(shell, call, &operators, &family_names, NULL);
}

static MetaResult run_dAp(Shell *shell, const MetaCall *call)
{
    return list_two(shell, call, &support, &family_names, NULL);
}

META_COMMAND(dA) = {
    .names = "dA dA+{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dA[+] [PATTERN]",
    .brief = "list access methods",
    .run = run_dA,
};

META_COMMAND(dAc) = {
    .names = "dAc{*}",
    .args = "n;n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dAc[+] [AMPTRN [TYPEPTRN]]",
    .brief = "list operator classes",
    .run = run_dAc,
};

META_COMMAND(dAf) = {
    .names = "dAf{*}",
    .args = "n;n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dAf[+] [AMPTRN [TYPEPTRN]]",
    .brief = "list operator families",
    .run = run_dAf,
};

META_COMMAND(dAo) = {
    .names = "dAo{*}",
    .args = "n;n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dAo[+] [AMPTRN [OPFPTRN]]",
    .brief = "list operators of operator families",
    .run = run_dAo,
};

META_COMMAND(dAp) = {
    .names = "dAp{*}",
    .args = "n;n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dAp[+] [AMPTRN [OPFPTRN]]",
    .brief = "list support functions of operator families",
    .run = run_dAp,
};
