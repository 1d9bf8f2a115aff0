/*
 * \dF \dFd \dFp \dFt — text search configurations, dictionaries, parsers and templates.  What \dF+
 * and \dFp+ show of one object is in describe_text_search_detail.c.
 */
#include "describe_text_search.h"

#define OF_SCHEMA(schema)                                                                      \
    {                                                                                          \
        "LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = " schema                            \
    }

static const DescribeColumn configuration_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"c.cfgname"}},
    {"Description", {"pg_catalog.obj_description(c.oid, 'pg_ts_config')"}},
    {NULL},
};

static const DescribeList configurations = {
    .title = "List of text search configurations",
    .columns = configuration_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_ts_config AS c"},
                               OF_SCHEMA("c.cfgnamespace"),
                               {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.cfgname",
                .visible = "pg_catalog.pg_ts_config_is_visible(c.oid)",
                .parts = 3},
    .order = "1, 2",
};

static const DescribeColumn dictionary_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"d.dictname"}},
    {"Template",
     {"(SELECT COALESCE(tn.nspname, '(null)') || '.' || t.tmplname"
      " FROM pg_catalog.pg_ts_template AS t"
      " LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.tmplnamespace"
      " WHERE t.oid = d.dicttemplate)",
      .needs = DESCRIBE_PLUS}},
    {"Init options", {"d.dictinitoption", .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(d.oid, 'pg_ts_dict')"}},
    {NULL},
};

static const DescribeList dictionaries = {
    .title = "List of text search dictionaries",
    .columns = dictionary_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_ts_dict AS d"},
                               OF_SCHEMA("d.dictnamespace"),
                               {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "d.dictname",
                .visible = "pg_catalog.pg_ts_dict_is_visible(d.oid)",
                .parts = 3},
    .order = "1, 2",
};

static const DescribeColumn parser_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"p.prsname"}},
    {"Description", {"pg_catalog.obj_description(p.oid, 'pg_ts_parser')"}},
    {NULL},
};

static const DescribeList parsers = {
    .title = "List of text search parsers",
    .columns = parser_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_ts_parser AS p"},
                               OF_SCHEMA("p.prsnamespace"),
                               {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "p.prsname",
                .visible = "pg_catalog.pg_ts_parser_is_visible(p.oid)",
                .parts = 3},
    .order = "1, 2",
};

static const DescribeColumn template_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"t.tmplname"}},
    {"Init", {"t.tmplinit::pg_catalog.regproc", .needs = DESCRIBE_PLUS}},
    {"Lexize", {"t.tmpllexize::pg_catalog.regproc", .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(t.oid, 'pg_ts_template')"}},
    {NULL},
};

static const DescribeList templates = {
    .title = "List of text search templates",
    .columns = template_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_ts_template AS t"},
                               OF_SCHEMA("t.tmplnamespace"),
                               {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "t.tmplname",
                .visible = "pg_catalog.pg_ts_template_is_visible(t.oid)",
                .parts = 3},
    .order = "1, 2",
};

static MetaResult run_dF(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    if (describe.flags & DESCRIBE_PLUS)
        return describe_configurations(&describe, &configurations);
    return describe_list(&describe, &configurations);
}

static MetaResult run_dFp(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    if (describe.flags & DESCRIBE_PLUS)
        return describe_parsers(&describe, &parsers);
    return describe_list(&describe, &parsers);
}

DESCRIBE_RUN(dFd, dictionaries)
DESCRIBE_RUN(dFt, templates)

META_COMMAND(dF) = {
    .names = "dF dF+{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dF[+] [PATTERN]",
    .brief = "list text search configurations",
    .help = "+ shows each with its parser and the dictionaries of its token types.",
    .run = run_dF,
};

META_COMMAND(dFd) = {
    .names = "dFd{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dFd[+] [PATTERN]",
    .brief = "list text search dictionaries",
    .run = run_dFd,
};

META_COMMAND(dFp) = {
    .names = "dFp{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dFp[+] [PATTERN]",
    .brief = "list text search parsers",
    .help = "+ shows the functions and the token types of each.",
    .run = run_dFp,
};

META_COMMAND(dFt) = {
    .names = "dFt{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dFt[+] [PATTERN]",
    .brief = "list text search templates",
    .run = run_dFt,
};
