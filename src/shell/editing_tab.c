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
static bool replace_word(EditLine *el, size_t start, char *text)
{
    const LineInfo *line = el_line(el);
    size_t old = (size_t)(line->cursor - line->buffer) - start;
    char *word = xstrndup(line->buffer + start, old);
    bool changed = strcmp(word, text) != 0;
    size_t chars = mbstowcs(NULL, word, 0);

    if (changed && chars != (size_t)-1) {
        el_deletestr(el, (int)chars);
        el_insertstr(el, text);
    }
    free(word);
    free(text);
    return changed;
}

/* What is to stand in the line: the sole match, or what all have in common.  NULL: nothing.
 * As readline has it for psql, nothing goes behind a word that is not the line's last. */
static char *replacement(const Completion *completion, bool at_end)
{
    const char *first = completion->matches.items[0];
    bool sole = completion->matches.len == 1;
    size_t len = sole ? strlen(first) : common_length(&completion->matches);
    bool goes_on = sole && completion->files && len && first[len - 1] == '/';
    char *text, *whole;

    if (!len)
        return NULL;
    text = completion->files ? complete_quote_file(completion, first, len, sole)
                             : xstrndup(first, len);
    if (!sole || !completion->suffix || goes_on || !at_end)
        return text;
    whole = xasprintf("%s%c", text, completion->suffix);
    free(text);
    return whole;
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
static void find(Editing *editing, const LineInfo *line, Completion *completion)
{
    Shell *shell = editing->shell;
    char *text = xstrndup(line->buffer, (size_t)(line->lastchar - line->buffer));
    size_t point = (size_t)(line->cursor - line->buffer);

    sigprocmask(SIG_SETMASK, &editing->before, NULL);
    complete_text(shell, shell->query ? shell->query->data : "", text, point, completion);
    sigprocmask(SIG_BLOCK, &editing->watched, NULL);
    shell->cancel_pressed = false;
    free(text);
}

static bool at_end_of_line(EditLine *el)
{
    const LineInfo *line = el_line(el);

    return line->cursor == line->lastchar;
}

unsigned char editing_complete_key(EditLine *el, int ch)
{
    Completion completion = {0};
    Editing *editing;
    unsigned char result = CC_ERROR;
    bool changed = false, again;
    char *text;

    (void)ch;
    el_get(el, EL_CLIENTDATA, &editing);
    again = editing->idle_tab && editing->keys == editing->idle_tab + 1;
    find(editing, el_line(el), &completion);
    if (completion.matches.len) {
        sort_unique(&completion.matches);
        text = replacement(&completion, at_end_of_line(editing->el));
        changed = text && replace_word(el, completion.start, text);
        if (completion.matches.len == 1) {
            result = CC_REFRESH;
        } else if ((again && !changed) || editing->list_at_once) {
            show(editing, &completion);
            result = CC_NORM;
        } else {
            result = CC_REFRESH_BEEP;
        }
    } else {
        /* psql says that nothing fits by a list that is empty, and without a bell. */
        result = CC_NORM;
        if (again)
            show_nothing(editing);
    }
    if (editing->interrupted)
        result = CC_EOF;
    editing->idle_tab = changed ? 0 : editing->keys;
    completion_free(&completion);
    return result;
}
