/*
 * marks.c — marks between the statements of a file (shell.md section 7).
 *
 * The statements are found with psql's lexer, which reads quotes, dollar tags and bodies of functions
 * as the server's own scanner does; the mask of the contract differs from it in corners (dollars in
 * identifiers, letters in tags), where a mark would end up inside a string.  What does not lex to
 * its end cannot be trusted at all: the server will refuse it, and says where.
 *
 * A mark has one fixed form, so that it can be taken out again of whatever the server quotes: a whole
 * text, a statement, a line of it.  Nobody need know from which file a text came to do that.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libpq-fe.h>

#include "scan.h"

#define MARK_CALL "SELECT pg_temp._pgmi_mark("

void mark_list_free(MarkList *list)
{
    free(list->items);
    *list = (MarkList){0};
}

/* ---- finding the statements ------------------------------------------------------------------ */

/* A text while its statements are looked for. */
typedef struct Finding {
    const char *text;
    size_t len;
    size_t line;  /* offset of the line being read */
    size_t start; /* offset of the statement in the lexer's buffer */
    StrBuf statement;
    MarkList *list;
    PlaceCursor cursor;
} Finding;

static size_t skip_block_comment(const char *text, size_t len, size_t at)
{
    size_t depth = 0;

    while (at < len) {
        if (at + 1 < len && text[at] == '/' && text[at + 1] == '*') {
            depth++;
            at += 2;
        } else if (at + 1 < len && text[at] == '*' && text[at + 1] == '/') {
            at += 2;
            if (--depth == 0)
                break;
        } else {
            at++;
        }
    }
    return at;
}

/* Offset of the first token at or after `at`. */
static size_t first_token(const char *text, size_t len, size_t at)
{
    while (at < len) {
        if (sql_blank(text[at]) || text[at] == '\f')
            at++;
        else if (at + 1 < len && text[at] == '-' && text[at + 1] == '-')
            while (at < len && text[at] != '\n' && text[at] != '\r')
                at++;
        else if (at + 1 < len && text[at] == '/' && text[at + 1] == '*')
            at = skip_block_comment(text, len, at);
        else
            break;
    }
    return at;
}

/* The statement that was collected is over: notes it, unless nothing is in it. */
static void note_statement(Finding *finding)
{
    size_t at = first_token(finding->text, finding->len, finding->start);
    MarkList *list = finding->list;

    if (at >= finding->len || finding->text[at] == ';')
        return;
    if (list->len == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 8;
        list->items = xrealloc(list->items, list->cap * sizeof(*list->items));
    }
    place_advance(&finding->cursor, at);
    list->items[list->len++] = (Mark){(uint32_t)at, (uint32_t)finding->cursor.line,
                                      (uint32_t)finding->cursor.column};
}

/* Goes on in the line that was fed; the first thing kept of a statement says where it starts. */
static LexResult scan_on(Finding *finding, Lexer *lexer, LexOpen *open)
{
    bool fresh = finding->statement.len == 0;
    LexResult result = lexer_scan(lexer, &finding->statement, open);
    size_t count;
    const LexPlace *places = lexer_places(lexer, &count);

    if (fresh && finding->statement.len && count)
        finding->start = finding->line + places[0].column - 1;
    return result;
}

/* Reads one line.  False: *verdict says what stands in the way. */
static bool read_line(Finding *finding, Lexer *lexer, LexOpen *open, MarkVerdict *verdict)
{
    for (;;) {
        LexResult result = scan_on(finding, lexer, open);

        if (result == LEX_BACKSLASH) {
            *verdict = MARKS_BACKSLASH;
            return false;
        }
        if (result != LEX_SEMICOLON)
            return true;
        note_statement(finding);
        if (lexer_count_copy_from_stdin(lexer)) {
            *verdict = MARKS_COPY_DATA;
            return false;
        }
        strbuf_reset(&finding->statement);
        lexer_reset(lexer);
    }
}

/* What the end of the text leaves open. */
static MarkVerdict end_of_text(Finding *finding, Lexer *lexer, LexOpen open)
{
    if ((open != OPEN_NOTHING && open != OPEN_STATEMENT) || lexer_mark(lexer).begin_depth)
        return MARKS_OPEN;
    if (finding->statement.len)
        note_statement(finding);
    if (lexer_count_copy_from_stdin(lexer))
        return MARKS_COPY_DATA;
    return finding->list->len ? MARKS_FOUND : MARKS_NONE;
}

MarkVerdict marks_find(const char *text, size_t len, bool std_strings, MarkList *list)
{
    Finding finding = {.text = text,
                       .len = len,
                       .statement = STRBUF_INIT,
                       .list = list,
                       .cursor = {text, 0, 1, 1}};
    Lexer *lexer = lexer_new(&lexer_plain_hooks);
    MarkVerdict verdict = MARKS_NONE;
    LexOpen open = OPEN_NOTHING;
    bool going = true;

    *list = (MarkList){0};
    while (finding.line < len && going) {
        const char *feed = memchr(text + finding.line, '\n', len - finding.line);
        size_t end = feed ? (size_t)(feed - text) : len;

        if (finding.statement.len)
            strbuf_addc(&finding.statement, '\n');
        lexer_feed(lexer, text + finding.line, end - finding.line, pg_char_to_encoding("UTF8"),
                   std_strings, 0);
        going = read_line(&finding, lexer, &open, &verdict);
        lexer_finish(lexer);
        finding.line = end + 1;
    }
    if (going)
        verdict = end_of_text(&finding, lexer, open);
    strbuf_free(&finding.statement);
    lexer_free(lexer);
    return verdict;
}

/* ---- putting marks in and taking them out ------------------------------------------------------ */

void marks_put(const char *text, size_t len, const MarkList *list, uint32_t file, size_t first,
               size_t last, size_t every, StrBuf *out)
{
    size_t done = 0;

    for (size_t i = first; i < last && i < list->len; i += every) {
        size_t at = list->items[i].offset;

        strbuf_addn(out, text + done, at - done);
        strbuf_addf(out, MARK_CALL "%u,%zu);", file, i);
        done = at;
    }
    strbuf_addn(out, text + done, len - done);
}

static size_t digits(const char *text, size_t len, size_t at)
{
    size_t from = at;

    while (at < len && ascii_digit(text[at]))
        at++;
    return at - from;
}

/* Length of the mark at `at`; 0: there is none. */
static size_t mark_length(const char *text, size_t len, size_t at)
{
    size_t end = at + strlen(MARK_CALL), n;

    if (end > len || memcmp(text + at, MARK_CALL, strlen(MARK_CALL)) != 0)
        return 0;
    n = digits(text, len, end);
    end += n;
    if (!n || end == len || text[end++] != ',')
        return 0;
    n = digits(text, len, end);
    end += n;
    if (!n || len - end < 2 || text[end] != ')' || text[end + 1] != ';')
        return 0;
    return end + 2 - at;
}

/* Offset of the next mark at or after `at`, and its length; `len` and 0 when there is none. */
static size_t next_mark(const char *text, size_t len, size_t at, size_t *length)
{
    while (at < len) {
        const char *found = memmem(text + at, len - at, MARK_CALL, strlen(MARK_CALL));

        if (!found)
            break;
        at = (size_t)(found - text);
        *length = mark_length(text, len, at);
        if (*length)
            return at;
        at++;
    }
    *length = 0;
    return len;
}

/* Characters in [from, to): bytes that do not continue one. */
static long characters(const char *text, size_t from, size_t to)
{
    long count = 0;

    for (; from < to; from++)
        count += ((unsigned char)text[from] & 0xC0) != 0x80;
    return count;
}

bool marks_remove(const char *text, size_t len, long *position, StrBuf *out)
{
    long left = position && *position > 0 ? *position : 0; /* still to go, counted from 1 */
    long moved = 0;
    size_t at = 0, length;
    bool any = false;

    while (at < len) {
        size_t mark = next_mark(text, len, at, &length);
        long before = left ? characters(text, at, mark) : 0;

        strbuf_addn(out, text + at, mark - at);
        if (left > before) { /* behind this mark, or in it: then at what follows it */
            long inside = left - before - 1;

            moved += inside < (long)length ? inside : (long)length;
            left = inside < (long)length ? 1 : left - before - (long)length;
        } else {
            left = 0;
        }
        any = any || length;
        at = mark + length;
    }
    if (position && *position > 0)
        *position -= moved;
    return any;
}

/* ---- statements that must stay alone -------------------------------------------------------------- */

static bool has_word(const char *mask, size_t len, const char *lower)
{
    size_t at = 0;
    Word word;

    while (mask_word(mask, len, &at, &word))
        if (word_is(mask, &word, lower))
            return true;
    return false;
}

bool statement_returns_rows(const char *text, size_t len)
{
    static const char *const rows[] = {"select", "values", "table",   "with",
                                       "show",   "fetch",  "explain", "execute"};
    char *mask = sql_mask(text, len);
    size_t at = 0;
    Word word = {0, 0};
    bool found = false;

    if (mask_word(mask, len, &at, &word)) {
        for (size_t i = 0; i < lengthof(rows) && !found; i++)
            found = word_is(mask, &word, rows[i]);
        found = found || ((word_is(mask, &word, "insert") || word_is(mask, &word, "update") ||
                           word_is(mask, &word, "delete") || word_is(mask, &word, "merge")) &&
                          has_word(mask, len, "returning"));
    }
    free(mask);
    return found;
}
