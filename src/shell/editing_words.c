/*
 * editing_words.c — moving, deleting and changing by words, and what was deleted put back.
 *
 * libedit has functions for all of it, but its words are others (a_b is one), its ^W deletes such
 * words and not up to a blank, and of two deletions in a row it keeps the second only.  Hands that
 * know readline notice each of these.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

typedef struct Line {
    const wchar_t *text;
    size_t len, cursor;
} Line;

static Line line_of(EditLine *el)
{
    const LineInfoW *info = el_wline(el);

    return (Line){info->buffer, (size_t)(info->lastchar - info->buffer),
                  (size_t)(info->cursor - info->buffer)};
}

static Editing *editing_of(EditLine *el)
{
    Editing *editing;

    el_get(el, EL_CLIENTDATA, &editing);
    return editing;
}

/* ---- where words end ---------------------------------------------------------------------------- */

static size_t word_end(const Line *line, size_t at)
{
    while (at < line->len && !iswalnum((wint_t)line->text[at]))
        at++;
    while (at < line->len && iswalnum((wint_t)line->text[at]))
        at++;
    return at;
}

static size_t word_start(const Line *line, size_t at)
{
    while (at && !iswalnum((wint_t)line->text[at - 1]))
        at--;
    while (at && iswalnum((wint_t)line->text[at - 1]))
        at--;
    return at;
}

static size_t behind_blank(const Line *line, size_t at)
{
    while (at && iswspace((wint_t)line->text[at - 1]))
        at--;
    while (at && !iswspace((wint_t)line->text[at - 1]))
        at--;
    return at;
}

static unsigned char move_to(EditLine *el, const Line *line, size_t at)
{
    el_cursor(el, (int)at - (int)line->cursor);
    return CC_REFRESH;
}

unsigned char editing_forward_word(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);

    return move_to(el, &line, word_end(&line, line.cursor));
}

unsigned char editing_backward_word(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);

    return move_to(el, &line, word_start(&line, line.cursor));
}

/* ---- deleting and putting back -------------------------------------------------------------------- */

/* Two deletions in a row are one text.  keys: length of the command's own key sequence. */
static void keep(Editing *editing, const wchar_t *text, size_t len, bool in_front, size_t keys)
{
    bool goes_on = editing->killed && editing->keys == editing->kill_key + keys;
    size_t old = goes_on ? wcslen(editing->killed) : 0;
    wchar_t *joined = xcalloc(old + len + 1, sizeof *joined);

    if (goes_on)
        wmemcpy(joined + (in_front ? len : 0), editing->killed, old);
    wmemcpy(joined + (in_front ? 0 : old), text, len);
    free(editing->killed);
    editing->killed = joined;
}

static unsigned char kill_range(EditLine *el, size_t from, size_t to, size_t keys)
{
    Editing *editing = editing_of(el);
    Line line = line_of(el);

    if (from != to)
        keep(editing, line.text + from, to - from, to == line.cursor && from < to, keys);
    editing->kill_key = editing->keys;
    move_to(el, &line, to);
    if (from != to)
        el_deletestr(el, (int)(to - from));
    return CC_REFRESH;
}

unsigned char editing_kill_line(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);

    return kill_range(el, line.cursor, line.len, 1);
}

unsigned char editing_discard_line(EditLine *el, int ch UNUSED)
{
    return kill_range(el, 0, line_of(el).cursor, 1);
}

unsigned char editing_rubout_word(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);

    return kill_range(el, behind_blank(&line, line.cursor), line.cursor, 1);
}

unsigned char editing_kill_word(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);

    return kill_range(el, line.cursor, word_end(&line, line.cursor), 2);
}

unsigned char editing_backward_kill_word(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);

    return kill_range(el, word_start(&line, line.cursor), line.cursor, 2);
}

unsigned char editing_yank(EditLine *el, int ch UNUSED)
{
    Editing *editing = editing_of(el);

    if (!editing->killed || el_winsertstr(el, editing->killed))
        return CC_ERROR;
    return CC_REFRESH;
}

/* ---- changing ------------------------------------------------------------------------------------------ */

typedef enum WordCase { CASE_UPPER, CASE_LOWER, CASE_TITLE } WordCase;

static unsigned char change_case(EditLine *el, WordCase to)
{
    Line line = line_of(el);
    size_t end = word_end(&line, line.cursor), len = end - line.cursor;
    wchar_t *text = xcalloc(len + 1, sizeof *text);
    bool inside = false;

    for (size_t i = 0; i < len; i++) {
        wint_t c = (wint_t)line.text[line.cursor + i];
        bool upper = to == CASE_UPPER || (to == CASE_TITLE && !inside);

        text[i] = (wchar_t)(upper ? towupper(c) : towlower(c));
        inside = iswalnum(c) != 0;
    }
    move_to(el, &line, end);
    if (len) {
        el_deletestr(el, (int)len);
        el_winsertstr(el, text);
    }
    free(text);
    return CC_REFRESH;
}

unsigned char editing_upcase_word(EditLine *el, int ch UNUSED)
{
    return change_case(el, CASE_UPPER);
}

unsigned char editing_downcase_word(EditLine *el, int ch UNUSED)
{
    return change_case(el, CASE_LOWER);
}

unsigned char editing_capitalize_word(EditLine *el, int ch UNUSED)
{
    return change_case(el, CASE_TITLE);
}

/* The character before the cursor goes behind the one on it; at the end the last two change places. */
unsigned char editing_transpose(EditLine *el, int ch UNUSED)
{
    Line line = line_of(el);
    size_t at = line.cursor == line.len ? line.cursor - 1 : line.cursor;
    wchar_t swapped[3] = {0};

    if (!line.cursor || line.len < 2)
        return CC_ERROR;
    swapped[0] = line.text[at];
    swapped[1] = line.text[at - 1];
    move_to(el, &line, at + 1);
    el_deletestr(el, 2);
    el_winsertstr(el, swapped);
    return CC_REFRESH;
}
