/*
 * locate_culprit.c — which statements of a text can have failed with a given error.
 *
 * For errors that come without a position.  The SQLSTATE says what kind of statement it takes, the
 * error's fields and the names in its message what it must be about.  The rules leave a statement
 * in when in doubt: only when a single one is left, something is said.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

typedef struct Culprit {
    Locator *loc;
    const Statements *list;
    const char *state, *message;
    StrList quoted;
    char *unquoted;
    StrList key;     /* values of DETAIL: Key (a, b)=(1, x) */
    size_t earliest; /* statements in front of this one cannot be it */
} Culprit;

static bool state_is(const Culprit *culprit, const char *states)
{
    for (const char *p = states; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strncmp(culprit->state, p, strcspn(p, " ")) == 0)
            return true;
    return false;
}

static bool says(const Culprit *culprit, const char *words)
{
    return strstr(culprit->message, words) != NULL;
}

/* The server's routine tells the same in every language, unless the error was raised again. */
static bool comes_from(const Culprit *culprit, const char *routines)
{
    size_t len = strlen(culprit->loc->routine);

    for (const char *p = routines; *p; p += strcspn(p, " "), p += *p == ' ')
        if (len && strcspn(p, " ") == len && strncmp(p, culprit->loc->routine, len) == 0)
            return true;
    return false;
}

/* Words of a message that are no names. */
static bool is_prose(const char *word, size_t len)
{
    static const char *const prose[] = {
        "permission", "denied",       "for",    "table",    "view",     "schema", "sequence",
        "function",   "procedure",    "type",   "database", "relation", "must",   "be",
        "owner",      "of",           "cannot", "drop",     "because",  "other",  "objects",
        "depend",     "on",           "it",     "does",     "not",      "exist",  "already",
        "exists",     "is",           "a",      "an",       "the",      "to",     "in",
        "column",     "index",        "or",     "and",      "large",    "object", "language",
        "foreign",    "materialized", "from",   "with"};

    for (size_t i = 0; i < lengthof(prose); i++)
        if (strlen(prose[i]) == len && ascii_ncasecmp(prose[i], word, len) == 0)
            return true;
    return false;
}

static bool names_word(const Culprit *culprit, const Statement *statement, const char *word,
                       size_t len)
{
    char *name = len ? xstrndup(word, len) : NULL;
    bool found = name && !is_prose(word, len) && names(culprit->list, statement, name);

    free(name);
    return found;
}

/* A message without quotes: does the statement hold one of its names?  Japanese and Chinese set them
 * without blanks between their own letters, so a word counts as a whole and in its ASCII parts. */
static bool names_bare(const Culprit *culprit, const Statement *statement)
{
    size_t len, ascii;

    for (const char *p = culprit->message; *p; p += len ? len : 1) {
        for (len = 0;
             isalnum((unsigned char)p[len]) || p[len] == '_' || (unsigned char)p[len] >= 0x80;)
            len++;
        if (names_word(culprit, statement, p, len))
            return true;
        for (size_t at = 0; at < len; at += ascii ? ascii : 1) {
            for (ascii = 0; at + ascii < len && (unsigned char)p[at + ascii] < 0x80;)
                ascii++;
            if (ascii < len && names_word(culprit, statement, p + at, ascii))
                return true;
        }
    }
    return false;
}

/* What the message quotes: a name, or something else, a file's path say. */
static bool holds(const Statements *list, const Statement *statement, const char *quoted)
{
    for (const char *p = quoted; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_.$", *p) && (unsigned char)*p < 0x80)
            return memmem(list->text + statement->start, statement->end - statement->start,
                          quoted, strlen(quoted)) != NULL;
    return names(list, statement, base_name(quoted));
}

static bool names_all(const Culprit *culprit, const Statement *statement)
{
    for (size_t i = 0; i < culprit->quoted.len; i++)
        if (!holds(culprit->list, statement, culprit->quoted.items[i]))
            return false;
    return culprit->quoted.len ? true : names_bare(culprit, statement);
}

/* The object that the statement writes to is the table, or leads to it. */
static bool arrives_in(const Culprit *culprit, const Statement *statement, const char *table)
{
    char *object = object_of(culprit->list, statement);
    bool arrives = object && table && *table &&
                   (ascii_casecmp(object, base_name(table)) == 0 ||
                    writes_through(culprit->loc, object, base_name(table)));

    free(object);
    return arrives;
}

static bool is_about(const Culprit *culprit, const Statement *statement, const char *name)
{
    char *object = object_of(culprit->list, statement);
    bool same = object && name && ascii_casecmp(object, base_name(name)) == 0;

    free(object);
    return same;
}

/* ---- class 23 ------------------------------------------------------------------------------- */

/* VALUES and nothing that computes: every key it writes stands in it. */
static bool only_literals(const Statements *list, const Statement *statement)
{
    return begins(list, statement, "insert") && has_word(list, statement, "values") &&
           !has_word(list, statement, "select|default|conflict|nextval");
}

/* Does the statement hold the values of the key as literals? */
static bool holds_key(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    for (size_t i = 0; i < culprit->key.len; i++) {
        const char *value = culprit->key.items[i];
        size_t len = strlen(value), at = statement->start;

        for (; at + len <= statement->end; at++)
            if (strncmp(list->text + at, value, len) == 0 &&
                word_at(list->text, list->len, at, len))
                break;
        if (at + len > statement->end)
            return false;
    }
    return true;
}

/* One row with this key, so that it cannot have failed by itself. */
static bool writes_once(const Culprit *culprit, const Statement *statement)
{
    const char *text = culprit->list->text + statement->start;
    size_t len = statement->end - statement->start, value = strlen(culprit->key.items[0]);
    size_t count = 0;

    for (size_t at = 0; at + value <= len; at++)
        count += strncmp(text + at, culprit->key.items[0], value) == 0 &&
                 word_at(text, len, at, value);
    return count == 1 && only_literals(culprit->list, statement);
}

/* The rows that were there when the constraint came. */
static bool is_of_definition(const Culprit *culprit)
{
    return says(culprit, "could not create") || says(culprit, "violated by some row") ||
           says(culprit, "contains null values") ||
           comes_from(culprit, "ATRewriteTable comparetup_index_btree validateDomainConstraint "
                               "validateDomainCheckConstraint AlterDomainNotNull");
}

/* Of a foreign key: the row that is referenced goes.  "update or delete on table A violates foreign key
 * constraint B on table C" names three in every language, the other direction two. */
static bool is_of_parent(const Culprit *culprit)
{
    return says(culprit, "update or delete on") ||
           (state_is(culprit, "23503") && culprit->quoted.len == 3);
}

/* An error of a row that is being written. */
static bool is_of_row(const Culprit *culprit)
{
    return says(culprit, "new row for") || says(culprit, "duplicate key value") ||
           says(culprit, "null value in column") || is_of_parent(culprit) ||
           comes_from(culprit, "ExecConstraints ExecPartitionCheckEmitError _bt_check_unique "
                               "ExecWithCheckOptions");
}

static bool adds_constraint(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    if (begins(list, statement, "create"))
        return has_word(list, statement, "index") && has_word(list, statement, "unique") &&
               names(list, statement, culprit->loc->names[1] ? culprit->loc->names[1] : "");
    if (state_is(culprit, "23502") && culprit->loc->names[2] &&
        !names(list, statement, culprit->loc->names[2]))
        return false;
    return begins(list, statement, "alter") &&
           has_word(list, statement, "add|set|validate|attach|type") &&
           (is_about(culprit, statement, culprit->loc->names[1]) ||
            names_all(culprit, statement));
}

/* The name behind a word of the message, in quotes; owned, NULL: none. */
static char *name_behind(const char *message, const char *word)
{
    const char *at = strstr(message, word), *end;

    if (!at)
        return NULL;
    at += strlen(word);
    end = strchr(at, '"');
    return end ? xstrndup(at, (size_t)(end - at)) : NULL;
}

/* Of an error that was raised again names are left: that of a constraint begins with the
 * table's, unless somebody has named it; or it is the table's own. */
static bool writes_key(const Culprit *culprit, const Statement *statement)
{
    char *object = object_of(culprit->list, statement);
    size_t len = object ? strlen(object) : 0;
    bool same = false;

    for (size_t i = 0; len && i < culprit->quoted.len; i++) {
        const char *key = culprit->quoted.items[i];

        same = same ||
               (ascii_ncasecmp(key, object, len) == 0 && (key[len] == '_' || !key[len]));
    }
    free(object);
    return same;
}

/* The one that the message names besides the constraint and the table that has it; or that one
 * itself.  Languages differ in their order. */
static char *parent_table(const Culprit *culprit)
{
    const char *const *names = culprit->loc->names;
    const char *left = names[1];

    for (size_t i = 0; i < culprit->quoted.len; i++) {
        const char *name = culprit->quoted.items[i];

        if (names[1] && names[3] && strcmp(name, names[1]) != 0 && strcmp(name, names[3]) != 0)
            left = name;
    }
    return xstrdup_null(left);
}

/* The table that is written to: of a foreign key's error the first that the message names, as the
 * field tells the one that has the constraint. */
static char *written_table(const Culprit *culprit)
{
    if (state_is(culprit, "23503") && says(culprit, "on table \""))
        return name_behind(culprit->message, "on table \"");
    if (state_is(culprit, "23503") && is_of_parent(culprit))
        return parent_table(culprit);
    if (culprit->loc->names[1])
        return xstrdup(culprit->loc->names[1]);
    return name_behind(culprit->message, "relation \"");
}

static bool writes_row(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;
    char *table = written_table(culprit);
    bool writes;

    if (begins(list, statement, "set")) { /* SET CONSTRAINTS ... IMMEDIATE */
        free(table);
        return has_word(list, statement, "constraints");
    }
    writes = table ? arrives_in(culprit, statement, table) : writes_key(culprit, statement);
    if (begins(list, statement, "with"))
        writes = table && names(list, statement, table) &&
                 has_word(list, statement, "insert|update|delete|merge");
    free(table);
    if (!writes || begins(list, statement, "with"))
        return writes;
    if (!begins(list, statement, "insert|update|delete|merge|copy|refresh|truncate"))
        return false;
    if (begins(list, statement, "delete|truncate") && !is_of_parent(culprit))
        return false;
    if (begins(list, statement, "insert|copy") && is_of_parent(culprit))
        return false;
    return !culprit->key.len || !only_literals(list, statement) ||
           holds_key(culprit, statement);
}

static bool breaks_constraint(const Culprit *culprit, const Statement *statement);

/* ---- other classes -------------------------------------------------------------------------- */

/* An expression is computed when the statement runs; definitions compute none. */
static bool computes(const Statements *list, const Statement *statement)
{
    if (begins(list, statement, "create"))
        return has_word(list, statement, "as") &&
               !has_word(list, statement, "function|procedure|view|type|domain|rule|aggregate");
    if (begins(list, statement, "alter"))
        return has_word(list, statement, "using|default|check|type|set|add");
    return !begins(list, statement,
                   "do|drop|comment|grant|revoke|set|reset|begin|commit|lock|analyze|truncate|"
                   "security|notify|listen|savepoint|release|declare|reindex|cluster");
}

static bool breaks_constraint(const Culprit *culprit, const Statement *statement)
{
    /* a domain's: the table is not told */
    if (!culprit->loc->names[1] &&
        (!culprit->quoted.len || says(culprit, "domain") || culprit->loc->names[4]))
        return computes(culprit->list, statement);
    return (!is_of_row(culprit) && adds_constraint(culprit, statement)) ||
           (!is_of_definition(culprit) && writes_row(culprit, statement));
}

static bool creates_again(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    if (has_word(list, statement, "exists"))
        return false;
    if (state_is(culprit, "42701"))
        return begins(list, statement, "alter") && names_all(culprit, statement);
    if (state_is(culprit, "42P06") && !has_word(list, statement, "schema"))
        return false;
    if (begins(list, statement, "create"))
        return !has_word(list, statement, "replace") &&
               (is_about(culprit, statement,
                         culprit->quoted.len ? culprit->quoted.items[0] : NULL) ||
                (!has_word(list, statement,
                           "table|view|function|procedure|schema|sequence|index") &&
                 names_all(culprit, statement)));
    return begins(list, statement, "alter") && names_all(culprit, statement);
}

static bool divides(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    return computes(list, statement) &&
           (text_divides(list->mask + statement->start, statement->end - statement->start) ||
            uses_division(culprit->loc, list, statement));
}

/* Routines that refuse one kind of statement, and name nothing that would stand in it. */
static bool refuses_kind(const Culprit *culprit, const Statement *statement, bool *fits)
{
    static const struct {
        const char *routine, *verb, *object;
    } kinds[] = {
        {"CreateRole", "create", "role|user|group"}, {"AlterRole", "alter", "role|user|group"},
        {"AlterRoleSet", "alter", "role|user"},      {"DropRole", "drop", "role|user|group"},
        {"createdb", "create", "database"},          {"DoCopy", "copy", "from|to"}};

    for (size_t i = 0; i < lengthof(kinds); i++) {
        if (!comes_from(culprit, kinds[i].routine))
            continue;
        *fits = begins(culprit->list, statement, kinds[i].verb) &&
                has_word(culprit->list, statement, kinds[i].object);
        return true;
    }
    return false;
}

/* "must be owner of ...", as the server's translations have it. */
static bool wants_owner(const Culprit *culprit)
{
    static const char *const words[] = {"must be owner", "Eigentümer", "propriétaire", "dueño",
                                        "proprietari",   "ägare",      "所有者",       "属主",
                                        "擁有者",        "주인",       "소유",         "владел",
                                        "власник",       "მფლობელ",    "sahibi"};

    for (size_t i = 0; i < lengthof(words); i++)
        if (says(culprit, words[i]))
            return true;
    return false;
}

/* Does the statement qualify something by the name that the message has: CREATE TABLE app.t? */
static bool qualifies(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    for (size_t at = statement->start + 1; at < statement->end; at++)
        if (list->mask[at] == '.') {
            size_t from = at;

            while (from > statement->start && (list->text[from - 1] == '_' ||
                                               isalnum((unsigned char)list->text[from - 1])))
                from--;
            if (from < at && memmem(culprit->message, strlen(culprit->message),
                                    list->text + from, at - from))
                return true;
        }
    return false;
}

/* Class 42501. */
static bool is_refused(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;
    bool fits;

    if (refuses_kind(culprit, statement, &fits))
        return fits;
    if (!names_all(culprit, statement))
        return false;
    if (wants_owner(culprit))
        return begins(list, statement, "alter|drop|comment|create|security|grant|reassign") &&
               !is_about(culprit, statement, "") &&
               (!begins(list, statement, "create") ||
                has_word(list, statement, "index|trigger|policy|rule|replace|statistics"));
    if (says(culprit, "denied to ") || says(culprit, "denied for schema") ||
        says(culprit, "denied for database") ||
        (!says(culprit, "permission denied") && qualifies(culprit, statement)))
        return true; /* translated: the schema may be meant */
    return !begins(list, statement, "alter|drop|comment") &&
           (!begins(list, statement, "create") ||
            has_word(list, statement, "as|references|trigger|inherits|like"));
}

/* Objects that are not there, of statements that give no position: definitions and their like. */
static bool is_missing(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    if (begins(list, statement, "drop") && has_word(list, statement, "exists"))
        return false;
    if (begins(list, statement, "create") && culprit->quoted.len == 1 &&
        is_about(culprit, statement, culprit->quoted.items[0]) &&
        !has_word(list, statement, "extension"))
        return false;
    return names_all(culprit, statement);
}

/* Words in capitals that the message begins with: "CREATE INDEX CONCURRENTLY cannot run inside ..." */
static size_t command_length(const char *message)
{
    size_t len = strspn(message, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ");

    while (len && message[len - 1] == ' ')
        len--;
    return len;
}

static bool says_command(const Culprit *culprit)
{
    return command_length(culprit->message) > 1;
}

static bool is_command(const Culprit *culprit, const Statement *statement)
{
    char *words = xstrndup(culprit->message, command_length(culprit->message)), *rest = words;
    const char *word;
    bool all = true;

    while ((word = strsep(&rest, " ")))
        all = all && has_word(culprit->list, statement, word);
    free(words);
    return all;
}

static bool can_be(const Culprit *culprit, const Statement *statement)
{
    const Statements *list = culprit->list;

    if (begins(list, statement, "do"))
        return false;
    if (state_is(culprit, "23"))
        return breaks_constraint(culprit, statement);
    if (state_is(culprit, "42P07 42710 42723 42P06 42701 42P04 42712"))
        return creates_again(culprit, statement);
    if (state_is(culprit, "22012"))
        return divides(culprit, statement);
    /* active_sql_transaction, cardinality_violation: the message begins with the command's words */
    if (state_is(culprit, "25001 21000") && says_command(culprit))
        return is_command(culprit, statement);
    /* what is wrong with a literal is seen by the parser, which knows its position */
    if (state_is(culprit, "22P02 22007 22008"))
        return computes(list, statement) && !only_literals(list, statement);
    if (state_is(culprit, "2BP01"))
        return begins(list, statement, "drop|alter") && names_all(culprit, statement) &&
               !has_word(list, statement, "cascade");
    if (state_is(culprit, "42501"))
        return is_refused(culprit, statement);
    if (state_is(culprit, "42830")) /* invalid_foreign_key */
        return has_word(list, statement, "references") && names_all(culprit, statement);
    /* what a message quotes must stand in the statement, unless it is about something unnamed */
    if (state_is(culprit, "42 3F 0A 55 58") &&
        (culprit->quoted.len || state_is(culprit, "42P01 42703 42704 42883 3F000")))
        return is_missing(culprit, statement);
    if (state_is(culprit, "22 21 P00 54"))
        return computes(list, statement);
    return true;
}

/* When nothing in the text is about what the error names, a view, a rule or a partition stands between;
 * then at least it takes a statement of this kind. */
static bool can_be_at_all(const Culprit *culprit, const Statement *statement)
{
    if (state_is(culprit, "23"))
        return begins(culprit->list, statement,
                      "insert|update|delete|merge|copy|refresh|truncate|with");
    return state_is(culprit, "22 21") && computes(culprit->list, statement);
}

/* ---- all statements ------------------------------------------------------------------------- */

/* "Key (id)=(1) already exists." */
static StrList key_values(const char *detail)
{
    StrList list = STRLIST_INIT;
    const char *start = detail ? strstr(detail, ")=(") : NULL, *end;
    char *values, *rest, *value;

    if (!start || !(end = strchr(start + 3, ')')))
        return list;
    values = rest = xstrndup(start + 3, (size_t)(end - start - 3));
    while ((value = strsep(&rest, ","))) {
        while (*value == ' ')
            value++;
        if (*value)
            strlist_add(&list, value);
    }
    free(values);
    return list;
}

/* The statement that makes a table, without "if not exists"; list->count: none. */
static size_t made_at(const Statements *list, const char *table)
{
    for (size_t i = 0; table && i < list->count; i++) {
        const Statement *statement = &list->items[i];
        char *object = NULL;
        bool made = begins(list, statement, "create") && has_word(list, statement, "table") &&
                    !has_word(list, statement, "exists|partition") &&
                    (object = object_of(list, statement)) && ascii_casecmp(object, table) == 0;

        free(object);
        if (made)
            return i;
    }
    return list->count;
}

/* A constraint or index cannot be broken before it was made. */
static size_t constraint_at(const Culprit *culprit)
{
    const char *constraint = culprit->loc->names[3];

    for (size_t i = 0; constraint && i < culprit->list->count; i++)
        if (begins(culprit->list, &culprit->list->items[i], "alter|create") &&
            names(culprit->list, &culprit->list->items[i], constraint))
            return i;
    return 0;
}

/* How many statements pass; the first and the last of them. */
static size_t count_if(const Culprit *culprit,
                       bool (*test)(const Culprit *culprit, const Statement *statement),
                       size_t *first, size_t *last)
{
    size_t count = 0;

    for (size_t i = culprit->earliest; i < culprit->list->count; i++) {
        if (!test(culprit, &culprit->list->items[i]))
            continue;
        *last = i;
        if (!count++)
            *first = i;
    }
    return count;
}

size_t culprits(Locator *loc, const char *state, const char *message, const Statements *list,
                size_t *found)
{
    Culprit culprit = {loc,
                       list,
                       state,
                       message,
                       quoted_names(message),
                       unquoted_name(message),
                       key_values(loc->detail),
                       0};
    size_t count = 0, last = 0;

    if (state_is(&culprit, "23"))
        culprit.earliest = constraint_at(&culprit);
    count = count_if(&culprit, can_be, found, &last);
    if (!count)
        count = count_if(&culprit, can_be_at_all, found, &last);
    /* A table that the text itself makes holds no row of another time, so of two that write the same
     * key the second is the one that failed. */
    if (count == 2 && state_is(&culprit, "23505") && culprit.key.len &&
        made_at(list, loc->names[1]) < *found && writes_once(&culprit, &list->items[*found])) {
        *found = last;
        count = 1;
    }
    strlist_free(&culprit.quoted);
    strlist_free(&culprit.key);
    free(culprit.unquoted);
    return count;
}
