/*
 * editing_move.c — moving in the line, and changing what is there: case, order.
 */
#include "editing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* ---- characters --------------------------------------------------------------------------------- */

static void forward_char(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        editing->point = edit_next(editing, editing->point);
    for (; count < 0; count++)
        editing->point = edit_before(editing, editing->point);
}

static void backward_char(Editing *editing, int count, unsigned char key)
{
    forward_char(editing, -count, key);
}

static void beginning_of_line(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->point = 0;
}

static void end_of_line(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->point = editing->text.len;
}

/* ---- words ----------------------------------------------------------------------------------------- */

static wint_t char_at(const Editing *editing, size_t at)
{
    const char *text = editing->text.data + at;
    mbstate_t state = {0};
    wchar_t c;
    size_t n = mbrtowc(&c, text, editing->text.len - at, &state);

    return n == (size_t)-1 || n == (size_t)-2 ? (wint_t)(unsigned char)*text : (wint_t)c;
}

static bool in_word(const Editing *editing, size_t at)
{
    return iswalnum(char_at(editing, at)) != 0;
}

size_t edit_word_end(const Editing *editing, size_t at)
{
    size_t len = editing->text.len;

    while (at < len && !in_word(editing, at))
        at = edit_next(editing, at);
    while (at < len && in_word(editing, at))
        at = edit_next(editing, at);
    return at;
}

size_t edit_word_start(const Editing *editing, size_t at)
{
    while (at && !in_word(editing, edit_before(editing, at)))
        at = edit_before(editing, at);
    while (at && in_word(editing, edit_before(editing, at)))
        at = edit_before(editing, at);
    return at;
}

static void forward_word(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        editing->point = edit_word_end(editing, editing->point);
    for (; count < 0; count++)
        editing->point = edit_word_start(editing, editing->point);
}

static void backward_word(Editing *editing, int count, unsigned char key)
{
    forward_word(editing, -count, key);
}

/* ---- changing case ------------------------------------------------------------------------------------ */

typedef enum WordCase { CASE_UPPER, CASE_LOWER, CASE_TITLE } WordCase;

static void add_changed(const Editing *editing, size_t at, bool upper, StrBuf *out)
{
    wint_t c = char_at(editing, at);
    wint_t to = upper ? towupper(c) : towlower(c);
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t n = to == c ? (size_t)-1 : wcrtomb(bytes, (wchar_t)to, &state);

    if (n == (size_t)-1)
        strbuf_addn(out, editing->text.data + at, edit_next(editing, at) - at);
    else
        strbuf_addn(out, bytes, n);
}

/* So many words from the cursor on; the cursor goes behind them, or stays if they are in front. */
static void change_case(Editing *editing, int count, WordCase to)
{
    size_t before = editing->point, from, end;
    StrBuf out = STRBUF_INIT;
    bool inside = false;

    forward_word(editing, count, 0);
    from = editing->point < before ? editing->point : before;
    end = editing->point < before ? before : editing->point;
    if (to == CASE_TITLE && count > 0)
        while (from < end && !in_word(editing, from))
            from = edit_next(editing, from);
    for (size_t at = from; at < end; at = edit_next(editing, at)) {
        add_changed(editing, at, to == CASE_UPPER || (to == CASE_TITLE && !inside), &out);
        inside = in_word(editing, at);
    }
    edit_group_begin(editing);
    edit_delete(editing, from, end);
    editing->point = from;
    edit_insert(editing, out.data, out.len);
    edit_group_end(editing);
    if (count < 0)
        editing->point = before;
    strbuf_free(&out);
}

static void upcase_word(Editing *editing, int count, unsigned char key UNUSED)
{
    change_case(editing, count, CASE_UPPER);
}

static void downcase_word(Editing *editing, int count, unsigned char key UNUSED)
{
    change_case(editing, count, CASE_LOWER);
}

static void capitalize_word(Editing *editing, int count, unsigned char key UNUSED)
{
    change_case(editing, count, CASE_TITLE);
}

/* ---- changing places ------------------------------------------------------------------------------------- */

/* [a, b) and [c, d) change places, and the cursor goes behind both. */
static void swap_ranges(Editing *editing, size_t a, size_t b, size_t c, size_t d)
{
    const char *text = editing->text.data;
    char *swapped = xasprintf("%.*s%.*s%.*s", (int)(d - c), text + c, (int)(c - b), text + b,
                              (int)(b - a), text + a);

    edit_group_begin(editing);
    edit_delete(editing, a, d);
    editing->point = a;
    edit_insert(editing, swapped, strlen(swapped));
    edit_group_end(editing);
    free(swapped);
}

/* The character before the cursor goes behind the one on it; at the end the last two change places. */
static void transpose_chars(Editing *editing, int count, unsigned char key UNUSED)
{
    size_t at = editing->point, before;
    char *moved;

    if (!at || edit_before(editing, editing->text.len) == 0) {
        edit_bell(editing);
        return;
    }
    if (at == editing->text.len) {
        at = edit_before(editing, at);
        count = 1;
    }
    before = edit_before(editing, at);
    moved = xstrndup(editing->text.data + before, at - before);
    edit_group_begin(editing);
    edit_delete(editing, before, at);
    editing->point = before;
    for (; count > 0; count--)
        editing->point = edit_next(editing, editing->point);
    edit_insert(editing, moved, strlen(moved));
    edit_group_end(editing);
    free(moved);
}

/* The word before the cursor changes places with the one behind or under it. */
static void transpose_words(Editing *editing, int count, unsigned char key UNUSED)
{
    size_t second_end, second, first, first_end, start = editing->point;

    second_end = start;
    for (int i = 0; i < count; i++)
        second_end = edit_word_end(editing, second_end);
    second = edit_word_start(editing, second_end);
    first = second;
    for (int i = 0; i < count; i++)
        first = edit_word_start(editing, first);
    first_end = edit_word_end(editing, first);
    if (first == second || second < first_end) {
        edit_bell(editing);
        return;
    }
    swap_ranges(editing, first, first_end, second, second_end);
}

/* ---- mark, search for a character ----------------------------------------------------------------------------- */

static void set_mark(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->mark = editing->point;
}

static void exchange_point_and_mark(Editing *editing, int count UNUSED,
                                    unsigned char key UNUSED)
{
    size_t mark = editing->mark;

    if (mark > editing->text.len) {
        edit_bell(editing);
        return;
    }
    editing->mark = editing->point;
    editing->point = mark;
}

static void search_character(Editing *editing, int count)
{
    char wanted[MB_LEN_MAX];
    size_t len = editing_read_char(editing, wanted), at = editing->point;

    while (len && count) {
        size_t next = count > 0 ? edit_next(editing, at) : edit_before(editing, at);

        if (next == at || next == editing->text.len) {
            edit_bell(editing);
            return;
        }
        at = next;
        if (editing->text.len - at >= len && memcmp(editing->text.data + at, wanted, len) == 0)
            count += count > 0 ? -1 : 1;
    }
    editing->point = at;
}

static void character_search(Editing *editing, int count, unsigned char key UNUSED)
{
    search_character(editing, count);
}

static void character_search_backward(Editing *editing, int count, unsigned char key UNUSED)
{
    search_character(editing, -count);
}

const EditCommand edit_commands_move[] = {
    {"backward-char", backward_char},
    {"backward-word", backward_word},
    {"beginning-of-line", beginning_of_line},
    {"capitalize-word", capitalize_word},
    {"character-search", character_search},
    {"character-search-backward", character_search_backward},
    {"downcase-word", downcase_word},
    {"end-of-line", end_of_line},
    {"exchange-point-and-mark", exchange_point_and_mark},
    {"forward-char", forward_char},
    {"forward-word", forward_word},
    {"set-mark", set_mark},
    {"transpose-chars", transpose_chars},
    {"transpose-words", transpose_words},
    {"upcase-word", upcase_word},
    {NULL, NULL},
};
