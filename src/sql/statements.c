/*
 * statements.c — walks a mask statement by statement (contract X6).  On the mask there are no
 * comments and nothing inside quotes, so words, parentheses and semicolons mean what they say.
 */
#include "scan.h"

#include <string.h>

static bool word_char(char c)
{
    return ascii_letter(c) || ascii_digit(c) || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

/* End of the run of word characters at `at`. */
static size_t run_end(const char *mask, size_t end, size_t at)
{
    while (at < end && word_char(mask[at]))
        at++;
    return at;
}

/* A run that starts with a digit or $ is a number or a parameter. */
static bool starts_word(char c)
{
    return word_char(c) && c != '$' && !ascii_digit(c);
}

bool mask_word(const char *mask, size_t end, size_t *at, Word *word)
{
    while (*at < end) {
        size_t start = *at;

        if (!word_char(mask[start])) {
            ++*at;
            continue;
        }
        *at = run_end(mask, end, start);
        if (starts_word(mask[start])) {
            *word = (Word){start, *at - start};
            return true;
        }
    }
    return false;
}

bool word_is(const char *text, const Word *word, const char *lower)
{
    return strlen(lower) == word->len && !ascii_ncasecmp(text + word->start, lower, word->len);
}

bool words_end_transaction(const char *text, const Word *words, size_t count)
{
    size_t next = 1;

    if (!count || !(word_is(text, words, "commit") || word_is(text, words, "end") ||
                    word_is(text, words, "rollback") || word_is(text, words, "abort")))
        return false;
    if (count > 1 &&
        (word_is(text, &words[1], "work") || word_is(text, &words[1], "transaction")))
        next = 2;
    return count == next || word_is(text, &words[next], "and");
}

/* What is known of the statement while it is read. */
typedef struct Reading {
    const char *mask;
    size_t depth;      /* of parentheses */
    Word words[3];     /* the first ones */
    size_t word_count; /* how many of them */
    Word last;         /* the word just before */
    bool atomic;       /* inside BEGIN ATOMIC */
    bool atomic_done;  /* its END was met: the next semicolon ends the statement */
    bool first_inner;  /* in the statement that BEGIN ATOMIC stands in */
    size_t cases;      /* CASEs open in that statement */
    size_t inner_words;
} Reading;

static bool only_blanks(const char *mask, size_t start, size_t end)
{
    while (start < end && sql_blank(mask[start]))
        start++;
    return start == end;
}

/* An END closes the body when it is the first word of a statement; in the very first one, which
 * shares its statement with BEGIN ATOMIC, when no CASE is waiting for it. */
static void read_atomic_word(Reading *reading, const Word *word, Piece *piece)
{
    bool end = word_is(reading->mask, word, "end");

    reading->inner_words++;
    if (reading->atomic_done)
        return;
    if (reading->first_inner && word_is(reading->mask, word, "case"))
        reading->cases++;
    if (!end)
        return;
    if (reading->first_inner && reading->cases) {
        reading->cases--;
    } else if (reading->first_inner || reading->inner_words == 1) {
        reading->atomic_done = true;
        piece->atomic_end = word->start;
    }
}

static void read_word(Reading *reading, const Word *word, Piece *piece)
{
    const Word *last = &reading->last;

    if (reading->atomic) {
        read_atomic_word(reading, word, piece);
        return;
    }
    if (reading->word_count && word_is(reading->mask, word, "atomic") &&
        word_is(reading->mask, last, "begin") &&
        only_blanks(reading->mask, last->start + last->len, word->start)) {
        reading->atomic = reading->first_inner = true;
        piece->atomic_start = word->start + word->len;
    }
    if (reading->word_count < lengthof(reading->words))
        reading->words[reading->word_count++] = *word;
    reading->last = *word;
}

/* True when this semicolon ends the statement. */
static bool read_semicolon(Reading *reading)
{
    if (reading->depth)
        return false;
    if (!reading->atomic || reading->atomic_done)
        return true;
    reading->first_inner = false;
    reading->inner_words = 0;
    return false;
}

/* Reads one character or word at `at`; returns the offset behind it. */
static size_t read_step(Reading *reading, size_t at, size_t len, Piece *piece, bool *ended)
{
    const char *mask = reading->mask;

    switch (mask[at]) {
    case '(':
        reading->depth++;
        break;
    case ')':
        reading->depth -= reading->depth > 0;
        break;
    case ';':
        *ended = read_semicolon(reading);
        return at + 1;
    default:
        if (word_char(mask[at])) {
            Word word = {at, run_end(mask, len, at) - at};

            if (starts_word(mask[at]))
                read_word(reading, &word, piece);
            piece->blank = false;
            return at + word.len;
        }
    }
    piece->blank = piece->blank && sql_blank(mask[at]);
    return at + 1;
}

bool mask_statement(const char *mask, size_t len, size_t *at, Piece *piece)
{
    Reading reading = {.mask = mask};
    bool ended = false;

    if (*at >= len)
        return false;
    *piece = (Piece){.start = *at, .blank = true};
    while (*at < len && !ended)
        *at = read_step(&reading, *at, len, piece, &ended);
    piece->end = *at;
    if (reading.atomic && !reading.atomic_done)
        piece->atomic_end = piece->end;
    piece->terminator = !reading.atomic &&
                        words_end_transaction(mask, reading.words, reading.word_count);
    return true;
}
