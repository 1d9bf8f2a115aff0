/*
 * complete_words.c — cuts the text before the cursor into words.
 *
 * Not the shell's lexer: completion looks at unfinished text, wants names with their dots in one
 * piece and whole parentheses as one word, and must never complain.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"

enum { DEPTH_MAX = 64 };

typedef struct Scanner {
    const char *text;
    size_t len, at;
    Words *words;
    size_t open[DEPTH_MAX]; /* words in front of each open parenthesis */
    int depth;
    bool body; /* inside a dollar quote that is still open */
} Scanner;

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static char peek(const Scanner *scanner, size_t ahead)
{
    if (scanner->at + ahead >= scanner->len)
        return '\0';
    return scanner->text[scanner->at + ahead];
}

static void cut_words(StrList *list, size_t len)
{
    while (list->len > len)
        free(list->items[--list->len]);
}

/* In a function's body, a statement begins behind these. */
static bool begins_statement(const char *word)
{
    static const char *const openers[] = {"BEGIN", "THEN", "ELSE", "LOOP", "DECLARE"};

    for (size_t i = 0; i < lengthof(openers); i++)
        if (ascii_casecmp(word, openers[i]) == 0)
            return true;
    return false;
}

static void add_word(Scanner *scanner, size_t start)
{
    StrList *list = &scanner->words->list;
    char *word = xstrndup(scanner->text + start, scanner->at - start);

    if (scanner->body && begins_statement(word)) {
        cut_words(list, 0);
        free(word);
    } else {
        strlist_take(list, word);
    }
}

/* The text ends inside the word that began at start. */
static void set_current(Scanner *scanner, size_t start, WordPlace place)
{
    Words *words = scanner->words;

    free(words->current);
    words->current = xstrndup(scanner->text + start, scanner->len - start);
    words->start = start;
    words->place = place;
    scanner->at = scanner->len;
}

/* ---- kinds of words -------------------------------------------------------------------------- */

/* Moves behind a quoted part; false: it does not end. */
static bool skip_quoted(Scanner *scanner, char quote)
{
    for (scanner->at++; scanner->at < scanner->len; scanner->at++) {
        if (peek(scanner, 0) != quote)
            continue;
        if (peek(scanner, 1) != quote) {
            scanner->at++;
            return true;
        }
        scanner->at++;
    }
    return false;
}

static void scan_string(Scanner *scanner)
{
    size_t start = scanner->at;

    if (skip_quoted(scanner, '\''))
        add_word(scanner, start);
    else
        set_current(scanner, start, PLACE_STRING);
}

/* a.b."c d" is one word. */
static void scan_name(Scanner *scanner)
{
    size_t start = scanner->at;

    while (scanner->at < scanner->len) {
        char c = peek(scanner, 0);

        if (c == '"') {
            if (!skip_quoted(scanner, '"'))
                break;
        } else if (is_name_char(c) || c == '.') {
            scanner->at++;
        } else {
            break;
        }
    }
    if (scanner->at >= scanner->len)
        set_current(scanner, start, PLACE_SQL);
    else
        add_word(scanner, start);
}

static void scan_comment(Scanner *scanner)
{
    int depth = 0;

    if (peek(scanner, 0) == '-') {
        while (scanner->at < scanner->len && peek(scanner, 0) != '\n')
            scanner->at++;
        if (scanner->at >= scanner->len)
            set_current(scanner, scanner->len, PLACE_NOWHERE);
        return;
    }
    do {
        if (peek(scanner, 0) == '/' && peek(scanner, 1) == '*') {
            depth++;
            scanner->at += 2;
        } else if (peek(scanner, 0) == '*' && peek(scanner, 1) == '/') {
            depth--;
            scanner->at += 2;
        } else {
            scanner->at++;
        }
    } while (depth && scanner->at < scanner->len);
    if (depth)
        set_current(scanner, scanner->len, PLACE_NOWHERE);
}

/* Length of $tag$ at the place, 0: there is none. */
static size_t dollar_tag(const Scanner *scanner)
{
    size_t n = 1;

    while (isalnum((unsigned char)peek(scanner, n)) || peek(scanner, n) == '_')
        n++;
    return peek(scanner, n) == '$' ? n + 1 : 0;
}

/* The body of a dollar quote is SQL of its own: words begin anew.  At its end they are a word. */
static void scan_dollar(Scanner *scanner)
{
    size_t len = dollar_tag(scanner);
    const char *here = scanner->text + scanner->at;
    const char *end = memmem(here + len, scanner->len - scanner->at - len, here, len);

    if (end) {
        size_t start = scanner->at;

        scanner->at = (size_t)(end - scanner->text) + len;
        add_word(scanner, start);
        return;
    }
    scanner->at += len;
    scanner->depth = 0;
    scanner->body = true;
    cut_words(&scanner->words->list, 0);
}

static void scan_colon(Scanner *scanner)
{
    size_t start = scanner->at, n = 1;
    char c = peek(scanner, 1);

    if (c == ':' || c == '=') {
        scanner->at += 2;
        add_word(scanner, start);
        return;
    }
    if (c == '\'' || c == '"' || c == '{')
        n++;
    if (c == '{' && peek(scanner, 2) == '?')
        n++;
    while (is_name_char(peek(scanner, n)))
        n++;
    if (scanner->at + n >= scanner->len) {
        set_current(scanner, start, PLACE_VARIABLE);
        return;
    }
    if (c == '\'' || c == '"' || c == '{')
        n++;
    scanner->at += n;
    add_word(scanner, start);
}

static void scan_parenthesis(Scanner *scanner)
{
    StrList *list = &scanner->words->list;
    char c = peek(scanner, 0);

    scanner->at++;
    if (c == '(') {
        if (scanner->depth < DEPTH_MAX)
            scanner->open[scanner->depth] = list->len;
        scanner->depth++;
        strlist_add(list, "(");
    } else if (scanner->depth) {
        if (--scanner->depth < DEPTH_MAX)
            cut_words(list, scanner->open[scanner->depth]);
        strlist_add(list, "()");
    }
}

static void scan_operator(Scanner *scanner)
{
    static const char operators[] = "+-*/<>=~!@#%^&|?";
    size_t start = scanner->at;

    do
        scanner->at++;
    while (peek(scanner, 0) && strchr(operators, peek(scanner, 0)) &&
           strchr(operators, scanner->text[start]));
    add_word(scanner, start);
}

static void scan_one(Scanner *scanner)
{
    char c = peek(scanner, 0), next = peek(scanner, 1);

    if (isspace((unsigned char)c) || (c == '\\' && (next == ';' || next == ':'))) {
        scanner->at++; /* of \; and \: the character behind counts */
    } else if ((c == '-' && next == '-') || (c == '/' && next == '*')) {
        scan_comment(scanner);
    } else if (c == '\\') {
        set_current(scanner, scanner->at, PLACE_SLASH);
    } else if (c == '\'') {
        scan_string(scanner);
    } else if (c == '$' && dollar_tag(scanner)) {
        scan_dollar(scanner);
    } else if (c == '"' || c == '.' || is_name_char(c)) {
        scan_name(scanner);
    } else if (c == ':') {
        scan_colon(scanner);
    } else if (c == '(' || c == ')') {
        scan_parenthesis(scanner);
    } else if (c == ';') {
        scanner->at++;
        if (!scanner->depth)
            cut_words(&scanner->words->list, 0);
    } else {
        scan_operator(scanner);
    }
}

void words_scan(const char *text, size_t len, Words *words)
{
    Scanner scanner = {.text = text, .len = len, .words = words};

    *words = (Words){.place = PLACE_SQL, .current = xstrdup(""), .start = len};
    while (scanner.at < scanner.len)
        scan_one(&scanner);
}

void words_free(Words *words)
{
    strlist_free(&words->list);
    free(words->current);
}

/* ---- lists ------------------------------------------------------------------------------------ */

/* Words that a pair of parentheses belongs to without being an item's name. */
static bool owns_parentheses(const char *word)
{
    static const char *const owners[] = {"VALUES", "IN", "BY", "SETS", "ROLLUP", "CUBE",
                                         "AS",     "ON", "(",  "WITH", "USING"};

    for (size_t i = 0; i < lengthof(owners); i++)
        if (ascii_casecmp(word, owners[i]) == 0)
            return true;
    return false;
}

/* Inside an open parenthesis that holds no query, an item may have several words. */
size_t words_before_item(const StrList *list, size_t end)
{
    static const char *const queries[] = {"SELECT", "WITH",   "VALUES",
                                          "INSERT", "UPDATE", "DELETE"};

    for (size_t i = end; i-- > 0;) {
        if (strcmp(list->items[i], "(") != 0)
            continue;
        for (size_t k = 0; k < lengthof(queries); k++)
            if (i + 1 < end && ascii_casecmp(list->items[i + 1], queries[k]) == 0)
                return end ? end - 1 : 0;
        return i + 1;
    }
    if (end > 1 && strcmp(list->items[end - 1], "()") == 0 &&
        !owns_parentheses(list->items[end - 2]))
        return end - 2;
    return end ? end - 1 : 0;
}

void words_fold_lists(StrList *list)
{
    size_t out = 0;

    for (size_t i = 0; i < list->len; i++) {
        bool comma = strcmp(list->items[i], ",") == 0 && out && i + 1 < list->len;
        size_t keep;

        if (!comma) {
            list->items[out++] = list->items[i];
            continue;
        }
        free(list->items[i]);
        keep = words_before_item(list, out);
        while (out > keep)
            free(list->items[--out]);
    }
    list->len = out;
}
