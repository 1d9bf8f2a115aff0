/*
 * complete_objects.c — asks the server for names.
 *
 * Silent: without a connection, in a failed transaction, or when the query fails, there are just
 * no candidates.  The queries cannot raise errors of their own (an error inside the user's
 * transaction would abort it): names are compared as text, never cast to regclass.
 */
#include "complete_objects.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS = 6, TYPE_TEXT = 25 };

/* $5: the user began the name with a double quote, so the candidate has to. */
#define QUOTED_NAME                                                                            \
    "CASE WHEN $5 = 't' THEN '\"' || pg_catalog.replace(o.name::text, '\"', '\"\"') || '\"'"   \
    " ELSE pg_catalog.quote_ident(o.name::text) END"
#define BEGINS  "pg_catalog.substr(o.name::text, 1, pg_catalog.length($1)) = $1"
#define LIMITED " LIMIT 1000"
enum { OFFERED_MAX = 1000 };

static const char wrap_visible[] = "SELECT " QUOTED_NAME " FROM (%s) o(name, schema, visible)"
                                   " WHERE o.visible AND " BEGINS LIMITED;
/* pg_temp is an alias of the session's own schema. */
static const char wrap_qualified[] =
    "SELECT CASE WHEN $2 = 'pg_temp' THEN $2 WHEN $6 = 't' THEN '\"' || pg_catalog.replace("
    "n.nspname, '\"', '\"\"') || '\"' ELSE pg_catalog.quote_ident(n.nspname) END || '.' "
    "||"
    " " QUOTED_NAME " FROM (%s) o(name, schema, visible)"
    " JOIN pg_catalog.pg_namespace n ON n.oid = o.schema"
    " WHERE (n.nspname = $2 OR ($2 = 'pg_temp' AND n.oid = pg_catalog.pg_my_temp_schema()))"
    " AND " BEGINS LIMITED;
static const char wrap_global[] = "SELECT " QUOTED_NAME
                                  " FROM (%s) o(name) WHERE " BEGINS LIMITED;
static const char wrap_raw[] =
    "SELECT o.name FROM (%s) o(name) WHERE pg_catalog.lower(pg_catalog.substr(o.name, 1,"
    " pg_catalog.length($1))) = pg_catalog.lower($1)" LIMITED;
static const char wrap_literal[] =
    "SELECT pg_catalog.quote_literal(o.name) FROM (%s) o(name) WHERE "
    "pg_catalog.substr(o.name, 1, pg_catalog.length($1)) = $1" LIMITED;
static const char wrap_literal_any_case[] =
    "SELECT pg_catalog.quote_literal(o.name) FROM (%s) o(name) WHERE pg_catalog.lower("
    "pg_catalog.substr(o.name, 1, pg_catalog.length($1))) = pg_catalog.lower($1)" LIMITED;
static const char schemas_query[] =
    "SELECT " QUOTED_NAME " || '.' FROM (SELECT nspname FROM pg_catalog.pg_namespace) o(name)"
    " WHERE " BEGINS " AND (o.name !~ '^pg_' OR pg_catalog.left($1, 3) = 'pg_')" LIMITED;

/* ---- identifiers as typed ------------------------------------------------------------------------- */

/* One part, folded unless quoted; returns what is behind it. */
static const char *read_part(const char *p, StrBuf *out, bool *quoted)
{
    *quoted = *p == '"';
    if (!*quoted) {
        for (; *p && *p != '.'; p++)
            strbuf_addc(out, (unsigned char)*p < 0x80 ? fold_lower(*p) : *p);
        return p;
    }
    for (p++; *p; p++) {
        if (*p == '"' && *++p != '"')
            return p;
        strbuf_addc(out, *p);
    }
    return p;
}

void split_identifier(const char *text, char **schema, char **name, bool *quoted)
{
    StrBuf part = STRBUF_INIT;
    const char *p = read_part(text, &part, quoted);

    *schema = NULL;
    while (*p == '.') {
        free(*schema);
        *schema = strbuf_detach(&part);
        p = read_part(p + 1, &part, quoted);
    }
    *name = strbuf_detach(&part);
}

/* ---- queries ------------------------------------------------------------------------------------------ */

typedef struct Ask {
    char *prefix, *schema;       /* $1, $2 */
    char *ref_name, *ref_schema; /* $3, $4 */
    bool quoted, schema_quoted;  /* $5, $6 */
} Ask;

static void ask_free(Ask *ask)
{
    free(ask->prefix);
    free(ask->schema);
    free(ask->ref_name);
    free(ask->ref_schema);
}

static bool may_ask(const Shell *shell)
{
    PGTransactionStatusType status;

    if (!shell->conn || PQstatus(shell->conn) != CONNECTION_OK)
        return false;
    status = PQtransactionStatus(shell->conn);
    return status == PQTRANS_IDLE || status == PQTRANS_INTRANS;
}

static void run(Shell *shell, const char *sql, const Ask *ask, StrList *matches)
{
    static const Oid types[PARAMETERS] = {TYPE_TEXT, TYPE_TEXT, TYPE_TEXT,
                                          TYPE_TEXT, TYPE_TEXT, TYPE_TEXT};
    const char *values[PARAMETERS] = {ask->prefix,
                                      ask->schema,
                                      ask->ref_name,
                                      ask->ref_schema,
                                      ask->quoted ? "t" : "f",
                                      ask->schema_quoted ? "t" : "f"};
    PGresult *result = PQexecParams(shell->conn, sql, PARAMETERS, types, values, NULL, NULL, 0);

    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        for (int i = 0; i < PQntuples(result); i++)
            strlist_add(matches, PQgetvalue(result, i, 0));
    PQclear(result);
}

static void run_wrapped(Shell *shell, const char *wrap, const char *inner, const Ask *ask,
                        StrList *matches)
{
    const char *hole = strstr(wrap, "%s");
    char *sql = xasprintf("%.*s%s%s", (int)(hole - wrap), wrap, inner, hole + 2);

    run(shell, sql, ask, matches);
    free(sql);
}

static void run_keywords(Shell *shell, const char *sql, const Ask *ask, StrList *matches)
{
    StrList found = STRLIST_INIT;

    run_wrapped(shell, wrap_raw, sql, ask, &found);
    for (size_t i = 0; i < found.len; i++)
        complete_keyword(shell, found.items[i], ask->prefix, matches);
    strlist_free(&found);
}

/* These psql does not look for in schemas. */
static bool names_schemas(const CompleteSource *source)
{
    static const char *const without[] = {"conversions", "unique_indexes_of", "indexes_of"};

    for (size_t i = 0; i < lengthof(without); i++)
        if (strcmp(source->name, without[i]) == 0)
            return false;
    return true;
}

static bool needs_quotes(const Ask *ask, const char *candidate)
{
    size_t len = strlen(candidate);

    return len && (candidate[len - 1] == '"' || (!ask->schema && *candidate == '"'));
}

/* As in psql a name begun without a quote is not completed to one that needs quotes. */
static void drop_quoted(const Ask *ask, StrList *matches, size_t before)
{
    size_t kept = before;

    if (ask->quoted || !*ask->prefix)
        return;
    for (size_t i = before; i < matches->len; i++) {
        if (needs_quotes(ask, matches->items[i]))
            free(matches->items[i]);
        else
            matches->items[kept++] = matches->items[i];
    }
    matches->len = kept;
}

static void run_source(Shell *shell, const CompleteSource *source, const Ask *ask,
                       StrList *matches)
{
    size_t before = matches->len;

    switch (source->shape) {
    case IN_SCHEMA:
        if (ask->schema) {
            run_wrapped(shell, wrap_qualified, source->sql, ask, matches);
        } else {
            run_wrapped(shell, wrap_visible, source->sql, ask, matches);
            if (names_schemas(source) && matches->len - before < OFFERED_MAX)
                run(shell, schemas_query, ask, matches);
        }
        drop_quoted(ask, matches, before);
        break;
    case GLOBAL:
        run_wrapped(shell, wrap_global, source->sql, ask, matches);
        drop_quoted(ask, matches, before);
        break;
    case RAW:
        run_wrapped(shell, wrap_raw, source->sql, ask, matches);
        break;
    case KEYWORD:
        run_keywords(shell, source->sql, ask, matches);
        break;
    case LITERAL:
        run_wrapped(shell, wrap_literal, source->sql, ask, matches);
        break;
    case LITERAL_ANY_CASE:
        run_wrapped(shell, wrap_literal_any_case, source->sql, ask, matches);
        break;
    }
}

static const CompleteSource *find_source(const char *name)
{
    for (const CompleteSource *source = complete_sources; source->name; source++)
        if (strcmp(source->name, name) == 0)
            return source;
    return NULL;
}

/* ---- columns of the tables that the statement names ------------------------------------------------------- */

static void columns_of(Shell *shell, const char *table, Ask *ask, StrList *matches)
{
    bool quoted;

    free(ask->ref_name);
    free(ask->ref_schema);
    split_identifier(table, &ask->ref_schema, &ask->ref_name, &quoted);
    run_source(shell, find_source("columns_of"), ask, matches);
}

/* t.| or alias.| : the columns of that one, each with its qualifier as typed. */
static void qualified_columns(Shell *shell, const NamedTables *tables, const char *current,
                              Ask *ask, StrList *matches)
{
    const char *dot = strrchr(current, '.');
    char *qualifier = xstrndup(current, (size_t)(dot - current));
    const char *table = NULL;
    StrList names = STRLIST_INIT;

    for (size_t i = 0; i < tables->len && !table; i++)
        if (tables->items[i].alias ? ascii_casecmp(tables->items[i].alias, qualifier) == 0
                                   : ascii_casecmp(tables->items[i].name, qualifier) == 0)
            table = tables->items[i].name;
    if (table)
        columns_of(shell, table, ask, &names);
    for (size_t i = 0; i < names.len; i++)
        strlist_take(matches, xasprintf("%s.%s", qualifier, names.items[i]));
    strlist_free(&names);
    free(qualifier);
}

static void complete_columns(Shell *shell, const StrList *words, const char *current, Ask *ask,
                             StrList *matches)
{
    NamedTables tables = {0};

    named_tables_find(words, &tables);
    if (ask->schema) {
        qualified_columns(shell, &tables, current, ask, matches);
    } else {
        for (size_t i = 0; i < tables.len; i++) {
            const char *alias = tables.items[i].alias;

            columns_of(shell, tables.items[i].name, ask, matches);
            if (alias && *current && complete_begins(alias, current))
                strlist_add(matches, alias);
        }
    }
    named_tables_free(&tables);
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

/* Only of use with a first letter: there are thousands. */
static bool wants_prefix(const char *source)
{
    return strcmp(source, "functions_begun") == 0 || strcmp(source, "types_begun") == 0;
}

bool complete_source_known(const char *source)
{
    return strcmp(source, "columns") == 0 || strcmp(source, "files") == 0 ||
           strcmp(source, "project_paths") == 0 || strcmp(source, "comma") == 0 ||
           wants_prefix(source) || find_source(source);
}

void complete_objects(Shell *shell, const char *source, const char *captured,
                      const StrList *words, const char *current, StrList *matches)
{
    char *name = xstrndup(source, wants_prefix(source) ? strcspn(source, "_") : strlen(source));
    const CompleteSource *row = find_source(name);
    Ask ask = {0};
    bool quoted;

    if (row && row->shape >= RAW)
        ask.prefix = xstrdup(current + (*current == '\'' ? 1 : 0));
    else
        split_identifier(current, &ask.schema, &ask.prefix, &ask.quoted);
    ask.schema_quoted = *current == '"';
    if (captured)
        split_identifier(captured, &ask.ref_schema, &ask.ref_name, &quoted);
    if (strcmp(source, "project_paths") == 0)
        session_paths(shell->session, current, matches);
    else if (!may_ask(shell) || (wants_prefix(source) && !*current))
        ;
    else if (strcmp(source, "columns") == 0)
        complete_columns(shell, words, current, &ask, matches);
    else if (row)
        run_source(shell, row, &ask, matches);
    ask_free(&ask);
    free(name);
}
