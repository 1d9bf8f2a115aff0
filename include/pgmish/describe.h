/*
 * describe.h — what the \d family shares: psql's pattern language and lists described as data.
 *
 * A command that lists objects is a DescribeList: its columns, the query's pieces with the server
 * versions they hold for, what a pattern is matched with.  describe_list() does the rest.  What
 * has more shapes than that (\d NAME, \dx+) uses the smaller functions below it.
 *
 * All queries name pg_catalog everywhere: search_path may be hostile.
 */
#ifndef PGMISH_DESCRIBE_H
#define PGMISH_DESCRIBE_H

#include "pgmish/meta.h"

/* ---- patterns ----------------------------------------------------------------------------- */

/*
 * What a pattern is matched with.  All are SQL; every one but name may be NULL.  `parts` is the
 * number of dotted parts a pattern may have: 3 for database.schema.name, 2 for database.name
 * (without schema), 1 for a name alone; 0: dots mean nothing (\dconfig).
 */
typedef struct PatternColumns {
    const char *schema;   /* "n.nspname" */
    const char *name;     /* "c.relname" */
    const char *alt_name; /* a second name that may match instead of `name` */
    const char *visible;  /* holds for objects found without naming their schema */
    int parts;
    bool plain; /* names of operators: + and the like are themselves, not regular expressions */
} PatternColumns;

/*
 * Appends to `where` the conditions that a pattern stands for (NULL: only visible objects), with
 * AND between them and before them when `where` is not empty.  False: the pattern is not allowed,
 * the message is printed.
 */
bool pattern_conditions(Shell *shell, StrBuf *where, const char *pattern,
                        const PatternColumns *columns);

/* Appends one condition, with AND when `where` is not empty. */
void sql_and(StrBuf *where, const char *condition);
/* Appends a string literal in the connection's encoding. */
void sql_literal(Shell *shell, StrBuf *sql, const char *text);

/* ---- lists -------------------------------------------------------------------------------- */

/* What the user asked for.  A command may add bits of its own from DESCRIBE_OWN upwards. */
enum {
    DESCRIBE_PLUS = 1 << 0,    /* + : more columns */
    DESCRIBE_SYSTEM = 1 << 1,  /* S : system objects too */
    DESCRIBE_PATTERN = 1 << 2, /* a pattern was given */
    DESCRIBE_OWN = 1 << 4
};

/*
 * A piece of a query.  It is used when all bits of `needs` are set and none of `lacks` are, on
 * servers from version `from` to below `until` (0: no limit).
 */
typedef struct SqlPiece {
    const char *sql;
    unsigned needs, lacks;
    int from, until;
} SqlPiece;

typedef struct DescribeColumn {
    const char *title;
    SqlPiece value; /* value.sql is the expression */
} DescribeColumn;

typedef struct DescribeList {
    const char *title;
    const DescribeColumn *columns; /* ends with title NULL */
    const SqlPiece *from;          /* FROM items and joins, in order; ends with sql NULL */
    const SqlPiece *where;         /* conditions, ANDed; ends with sql NULL; may be NULL */
    PatternColumns pattern;
    const char *order; /* behind ORDER BY */
    /* psql prints an empty table unless these are set and QUIET is off.  none_named has one %s. */
    const char *none, *none_named;
    /* Servers before this version lack the feature ("The server (version 9.6) does not support
     * extended statistics."); 0: all have it. */
    int since;
    const char *feature;
} DescribeList;

/* One invocation. */
typedef struct Describe {
    Shell *shell;
    const char *pattern; /* NULL: none */
    unsigned flags;      /* DESCRIBE_ bits */
} Describe;

/* Reads the modifiers S and + behind the command's letters, and the first argument. */
Describe describe_begin(Shell *shell, const MetaCall *call);
/* The whole of a simple command. */
MetaResult describe_list(const Describe *describe, const DescribeList *list);
/* Same with one more condition (NULL: none). */
MetaResult describe_list_where(const Describe *describe, const DescribeList *list,
                               const char *where);
/* `.run` of a command that is a DescribeList and nothing else. */
#define DESCRIBE_RUN(ident, list)                                                              \
    static MetaResult run_##ident(Shell *shell, const MetaCall *call)                          \
    {                                                                                          \
        Describe describe = describe_begin(shell, call);                                       \
        return describe_list(&describe, &(list));                                              \
    }

/* ---- the pieces it is made of ------------------------------------------------------------------ */

bool describe_wants(const Describe *describe, const SqlPiece *piece);
/* SELECT with the wanted columns, FROM, WHERE (`where` is added to the list's own conditions, may
 * be NULL), pattern, ORDER BY.  False: message printed. */
bool describe_sql(const Describe *describe, const DescribeList *list, const char *where,
                  StrBuf *sql);
/* True: the server is older than `since`, and the user has been told. */
bool describe_too_old(Shell *shell, int since, const char *feature);
/* Prints a result as the describe commands do: \pset null counts for nothing.  footers NULL or
 * empty: the default one. */
void describe_print(Shell *shell, const PGresult *result, const char *title,
                    const StrList *footers);
/* Same for the description of one object: no count of rows; expanded only where psql lets
 * \pset expanded hold (not for tables of columns, whose footers would not read well). */
void describe_print_detail(Shell *shell, const PGresult *result, const char *title,
                           const StrList *footers, bool may_expand);
/* Runs a query made by printf.  Only for numbers, names of columns and literals made by
 * sql_literal.  NULL: failed, message printed. */
PGresult *describe_queryf(Shell *shell, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Access privileges, one grantee per line. */
#define SQL_ACL(column) "pg_catalog.array_to_string(" column ", E'\\n')"
/* Conditions that leave system objects out. */
#define SQL_NOT_SYSTEM(schema) schema " <> 'pg_catalog' AND " schema " <> 'information_schema'"

#endif
