/*
 * pattern.c — psql's pattern language ("Patterns" in psql's manual) as conditions on a catalog.
 *
 * A pattern is cut at its dots into parts; each part becomes an anchored regular expression:
 * * and ? are wildcards, letters are folded to lower case, double quotes switch both off, the
 * other regular-expression characters keep their meaning outside quotes.
 */
#include "pgmish/describe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parts {
    StrBuf regex[3]; /* "^(...)$" */
    StrBuf literal;  /* the first part, as a plain name */
    int count;       /* parts in use */
    bool plain;      /* no regular-expression characters but * and ?, quoted or not */
    int dots;        /* dots met, more than count - 1 when there were too many */
} Parts;

/* These would be taken for regular-expression syntax; inside quotes they are plain characters. */
static bool is_regex_special(char c)
{
    return c && strchr("|*+?()[]{}.^$\\", c) != NULL;
}

static void begin_part(Parts *parts)
{
    strbuf_init(&parts->regex[parts->count]);
    strbuf_add(&parts->regex[parts->count++], "^(");
}

/* Returns how many bytes of the pattern were taken: one character of the connection's encoding. */
static size_t add_plain(Parts *parts, const char *at, bool quoted, int encoding)
{
    StrBuf *regex = &parts->regex[parts->count - 1];
    size_t len = strnlen(at, (size_t)PQmblen(at, encoding));

    /* $ never anchors, as it may stand in names; [] is more likely an array than a bracket */
    if (*at == '$' || ((quoted || parts->plain) && is_regex_special(*at)) ||
        (*at == '[' && at[1] == ']'))
        strbuf_addc(regex, '\\');
    strbuf_addn(regex, at, len);
    if (parts->dots == 0)
        strbuf_addn(&parts->literal, at, len);
    return len;
}

/* One character outside quotes that is not a quote itself. */
static size_t add_unquoted(Parts *parts, const char *at, int max_parts, int encoding)
{
    StrBuf *regex = &parts->regex[parts->count - 1];
    char lower[2] = {fold_lower(*at), 0};

    if (*at == '.') {
        parts->dots++;
        strbuf_add(regex, parts->count < max_parts ? ")$" : ".");
        if (parts->count < max_parts)
            begin_part(parts);
        return 1;
    }
    if (*at == '*' || *at == '?') {
        strbuf_add(regex, *at == '*' ? ".*" : ".");
        if (parts->dots == 0)
            strbuf_addc(&parts->literal, *at);
        return 1;
    }
    if (isupper((unsigned char)*at))
        return add_plain(parts, lower, false, encoding);
    return add_plain(parts, at, false, encoding);
}

static void parse(Parts *parts, const char *pattern, int max_parts, int encoding)
{
    bool quoted = false;

    *parts = (Parts){.literal = STRBUF_INIT, .plain = parts->plain};
    begin_part(parts);
    while (*pattern) {
        if (*pattern == '"' && !(quoted && pattern[1] == '"')) {
            quoted = !quoted;
            pattern++;
        } else if (*pattern == '"') { /* doubled inside quotes: one */
            pattern += 1 + add_plain(parts, pattern, true, encoding);
        } else if (quoted) {
            pattern += add_plain(parts, pattern, true, encoding);
        } else {
            pattern += add_unquoted(parts, pattern, max_parts, encoding);
        }
    }
    strbuf_add(&parts->regex[parts->count - 1], ")$");
}

static void free_parts(Parts *parts)
{
    for (int i = 0; i < parts->count; i++)
        strbuf_free(&parts->regex[i]);
    strbuf_free(&parts->literal);
}

void sql_and(StrBuf *where, const char *condition)
{
    if (where->len)
        strbuf_add(where, "\n  AND ");
    strbuf_add(where, condition);
}

void sql_literal(Shell *shell, StrBuf *sql, const char *text)
{
    size_t len = strlen(text);
    char *literal = PQescapeLiteral(shell->conn, text, len);

    if (!literal) { /* invalid in the encoding: made safe, and the server says so */
        char *escaped = xmalloc(2 * len + 1);

        PQescapeStringConn(shell->conn, escaped, text, len, NULL);
        strbuf_addf(sql, "'%s'", escaped);
        free(escaped);
        return;
    }
    /* with a backslash in it, it begins with a blank of its own */
    strbuf_add(sql, literal + (*literal == ' ' && sql->len && sql->data[sql->len - 1] == ' '));
    PQfreemem(literal);
}

static void add_match(Shell *shell, StrBuf *where, const char *column, const char *regex)
{
    strbuf_addf(where, "%s OPERATOR(pg_catalog.~) ", column);
    sql_literal(shell, where, regex);
    /* names are matched by the default rules whatever the column's collation (12: type name
     * became collatable) */
    if (shell->server_version >= 120000)
        strbuf_add(where, " COLLATE pg_catalog.default");
}

static void match(Shell *shell, StrBuf *where, const char *column, const char *alternative,
                  const char *regex)
{
    if (strcmp(regex, "^(.*)$") == 0)
        return; /* matches all */
    sql_and(where, alternative ? "(" : "");
    add_match(shell, where, column, regex);
    if (alternative) {
        strbuf_add(where, "\n   OR ");
        add_match(shell, where, alternative, regex);
        strbuf_addc(where, ')');
    }
}

/* The rules about dots.  The name of the database must be the connected one's; where there is no
 * schema psql has nothing to compare, and refuses every name. */
static bool dots_allowed(Shell *shell, const char *pattern, const PatternColumns *columns,
                         const Parts *parts)
{
    const char *database = columns->schema ? parts->literal.data : "";

    if (columns->parts == 0)
        return true;
    if (parts->dots >= columns->parts) {
        log_error(&shell->log, "improper qualified name (too many dotted names): %s", pattern);
        return false;
    }
    if (columns->parts > 1 && parts->dots == columns->parts - 1 &&
        strcmp(PQdb(shell->conn), database) != 0) {
        log_error(&shell->log, "cross-database references are not implemented: %s", pattern);
        return false;
    }
    return true;
}

bool pattern_conditions(Shell *shell, StrBuf *where, const char *pattern,
                        const PatternColumns *columns)
{
    Parts parts = {.plain = columns->plain};
    bool ok;

    if (!pattern) {
        if (columns->visible)
            sql_and(where, columns->visible);
        return true;
    }
    parse(&parts, pattern, columns->schema ? 3 : 1, PQclientEncoding(shell->conn));
    ok = dots_allowed(shell, pattern, columns, &parts);
    if (ok) {
        match(shell, where, columns->name, columns->alt_name,
              parts.regex[parts.count - 1].data);
        if (parts.count > 1)
            match(shell, where, columns->schema, NULL, parts.regex[parts.count - 2].data);
        else if (columns->visible)
            sql_and(where, columns->visible);
    }
    free_parts(&parts);
    return ok;
}
