/*
 * \df — functions, of the kinds that letters name, with the argument types that patterns name.
 */
#include <stdlib.h>
#include <string.h>

#include "describe_arguments.h"

static const DescribeColumn function_columns[] = {
    {"Schema", {"n.nspname"}},
    {"Name", {"p.proname"}},
    {"Result data type", {"pg_catalog.pg_get_function_result(p.oid)"}},
    {"Argument data types", {"pg_catalog.pg_get_function_arguments(p.oid)"}},
    {"Type",
     {"CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc'"
      " ELSE 'func' END",
      .from = 110000}},
    {"Type",
     {"CASE WHEN p.proisagg THEN 'agg' WHEN p.proiswindow THEN 'window'"
      " WHEN p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype THEN 'trigger'"
      " ELSE 'func' END",
      .until = 110000}},
    {"Volatility",
     {"CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable'"
      " WHEN 'v' THEN 'volatile' END",
      .needs = DESCRIBE_PLUS}},
    {"Parallel",
     {"CASE p.proparallel WHEN 'r' THEN 'restricted' WHEN 's' THEN 'safe'"
      " WHEN 'u' THEN 'unsafe' END",
      .needs = DESCRIBE_PLUS, .from = 90600}},
    {"Owner", {"pg_catalog.pg_get_userbyid(p.proowner)", .needs = DESCRIBE_PLUS}},
    {"Security",
     {"CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END", .needs = DESCRIBE_PLUS}},
    {"Access privileges", {SQL_ACL("p.proacl"), .needs = DESCRIBE_PLUS}},
    {"Language", {"l.lanname", .needs = DESCRIBE_PLUS}},
    {"Source code", {"p.prosrc", .needs = DESCRIBE_PLUS, .until = 140000}},
    {"Source code",
     {"COALESCE(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)", .needs = DESCRIBE_PLUS,
      .from = 140000}},
    {"Description", {"pg_catalog.obj_description(p.oid, 'pg_proc')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList functions = {
    .title = "List of functions",
    .columns = function_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_proc AS p"},
                               {"LEFT JOIN pg_catalog.pg_namespace AS n"
                                " ON n.oid = p.pronamespace"},
                               {"LEFT JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang",
                                .needs = DESCRIBE_PLUS},
                               {NULL}},
    .where = (const SqlPiece[]){{SQL_NOT_SYSTEM("n.nspname"),
                                 .lacks = DESCRIBE_SYSTEM | DESCRIBE_PATTERN},
                                {NULL}},
    .pattern = {.schema = "n.nspname",
                .name = "p.proname",
                .visible = "pg_catalog.pg_function_is_visible(p.oid)",
                .parts = 3},
    .order = "1, 2, 4",
};

/* The kinds: how one is told, since 11 and before.  What is none of them is a normal function. */
static const struct {
    char letter;
    const char *is, *was;
} kinds[] = {
    {'a', "p.prokind = 'a'", "p.proisagg"},
    {'p', "p.prokind = 'p'", NULL},
    {'t', "p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype",
     "p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype"},
    {'w', "p.prokind = 'w'", "p.proiswindow"},
};

/*
 * With n the other kinds are taken away unless they are named too; without it they are what is
 * wanted.  No letter at all means every kind.
 */
static void add_kinds(const Shell *shell, const char *letters, StrBuf *where)
{
    bool normal = strchr(letters, 'n') != NULL;
    const char *separator = normal ? "NOT (" : "(";
    bool any = false;

    if (!strpbrk(letters, "anptw"))
        return;
    for (size_t i = 0; i < lengthof(kinds); i++) {
        const char *is = shell->server_version >= 110000 ? kinds[i].is : kinds[i].was;

        if (!is || (strchr(letters, kinds[i].letter) != NULL) == normal)
            continue;
        strbuf_addf(where, "%s%s", separator, is);
        separator = " OR ";
        any = true;
    }
    if (any)
        strbuf_addc(where, ')');
}

static bool letters_allowed(Shell *shell, const char *letters)
{
    char version[32];

    if (strspn(letters, "anptwS+") != strlen(letters)) {
        log_error(&shell->log, "\\df only takes [anptwS+] as options");
        return false;
    }
    if (strchr(letters, 'p') && shell->server_version < 110000) {
        if (shell->server_version >= 100000)
            snprintf(version, sizeof(version), "%d", shell->server_version / 10000);
        else
            snprintf(version, sizeof(version), "%d.%d", shell->server_version / 10000,
                     shell->server_version / 100 % 100);
        log_error(&shell->log, "\\df does not take a \"%c\" option with server version %s", 'p',
                  version);
        return false;
    }
    return true;
}

static bool add_arguments(Shell *shell, const MetaCall *call, StrBuf *where)
{
    bool ok = true;

    for (size_t i = 1; ok && i < call->count; i++) {
        char *column = xasprintf("p.proargtypes[%zu]", i - 1);
        char *absent = xasprintf("p.pronargs < %zu", i);

        ok = describe_argument(shell, where, column, absent, meta_arg(call, i));
        free(absent);
        free(column);
    }
    return ok;
}

/*
 * psql's \df *.* TYPE has no condition but those for the types, and these end up with the last
 * outer join: they restrict nothing, and + shows a language only where they hold.
 */
static MetaResult list_all(const Describe *describe, const DescribeList *narrow,
                           const char *arguments)
{
    char *language = xasprintf("%s AND %s", functions.from[2].sql, arguments);
    const SqlPiece from[] = {
        functions.from[0], functions.from[1], {language, .needs = DESCRIBE_PLUS}, {NULL}};
    DescribeList list = *narrow;
    MetaResult outcome;

    list.from = from;
    outcome = describe_list(describe, &list);
    free(language);
    return outcome;
}

static MetaResult run_df(Shell *shell, const MetaCall *call)
{
    Describe describe = describe_begin(shell, call);
    StrBuf where = STRBUF_INIT, arguments = STRBUF_INIT;
    MetaResult outcome = META_ERROR;
    DescribeList list = functions;

    if (!letters_allowed(shell, call->name + 2))
        return META_DONE;     /* for psql this is no failure */
    list.pattern.name = NULL; /* done here */
    add_kinds(shell, call->name + 2, &where);
    if (!pattern_conditions(shell, &where, describe.pattern, &functions.pattern) ||
        !add_arguments(shell, call, &arguments))
        goto done;
    if (arguments.len && !where.len) {
        outcome = list_all(&describe, &list, arguments.data);
        goto done;
    }
    if (arguments.len)
        sql_and(&where, arguments.data);
    outcome = describe_list_where(&describe, &list, where.len ? where.data : NULL);
done:
    strbuf_free(&arguments);
    strbuf_free(&where);
    return outcome;
}

META_COMMAND(df) = {
    .names = "df df+{*} dfS{*} dfa{*} dfn{*} dfp{*} dft{*} dfw{*}",
    .args = "n;n;*",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\df[anptw][S+] [FUNCPTRN [TYPEPTRN ...]]",
    .brief = "list [only agg/normal/procedure/trigger/window] functions",
    .help =
        "TYPEPTRN are patterns for the types of the arguments, the first for the first one;\n"
        "- means that the function has no such argument.",
    .run = run_df,
};
