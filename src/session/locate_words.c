/*
 * locate_words.c — a text as statements, words and names, and a message as the names it mentions.
 *
 * Words are looked for in the mask (contract X4), so what stands in comments and strings is none.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

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

Statements statements_of(const char *text, size_t len)
{
    Statements list = {.text = text, .mask = sql_mask(text, len), .len = len};

    script_each_statement(text, len, note_statement, &list);
    return list;
}

void statements_free(Statements *list)
{
    free(list->items);
    free(list->mask);
}

/* ---- words ---------------------------------------------------------------------------------- */

bool begins(const Statements *list, const Statement *statement, const char *words)
{
    const char *at = list->mask + statement->start;
    size_t left = statement->end - statement->start;

    for (const char *word = words; *word;) {
        size_t len = strcspn(word, "|");

        if (left >= len && ascii_ncasecmp(at, word, len) == 0 && word_at(at, left, 0, len))
            return true;
        word += len + (word[len] == '|');
    }
    return false;
}

bool has_word(const Statements *list, const Statement *statement, const char *words)
{
    for (const char *word = words; *word;) {
        size_t len = strcspn(word, "|");

        for (size_t at = statement->start; at + len <= statement->end; at++)
            if (ascii_ncasecmp(list->mask + at, word, len) == 0 &&
                word_at(list->mask, list->len, at, len))
                return true;
        word += len + (word[len] == '|');
    }
    return false;
}

/* As an identifier: folded, or quoted as it is. */
size_t find_name(const Statements *list, size_t from, size_t to, const char *name)
{
    size_t len = strlen(name);

    for (size_t at = from; len && at + len <= to; at++) {
        bool quoted = at > 0 && list->mask[at - 1] == '"' && at + len < list->len &&
                      list->mask[at + len] == '"';

        if (list->mask[at] == ' ' && !quoted)
            continue;
        if (quoted ? strncmp(list->text + at, name, len) == 0
                   : ascii_ncasecmp(list->text + at, name, len) == 0 &&
                         word_at(list->text, list->len, at, len))
            return at;
    }
    return SIZE_MAX;
}

bool names(const Statements *list, const Statement *statement, const char *name)
{
    return find_name(list, statement->start, statement->end, name) != SIZE_MAX;
}

/* ---- what a statement works on -------------------------------------------------------------- */

/* Words that may stand between the verb and the name. */
static bool is_filler(const char *word, size_t len)
{
    static const char *const fillers[] = {
        "create",       "or",       "replace",    "temp",         "temporary",    "unlogged",
        "global",       "local",    "unique",     "materialized", "recursive",    "foreign",
        "constraint",   "trusted",  "procedural", "default",      "table",        "view",
        "index",        "sequence", "function",   "procedure",    "aggregate",    "type",
        "domain",       "schema",   "role",       "user",         "group",        "database",
        "extension",    "trigger",  "event",      "rule",         "policy",       "language",
        "collation",    "operator", "server",     "publication",  "subscription", "statistics",
        "concurrently", "if",       "not",        "exists",       "only",         "insert",
        "into",         "update",   "delete",     "from",         "merge",        "copy",
        "alter",        "drop",     "truncate"};

    for (size_t i = 0; i < lengthof(fillers); i++)
        if (strlen(fillers[i]) == len && ascii_ncasecmp(fillers[i], word, len) == 0)
            return true;
    return false;
}

static size_t word_length(const char *text, size_t at, size_t end)
{
    size_t len = 0;

    while (at + len < end && (isalnum((unsigned char)text[at + len]) || text[at + len] == '_' ||
                              text[at + len] == '$' || (unsigned char)text[at + len] >= 0x80))
        len++;
    return len;
}

/* One part of a name; *at moves behind it. */
static char *take_part(const Statements *list, size_t *at, size_t end)
{
    size_t len = word_length(list->text, *at, end);
    char *part;

    if (*at < end && list->mask[*at] == '"') {
        const char *close = memchr(list->text + *at + 1, '"', end - *at - 1);

        if (!close)
            return NULL;
        part = xstrndup(list->text + *at + 1, (size_t)(close - list->text) - *at - 1);
        *at = (size_t)(close + 1 - list->text);
        return part;
    }
    if (!len)
        return NULL;
    part = xstrndup(list->text + *at, len);
    for (char *p = part; *p; p++)
        *p = fold_lower(*p);
    *at += len;
    return part;
}

char *first_name(const Statements *list, const Statement *part)
{
    size_t at = part->start, end = part->end, len;
    char *name = NULL;

    for (;;) {
        while (at < end && isspace((unsigned char)list->mask[at]))
            at++;
        len = word_length(list->mask, at, end);
        if (!len || !is_filler(list->mask + at, len))
            break;
        at += len;
    }
    do {
        free(name);
        name = take_part(list, &at, end);
    } while (name && at < end && list->mask[at] == '.' && ++at);
    return name;
}

char *object_of(const Statements *list, const Statement *statement)
{
    if (!begins(list, statement, "create|insert|update|delete|merge|copy|alter|drop|truncate"))
        return NULL;
    return first_name(list, statement);
}

/* ---- the message ---------------------------------------------------------------------------- */

/* What closes a quotation that begins here, in any of the server's languages; NULL: none does. */
static const char *closing_mark(const char *p, size_t *len)
{
    static const struct {
        const char *open, *close;
    } marks[] = {{"\"", "\""}, {"« ", " »"}, {"«", "»"},  {"»", "«"},
                 {"„", "“"},   {"“", "”"},   {"「", "」"}};

    for (size_t i = 0; i < lengthof(marks); i++) {
        *len = strlen(marks[i].open);
        if (strncmp(p, marks[i].open, *len) == 0)
            return marks[i].close;
    }
    return NULL;
}

StrList quoted_names(const char *message)
{
    StrList list = STRLIST_INIT;

    for (const char *p = message; *p;) {
        size_t len;
        const char *mark = closing_mark(p, &len);
        const char *end = mark ? strstr(p + len, mark) : NULL;

        if (!end) {
            p++;
            continue;
        }
        if (end > p + len)
            strlist_take(&list, xstrndup(p + len, (size_t)(end - p) - len));
        p = end + strlen(mark);
    }
    return list;
}

/* Last part of a qualified name. */
const char *base_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && dot[1] ? dot + 1 : name;
}

/* Chinese, Japanese and Korean messages have no blank around a name: what is not ASCII at its ends is
 * theirs.  Other languages' letters may be the name's. */
static char *without_prose(const char *start, size_t len)
{
    while (len && (unsigned char)*start >= 0xE3) {
        do
            start++, len--;
        while (len && ((unsigned char)*start & 0xC0) == 0x80);
    }
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)start[i] >= 0xE3)
            len = i;
    return xstrndup(start, len);
}

static char *word_around(const char *message, const char *at)
{
    const char *start = at, *end = at;

    while (start > message && !isspace((unsigned char)start[-1]))
        start--;
    while (*end && !isspace((unsigned char)*end) && *end != '(')
        end++;
    return without_prose(start, (size_t)(end - start));
}

/* The dot in "Spalte t.a existiert nicht"; NULL: none is inside a word. */
static const char *inner_dot(const char *message)
{
    for (const char *p = message; (p = strchr(p, '.')) != NULL; p++)
        if (p > message && p[1] && !isspace((unsigned char)p[-1]) &&
            !isspace((unsigned char)p[1]))
            return p;
    return NULL;
}

char *unquoted_name(const char *message)
{
    const char *call = strchr(message, '('), *end = strstr(message, " does not exist");
    const char *dot = inner_dot(message);
    char *word, *name;

    if (end && (!call || call > end)) /* column t.a does not exist */
        return word_around(message, end);
    if (!call && dot) /* the same, translated */
        return word_around(message, dot);
    if (!call) { /* permission denied for table orders */
        word = word_around(message, message + strlen(message));
    } else { /* function f(integer) does not exist */
        word = word_around(message, call);
    }
    name = xstrdup(base_name(word));
    free(word);
    return name;
}
