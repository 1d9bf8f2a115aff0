/*
 * locate_statement.c — which statement of a text failed, where the server gives none.
 *
 * A run-time error in a text that EXECUTE runs as a whole comes with the text and no position.  Often
 * only one of its statements can have made it: the one that names the table of a constraint, the
 * object that exists already, the value that is no number.  What is said here is only said when
 * exactly one statement is left; a guess would send the reader to the wrong line.
 *
 * A DO block and a call of a PL/pgSQL function leave a frame of their own, so a text with an error
 * and no frame inside it was not in one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "locate_private.h"

typedef struct Statement {
    size_t start, end; /* start: the first word */
} Statement;

typedef struct Statements {
    const char *text;
    char *mask;
    size_t len;
    Statement *items;
    size_t count, cap;
} Statements;

static bool note_statement(void *ctx, const char *text UNUSED, size_t start, size_t end)
{
    Statements *list = ctx;

    while (start < end && isspace((unsigned char)list->mask[start]))
        start++;
    if (start == end || list->mask[start] == ';')
        return true;
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 16;
        list->items = xrealloc(list->items, list->cap * sizeof(Statement));
    }
    list->items[list->count++] = (Statement){start, end};
    return true;
}

static Statements statements_of(const char *text, size_t len)
{
    Statements list = {.text = text, .mask = sql_mask(text, len), .len = len};

    script_each_statement(text, len, note_statement, &list);
    return list;
}

static void statements_free(Statements *list)
{
    free(list->items);
    free(list->mask);
}

/* ---- words --------------------------------------------------------------------------------------------------- */

/* Does the statement begin with one of these words (separated by |)? */
static bool begins(const Statements *list, const Statement *statement, const char *words)
{
    const char *at = list->mask + statement->start;
    size_t left = statement->end - statement->start;

    for (const char *word = words; *word;) {
        size_t len = strcspn(word, "|");

        if (left >= len && strncasecmp(at, word, len) == 0 && word_at(at, left, 0, len))
            return true;
        word += len + (word[len] == '|');
    }
    return false;
}

/* A word of the code, in whatever case. */
static bool has_word(const Statements *list, const Statement *statement, const char *word)
{
    size_t len = strlen(word);

    for (size_t at = statement->start; at + len <= statement->end; at++)
        if (strncasecmp(list->mask + at, word, len) == 0 &&
            word_at(list->mask, list->len, at, len))
            return true;
    return false;
}

/* Where a name stands in [from, to), as an identifier: folded, or quoted as it is.  Inside strings as
 * well when `strings`: regclass and dynamic names. */
static size_t find_name(const Statements *list, size_t from, size_t to, const char *name,
                        bool strings)
{
    size_t len = strlen(name);

    for (size_t at = from; len && at + len <= to; at++) {
        bool code = list->mask[at] != ' ';
        bool quoted = at > 0 && list->text[at - 1] == '"' && list->mask[at - 1] == '"' &&
                      at + len < list->len && list->text[at + len] == '"';

        if (!code && !quoted && !strings)
            continue;
        if (quoted ? strncmp(list->text + at, name, len) == 0
                   : strncasecmp(list->text + at, name, len) == 0 &&
                         word_at(list->text, list->len, at, len))
            return at;
    }
    return SIZE_MAX;
}

static bool names(const Statements *list, const Statement *statement, const char *name)
{
    return find_name(list, statement->start, statement->end, name, false) != SIZE_MAX;
}

/* ---- the message ---------------------------------------------------------------------------------------------- */

/* The texts that the message quotes. */
static StrList quoted_names(const char *message)
{
    StrList list = STRLIST_INIT;

    for (const char *p = message; (p = strchr(p, '"')) != NULL;) {
        const char *end = strchr(p + 1, '"');

        if (!end)
            break;
        if (end > p + 1)
            strlist_take(&list, xstrndup(p + 1, (size_t)(end - p - 1)));
        p = end + 1;
    }
    return list;
}

/* Last part of a qualified name. */
static const char *base_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && dot[1] ? dot + 1 : name;
}

/* permission denied for table orders; function f(integer) does not exist: names without quotes. */
static char *unquoted_name(const char *message)
{
    const char *call = strchr(message, '('), *start, *end;

    if (call && call > message) {
        for (start = call; start > message && !isspace((unsigned char)start[-1]); start--)
            ;
        return xstrndup(base_name(start), (size_t)(call - base_name(start)));
    }
    end = message + strlen(message);
    for (start = end; start > message && !isspace((unsigned char)start[-1]); start--)
        ;
    return xstrdup(base_name(start));
}

/* ---- what a statement can do wrong ------------------------------------------------------------------------------ */

typedef struct Culprit {
    const Locator *loc;
    const char *state, *message;
    StrList quoted;
    char *unquoted;
    StrList key; /* values of DETAIL: Key (a, b)=(1, x) */
} Culprit;

static bool state_is(const Culprit *culprit, const char *states)
{
    for (const char *p = states; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strncmp(culprit->state, p, strcspn(p, " ")) == 0)
            return true;
    return false;
}

static bool names_any(const Statements *list, const Statement *statement,
                      const Culprit *culprit)
{
    for (size_t i = 0; i < culprit->quoted.len; i++)
        if (names(list, statement, base_name(culprit->quoted.items[i])))
            return true;
    if (!culprit->quoted.len)
        return names(list, statement, culprit->unquoted);
    return false;
}

static bool writes_rows(const Statements *list, const Statement *statement)
{
    return begins(list, statement,
                  "insert|update|delete|merge|with|copy|refresh|select|execute|call");
}

/* VALUES and nothing that computes: every key it writes stands in it. */
static bool only_literals(const Statements *list, const Statement *statement)
{
    return begins(list, statement, "insert") && has_word(list, statement, "values") &&
           !has_word(list, statement, "select") && !has_word(list, statement, "default") &&
           !has_word(list, statement, "conflict");
}

/* Does the statement hold the values of the key as literals? */
static bool holds_key(const Statements *list, const Statement *statement,
                      const Culprit *culprit)
{
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

/* Class 23: it must write to the table, or add the constraint. */
static bool breaks_constraint(const Statements *list, const Statement *statement,
                              const Culprit *culprit)
{
    const char *table = culprit->loc->names[1];

    if (begins(list, statement, "alter|create") && !has_word(list, statement, "constraint") &&
        !has_word(list, statement, "index") && !has_word(list, statement, "add") &&
        !has_word(list, statement, "set") && !has_word(list, statement, "attach") &&
        !has_word(list, statement, "as"))
        return false;
    if (!writes_rows(list, statement) && !begins(list, statement, "alter|create"))
        return false;
    if (begins(list, statement, "create") && !has_word(list, statement, "index"))
        return false;
    if (begins(list, statement, "select|execute|call"))
        return false;
    if (!(table && names(list, statement, table)) && !names_any(list, statement, culprit))
        return false;
    return !culprit->key.len || !only_literals(list, statement) ||
           holds_key(list, statement, culprit);
}

static bool creates_again(const Statements *list, const Statement *statement,
                          const Culprit *culprit)
{
    if (!begins(list, statement, "create|alter|comment") || has_word(list, statement, "exists"))
        return false;
    if (begins(list, statement, "create") && has_word(list, statement, "replace"))
        return false;
    return names_any(list, statement, culprit);
}

/* An expression is computed when the statement runs; definitions compute none. */
static bool computes(const Statements *list, const Statement *statement)
{
    if (begins(list, statement, "create"))
        return has_word(list, statement, "as") && !has_word(list, statement, "function") &&
               !has_word(list, statement, "procedure") && !has_word(list, statement, "view") &&
               !has_word(list, statement, "type") && !has_word(list, statement, "domain");
    if (begins(list, statement, "alter"))
        return has_word(list, statement, "using") || has_word(list, statement, "default") ||
               has_word(list, statement, "check");
    return !begins(list, statement,
                   "do|drop|comment|grant|revoke|set|reset|begin|commit|lock|analyze|truncate|"
                   "security|notify|listen|savepoint|release");
}

static bool divides(const Statements *list, const Statement *statement)
{
    const char *at = list->mask + statement->start;
    size_t len = statement->end - statement->start;

    return computes(list, statement) &&
           (memchr(at, '/', len) || memchr(at, '%', len) || has_word(list, statement, "mod") ||
            has_word(list, statement, "div"));
}

static bool holds_text(const Statements *list, const Statement *statement,
                       const Culprit *culprit)
{
    for (size_t i = 0; i < culprit->quoted.len; i++)
        if (memmem(list->text + statement->start, statement->end - statement->start,
                   culprit->quoted.items[i], strlen(culprit->quoted.items[i])))
            return true;
    return false;
}

static bool can_be(const Statements *list, const Statement *statement, const Culprit *culprit)
{
    if (begins(list, statement, "do"))
        return false;
    if (state_is(culprit, "23"))
        return breaks_constraint(list, statement, culprit);
    if (state_is(culprit, "42P07 42710 42723 42P06 42701 42P04 42712"))
        return creates_again(list, statement, culprit);
    if (state_is(culprit, "22012"))
        return divides(list, statement);
    if (state_is(culprit, "22P02 22007 22008 22003 22P04"))
        return computes(list, statement) &&
               (!culprit->quoted.len || holds_text(list, statement, culprit));
    if (state_is(culprit, "2BP01"))
        return begins(list, statement, "drop|alter") && names_any(list, statement, culprit);
    if (state_is(culprit, "42501 42P01 42703 42704 42883 3F000 42P16 42809 0A000 55000 58P01"))
        return names_any(list, statement, culprit);
    if (state_is(culprit, "22 21 P00 54"))
        return computes(list, statement);
    return true;
}

/* The last value that the next ones depend on: "Key (id)=(1) already exists." */
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

/* A table that the text itself makes holds no row of another time, so that of two that write the same
 * key the second is the one that failed. */
static bool made_here(const Statements *list, const char *table)
{
    for (size_t i = 0; table && i < list->count; i++)
        if (begins(list, &list->items[i], "create") &&
            has_word(list, &list->items[i], "table") &&
            !has_word(list, &list->items[i], "exists") &&
            !has_word(list, &list->items[i], "partition") &&
            names(list, &list->items[i], table))
            return true;
    return false;
}

static size_t culprits(const Statements *list, const Culprit *culprit, size_t *found)
{
    const char *table = culprit->loc->names[1];
    size_t count = 0, last = 0;
    bool second = state_is(culprit, "23505") && culprit->key.len && made_here(list, table);

    for (size_t i = 0; i < list->count; i++) {
        if (!can_be(list, &list->items[i], culprit))
            continue;
        last = i;
        if (!count++)
            *found = i;
    }
    if (count == 2 && second && only_literals(list, &list->items[*found]) &&
        only_literals(list, &list->items[last])) {
        *found = last;
        count = 1;
    }
    return count;
}

/* ---- asked from outside --------------------------------------------------------------------------------------------- */

static bool find_culprit(const Locator *loc, const char *state, const char *message,
                         const Statements *list, size_t *offset, size_t *candidates)
{
    Culprit culprit = {loc,
                       state,
                       message,
                       quoted_names(message),
                       unquoted_name(message),
                       key_values(loc->detail)};
    size_t found = 0, count = culprits(list, &culprit, &found);

    /* one statement is one, whatever it does; none at all: the rules do not hold here */
    if (list->count == 1) {
        count = 1;
        found = 0;
    }
    *candidates = count ? count : list->count;
    if (count == 1)
        *offset = list->items[found].start;
    strlist_free(&culprit.quoted);
    strlist_free(&culprit.key);
    free(culprit.unquoted);
    return count == 1;
}

bool statement_of_error(const Locator *loc, const char *text, size_t len, size_t *offset,
                        bool *exact, size_t *candidates)
{
    Statements list = statements_of(text, len);
    bool found = find_culprit(loc, loc->state, loc->message, &list, offset, candidates);

    *exact = false;
    statements_free(&list);
    return found;
}

bool statement_of_call(const char *text, size_t len, const char *function, size_t *offset)
{
    Statements list = statements_of(text, len);
    size_t count = 0, stop = strcspn(function, "(");
    char *full = xstrndup(function, stop);
    char *name = xstrdup(base_name(full));

    if (*name == '"' && strlen(name) > 1) {
        memmove(name, name + 1, strlen(name));
        name[strlen(name) - 1] = '\0';
    }
    for (size_t i = 0; i < list.count; i++) {
        const Statement *statement = &list.items[i];

        if (begins(&list, statement, "do|create|drop|comment|grant|alter|revoke") ||
            !names(&list, statement, name))
            continue;
        count++;
        *offset = statement->start;
    }
    free(name);
    free(full);
    statements_free(&list);
    return count == 1;
}

/* ---- of which only the message is left -------------------------------------------------------------------------------- */

/* SQLSTATE by the message, for those who re-raise without it.  English: the only thing that is left
 * to go by. */
static const char *state_of_message(const char *message, const char *state)
{
    static const struct {
        const char *text, *state;
    } known[] = {
        {"syntax error", "42601"},        {"division by zero", "22012"},
        {"duplicate key value", "23505"}, {"violates check constraint", "23514"},
        {"violates not-null", "23502"},   {"violates foreign key", "23503"},
        {"already exists", "42P07"},      {"permission denied", "42501"},
        {"must be owner", "42501"},       {"invalid input syntax", "22P02"},
        {"does not exist", "42P01"},
    };

    if (strcmp(state, "P0001") != 0 && *state)
        return state;
    for (size_t i = 0; i < lengthof(known); i++)
        if (strstr(message, known[i].text))
            return known[i].state;
    return state;
}

/* The one place where a word stands outside comments and strings. */
static bool only_word(const Statements *list, const char *word, size_t *offset)
{
    size_t first = find_name(list, 0, list->len, word, false);

    if (first == SIZE_MAX || find_name(list, first + 1, list->len, word, false) != SIZE_MAX)
        return false;
    *offset = first;
    return true;
}

/* The server points at the start of a qualified name. */
static size_t start_of_name(const Statements *list, size_t at)
{
    while (at > 0 && (list->text[at - 1] == '.' || list->text[at - 1] == '"' ||
                      isalnum((unsigned char)list->text[at - 1]) || list->text[at - 1] == '_' ||
                      (unsigned char)list->text[at - 1] >= 0x80))
        at--;
    return at;
}

/* A word that occurs once: where the parser stumbled, or the name that it does not know. */
static bool find_word(const Statements *list, const char *state, const char *message,
                      size_t *offset)
{
    StrList quoted = quoted_names(message);
    const char *name = quoted.len ? quoted.items[0] : NULL;
    char *bare = unquoted_name(message);
    bool found = false;

    if (strcmp(state, "42601") == 0 && name && strstr(message, "at or near"))
        found = only_word(list, name, offset);
    else if (strcmp(state, "42703") == 0 || strcmp(state, "42P01") == 0 ||
             strcmp(state, "42704") == 0)
        found = name && only_word(list, base_name(name), offset);
    else if (strcmp(state, "42883") == 0 && strchr(message, '('))
        found = only_word(list, bare, offset);
    if (found && strcmp(state, "42601") != 0)
        *offset = start_of_name(list, *offset);
    free(bare);
    strlist_free(&quoted);
    return found;
}

/* A RAISE whose format makes the message, when there is just one. */
static bool find_raise(const Statements *list, const char *message, size_t *offset)
{
    size_t count = 0;

    for (const char *p = list->text; (p = strcasestr(p, "raise")) != NULL; p += 5) {
        size_t at = (size_t)(p - list->text);

        if (word_at(list->text, list->len, at, 5) &&
            raise_makes(p, list->len - at, message) == 1) {
            count++;
            *offset = at;
        }
    }
    return count == 1;
}

bool statement_of_message(const Locator *loc, const char *message, const char *text, size_t len,
                          size_t *offset, bool *exact, size_t *candidates)
{
    Statements list = statements_of(text, len);
    const char *state = state_of_message(message, loc->state);
    bool found = find_word(&list, state, message, offset);

    *exact = found;
    *candidates = list.count;
    if (!found)
        found = find_raise(&list, message, offset);
    /* what a block or function may have done as well is not excluded here */
    if (!found && strncmp(state, "P0", 2) != 0 && !strcasestr(list.mask, "do ") &&
        !strcasestr(list.mask, "do\n"))
        found = find_culprit(loc, state, message, &list, offset, candidates);
    statements_free(&list);
    return found;
}

/* ---- RAISE ------------------------------------------------------------------------------------------------------------ */

/* Does the format make the message?  % stands for anything, %% for itself.  It is enough to try
 * again behind the last %. */
static bool format_makes(const char *format, const char *message)
{
    const char *retry = NULL, *from = NULL;

    while (*message) {
        bool literal = *format != '%' || format[1] == '%';

        if (!literal) {
            retry = ++format;
            from = message;
        } else if (*format && *format == *message) {
            format += *format == '%' ? 2 : 1;
            message++;
        } else if (retry) {
            format = retry;
            message = ++from;
        } else {
            return false;
        }
    }
    while (*format == '%')
        format++;
    return !*format;
}

int raise_makes(const char *line, size_t len, const char *message)
{
    const char *at = strcasestr(line, "raise"), *end = line + len;
    const char *stop;
    char *format;
    size_t to = 0;
    bool makes;

    if (!at || at >= end)
        return -1;
    for (at += 5; at < end && (isspace((unsigned char)*at) || isalpha((unsigned char)*at));
         at++)
        ;
    if (at >= end || *at != '\'')
        return -1;
    for (stop = ++at; stop < end && (*stop != '\'' || stop[1] == '\''); stop++)
        stop += *stop == '\'';
    format = xstrndup(at, (size_t)(stop - at));
    for (size_t i = 0; format[i]; i++) {
        format[to++] = format[i];
        i += format[i] == '\'' && format[i + 1] == '\'';
    }
    format[to] = '\0';
    makes = format_makes(format, message);
    free(format);
    return makes;
}
