/*
 * complete.c — tab completion: what kind of place is the cursor in, and who knows what fits.
 */
#include "complete.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void completion_free(Completion *completion)
{
    strlist_free(&completion->matches);
}

/* ---- inside a string --------------------------------------------------------------------------- */

/* Words behind which a string is a file's name. */
static const CompleteRule string_rules[] = {
    {"^ COPY _ FROM|TO", "@files"},
    {"^ COPY _ () FROM|TO", "@files"},
    {"^ COPY () TO", "@files"},
    {"^ LOAD", "@files"},
    {"LOCATION", "@files"},
    {"^ ALTER TYPE @ RENAME VALUE", "@enum_literals_of"},
    {"^ ALTER TYPE @ ADD VALUE [IF NOT EXISTS] _ BEFORE|AFTER", "@enum_literals_of"},
    {"TIMEZONE =|TO", "@timezones"},
    {"TIME ZONE", "@timezones"},
    {"^ ALTER EXTENSION @ UPDATE TO", "@extension_versions_of"},
    {"^ CREATE EXTENSION [IF NOT EXISTS] @ [WITH] VERSION", "@extension_versions_of"},
    {"ENCODING [=]", "@encoding_literals"},
    {NULL, NULL},
};

static void complete_in_string(Shell *shell, Words *words, Completion *completion)
{
    const char *captured;

    for (const CompleteRule *rule = string_rules; rule->when; rule++) {
        if (!rule_matches(rule->when, &words->list, words->list.len, false, &captured))
            continue;
        if (strcmp(rule->offer, "@files") == 0) {
            complete_file_names(words->current, completion);
        } else {
            complete_offer(shell, rule->offer, captured, &words->list, words->current,
                           &completion->matches);
            completion->suffix = ' ';
            completion->literals = true;
        }
        return;
    }
}

/* ---- SQL ------------------------------------------------------------------------------------ */

/* The words of the whole statement, those behind the cursor too: SELECT | FROM t. */
static void scan_whole(const char *text, const char *rest, StrList *all)
{
    char *whole = xasprintf("%s %.*s ", text, (int)strcspn(rest, ";"), rest);
    Words words;

    words_scan(whole, strlen(whole), &words);
    *all = words.list;
    words.list = (StrList)STRLIST_INIT;
    words_free(&words);
    free(whole);
}

/* What psql completes where its quote was not typed. */
static bool may_be_bare(const char *offer)
{
    return strcmp(offer, "@files") == 0 || strcmp(offer, "@timezones") == 0;
}

/*
 * COPY t FROM dir/na: the name of a file that is not quoted yet.  The scanner takes it for operators
 * and names; what is put in its place is quoted, as in psql.  So is Europe/Berl behind TIME ZONE.
 */
static bool complete_bare(Shell *shell, const Words *words, const char *text,
                          Completion *completion)
{
    size_t len = strlen(text), start = len;
    const char *captured;
    const char *source = NULL;
    Words before;

    while (start && !isspace((unsigned char)text[start - 1]))
        start--;
    if (start > words->start)
        return false;
    words_scan(text, start, &before);
    for (const CompleteRule *rule = string_rules; rule->when && !source; rule++)
        if (before.place == PLACE_SQL && may_be_bare(rule->offer) &&
            rule_matches(rule->when, &before.list, before.list.len, false, &captured))
            source = rule->offer;
    if (source && strcmp(source, "@files") == 0)
        complete_file_names(text + start, completion);
    else if (source && start < words->start)
        complete_offer(shell, source, captured, &before.list, text + start,
                       &completion->matches);
    words_free(&before);
    if (!completion->matches.len)
        return false; /* perhaps STDIN */
    completion->start -= words->start - start;
    completion->suffix = ' ';
    if (completion->files)
        completion->quote = '\'';
    return true;
}

static void complete_in_sql(Shell *shell, Words *words, const char *text, const char *rest,
                            Completion *completion)
{
    StrList all = STRLIST_INIT;

    if (complete_bare(shell, words, text, completion))
        return;
    scan_whole(text, rest, &all);
    words_fold_lists(&words->list);
    complete_sql(shell, &words->list, &all, words->current, &completion->matches);
    strlist_free(&all);
    completion->suffix = ' ';
    /* "schema." goes on, and so does "f(". */
    if (completion->matches.len == 1) {
        const char *only = completion->matches.items[0];

        if (*only && strchr(".(", only[strlen(only) - 1]))
            completion->suffix = 0;
    }
}

/* ---- the whole -------------------------------------------------------------------------------------- */

static void dispatch(Shell *shell, Words *words, const char *text, const char *rest,
                     Completion *completion)
{
    switch (words->place) {
    case PLACE_SQL:
        complete_in_sql(shell, words, text, rest, completion);
        break;
    case PLACE_STRING:
        complete_in_string(shell, words, completion);
        break;
    case PLACE_VARIABLE:
        complete_variable_reference(shell, words->current, &completion->matches);
        completion->suffix = ' ';
        break;
    case PLACE_SLASH:
        complete_slash(shell, words->current, completion);
        break;
    case PLACE_NOWHERE:
        break;
    }
}

void complete_text(Shell *shell, const char *query, const char *line, size_t point,
                   Completion *completion)
{
    size_t before = strlen(query) + 1;
    char *text;
    Words words;

    if (!*query && step_complete(shell, line, point, completion))
        return;
    text = xasprintf("%s\n%.*s", query, (int)point, line);
    words_scan(text, strlen(text), &words);
    if (words.start >= before) {
        completion->start = words.start - before;
        dispatch(shell, &words, text, line + point, completion);
        if (words.place == PLACE_SLASH)
            completion->start += words.start - before;
    }
    words_free(&words);
    free(text);
}
