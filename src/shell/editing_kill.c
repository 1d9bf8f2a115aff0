/*
 * editing_kill.c — deleting, and putting back what was deleted.
 *
 * Deletions of more than a character are kept, several in a row as one text, and Ctrl-Y puts the
 * last back, Alt-Y the one before it.
 */
#include "editing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is kept ---------------------------------------------------------------------------------- */

const char *edit_last_killed(const Editing *editing)
{
    return editing->killed_len ? editing->killed[editing->yank_at] : NULL;
}

static void keep_new(Editing *editing, char *text)
{
    if (editing->killed_len == KILL_RING) {
        free(editing->killed[0]);
        memmove(editing->killed, editing->killed + 1, (KILL_RING - 1) * sizeof(char *));
        editing->killed_len--;
    }
    editing->killed[editing->killed_len++] = text;
    editing->yank_at = editing->killed_len - 1;
}

static void keep(Editing *editing, char *text, bool in_front)
{
    char **last = editing->killed_len ? &editing->killed[editing->killed_len - 1] : NULL;
    char *joined;

    if (!editing->last_killed || editing->vi || !last) {
        keep_new(editing, text);
        return;
    }
    joined = xasprintf("%s%s", in_front ? text : *last, in_front ? *last : text);
    free(*last);
    free(text);
    *last = joined;
    editing->yank_at = editing->killed_len - 1;
}

void edit_kill(Editing *editing, size_t from, size_t to)
{
    size_t start = from < to ? from : to, end = from < to ? to : from;

    editing->killing = true;
    if (from == to)
        return;
    keep(editing, xstrndup(editing->text.data + start, end - start), from > to);
    edit_delete(editing, start, end);
    editing->point = start;
}

/* ---- characters ---------------------------------------------------------------------------------------- */

/* Several characters at once are kept. */
static void delete_chars(Editing *editing, int count)
{
    size_t at = editing->point;

    for (int n = count; n > 0; n--)
        at = edit_next(editing, at);
    for (int n = count; n < 0; n++)
        at = edit_before(editing, at);
    if (at == editing->point)
        edit_bell(editing);
    else if (editing->argument_given || count > 1 || count < -1)
        edit_kill(editing, editing->point, at);
    else if (at > editing->point)
        edit_delete(editing, editing->point, at);
    else
        edit_delete(editing, at, editing->point);
}

/* Ctrl-D: the end of input on an empty line, unless the line has just become so by it. */
static void delete_char(Editing *editing, int count, unsigned char key)
{
    if (!editing->text.len && key == ('D' & 037) && editing->last != delete_char) {
        editing->done = editing->eof = true;
        return;
    }
    delete_chars(editing, count);
}

static void backward_delete_char(Editing *editing, int count, unsigned char key UNUSED)
{
    size_t at = editing->point;

    if (editing->overwrite && count == 1 && at && at < editing->text.len) {
        edit_group_begin(editing);
        edit_delete(editing, edit_before(editing, at), at);
        edit_insert(editing, " ", 1);
        editing->point--;
        edit_group_end(editing);
        return;
    }
    delete_chars(editing, -count);
}

static void delete_horizontal_space(Editing *editing, int count UNUSED,
                                    unsigned char key UNUSED)
{
    const char *text = editing->text.data;
    size_t from = editing->point, to = from;

    while (from && (text[from - 1] == ' ' || text[from - 1] == '\t'))
        from--;
    while (to < editing->text.len && (text[to] == ' ' || text[to] == '\t'))
        to++;
    edit_delete(editing, from, to);
    editing->point = from;
}

/* ---- words and lines -------------------------------------------------------------------------------------- */

static void kill_words(Editing *editing, int count)
{
    size_t at = editing->point;

    for (int n = count; n > 0; n--)
        at = edit_word_end(editing, at);
    for (int n = count; n < 0; n++)
        at = edit_word_start(editing, at);
    edit_kill(editing, editing->point, at);
}

static void kill_word(Editing *editing, int count, unsigned char key UNUSED)
{
    kill_words(editing, count);
}

static void backward_kill_word(Editing *editing, int count, unsigned char key UNUSED)
{
    kill_words(editing, -count);
}

static void kill_line(Editing *editing, int count, unsigned char key UNUSED)
{
    edit_kill(editing, editing->point, count < 0 ? 0 : editing->text.len);
}

static void backward_kill_line(Editing *editing, int count, unsigned char key UNUSED)
{
    edit_kill(editing, editing->point, count < 0 ? editing->text.len : 0);
}

static void kill_whole_line(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    edit_kill(editing, editing->text.len, 0);
}

static void unix_line_discard(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    if (!editing->point)
        edit_bell(editing);
    edit_kill(editing, editing->point, 0);
}

/* Back to a blank. */
static void unix_word_rubout(Editing *editing, int count, unsigned char key UNUSED)
{
    const unsigned char *text = (const unsigned char *)editing->text.data;
    size_t at = editing->point;

    for (; count > 0; count--) {
        while (at && (text[at - 1] == ' ' || text[at - 1] == '\t'))
            at--;
        while (at && text[at - 1] != ' ' && text[at - 1] != '\t')
            at--;
    }
    edit_kill(editing, editing->point, at);
}

/* Back to a blank or a slash. */
static void unix_filename_rubout(Editing *editing, int count, unsigned char key UNUSED)
{
    const char *text = editing->text.data;
    size_t at = editing->point;

    for (; count > 0; count--) {
        while (at && strchr(" \t/", text[at - 1]))
            at--;
        while (at && !strchr(" \t/", text[at - 1]))
            at--;
    }
    edit_kill(editing, editing->point, at);
}

static void region(Editing *editing, bool delete)
{
    size_t from = editing->point, to = editing->mark;

    if (to > editing->text.len)
        return;
    if (delete) {
        edit_kill(editing, from, to);
        return;
    }
    editing->killing = true;
    if (from != to)
        keep(editing,
             xstrndup(editing->text.data + (from < to ? from : to),
                      from < to ? to - from : from - to),
             from > to);
}

static void kill_region(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    region(editing, true);
}

static void copy_region_as_kill(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    region(editing, false);
}

static void copy_words(Editing *editing, int count)
{
    size_t at = editing->point, mark = editing->mark;

    for (int n = count; n > 0; n--)
        at = edit_word_end(editing, at);
    for (int n = count; n < 0; n++)
        at = edit_word_start(editing, at);
    editing->mark = at;
    region(editing, false);
    editing->mark = mark;
}

static void copy_forward_word(Editing *editing, int count, unsigned char key UNUSED)
{
    copy_words(editing, count);
}

static void copy_backward_word(Editing *editing, int count, unsigned char key UNUSED)
{
    copy_words(editing, -count);
}

/* ---- putting back -------------------------------------------------------------------------------------------- */

static void yank(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    const char *text = edit_last_killed(editing);

    if (!text)
        return;
    editing->mark = editing->point;
    edit_insert(editing, text, strlen(text));
}

/* In the place of what was just put back comes what was deleted before it. */
static void yank_pop(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    const char *text = edit_last_killed(editing);
    size_t len = text ? strlen(text) : 0;

    if (!text || (editing->last != yank && editing->last != yank_pop) || editing->point < len ||
        memcmp(editing->text.data + editing->point - len, text, len) != 0) {
        edit_bell(editing);
        return;
    }
    edit_delete(editing, editing->point - len, editing->point);
    editing->yank_at = (editing->yank_at ? editing->yank_at : editing->killed_len) - 1;
    yank(editing, 1, 0);
}

const EditCommand edit_commands_kill[] = {
    {"backward-delete-char", backward_delete_char},
    {"backward-kill-line", backward_kill_line},
    {"backward-kill-word", backward_kill_word},
    {"copy-backward-word", copy_backward_word},
    {"copy-forward-word", copy_forward_word},
    {"copy-region-as-kill", copy_region_as_kill},
    {"delete-char", delete_char},
    {"delete-horizontal-space", delete_horizontal_space},
    {"kill-line", kill_line},
    {"kill-region", kill_region},
    {"kill-whole-line", kill_whole_line},
    {"kill-word", kill_word},
    {"unix-filename-rubout", unix_filename_rubout},
    {"unix-line-discard", unix_line_discard},
    {"unix-word-rubout", unix_word_rubout},
    {"yank", yank},
    {"yank-pop", yank_pop},
    {NULL, NULL},
};
