/*
 * editing_text.c — the line being edited: every change goes through here, so that it can be undone.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* So many characters typed one by one are undone in one go, as in readline. */
enum { TYPED_TOGETHER = 20 };

/* ---- what can be undone ------------------------------------------------------------------------ */

static UndoStep *add_step(Editing *editing, UndoKind kind, size_t start, size_t end)
{
    UndoList *undo = &editing->undo;

    if (undo->len == undo->cap) {
        undo->cap = undo->cap ? undo->cap * 2 : 16;
        undo->items = xrealloc(undo->items, undo->cap * sizeof *undo->items);
    }
    undo->items[undo->len] = (UndoStep){kind, start, end, NULL};
    return &undo->items[undo->len++];
}

void undo_free(UndoList *undo)
{
    for (size_t i = 0; i < undo->len; i++)
        free(undo->items[i].text);
    free(undo->items);
    *undo = (UndoList){0};
}

void edit_group_begin(Editing *editing)
{
    add_step(editing, UNDO_BEGIN, 0, 0);
}

void edit_group_end(Editing *editing)
{
    add_step(editing, UNDO_END, 0, 0);
}

static void take_back(Editing *editing, const UndoStep *step)
{
    if (step->kind == UNDO_DELETE) {
        strbuf_insert(&editing->text, step->start, step->text, strlen(step->text));
        editing->point = step->start + strlen(step->text);
    } else if (step->kind == UNDO_INSERT) {
        memmove(editing->text.data + step->start, editing->text.data + step->end,
                editing->text.len - step->end);
        strbuf_truncate(&editing->text, editing->text.len - (step->end - step->start));
        editing->point = step->start;
    }
}

bool edit_undo(Editing *editing)
{
    UndoList *undo = &editing->undo;
    int depth = 0;

    if (!undo->len)
        return false;
    do {
        UndoStep step = undo->items[--undo->len];

        depth += (step.kind == UNDO_END) - (step.kind == UNDO_BEGIN);
        take_back(editing, &step);
        free(step.text);
    } while (depth > 0 && undo->len);
    return true;
}

/* ---- changes ----------------------------------------------------------------------------------------- */

void edit_insert(Editing *editing, const char *text, size_t len)
{
    UndoList *undo = &editing->undo;
    UndoStep *last = undo->len ? &undo->items[undo->len - 1] : NULL;

    if (!len)
        return;
    if (len == 1 && last && last->kind == UNDO_INSERT && last->end == editing->point &&
        last->end - last->start < TYPED_TOGETHER)
        last->end++;
    else
        add_step(editing, UNDO_INSERT, editing->point, editing->point + len);
    strbuf_insert(&editing->text, editing->point, text, len);
    editing->point += len;
}

void edit_delete(Editing *editing, size_t from, size_t to)
{
    StrBuf *text = &editing->text;

    if (from > to || to > text->len || from == to)
        return;
    add_step(editing, UNDO_DELETE, from, to)->text = xstrndup(text->data + from, to - from);
    memmove(text->data + from, text->data + to, text->len - to);
    strbuf_truncate(text, text->len - (to - from));
    if (editing->point > to)
        editing->point -= to - from;
    else if (editing->point > from)
        editing->point = from;
    if (editing->mark > text->len)
        editing->mark = text->len;
}

void edit_set_line(Editing *editing, const char *text)
{
    strbuf_reset(&editing->text);
    strbuf_add(&editing->text, text);
    editing->point = editing->text.len;
    if (editing->mark > editing->text.len)
        editing->mark = editing->text.len;
}

/* ---- characters ---------------------------------------------------------------------------------------- */

static bool is_combining(const char *text, size_t len)
{
    mbstate_t state = {0};
    wchar_t c;
    size_t n = mbrtowc(&c, text, len, &state);

    return n != (size_t)-1 && n != (size_t)-2 && n > 1 && wcwidth(c) == 0;
}

/* A character is passed over with the combining ones behind it. */
size_t edit_next(const Editing *editing, size_t at)
{
    const StrBuf *text = &editing->text;
    int width;

    if (at >= text->len)
        return text->len;
    at += editing_char(text->data + at, text->len - at, &width);
    while (at < text->len && is_combining(text->data + at, text->len - at))
        at += editing_char(text->data + at, text->len - at, &width);
    return at;
}

/* Only from the beginning can be told where characters of any encoding begin; a line that is as
 * long as a paste is looked at from its last newline on. */
size_t edit_before(const Editing *editing, size_t at)
{
    const char *text = editing->text.data;
    size_t here = at, before;

    while (here && text[here - 1] != '\n' && at - here < 256)
        here--;
    /* into the first byte of a UTF-8 character */
    while (here && ((unsigned char)text[here] & 0xC0) == 0x80)
        here--;
    if (here == at)
        return at ? at - 1 : 0;
    for (before = here; here < at; here = edit_next(editing, here))
        before = here;
    return before;
}

void edit_bell(const Editing *editing)
{
    if (editing->raw)
        fputs("\a", stdout);
}
