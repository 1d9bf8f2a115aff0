/*
 * \dt \dv \dm \di \ds \dE — lists of relations, in any combination of the letters.
 */
#include "describe_tables.h"

#include <string.h>

enum {
    LIST_INDEXES = DESCRIBE_OWN << 0,
    LIST_ACCESS_METHOD = DESCRIBE_OWN
                         << 1 /* some of the kinds have one, and it is not hidden */
};

static const DescribeColumn relation_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"c.relname"}},
    {"Type",
     {"CASE c.relkind"
      " WHEN 'r' THEN 'table'"
      " WHEN 'p' THEN 'partitioned table'"
      " WHEN 'f' THEN 'foreign table'"
      " WHEN 'v' THEN 'view'"
      " WHEN 'm' THEN 'materialized view'"
      " WHEN 'i' THEN 'index'"
      " WHEN 'I' THEN 'partitioned index'"
      " WHEN 'S' THEN 'sequence'"
      " WHEN 't' THEN 'TOAST table'"
      " END"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(c.relowner)"}},
    {"Table", {"on_table.relname", .needs = LIST_INDEXES}},
    {"Persistence",
     {"CASE c.relpersistence"
      " WHEN 'p' THEN 'permanent'"
      " WHEN 't' THEN 'temporary'"
      " WHEN 'u' THEN 'unlogged'"
      " END",
      .needs = DESCRIBE_PLUS}},
    {"Access method",
     {"am.amname", .needs = DESCRIBE_PLUS | LIST_ACCESS_METHOD, .from = 120000}},
    {"Size",
     {"pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid))", .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(c.oid, 'pg_class')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList relations = {
    .title = "List of relations",
    .columns = relation_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_class AS c"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = c.relnamespace"},
                               {"LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam",
                                .needs = DESCRIBE_PLUS | LIST_ACCESS_METHOD},
                               {"LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid",
                                .needs = LIST_INDEXES},
                               {"LEFT JOIN pg_catalog.pg_class AS on_table"
                                " ON on_table.oid = i.indrelid",
                                .needs = LIST_INDEXES},
                               {NULL}},
    .where = (const SqlPiece[]){{SQL_NOT_SYSTEM("n.nspname") " AND n.nspname !~ '^pg_toast'",
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "c.relname",
                .visible = "pg_catalog.pg_table_is_visible(c.oid)",
                .parts = 3},
    .order = "1, 2",
    .none = "Did not find any relations.",
    .none_named = "Did not find any relation named \"%s\".",
};

/* The letter of the command, the relkinds it stands for, and those which only S or a pattern
 * bring up. */
static const struct {
    char letter;
    const char *kinds, *system_kinds;
    bool access_method;
} letters_kinds[] = {
    {'t', "'r','p'", ",'t'", true}, {'v', "'v'", "", false}, {'m', "'m'", "", true},
    {'i', "'i','I'", "", true},     {'s', "'S'", "", false}, {'E', "'f'", "", false},
};

MetaResult describe_tables(const Describe *describe, const char *letters)
{
    Describe wanted = *describe;
    StrBuf kinds = STRBUF_INIT;
    MetaResult outcome;

    if (!strpbrk(letters, "tvmisE"))
        letters = "tvmsE";
    for (size_t i = 0; i < lengthof(letters_kinds); i++) {
        if (!strchr(letters, letters_kinds[i].letter))
            continue;
        strbuf_addf(&kinds, "%s%s", kinds.len ? "," : "c.relkind IN (", letters_kinds[i].kinds);
        if (describe->flags & (DESCRIBE_SYSTEM | DESCRIBE_PATTERN))
            strbuf_add(&kinds, letters_kinds[i].system_kinds);
        if (letters_kinds[i].letter == 'i')
            wanted.flags |= LIST_INDEXES;
        if (letters_kinds[i].access_method && !describe->shell->set.hide_tableam)
            wanted.flags |= LIST_ACCESS_METHOD;
    }
    strbuf_addc(&kinds, ')');
    outcome = describe_list_where(&wanted, &relations, kinds.data);
    strbuf_free(&kinds);
    return outcome;
}

static MetaResult run_dt(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);

    return describe_tables(&describe, call->name + 1);
}

META_COMMAND(dt) = {
    .names = "dt{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dt[S+] [PATTERN]",
    .brief = "list tables",
    .help = "The letters t, v, m, i, s and E may be combined: \\dtv lists tables and views.",
    .run = run_dt,
};

META_COMMAND(dv) = {
    .names = "dv{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dv[S+] [PATTERN]",
    .brief = "list views",
    .run = run_dt,
};

META_COMMAND(dm) = {
    .names = "dm{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dm[S+] [PATTERN]",
    .brief = "list materialized views",
    .run = run_dt,
};

META_COMMAND(di) = {
    .names = "di{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\di[S+] [PATTERN]",
    .brief = "list indexes",
    .run = run_dt,
};

META_COMMAND(ds) = {
    .names = "ds{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\ds[S+] [PATTERN]",
    .brief = "list sequences",
    .run = run_dt,
};

META_COMMAND(dE) = {
    .names = "dE{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dE[S+] [PATTERN]",
    .brief = "list foreign tables",
    .run = run_dt,
};
