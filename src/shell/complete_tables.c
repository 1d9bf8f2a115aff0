/*
 * complete_tables.c — the tables a statement names, and their aliases: columns are completed
 * from these, wherever in the statement the cursor is.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"

/* A table's name follows these. */
static const char *const table_words[] = {"FROM",   "JOIN",    "UPDATE", "INTO",
                                          "TABLE",  "COPY",    "ONLY",   "ANALYZE",
                                          "VACUUM", "CLUSTER", "USING",  "VIEW"};
/* After these, one follows ON. */
static const char *const on_statements[] = {"CREATE",  "DROP",  "ALTER",
                                            "COMMENT", "GRANT", "REVOKE"};
/* What may follow a table's name and is no alias; and may come in front of it. */
static const char *const no_names[] = {
    "WHERE",      "SET",    "JOIN",    "ON",           "USING",     "LEFT",        "RIGHT",
    "FULL",       "INNER",  "CROSS",   "NATURAL",      "GROUP",     "ORDER",       "LIMIT",
    "OFFSET",     "HAVING", "UNION",   "EXCEPT",       "INTERSECT", "RETURNING",   "VALUES",
    "SELECT",     "WINDOW", "FOR",     "FETCH",        "DEFAULT",   "TABLESAMPLE", "TO",
    "FROM",       "ADD",    "DROP",    "ALTER",        "RENAME",    "WITH",        "WHEN",
    "OVERRIDING", "AND",    "OR",      "DO",           "AS",        "IF",          "EXISTS",
    "NOT",        "ONLY",   "LATERAL", "CONCURRENTLY", "SKIP",      "TABLE",
};

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ascii_casecmp(word, list[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(word, list) is_one_of(word, list, lengthof(list))

static bool is_name(const char *word)
{
    return (isalpha((unsigned char)*word) || *word == '_' || *word == '"' ||
            (unsigned char)*word >= 0x80) &&
           !IS_ONE_OF(word, no_names);
}

static void add_table(NamedTables *tables, const char *name, const char *alias)
{
    if (tables->len == tables->cap) {
        tables->cap = tables->cap ? tables->cap * 2 : 4;
        tables->items = xrealloc(tables->items, tables->cap * sizeof *tables->items);
    }
    tables->items[tables->len++] = (NamedTable){xstrdup(name), xstrdup_null(alias)};
}

/* Table, alias, comma, table ... from word i on; returns the first word behind. */
static size_t read_list(const StrList *words, size_t i, NamedTables *tables)
{
    for (; i < words->len; i++) {
        const char *name, *alias = NULL;

        while (i < words->len && (ascii_casecmp(words->items[i], "ONLY") == 0 ||
                                  ascii_casecmp(words->items[i], "LATERAL") == 0 ||
                                  ascii_casecmp(words->items[i], "IF") == 0 ||
                                  ascii_casecmp(words->items[i], "NOT") == 0 ||
                                  ascii_casecmp(words->items[i], "EXISTS") == 0))
            i++;
        if (i >= words->len || !is_name(words->items[i]))
            return i;
        name = words->items[i++];
        if (i + 1 < words->len && ascii_casecmp(words->items[i], "AS") == 0)
            i++;
        if (i < words->len && is_name(words->items[i]))
            alias = words->items[i++];
        add_table(tables, name, alias);
        if (i >= words->len || strcmp(words->items[i], ",") != 0)
            return i;
    }
    return i;
}

void named_tables_find(const StrList *words, NamedTables *tables)
{
    bool on_names_table = words->len && IS_ONE_OF(words->items[0], on_statements);

    for (size_t i = 0; i < words->len;) {
        const char *word = words->items[i++];

        if (IS_ONE_OF(word, table_words) || (on_names_table && ascii_casecmp(word, "ON") == 0))
            i = read_list(words, i, tables);
    }
}

void named_tables_free(NamedTables *tables)
{
    for (size_t i = 0; i < tables->len; i++) {
        free(tables->items[i].name);
        free(tables->items[i].alias);
    }
    free(tables->items);
    *tables = (NamedTables){0};
}
