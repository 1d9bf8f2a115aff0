/*
 * editing_search.c — looking for text in the history: while it is typed (Ctrl-R, Ctrl-S), or all at
 * once (Alt-P, Alt-N, and vi's / and ?).  Where a search starts, where the next one goes on and
 * where the cursor is left are readline's.
 */
#include "editing.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define CTRL_KEY(letter) ((letter)&037)

enum { ESCAPE = 033, RUBOUT = 0177, ESCAPE_MS = 100 };

/* ---- while it is typed ------------------------------------------------------------------------- */

typedef struct Search {
    Editing *editing;
    StrBuf pattern;
    char *own_line; /* what was typed before the search; owned */
    size_t own_point;
    long own_at, at,
        last_found;         /* lines: entries of the history and behind them the new line */
    const char *line;       /* the one that is looked at */
    const char *found_line; /* the last one found; NULL: none */
    long offset;            /* in it */
    long found_offset;      /* of the last one found; -1: none */
    bool forward, failed;
} Search;

static const char *line_at(const Search *search, long at)
{
    const Editing *editing = search->editing;

    if (at == search->own_at)
        return search->own_line;
    return at < (long)editing->history_len ? editing->history[at].text
           : editing->draft.text           ? editing->draft.text
                                           : "";
}

/* Looks in this line from the offset on; the offset runs out of the line when there is nothing. */
static bool find_in_line(Search *search)
{
    const StrBuf *pattern = &search->pattern;
    long last = (long)strlen(search->line) - (long)pattern->len;

    for (; search->forward ? search->offset <= last : search->offset >= 0;
         search->offset += search->forward ? 1 : -1)
        if (search->offset <= last &&
            memcmp(search->line + search->offset, pattern->data, pattern->len) == 0)
            return true;
    return false;
}

/* The next line that is long enough and not the one that was just found once more. */
static bool next_line(Search *search)
{
    do {
        search->at += search->forward ? 1 : -1;
        if (search->at < 0 || search->at > (long)search->editing->history_len)
            return false;
        search->line = line_at(search, search->at);
    } while ((search->found_line && strcmp(search->found_line, search->line) == 0) ||
             search->pattern.len > strlen(search->line));
    search->offset = search->forward ? 0
                                     : (long)strlen(search->line) - (long)search->pattern.len;
    return true;
}

static void find(Search *search)
{
    bool found = false;

    search->failed = !search->pattern.len;
    while (!search->failed && !(found = find_in_line(search)))
        search->failed = !next_line(search);
    if (!found) {
        /* what is looked for next begins a character in front of what was found last */
        edit_bell(search->editing);
        search->at = search->last_found;
        search->line = line_at(search, search->at);
        search->offset = search->found_offset > 0 ? search->found_offset - 1 : 0;
        return;
    }
    search->found_offset = search->offset;
    search->found_line = search->line;
    search->last_found = search->at;
    edit_set_line(search->editing, search->line);
    search->editing->point = (size_t)search->offset;
}

/* Once more in the same direction, or the other way from here; an empty text is the last one. */
static void search_again(Search *search, bool forward)
{
    const char *last = search->editing->last_search;

    if (forward != search->forward) {
        search->forward = forward;
    } else if (!search->pattern.len) {
        if (!last)
            return;
        strbuf_add(&search->pattern, last);
    } else if (!forward && search->offset >= 0) {
        search->offset--;
    } else if (forward && search->offset < (long)strlen(search->line)) {
        search->offset++;
    }
    find(search);
}

/* Text behind what was found: the rest of its word, or all. */
static void add_from_line(Search *search, bool all)
{
    const StrBuf *text = &search->editing->text;
    size_t from = search->editing->point + search->pattern.len, to = from;

    if (all)
        to = text->len;
    else
        while (to < text->len && isalnum((unsigned char)text->data[to]))
            to = edit_next(search->editing, to);
    if (from < to) {
        strbuf_addn(&search->pattern, text->data + from, to - from);
        find(search);
    }
}

static void remove_char(Search *search)
{
    StrBuf *pattern = &search->pattern;

    while (pattern->len && ((unsigned char)pattern->data[pattern->len - 1] & 0xC0) == 0x80)
        strbuf_truncate(pattern, pattern->len - 1);
    if (pattern->len)
        strbuf_truncate(pattern, pattern->len - 1);
    find(search);
}

static void give_up(Search *search)
{
    edit_set_line(search->editing, search->own_line);
    search->editing->point = search->own_point;
    search->last_found = -1;
}

/* Escape ends the search, unless it begins the sequence of a key. */
static bool ends_search(Search *search, char key)
{
    if (key != CTRL_KEY('J') &&
        (key != ESCAPE || editing_input_waits(search->editing, ESCAPE_MS)))
        editing_push(search->editing, &key, 1);
    return false;
}

/* What ends the search stays to be done; true: the search goes on. */
static bool serve_key(Search *search, const char *key, size_t len)
{
    switch (*key) {
    case CTRL_KEY('R'):
    case CTRL_KEY('S'):
        search_again(search, *key == CTRL_KEY('S'));
        return true;
    case CTRL_KEY('H'):
    case RUBOUT:
        remove_char(search);
        return true;
    case CTRL_KEY('W'):
        add_from_line(search, false);
        return true;
    case CTRL_KEY('Y'):
        add_from_line(search, true);
        return true;
    case CTRL_KEY('G'):
        give_up(search);
        return false;
    default:
        if (len == 1 && (unsigned char)*key < ' ')
            return ends_search(search, *key);
        strbuf_addn(&search->pattern, key, len);
        find(search);
        return true;
    }
}

/* The entry that was found comes into the line, with the cursor where the text was found. */
static void accept(Search *search)
{
    Editing *editing = search->editing;
    long offset = search->failed && search->found_offset < 0 ? -1 : search->offset;

    if (search->last_found < 0)
        return;
    edit_set_line(editing, search->own_line);
    if (search->last_found != search->own_at)
        recall_entry(editing, (size_t)search->last_found);
    if (offset < 0)
        offset = search->last_found == search->own_at ? (long)search->own_point
                                                      : (long)editing->text.len;
    editing->point = (size_t)offset < editing->text.len ? (size_t)offset : editing->text.len;
    free(editing->last_search);
    editing->last_search = xstrdup(search->pattern.data);
}

static bool read_search_key(Search *search, char *key, size_t *len)
{
    char *message = xasprintf("(%s%si-search)`%s': ", search->failed ? "failed " : "",
                              search->forward ? "" : "reverse-", search->pattern.data);

    editing_message(search->editing, message);
    *len = editing_read_char(search->editing, key);
    editing_message(search->editing, NULL);
    free(message);
    return *len > 0;
}

static void search(Editing *editing, bool forward)
{
    Search search = {.editing = editing, .forward = forward, .found_offset = -1};
    char key[MB_LEN_MAX];
    size_t len;

    strbuf_init(&search.pattern);
    search.own_line = xstrdup(editing->text.data);
    search.own_point = editing->point;
    search.own_at = search.at = search.last_found = (long)editing->history_at;
    search.line = search.own_line;
    search.offset = (long)editing->point;
    while (read_search_key(&search, key, &len) && serve_key(&search, key, len))
        ;
    if (!len)
        editing->done = editing->eof = true;
    else
        accept(&search);
    free(search.own_line);
    strbuf_free(&search.pattern);
}

static void reverse_search_history(Editing *editing, int count, unsigned char key UNUSED)
{
    search(editing, count < 0);
}

static void forward_search_history(Editing *editing, int count, unsigned char key UNUSED)
{
    search(editing, count >= 0);
}

/* ---- all at once --------------------------------------------------------------------------------- */

/* Reads what to look for behind the prompt and a character of its own.  False: given up. */
static bool read_pattern(Editing *editing, char sign)
{
    char *message = xasprintf("%s%c", editing->prompt.data, sign);
    bool going = true, good = false;
    char key[MB_LEN_MAX];

    editing_message(editing, message);
    edit_set_line(editing, "");
    while (going) {
        size_t len = editing_read_char(editing, key);

        if (!len || *key == CTRL_KEY('G') || *key == CTRL_KEY('C')) {
            editing->done = editing->eof = !len;
            going = false;
        } else if (*key == '\r' || *key == '\n' || *key == ESCAPE) {
            good = true;
            going = false;
        } else if (*key == CTRL_KEY('H') || *key == RUBOUT) {
            going = editing->point > 0;
            edit_delete(editing, edit_before(editing, editing->point), editing->point);
        } else if (*key == CTRL_KEY('U')) {
            edit_set_line(editing, "");
        } else if (*key == CTRL_KEY('W')) {
            edit_delete(editing, edit_word_start(editing, editing->point), editing->point);
        } else {
            edit_insert(editing, key, len);
        }
    }
    editing_message(editing, NULL);
    free(message);
    return good;
}

static void find_pattern(Editing *editing, int step)
{
    const char *pattern = editing->last_pattern;
    bool begins = pattern && *pattern == '^';

    if (!pattern)
        return;
    for (long at = (long)editing->history_at + step; at >= 0 && at < (long)editing->history_len;
         at += step) {
        const char *text = editing->history[at].text;
        const char *found = begins ? text : strstr(text, pattern);

        if (!found || (begins && strncmp(text, pattern + 1, strlen(pattern) - 1) != 0))
            continue;
        /* readline marks what was found by the cursor and its "active region" */
        recall_entry(editing, (size_t)at);
        if (found > text && editing->terminal.up && !editing->vi)
            editing->point = (size_t)(strstr(editing->text.data, pattern) - editing->text.data);
        return;
    }
    edit_bell(editing);
}

static void search_pattern(Editing *editing, int step, char sign)
{
    char *line = xstrdup(editing->text.data);
    size_t point = editing->point;
    UndoList undo = editing->undo;
    bool good;

    editing->undo = (UndoList){0};
    good = read_pattern(editing, sign);
    if (good && editing->text.len) {
        free(editing->last_pattern);
        editing->last_pattern = xstrdup(editing->text.data);
    }
    undo_free(&editing->undo);
    editing->undo = undo;
    edit_set_line(editing, line);
    editing->point = point;
    free(line);
    if (good)
        find_pattern(editing, step);
}

static void search_backward(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    search_pattern(editing, -1, ':');
}

static void search_forward(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    search_pattern(editing, 1, ':');
}

static void search_backward_again(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    find_pattern(editing, -1);
}

static void search_forward_again(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    find_pattern(editing, 1);
}

static void vi_search(Editing *editing, int count UNUSED, unsigned char key)
{
    search_pattern(editing, key == '?' ? 1 : -1, (char)key);
}

static void vi_search_again(Editing *editing, int count UNUSED, unsigned char key)
{
    find_pattern(editing, key == 'N' ? 1 : -1);
}

const EditCommand edit_commands_search[] = {
    {"forward-search-history", forward_search_history},
    {"non-incremental-forward-search-history", search_forward},
    {"non-incremental-forward-search-history-again", search_forward_again},
    {"non-incremental-reverse-search-history", search_backward},
    {"non-incremental-reverse-search-history-again", search_backward_again},
    {"reverse-search-history", reverse_search_history},
    {"vi-search", vi_search},
    {"vi-search-again", vi_search_again},
    {NULL, NULL},
};
