/*
 * locate_statement.c — which statement of a text failed, where the server gives none.
 *
 * A run-time error in a text that EXECUTE runs as a whole comes with the text and no position.  Often
 * only one of its statements can have made it: the one that names the table of a constraint, the
 * object that exists already.  What is said here is only said when exactly one statement is left
 * (locate_culprit.c); a guess would send the reader to the wrong line.
 *
 * A DO block and a call of a PL/pgSQL function leave a frame of their own, so a text with an error
 * and no frame inside it was not in one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

/* Class 42 is about a name.  Where the statement has it once, it stands in the line to look at. */
static size_t line_of_name(const char *state, const char *message, const Statements *list,
                           const Statement *statement)
{
    StrList quoted = quoted_names(message);
    char *object = object_of(list, statement);
    size_t at = SIZE_MAX, start = statement->start;
    const char *name;
    size_t i = 0;

    /* of "column ... of relation ..." the column, whatever language turns it round */
    if (quoted.len > 1 && object && ascii_casecmp(base_name(quoted.items[0]), object) == 0)
        i = 1;
    name = i < quoted.len ? base_name(quoted.items[i]) : "";
    if (strncmp(state, "42", 2) == 0 && *name)
        at = find_name(list, start, statement->end, name);
    if (at != SIZE_MAX && find_name(list, at + 1, statement->end, name) == SIZE_MAX &&
        memchr(list->text + start, '\n', at - start))
        start = at;
    strlist_free(&quoted);
    free(object);
    return start;
}

static bool find_culprit(Locator *loc, const char *state, const char *message,
                         const Statements *list, size_t *offset, size_t *candidates)
{
    size_t found = 0, count = culprits(loc, state, message, list, &found);

    /* one statement is one, whatever it does; none at all: the rules do not hold here */
    if (list->count == 1) {
        count = 1;
        found = 0;
    }
    *candidates = count ? count : list->count;
    if (count == 1)
        *offset = line_of_name(state, message, list, &list->items[found]);
    return count == 1;
}

bool statement_of_error(Locator *loc, const char *text, size_t len, size_t *offset, bool *exact,
                        size_t *candidates)
{
    Statements list = statements_of(text, len);
    bool found = find_culprit(loc, loc->state, loc->message, &list, offset, candidates);

    *exact = false;
    statements_free(&list);
    return found;
}

size_t statement_line(const Locator *loc, const char *text, size_t len)
{
    Statements list = statements_of(text, len);
    size_t at = list.count == 1 ? line_of_name(loc->state, loc->message, &list, &list.items[0])
                                : 0;

    statements_free(&list);
    return at;
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

/* ---- of which only the message is left ------------------------------------------------------ */

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
    size_t first = find_name(list, 0, list->len, word);

    if (first == SIZE_MAX || find_name(list, first + 1, list->len, word) != SIZE_MAX)
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

/* "syntax error at or near ..." as the server's translations have it. */
static bool is_syntax_error(const char *message)
{
    static const char *const words[] = {
        "at or near",         "Syntaxfehler bei", "erreur de syntaxe", "error de sintaxis",
        "errore di sintassi", "syntaxfel",        "構文エラー",        "구문 오류",
        "语法错误",           "語法錯誤",         "ошибка синтаксиса", "синтаксична помилка",
        "სინტაქსური შეცდომა", "erro de sintaxe",  "błąd składni",      "sözdizim hatası"};

    for (size_t i = 0; i < lengthof(words); i++)
        if (strstr(message, words[i]))
            return true;
    return false;
}

/* A word that occurs once: where the parser stumbled, or the name that it does not know. */
static bool find_word(const Statements *list, const char *state, const char *message,
                      size_t *offset)
{
    StrList quoted = quoted_names(message);
    const char *name = quoted.len ? quoted.items[0] : NULL;
    char *bare = unquoted_name(message);
    bool found = false;

    if (strcmp(state, "42601") == 0 && name && is_syntax_error(message))
        found = only_word(list, name, offset);
    else if (strcmp(state, "42703") == 0 || strcmp(state, "42P01") == 0 ||
             strcmp(state, "42704") == 0)
        found = only_word(list, base_name(name ? name : bare), offset);
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

    for (const char *p = list->text; (p = ascii_casestr(p, "raise")) != NULL; p += 5) {
        size_t at = (size_t)(p - list->text);

        if (word_at(list->text, list->len, at, 5) &&
            raise_makes(p, list->len - at, message) == 1) {
            count++;
            *offset = at;
        }
    }
    return count == 1;
}

bool statement_of_message(Locator *loc, const char *message, const char *text, size_t len,
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
    if (!found && strncmp(state, "P0", 2) != 0 && !ascii_casestr(list.mask, "do ") &&
        !ascii_casestr(list.mask, "do\n"))
        found = find_culprit(loc, state, message, &list, offset, candidates);
    statements_free(&list);
    return found;
}

/* ---- RAISE ---------------------------------------------------------------------------------- */

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
    const char *at = ascii_casestr(line, "raise"), *end = line + len;
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
