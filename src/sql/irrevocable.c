/*
 * irrevocable.c — statements that a rollback does not undo.
 *
 * A dry run must not send them, and a transaction of several statements cannot hold them: the server
 * refuses them inside a transaction block (PreventInTransactionBlock in its sources; each page of
 * its reference says so under Notes), or, as PREPARE TRANSACTION, they take the block out of
 * our hands.  Judged on the mask, so that comments and quotes do not matter.
 */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 64 };

typedef struct Words {
    const char *mask;
    Word items[MOST_WORDS];
    size_t count;
} Words;

static bool nth_is(const Words *words, size_t n, const char *lower)
{
    return n < words->count && word_is(words->mask, &words->items[n], lower);
}

/* Index of the first word of this spelling from n on; the count when there is none. */
static size_t find(const Words *words, size_t n, const char *lower)
{
    while (n < words->count && !word_is(words->mask, &words->items[n], lower))
        n++;
    return n;
}

static bool has(const Words *words, size_t n, const char *lower)
{
    return find(words, n, lower) < words->count;
}

/* The first words; "|" stands between those that will do at one place. */
static bool begins(const Words *words, const char *phrase)
{
    for (size_t n = 0; *phrase; n++) {
        size_t len = strcspn(phrase, " ");
        bool found = false;

        for (const char *p = phrase; p < phrase + len;) {
            size_t part = strcspn(p, "| ");

            found = found || (n < words->count && words->items[n].len == part &&
                              !ascii_ncasecmp(words->mask + words->items[n].start, p, part));
            p += part + (p[part] == '|');
        }
        if (!found)
            return false;
        phrase += len + (phrase[len] == ' ');
    }
    return true;
}

static bool plain_phrase(const Words *words)
{
    static const char *const phrases[] = {
        "vacuum",
        "create|drop database|tablespace",
        "create|drop index concurrently",
        "create unique index concurrently",
        "alter system",
        "discard all",
        "prepare transaction",
        "commit|rollback prepared",
        "drop subscription",
    };

    for (size_t i = 0; i < lengthof(phrases); i++)
        if (begins(words, phrases[i]))
            return true;
    return false;
}

/* REINDEX [ ( options ) ] TYPE [ CONCURRENTLY ] name; CONCURRENTLY may be an option as well. */
static bool reindex_form(const Words *words)
{
    size_t type = 1, behind = words->items[0].start + words->items[0].len;

    behind += strspn(words->mask + behind, " \t\r\n\f\v");
    if (words->mask[behind] == '(') {
        behind += strcspn(words->mask + behind, ")");
        while (type < words->count && words->items[type].start < behind)
            type++;
    }
    return has(words, 1, "concurrently") || nth_is(words, type, "database") ||
           nth_is(words, type, "schema") || nth_is(words, type, "system");
}

/* Those that are refused in some of their forms only. */
static bool some_form(const Words *words)
{
    size_t at;

    if (begins(words, "reindex"))
        return reindex_form(words);
    if (begins(words, "cluster")) /* of every table */
        return words->count == 1 || (words->count == 2 && nth_is(words, 1, "verbose"));
    if (begins(words, "alter table"))
        return has(words, 2, "detach") && nth_is(words, words->count - 1, "concurrently");
    if (begins(words, "create subscription")) /* not when nothing is done on the publisher */
        return !has(words, 2, "connect") && !has(words, 2, "create_slot");
    at = find(words, 2, "publication");
    if (begins(words, "alter subscription"))
        return at < words->count &&
               (nth_is(words, at - 1, "refresh") || !has(words, at + 1, "refresh"));
    at = find(words, 2, "set");
    return begins(words, "alter database") && nth_is(words, at + 1, "tablespace");
}

/* A procedure or block may end the transaction itself, where it runs outside a block. */
static bool may_commit(const Words *words, const char *text, size_t len)
{
    static const char *const hints[] = {"commit", "rollback", "call"};

    if (begins(words, "call"))
        return true;
    if (!begins(words, "do"))
        return false;
    for (size_t i = 0; i < lengthof(hints); i++)
        for (size_t at = 0, n = strlen(hints[i]); at + n <= len; at++)
            if (ascii_ncasecmp(text + at, hints[i], n) == 0)
                return true;
    return false;
}

static char *read_words(const char *text, size_t len, Words *words)
{
    char *mask = sql_mask(text, len);
    size_t at = 0;

    *words = (Words){.mask = mask};
    while (words->count < MOST_WORDS && mask_word(mask, len, &at, &words->items[words->count]))
        words->count++;
    return mask;
}

bool statement_irrevocable(const char *text, size_t len)
{
    Words words;
    char *mask = read_words(text, len, &words);
    bool irrevocable = plain_phrase(&words) || some_form(&words);

    free(mask);
    return irrevocable;
}

bool statement_needs_no_block(const char *text, size_t len)
{
    Words words;
    char *mask = read_words(text, len, &words);
    bool alone = plain_phrase(&words) || some_form(&words) || may_commit(&words, text, len);

    free(mask);
    return alone;
}
