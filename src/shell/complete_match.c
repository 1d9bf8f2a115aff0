/*
 * complete_match.c — finds the rule for the words before the cursor and lists what it offers.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"

/* In this order: what a whole statement says comes before what a few last words say. */
static const CompleteRule *const rule_tables[] = {complete_rules_create, complete_rules_alter,
                                                  complete_rules_drop, complete_rules_misc,
                                                  complete_rules_query};

enum { TAIL_MAX = 40, OFFER_WORDS_MAX = 4 };

/* ---- patterns ----------------------------------------------------------------------------------- */

/* Words that begin a clause: WORD... does not reach beyond them. */
static const char clause_words[] =
    "SELECT|FROM|WHERE|GROUP|ORDER|HAVING|LIMIT|OFFSET|WINDOW|UNION|INTERSECT|EXCEPT|SET|"
    "VALUES|"
    "RETURNING|JOIN|ON|USING|(|INTO|WITH|UPDATE|DELETE|INSERT|FETCH|FOR";

/* word is one of the alternatives in list[0, len), separated by bars. */
static bool is_alternative(const char *word, const char *list, size_t len, bool exact)
{
    size_t n = strlen(word);

    for (size_t at = 0; at <= len;) {
        const char *bar = memchr(list + at, '|', len - at);
        size_t end = bar ? (size_t)(bar - list) : len;

        if (end - at == n &&
            (exact ? strncmp(word, list + at, n) : ascii_ncasecmp(word, list + at, n)) == 0)
            return true;
        at = end + 1;
    }
    return false;
}

typedef struct Match {
    const StrList *words;
    size_t count;
    bool exact; /* case matters */
    const char *captured;
} Match;

static bool match_from(Match *match, const char *pattern, size_t at);

/* The pattern's word is WORD... : the rest of the words belong to that clause. */
static bool match_clause(const Match *match, const char *pattern, size_t len, size_t at,
                         const char *rest)
{
    size_t end = match->count;

    if (at >= end || !is_alternative(match->words->items[at], pattern, len, match->exact))
        return false;
    /* Behind it only a comma may be asked for. */
    if (*rest == ',') {
        if (at + 1 >= end || strcmp(match->words->items[end - 1], ",") != 0)
            return false;
        end--;
    }
    for (size_t i = at + 1; i < end; i++)
        if (is_alternative(match->words->items[i], clause_words, sizeof clause_words - 1,
                           false))
            return false;
    return true;
}

static bool match_any_number(Match *match, const char *rest, size_t at)
{
    /* A new item of a list is nothing that a pattern's end says anything about. */
    if (!*rest && match->count > at && strcmp(match->words->items[match->count - 1], ",") == 0)
        return false;
    for (; at <= match->count; at++)
        if (match_from(match, rest, at))
            return true;
    return false;
}

/* [A B]: with it, else without. */
static bool match_optional(Match *match, const char *pattern, size_t at)
{
    const char *end = strchr(pattern, ']');
    char *with = xasprintf("%.*s%s", (int)(end - pattern - 1), pattern + 1, end + 1);
    bool found = match_from(match, with, at);

    free(with);
    return found || match_from(match, end + 1 + strspn(end + 1, " "), at);
}

/* The pattern describes exactly the words from `at` on. */
static bool match_from(Match *match, const char *pattern, size_t at)
{
    size_t len = strcspn(pattern, " ");
    const char *rest = pattern + len + strspn(pattern + len, " ");
    const char *word;

    if (!len)
        return at == match->count;
    if (*pattern == '[')
        return match_optional(match, pattern, at);
    if (len == 3 && strncmp(pattern, "...", 3) == 0)
        return match_any_number(match, rest, at);
    if (len > 3 && strncmp(pattern + len - 3, "...", 3) == 0)
        return match_clause(match, pattern, len - 3, at, rest);
    if (at >= match->count)
        return false;
    word = match->words->items[at];
    if (*pattern == '!' && len > 1) {
        if (is_alternative(word, pattern + 1, len - 1, match->exact))
            return false;
    } else if (len == 1 && *pattern == '@') {
        match->captured = word;
    } else if (!(len == 1 && *pattern == '_') &&
               !is_alternative(word, pattern, len, match->exact)) {
        return false;
    }
    return match_from(match, rest, at + 1);
}

bool rule_matches(const char *when, const StrList *words, size_t count, bool exact,
                  const char **captured)
{
    Match match = {words, count, exact, NULL};
    bool found = false;

    if (*when == '^') {
        found = match_from(&match, when + 1 + strspn(when + 1, " "), 0);
    } else {
        size_t least = count > TAIL_MAX ? count - TAIL_MAX : 0;

        for (size_t at = count + 1; at-- > least && !found;)
            found = match_from(&match, when, at);
    }
    *captured = found ? match.captured : NULL;
    return found;
}

static const CompleteRule *find_rule(const StrList *words, size_t count, bool anchored,
                                     const char **captured)
{
    for (size_t t = 0; t < lengthof(rule_tables); t++)
        for (const CompleteRule *rule = rule_tables[t]; rule->when; rule++)
            if ((*rule->when == '^' || !anchored) &&
                rule_matches(rule->when, words, count, false, captured))
                return rule;
    return NULL;
}

static bool behind_comma(const StrList *words)
{
    return words->len > 1 && strcmp(words->items[words->len - 1], ",") == 0;
}

/* Behind a comma fits what fitted at the beginning of the list: first as the whole statement
 * says, then as a rule for the comma says, then as the words in front of the list say. */
static const CompleteRule *find_rule_for_next(const StrList *words, size_t count,
                                              const char **captured)
{
    size_t before = words_before_item(words, count - 1);
    const CompleteRule *rule = find_rule(words, before, true, captured);

    if (!rule)
        rule = find_rule(words, count, false, captured);
    return rule ? rule : find_rule(words, before, false, captured);
}

/* ---- offers --------------------------------------------------------------------------------------- */

bool complete_begins(const char *candidate, const char *typed)
{
    return ascii_ncasecmp(candidate, typed, strlen(typed)) == 0;
}

/* COMP_KEYWORD_CASE: upper and lower always, preserve-... as the typed text's first letter. */
static bool wants_lower(const Shell *shell, const char *typed)
{
    switch (shell->set.comp_case) {
    case COMP_LOWER:
        return true;
    case COMP_UPPER:
        return false;
    case COMP_PRESERVE_LOWER:
        return !isalpha((unsigned char)*typed) || islower((unsigned char)*typed);
    default:
        return islower((unsigned char)*typed);
    }
}

static void add_keyword(Shell *shell, const char *text, size_t len, bool as_is,
                        const char *current, StrList *matches)
{
    char *word = xstrndup(text, len);
    bool lower = wants_lower(shell, current);

    if (!complete_begins(word, current)) {
        free(word);
        return;
    }
    for (char *p = word; *p && !as_is; p++)
        *p = lower ? fold_lower(*p) : fold_upper(*p);
    strlist_take(matches, word);
}

void complete_keyword(Shell *shell, const char *keyword, const char *current, StrList *matches)
{
    add_keyword(shell, keyword, strlen(keyword), false, current, matches);
}

/* Names of types that are not in the catalog, as they are keywords of the grammar. */
static const char type_keywords[] =
    "BIGINT, BOOLEAN, CHARACTER, DOUBLE PRECISION, INTEGER, REAL, SMALLINT";

static void add_source(Shell *shell, const char *name, size_t len, const char *captured,
                       const StrList *all, const char *current, StrList *matches)
{
    char *source = xstrndup(name, len);

    if (strcmp(source, "files") == 0)
        complete_file_literals(current, matches);
    else if (strcmp(source, "comma") == 0)
        add_keyword(shell, ",", 1, true, current, matches);
    else
        complete_objects(shell, source, captured, all, current, matches);
    if (strcmp(source, "types") == 0)
        complete_offer(shell, type_keywords, NULL, all, current, matches);
    free(source);
}

/* Adds the candidates that psql has too, or those that only we have. */
static void add_candidates(Shell *shell, const char *offer, bool ours, const char *captured,
                           const StrList *all, const char *current, StrList *matches)
{
    bool as_is = *offer == '~';

    for (const char *p = offer + (as_is ? 1 : 0); *p;) {
        const char *end = strstr(p, ", ");
        size_t len = end ? (size_t)(end - p) : strlen(p);
        size_t mark = *p == '?';

        if (ours != (mark == 1))
            ;
        else if (p[mark] == '@')
            add_source(shell, p + mark + 1, len - mark - 1, captured, all, current, matches);
        else
            add_keyword(shell, p + mark, len - mark, as_is, current, matches);
        p += len + (end ? 2 : 0);
    }
}

void complete_offer(Shell *shell, const char *offer, const char *captured, const StrList *all,
                    const char *current, StrList *matches)
{
    size_t before = matches->len;

    add_candidates(shell, offer, false, captured, all, current, matches);
    if (matches->len == before && *current)
        add_candidates(shell, offer, true, captured, all, current, matches);
}

/* Text behind the first `skip` words of a candidate, when these are the last words typed. */
static const char *rest_of_candidate(const char *p, size_t len, const StrList *words,
                                     size_t skip)
{
    const char *end = p + len;

    for (size_t i = words->len - skip; i < words->len; i++) {
        const char *space = memchr(p, ' ', (size_t)(end - p));

        if (!space || !is_alternative(words->items[i], p, (size_t)(space - p), false))
            return NULL;
        p = space + 1;
    }
    return p;
}

/* Of psql's candidates, or of ours: those that go on behind the words typed. */
static void add_rests(Shell *shell, const char *offer, bool ours, const StrList *words,
                      size_t skip, const char *current, StrList *matches)
{
    for (const char *p = offer; *p;) {
        const char *end = strstr(p, ", ");
        size_t len = end ? (size_t)(end - p) : strlen(p);
        size_t mark = *p == '?';
        const char *rest = p[mark] == '@'
                               ? NULL
                               : rest_of_candidate(p + mark, len - mark, words, skip);

        if (rest && ours == (mark == 1))
            add_keyword(shell, rest, len - (size_t)(rest - p), false, current, matches);
        p += len + (end ? 2 : 0);
    }
}

/* "IF" was typed where "IF EXISTS" is offered: "EXISTS" comes next. */
static void offer_rest(Shell *shell, const char *offer, const StrList *words, size_t skip,
                       const char *current, StrList *matches)
{
    size_t before = matches->len;

    add_rests(shell, offer, false, words, skip, current, matches);
    if (matches->len == before)
        add_rests(shell, offer, true, words, skip, current, matches);
}

/* "ALTER USER" knows what its last word is; for "DROP TABLE _" it may be any. */
static bool ends_with_keyword(const char *when)
{
    const char *last = strrchr(when, ' ');

    return last && isupper((unsigned char)last[1]) && last[strlen(last) - 1] != '.' &&
           last[strlen(last) - 1] != ']';
}

/* The last words typed are the beginning of a candidate of several words. */
static bool complete_begun(Shell *shell, const StrList *words, bool anchored,
                           const char *current, StrList *matches)
{
    const char *captured;

    for (size_t skip = OFFER_WORDS_MAX; skip > 0 && !matches->len; skip--) {
        const CompleteRule *rule = NULL;

        if (skip <= words->len)
            rule = find_rule(words, words->len - skip, anchored, &captured);
        if (rule)
            offer_rest(shell, rule->offer, words, skip, current, matches);
    }
    return matches->len > 0;
}

/* What a rule says about the whole statement comes before what one says about its last words. */
void complete_sql(Shell *shell, const StrList *words, const StrList *all, const char *current,
                  StrList *matches)
{
    const char *captured;
    const CompleteRule *rule = NULL;

    if (complete_begun(shell, words, true, current, matches)) {
        rule = find_rule(words, words->len, false, &captured);
        if (rule && ends_with_keyword(rule->when))
            complete_offer(shell, rule->offer, captured, all, current, matches);
        return;
    }
    if (!behind_comma(words))
        rule = find_rule(words, words->len, true, &captured);
    if (!rule && complete_begun(shell, words, false, current, matches))
        return;
    if (behind_comma(words))
        rule = find_rule_for_next(words, words->len, &captured);
    else if (!rule)
        rule = find_rule(words, words->len, false, &captured);
    if (rule)
        complete_offer(shell, rule->offer, captured, all, current, matches);
}
