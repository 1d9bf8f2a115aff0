/*
 * transaction.c — what a statement does to the transaction, judged by its first words.
 *
 * The shell must know before it sends: psql's AUTOCOMMIT puts a BEGIN in front of everything
 * that is not in its own list of exceptions, FETCH_COUNT looks for SELECT and VALUES.  Those two
 * follow psql 15 to the letter, its oddities included.
 */
#include "scan.h"

#include <libpq-fe.h>
#include <string.h>

enum {
    ENCODING_UTF8 = 6
}; /* libpq's id; any encoding whose later bytes are never ASCII does */

typedef struct Lead {
    const char *text;
    size_t len, at;
    int encoding;
} Lead;

static bool white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool pair(const Lead *lead, const char *two)
{
    return lead->at + 1 < lead->len && lead->text[lead->at] == two[0] &&
           lead->text[lead->at + 1] == two[1];
}

static void skip_char(Lead *lead)
{
    int width = PQmblen(lead->text + lead->at, lead->encoding);

    lead->at += width > 0 ? (size_t)width : 1;
    if (lead->at > lead->len)
        lead->at = lead->len;
}

static void skip_line(Lead *lead)
{
    while (lead->at < lead->len && lead->text[lead->at] != '\n')
        skip_char(lead);
}

/* White space, line comments and nested block comments. */
static void skip_white(Lead *lead)
{
    size_t depth = 0;

    while (lead->at < lead->len) {
        if (pair(lead, "/*")) {
            depth++;
            lead->at += 2;
        } else if (depth && pair(lead, "*/")) {
            depth--;
            lead->at += 2;
        } else if (!depth && pair(lead, "--")) {
            skip_line(lead);
        } else if (depth || white(lead->text[lead->at])) {
            skip_char(lead);
        } else {
            return;
        }
    }
}

/* The next word, of ASCII letters only; of length 0 when something else comes next. */
static Word lead_word(Lead *lead)
{
    Word word;

    skip_white(lead);
    word.start = lead->at;
    while (lead->at < lead->len && ascii_letter(lead->text[lead->at]))
        lead->at++;
    word.len = lead->at - word.start;
    return word;
}

/* Do the next words equal those of phrase, which are separated by single spaces? */
static bool phrase_follows(Lead lead, const char *phrase)
{
    while (*phrase) {
        size_t len = strcspn(phrase, " ");
        Word word = lead_word(&lead);

        if (word.len != len || ascii_ncasecmp(lead.text + word.start, phrase, len) != 0)
            return false;
        phrase += len;
        phrase += *phrase == ' ';
    }
    return true;
}

bool statement_manages_transaction(const char *text, int encoding)
{
    /* Transaction control, then what refuses to run in a block.  DROP SYSTEM and the like do not
     * exist; psql lists them because it tests DROP and REINDEX together. */
    static const char *const phrases[] = {
        "abort",
        "begin",
        "start",
        "commit",
        "end",
        "rollback",
        "prepare transaction",
        "vacuum",
        "create database",
        "create tablespace",
        "create index concurrently",
        "create unique index concurrently",
        "alter system",
        "drop database",
        "drop system",
        "drop tablespace",
        "drop index concurrently",
        "drop table concurrently",
        "reindex database",
        "reindex system",
        "reindex tablespace",
        "reindex index concurrently",
        "reindex table concurrently",
        "discard all",
    };
    Lead lead = {text, strlen(text), 0, encoding};
    size_t i;

    skip_white(&lead); /* once, not for every phrase: comments can be long */
    for (i = 0; i < lengthof(phrases); i++)
        if (phrase_follows(lead, phrases[i]))
            return true;
    if (!phrase_follows(lead, "cluster"))
        return false;
    /* only CLUSTER with no table's name refuses */
    lead_word(&lead);
    return lead_word(&lead).len == 0;
}

bool statement_is_select(const char *text, int encoding)
{
    Lead lead = {text, strlen(text), 0, encoding};

    skip_white(&lead);
    while (lead.at < lead.len && text[lead.at] == '(') {
        lead.at++;
        skip_white(&lead);
    }
    return phrase_follows(lead, "select") || phrase_follows(lead, "values");
}

StatementKind statement_kind(const char *text, size_t len)
{
    Lead lead = {text, len, 0, ENCODING_UTF8};
    Word words[3];
    size_t count = 0;

    skip_white(&lead);
    if (lead.at == len || text[lead.at] == ';')
        return STATEMENT_EMPTY;
    if (phrase_follows(lead, "begin") || phrase_follows(lead, "start transaction"))
        return STATEMENT_BEGIN;
    if (phrase_follows(lead, "prepare transaction"))
        return STATEMENT_END;
    while (count < lengthof(words) && (words[count] = lead_word(&lead)).len)
        count++;
    return words_end_transaction(text, words, count) ? STATEMENT_END : STATEMENT_OTHER;
}
