/*
 * editing_tab.c — what Tab does: ask the completion engine, insert what all candidates share,
 * show them on the next Tab.  The steps are readline's, because its users know them by heart.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>

#include "complete.h"

static int compare_strings(const void *a, const void *b)
{
    return strcoll(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(StrList *list)
{
    size_t kept = 0;

    qsort(list->items, list->len, sizeof *list->items, compare_strings);
    for (size_t i = 0; i < list->len; i++) {
        if (kept && strcmp(list->items[kept - 1], list->items[i]) == 0)
            free(list->items[i]);
        else
            list->items[kept++] = list->items[i];
    }
    list->len = kept;
}

/* Bytes that all matches begin with, never ending inside a UTF-8 character. */
static size_t common_length(const StrList *list)
{
    size_t len = strlen(list->items[0]);

    for (size_t i = 1; i < list->len; i++) {
        size_t n = 0;

        while (n < len && list->items[i][n] == list->items[0][n])
            n++;
        len = n;
    }
    while (len && ((unsigned char)list->items[0][len] & 0xC0) == 0x80)
        len--;
    return len;
}

/* Puts text (owned) in the place of the bytes [start, cursor).  True: that changed the line. */
static bool replace_word(Editing *editing, size_t start, char *text)
{
    size_t old = editing->point - start;
    bool changed = strlen(text) != old || memcmp(editing->text.data + start, text, old) != 0;

    if (changed) {
        edit_group_begin(editing);
        edit_delete(editing, start, editing->point);
        edit_insert(editing, text, strlen(text));
        edit_group_end(editing);
    }
    free(text);
    return changed;
}

/* What is to stand in the line: the sole match, or what all have in common.  NULL: nothing. */
static char *replacement(const Completion *completion)
{
    const char *first = completion->matches.items[0];
    bool sole = completion->matches.len == 1;
    size_t len = sole ? strlen(first) : common_length(&completion->matches);

    if (!len)
        return NULL;
    return completion->files ? complete_quote_file(completion, first, len, sole)
                             : xstrndup(first, len);
}

/* A blank behind the sole match, a change of its own for undo; one that is there already will do. */
static bool add_suffix(Editing *editing, const Completion *completion)
{
    const char *first = completion->matches.items[0];
    size_t len = strlen(first);
    char behind = editing->point < editing->text.len ? editing->text.data[editing->point]
                                                     : '\0';

    if (completion->matches.len != 1 || !len || !completion->suffix ||
        (completion->files && first[len - 1] == '/') || completion->suffix == behind)
        return false;
    edit_insert(editing, &completion->suffix, 1);
    return true;
}

/* What is shown of file names: the part behind the last slash (a directory keeps its own); of
 * literals: what is between the quotes. */
static void show(Editing *editing, const Completion *completion)
{
    StrList shown = STRLIST_INIT;

    for (size_t i = 0; i < completion->matches.len; i++) {
        const char *text = completion->matches.items[i];
        const char *base = text + strlen(text);

        if (completion->files) {
            while (base > text && (base[-1] != '/' || !*base))
                base--;
            text = base;
        }
        if (completion->literals)
            strlist_take(&shown, xasprintf("%.*s", (int)(base - text - 2), text + 1));
        else
            strlist_add(&shown, text);
    }
    editing_list(editing, &shown);
    strlist_free(&shown);
}

static void show_nothing(Editing *editing)
{
    StrList empty = STRLIST_INIT;

    strlist_add(&empty, "");
    editing_list(editing, &empty);
    strlist_free(&empty);
}

/* Queries may run: signals do again what they do outside of line editing. */
static void find(Editing *editing, Completion *completion)
{
    Shell *shell = editing->shell;

    *completion = (Completion){.start = editing->point};
    sigprocmask(SIG_SETMASK, &editing->before, NULL);
    complete_text(shell, shell->query ? shell->query->data : "", editing->text.data,
                  editing->point, completion);
    sigprocmask(SIG_BLOCK, &editing->watched, NULL);
    shell->cancel_pressed = false;
    if (completion->matches.len)
        sort_unique(&completion->matches);
}

/* The first Tab inserts what is certain, the next one lists when that was nothing. */
static void complete(Editing *editing, int count, unsigned char key)
{
    bool again = editing->last == complete && editing->tab_idle, changed = false;
    Completion completion;
    char *text;

    if (editing->no_completion) {
        edit_self_insert(editing, count, key);
        return;
    }
    find(editing, &completion);
    if (completion.matches.len) {
        text = replacement(&completion);
        changed = text && replace_word(editing, completion.start, text);
        changed = add_suffix(editing, &completion) || changed;
        if (completion.matches.len > 1) {
            if ((again && !changed) || editing->list_at_once ||
                (editing->list_unmodified && !changed))
                show(editing, &completion);
            else
                edit_bell(editing);
        }
    } else if (again) {
        /* psql says that nothing fits by a list that is empty, and without a bell. */
        show_nothing(editing);
    }
    editing->tab_idle = !changed;
    completion_free(&completion);
}

static void possible_completions(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    Completion completion;

    find(editing, &completion);
    if (completion.matches.len)
        show(editing, &completion);
    else
        show_nothing(editing);
    completion_free(&completion);
}

static void insert_completions(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    Completion completion;
    StrBuf all = STRBUF_INIT;

    find(editing, &completion);
    for (size_t i = 0; i < completion.matches.len; i++)
        strbuf_addf(&all, "%s ", completion.matches.items[i]);
    if (all.len)
        replace_word(editing, completion.start, xstrdup(all.data));
    strbuf_free(&all);
    completion_free(&completion);
}

static void menu_complete_backward(Editing *editing, int count, unsigned char key);

/* Each time the next candidate stands in the line, and after the last one what was typed. */
static void menu_complete(Editing *editing, int count, unsigned char key UNUSED)
{
    StrList *menu = &editing->menu;
    long len;

    if (editing->last != menu_complete && editing->last != menu_complete_backward) {
        Completion completion;

        strlist_free(menu);
        find(editing, &completion);
        editing->menu_start = completion.start;
        editing->menu_at = completion.matches.len;
        editing->menu_suffix = completion.suffix;
        *menu = completion.matches;
        completion.matches = (StrList)STRLIST_INIT;
        strlist_take(menu, xstrndup(editing->text.data + editing->menu_start,
                                    editing->point - editing->menu_start));
        completion_free(&completion);
    }
    len = (long)menu->len;
    editing->menu_at = (size_t)((((long)editing->menu_at + count) % len + len) % len);
    replace_word(editing, editing->menu_start, xstrdup(menu->items[editing->menu_at]));
    if (editing->menu_at + 1 < menu->len && editing->menu_suffix)
        edit_insert(editing, &editing->menu_suffix, 1);
}

static void menu_complete_backward(Editing *editing, int count, unsigned char key)
{
    menu_complete(editing, -count, key);
}

/* ~ and ~user in front of the cursor. */
static void tilde_expand(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    const char *text = editing->text.data;
    size_t start = editing->point, end = editing->point;

    while (start && !strchr(" \t\n", text[start - 1]))
        start--;
    while (text[end] && !strchr(" \t\n", text[end]))
        end++;
    if (text[start] != '~')
        return;
    editing->point = end;
    replace_word(editing, start, expand_tilde(xstrndup(text + start, end - start)));
}

const EditCommand edit_commands_tab[] = {
    {"complete", complete},
    {"insert-completions", insert_completions},
    {"menu-complete", menu_complete},
    {"menu-complete-backward", menu_complete_backward},
    {"possible-completions", possible_completions},
    {"tilde-expand", tilde_expand},
    {"vi-complete", complete},
    {"vi-tilde-expand", tilde_expand},
    {NULL, NULL},
};
