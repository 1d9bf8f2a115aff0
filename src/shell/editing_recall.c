/*
 * editing_recall.c — keys that bring back what was typed before.
 *
 * As in readline an entry that was changed and left without being run stays changed; one that was
 * run is as it was in the history, and the new line follows it.
 */
#include "editing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- entries ---------------------------------------------------------------------------------------- */

void recall_begin(Editing *editing)
{
    free(editing->draft.text);
    undo_free(&editing->draft.undo);
    editing->draft.text = NULL;
    editing->history_at = editing->history_len;
}

static HistoryEntry *entry_of(Editing *editing, size_t at)
{
    return at == editing->history_len ? &editing->draft : &editing->history[at];
}

void recall_entry(Editing *editing, size_t at)
{
    HistoryEntry *old = entry_of(editing, editing->history_at);
    HistoryEntry *now = entry_of(editing, at);

    if (old == &editing->draft || editing->undo.len) {
        free(old->text);
        old->text = xstrdup(editing->text.data);
    }
    old->undo = editing->undo;
    editing->undo = now->undo;
    now->undo = (UndoList){0};
    editing->history_at = at;
    edit_set_line(editing, now->text);
    if (editing->keymap == KEYMAP_VI_COMMAND)
        editing->point = 0;
}

void recall_accept(Editing *editing)
{
    char *line;

    if (editing->history_at < editing->history_len && editing->undo.len) {
        HistoryEntry *entry = &editing->history[editing->history_at];

        line = xstrdup(editing->text.data);
        while (edit_undo(editing))
            ;
        free(entry->text);
        entry->text = xstrdup(editing->text.data);
        edit_set_line(editing, line);
        free(line);
    }
    undo_free(&editing->undo);
    recall_begin(editing);
}

/* ---- up and down --------------------------------------------------------------------------------------- */

static void go(Editing *editing, long by)
{
    long at = (long)editing->history_at + by;

    if (at < 0 || at > (long)editing->history_len)
        edit_bell(editing);
    at = at < 0 ? 0 : at > (long)editing->history_len ? (long)editing->history_len : at;
    if (at != (long)editing->history_at)
        recall_entry(editing, (size_t)at);
}

void edit_previous_history(Editing *editing, int count, unsigned char key UNUSED)
{
    go(editing, -(long)count);
}

static void next_history(Editing *editing, int count, unsigned char key UNUSED)
{
    go(editing, count);
}

static void beginning_of_history(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    go(editing, -(long)editing->history_at);
}

static void end_of_history(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    go(editing, (long)(editing->history_len - editing->history_at));
}

/* Runs the line and begins the next with the entry behind it. */
static void operate_and_get_next(Editing *editing, int count, unsigned char key UNUSED)
{
    size_t next = editing->argument_given ? (size_t)(count < 0 ? 0 : count)
                                          : editing->history_at + 1;

    editing->go_to = next + 1;
    editing->done = true;
}

/* ---- looking for text ------------------------------------------------------------------------------------- */

/* Next entry in a direction that holds text (begins with it), or -1. */
static long find_entry(const Editing *editing, long from, int step, const char *text,
                       bool begins)
{
    for (long at = from + step; at >= 0 && at < (long)editing->history_len; at += step) {
        const char *entry = editing->history[at].text;

        if (begins ? strncmp(entry, text, strlen(text)) == 0 : strstr(entry, text) != NULL)
            return at;
    }
    return -1;
}

static void search_by_prefix(Editing *editing, int step, EditRun *self, EditRun *other,
                             bool begins)
{
    size_t cursor;
    long found;

    if (editing->last != self && editing->last != other) {
        strbuf_reset(&editing->prefix);
        strbuf_addn(&editing->prefix, editing->text.data, editing->point);
    }
    if (!editing->prefix.len) {
        go(editing, step);
        return;
    }
    found = find_entry(editing, (long)editing->history_at, step, editing->prefix.data, begins);
    while (found >= 0 && strcmp(editing->history[found].text, editing->text.data) == 0)
        found = find_entry(editing, found, step, editing->prefix.data, begins);
    if (found < 0) {
        edit_bell(editing);
        return;
    }
    cursor = editing->prefix.len;
    recall_entry(editing, (size_t)found);
    editing->point = begins && cursor < editing->text.len ? cursor : editing->text.len;
}

static void history_search_forward(Editing *editing, int count, unsigned char key);
static void history_search_backward(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        search_by_prefix(editing, -1, history_search_backward, history_search_forward, true);
}

static void history_search_forward(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        search_by_prefix(editing, 1, history_search_backward, history_search_forward, true);
}

static void substring_search_forward(Editing *editing, int count, unsigned char key);
static void substring_search_backward(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        search_by_prefix(editing, -1, substring_search_backward, substring_search_forward,
                         false);
}

static void substring_search_forward(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        search_by_prefix(editing, 1, substring_search_backward, substring_search_forward,
                         false);
}

/* ---- words of earlier lines --------------------------------------------------------------------------------- */

/* Length of the word at s: operators are words of their own, quotes keep a word together. */
static size_t word_length(const char *s)
{
    size_t n = 0;
    char quote = 0;

    if (strchr("()\n", *s))
        return 1;
    if (strchr("<>;&|", *s))
        return s[1] == *s ? 2 : 1;
    for (; s[n]; n++) {
        if (s[n] == '\\' && quote != '\'' && s[n + 1])
            n++;
        else if (quote)
            quote = (char)(s[n] == quote ? 0 : quote);
        else if (strchr("'\"`", s[n]))
            quote = s[n];
        else if (strchr(" \t\n;&()|<>", s[n]))
            break;
    }
    return n;
}

static void split_words(const char *s, StrList *words)
{
    for (;;) {
        size_t n;

        s += strspn(s, " \t\n");
        if (!*s)
            return;
        n = word_length(s);
        strlist_take(words, xstrndup(s, n));
        s += n;
    }
}

/* Word `nth` of an entry goes into the line; INT_MAX: the last; negative ones count from the one before it. */
static bool insert_word(Editing *editing, size_t skip, int nth)
{
    StrList words = STRLIST_INIT;
    bool found = false;
    long at;

    if (editing->history_at < skip + 1)
        return false;
    split_words(editing->history[editing->history_at - 1 - skip].text, &words);
    at = nth == INT_MAX ? (long)words.len - 1 : nth < 0 ? (long)words.len + nth - 1 : nth;
    if (at >= 0 && at < (long)words.len) {
        found = true;
        if (editing->vi) /* behind the character, and typing goes on */
            editing->point = edit_next(editing, editing->point);
        edit_group_begin(editing);
        if (editing->vi)
            edit_insert(editing, " ", 1);
        edit_insert(editing, words.items[at], strlen(words.items[at]));
        edit_group_end(editing);
    }
    strlist_free(&words);
    return found;
}

static void yank_nth_arg(Editing *editing, int count, unsigned char key UNUSED)
{
    if (!insert_word(editing, 0, count))
        edit_bell(editing);
}

/* Once more: the word of the entry before, in the place of this one. */
static void yank_last_arg(Editing *editing, int count, unsigned char key UNUSED)
{
    if (editing->last != yank_last_arg) {
        editing->yank_skip = 0;
        editing->yank_step = 1;
        editing->yank_given = editing->argument_given;
        editing->yank_count = count;
    } else {
        edit_undo(editing);
        if (count < 0)
            editing->yank_step = -editing->yank_step;
        if (editing->yank_step < 0 && !editing->yank_skip)
            return;
        editing->yank_skip += (size_t)editing->yank_step;
    }
    if (!insert_word(editing, editing->yank_skip,
                     editing->yank_given ? editing->yank_count : INT_MAX)) {
        edit_bell(editing);
        /* something that the next one can take back */
        edit_group_begin(editing);
        edit_group_end(editing);
    }
}

const EditCommand edit_commands_recall[] = {
    {"beginning-of-history", beginning_of_history},
    {"end-of-history", end_of_history},
    {"history-search-backward", history_search_backward},
    {"history-search-forward", history_search_forward},
    {"history-substring-search-backward", substring_search_backward},
    {"history-substring-search-forward", substring_search_forward},
    {"next-history", next_history},
    {"operate-and-get-next", operate_and_get_next},
    {"previous-history", edit_previous_history},
    {"yank-last-arg", yank_last_arg},
    {"yank-nth-arg", yank_nth_arg},
    {NULL, NULL},
};
