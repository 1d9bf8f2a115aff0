/*
 * locate_changed.c — texts that were made of the project's files: several of them in one, a part of
 * one, one with parameters put in, or with a line in front.
 *
 * Both texts are cut into tokens, and the file's are followed through the text: equal tokens go
 * together; where they differ, the next three that agree are looked for.  A text belongs to a file
 * when most of the file is in it.  Then an error in an equal token has the exact column; one in
 * what was put in has the place of what stood there.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

enum {
    GRAM = 3,             /* tokens that must agree for a new start */
    MAX_TOKENS = 3000000, /* of the text: beyond this nothing is looked for */
    MIN_PERCENT = 60,     /* of a file's tokens that must be in the text */
    LOOK_AHEAD = 200,     /* tokens of the file that may be missing in one place */
    MAX_STARTS = 64       /* places where a file may begin in the text that are tried */
};

typedef struct Token {
    size_t at;
    uint32_t len, hash;
} Token;

typedef struct Tokens {
    const char *text;
    Token *items;
    size_t count, cap;
} Tokens;

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Behind the comment that begins here; `at` itself where none does.  Comments are no tokens, as they
 * may have been taken out. */
static size_t behind_comment(const char *text, size_t at, size_t len)
{
    const char *end;
    int depth = 0;

    if (len - at < 2)
        return at;
    if (text[at] == '-' && text[at + 1] == '-') {
        end = memchr(text + at, '\n', len - at);
        return end ? (size_t)(end - text) : len;
    }
    if (text[at] != '/' || text[at + 1] != '*')
        return at;
    for (; at + 1 < len; at++) {
        if (text[at] == '/' && text[at + 1] == '*') {
            depth++;
            at++;
        } else if (text[at] == '*' && text[at + 1] == '/') {
            depth--;
            at++;
            if (!depth)
                return at + 1;
        }
    }
    return len;
}

static Tokens tokens_of(const char *text, size_t len)
{
    Tokens tokens = {.text = text};
    bool in_string = false;

    for (size_t at = 0; at < len;) {
        size_t start = at;
        uint32_t hash = 2166136261u;

        if (isspace((unsigned char)text[at])) {
            at++;
            continue;
        }
        if (!in_string && (at = behind_comment(text, at, len)) != start)
            continue;
        in_string = in_string != (text[at] == '\'');
        do
            hash = (hash ^ (unsigned char)text[at++]) * 16777619u;
        while (at < len && word_char(text[start]) && word_char(text[at]));
        if (tokens.count == tokens.cap) {
            tokens.cap = tokens.cap ? 2 * tokens.cap : 256;
            tokens.items = xrealloc(tokens.items, tokens.cap * sizeof(Token));
        }
        tokens.items[tokens.count++] = (Token){start, (uint32_t)(at - start), hash};
    }
    return tokens;
}

/* ---- the text's index: where three tokens in a row occur ------------------------------------ */

typedef struct Index {
    Tokens text;
    uint32_t *heads; /* by hash of a gram: first position + 1 */
    uint32_t *next;  /* position -> the next one of the same bucket + 1 */
    size_t mask;
} Index;

static uint32_t gram_hash(const Token *token)
{
    return (token[0].hash * 31 + token[1].hash) * 31 + token[2].hash;
}

static void index_build(Index *index, const char *text)
{
    size_t size = 1024;

    index->text = tokens_of(text, strlen(text));
    while (size < index->text.count)
        size *= 2;
    index->mask = size - 1;
    index->heads = xcalloc(size, sizeof(uint32_t));
    index->next = xcalloc(index->text.count + 1, sizeof(uint32_t));
    for (size_t i = index->text.count < GRAM ? 0 : index->text.count - GRAM + 1; i-- > 0;) {
        uint32_t *head = &index->heads[gram_hash(&index->text.items[i]) & index->mask];

        index->next[i] = *head;
        *head = (uint32_t)i + 1;
    }
}

static void index_free(Index *index)
{
    free(index->text.items);
    free(index->heads);
    free(index->next);
}

static bool same(const Tokens *a, size_t i, const Tokens *b, size_t j)
{
    const Token *x = &a->items[i], *y = &b->items[j];

    return x->hash == y->hash && x->len == y->len &&
           memcmp(a->text + x->at, b->text + y->at, x->len) == 0;
}

static bool same_gram(const Tokens *a, size_t i, const Tokens *b, size_t j)
{
    for (size_t k = 0; k < GRAM; k++)
        if (!same(a, i + k, b, j + k))
            return false;
    return true;
}

/* First position at or behind `from` of the text where the file's gram j occurs; SIZE_MAX. */
static size_t gram_behind(const Index *index, size_t from, const Tokens *file, size_t j)
{
    uint32_t at = index->heads[gram_hash(&file->items[j]) & index->mask];

    for (int tries = 0; at && tries < 2000; at = index->next[at - 1], tries++)
        if (at - 1 >= from && same_gram(&index->text, at - 1, file, j))
            return at - 1;
    return SIZE_MAX;
}

/* ---- one file against the text -------------------------------------------------------------- */

/* Tokens [text, text + len) of the text are tokens [file, file + len) of the file. */
typedef struct Run {
    size_t text, file, len;
} Run;

typedef struct Match {
    const Source *source;
    Run *runs;
    size_t count, cap;
    size_t matched, of; /* tokens */
} Match;

/* A run is linear in bytes too: other blanks between two tokens begin a new one. */
static void add_run(Match *match, const Tokens *text, size_t i, const Tokens *file, size_t j)
{
    Run *last = match->count ? &match->runs[match->count - 1] : NULL;

    match->matched++;
    if (last && last->text + last->len == i && last->file + last->len == j &&
        text->items[i].at - text->items[i - 1].at ==
            file->items[j].at - file->items[j - 1].at) {
        last->len++;
        return;
    }
    if (match->count == match->cap) {
        match->cap = match->cap ? 2 * match->cap : 16;
        match->runs = xrealloc(match->runs, match->cap * sizeof(Run));
    }
    match->runs[match->count++] = (Run){i, j, 1};
}

/* Where text and file agree again.  At the file's end a single token will do. */
static bool resume(const Index *index, const Tokens *file, size_t *i, size_t *j)
{
    size_t near = SIZE_MAX, near_j = 0;

    for (size_t k = *j; k + GRAM <= file->count && k < *j + LOOK_AHEAD; k++) {
        size_t at = gram_behind(index, *i, file, k);

        /* the nearest in both together */
        if (at != SIZE_MAX && (near == SIZE_MAX || at + k < near + near_j)) {
            near = at;
            near_j = k;
        }
        if (near != SIZE_MAX && k - *j > near + near_j - *i - *j)
            break;
    }
    if (near == SIZE_MAX)
        return false;
    *i = near;
    *j = near_j;
    return true;
}

/* Follows the file from where its token j is the text's token i. */
static void follow(const Index *index, const Tokens *file, size_t i, size_t j, Match *match)
{
    match->of = file->count;
    while (i < index->text.count && j < file->count) {
        if (same(&index->text, i, file, j)) {
            add_run(match, &index->text, i, file, j);
            i++;
            j++;
        } else if (!resume(index, file, &i, &j)) {
            /* the last tokens, too few for a gram */
            for (size_t k = 0; j + GRAM >= file->count && k < 24 && i + k < index->text.count;
                 k++)
                if (same(&index->text, i + k, file, file->count - 1)) {
                    add_run(match, &index->text, i + k, file, file->count - 1);
                    return;
                }
            return;
        }
    }
}

/* Files begin alike, and a text may hold many: the start that matches most is the right one. */
static void follow_best(const Index *index, const Tokens *file, Match *best)
{
    size_t starts = 0;

    best->of = file->count;
    for (size_t j = 0; j + GRAM <= file->count && j < LOOK_AHEAD && starts < MAX_STARTS; j++) {
        size_t at = 0;
        bool met = false;

        while (starts < MAX_STARTS && (at = gram_behind(index, at, file, j)) != SIZE_MAX) {
            Match match = {.source = best->source};

            follow(index, file, at++, j, &match);
            starts++;
            met = true;
            if (match.matched > best->matched) {
                free(best->runs);
                *best = match;
            } else {
                free(match.runs);
            }
            if (best->matched == file->count)
                return;
        }
        if (met && best->matched * 100 >= file->count * MIN_PERCENT)
            return;
    }
}

/* Most of the file, or, where much was taken out or put in, most of the text and a good part of
 * the file: its comments may be gone. */
static bool good(const Match *match)
{
    const Run *last = match->count ? &match->runs[match->count - 1] : NULL;
    size_t span = last ? last->text + last->len - match->runs[0].text : 0;

    if (!match->of || match->matched < GRAM)
        return false;
    return match->matched * 100 >= match->of * MIN_PERCENT ||
           (match->matched >= 8 && match->matched * 100 >= span * 70 &&
            match->matched * 100 >= match->of * 35);
}

/* ---- all files ------------------------------------------------------------------------------ */

typedef struct MatchList {
    Match *items;
    size_t count, cap;
} MatchList;

static int by_matched(const void *a, const void *b)
{
    const Match *x = a, *y = b;

    return x->matched < y->matched ? 1 : x->matched > y->matched ? -1 : 0;
}

static MatchList match_files(Locator *loc, const Index *index)
{
    MatchList list = {0};

    for (size_t i = 0; i < loc->project->file_count; i++) {
        const Source *source = loc->project->files[i].role != FILE_TEST_OTHER
                                   ? locator_file(loc, i)
                                   : NULL;
        Match match = {.source = source};
        Tokens file;

        if (!source || source->len > 4 * strlen(index->text.text) + 1000)
            continue;
        file = tokens_of(source->text, source->len);
        follow_best(index, &file, &match);
        for (size_t k = 0; k < match.count; k++) /* from tokens to bytes, in the file */
            match.runs[k].file = file.items[match.runs[k].file].at;
        free(file.items);
        if (!good(&match)) {
            free(match.runs);
            continue;
        }
        if (list.count == list.cap) {
            list.cap = list.cap ? 2 * list.cap : 8;
            list.items = xrealloc(list.items, list.cap * sizeof(Match));
        }
        list.items[list.count++] = match;
    }
    if (list.count)
        qsort(list.items, list.count, sizeof(Match), by_matched);
    return list;
}

static bool overlaps(const Match *a, const Match *b)
{
    const Run *a_last = &a->runs[a->count - 1], *b_last = &b->runs[b->count - 1];

    return a->runs[0].text < b_last->text + b_last->len &&
           b->runs[0].text < a_last->text + a_last->len;
}

static int by_place(const void *a, const void *b)
{
    const Match *x = *(const Match *const *)a, *y = *(const Match *const *)b;

    return x->runs[0].text < y->runs[0].text ? -1 : 1;
}

/* Stretches of one file.  Behind a run, up to the next, stands what was put in instead. */
static void map_match(Passage *passage, const Tokens *text, const Match *match)
{
    for (size_t k = 0; k < match->count; k++) {
        const Run *run = &match->runs[k];
        const Token *last = &text->items[run->text + run->len - 1];
        size_t from = text->items[run->text].at;
        size_t behind = run->file + (last->at + last->len - from);

        passage_map(passage, from, match->source, run->file, false);
        if (k + 1 == match->count) {
            passage_map(passage, last->at + last->len, NULL, 0, true);
        } else {
            while (behind < match->source->len &&
                   isspace((unsigned char)match->source->text[behind]))
                behind++;
            passage_map(passage, last->at + last->len, match->source, behind, true);
        }
    }
}

/* The best match of each part of the text. */
static Passage *map_matches(Locator *loc, const Index *index, MatchList *list)
{
    const Match **taken = xcalloc(list->count + 1, sizeof(Match *));
    Passage *passage = NULL;
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        bool free_place = true;

        for (size_t k = 0; k < count && free_place; k++)
            free_place = !overlaps(taken[k], &list->items[i]);
        if (free_place)
            taken[count++] = &list->items[i];
    }
    if (count) {
        qsort(taken, count, sizeof(Match *), by_place);
        passage = passage_new(loc, index->text.text, strlen(index->text.text));
        for (size_t k = 0; k < count; k++)
            map_match(passage, &index->text, taken[k]);
    }
    free(taken);
    return passage;
}

/* ---- a part of one file --------------------------------------------------------------------- */

/* Are these whole statements of the file? */
static bool whole_statements(const Source *source, size_t at, size_t len)
{
    char *mask = sql_mask(source->text, source->len);
    size_t before = at, behind = at + len;
    bool whole;

    while (before > 0 && isspace((unsigned char)mask[before - 1]))
        before--;
    while (behind < source->len && isspace((unsigned char)mask[behind]))
        behind++;
    whole = (before == 0 || mask[before - 1] == ';') &&
            (behind == source->len || mask[behind] == ';' || mask[at + len - 1] == ';');
    free(mask);
    return whole;
}

static Passage *part_of_file(Locator *loc, const char *text)
{
    size_t lead = strspn(text, " \t\r\n"), len = strlen(text + lead);
    const Source *found = NULL;
    size_t at = 0;
    Passage *passage;

    while (len && isspace((unsigned char)text[lead + len - 1]))
        len--;
    if (len < 8)
        return NULL;
    for (size_t i = 0; i < loc->project->file_count; i++) {
        const Source *source = loc->project->files[i].role != FILE_TEST_OTHER
                                   ? locator_file(loc, i)
                                   : NULL;
        const char *hit = source ? memmem(source->text, source->len, text + lead, len) : NULL;

        if (!hit || !whole_statements(source, (size_t)(hit - source->text), len))
            continue;
        if (found ||
            memmem(hit + 1, source->len - (size_t)(hit + 1 - source->text), text + lead, len))
            return NULL; /* in more than one place */
        found = source;
        at = (size_t)(hit - source->text);
    }
    if (!found)
        return NULL;
    passage = passage_new(loc, text, strlen(text));
    passage_map(passage, lead, found, at, false);
    return passage;
}

Passage *passage_of_changed(Locator *loc, const char *text)
{
    Passage *passage = part_of_file(loc, text);
    Index index;
    MatchList list;

    if (passage)
        return passage;
    index_build(&index, text);
    if (index.text.count >= GRAM && index.text.count < MAX_TOKENS) {
        list = match_files(loc, &index);
        passage = map_matches(loc, &index, &list);
        for (size_t i = 0; i < list.count; i++)
            free(list.items[i].runs);
        free(list.items);
    }
    index_free(&index);
    return passage;
}
