/*
 * editing_search.c — Ctrl-R and Ctrl-S: incremental search in the history, as readline shows it.
 *
 * libedit has one, but it draws below the line, takes the pattern for a regular expression and
 * runs on a terminal's own signals.  This one only moves up and erases, so it is used on terminals
 * that can be expected to do that; elsewhere libedit's stays bound.
 */
#include "editing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define CTRL_KEY(letter) ((letter)&037)

typedef struct Search {
    Editing *editing;
    StrBuf pattern;
    StrBuf shown;   /* entry that was found; the user's own line before the first find */
    char *own_line; /* what was typed before the search; owned */
    int own_cursor; /* characters */
    StrBuf own_prompt;
    long index;    /* of the entry found, 0 the newest; -1: none yet */
    size_t offset; /* of the pattern in it */
    bool forward, failed;
} Search;

/* ---- entries ---------------------------------------------------------------------------- */

/* Next entry from `from` on in the search's direction that holds the pattern and is not `skip`. */
static bool find(Search *search, long from, const char *skip)
{
    HistEvent event;
    long index = 0, found = -1;
    StrBuf text = STRBUF_INIT;

    for (int rc = history(search->editing->history, &event, H_FIRST); rc != -1;
         rc = history(search->editing->history, &event, H_NEXT), index++) {
        bool wanted = search->forward ? index <= from : index >= from;

        if (!wanted || !strstr(event.str, search->pattern.data) ||
            (skip && strcmp(skip, event.str) == 0))
            continue;
        found = index;
        strbuf_reset(&text);
        strbuf_add(&text, event.str);
        if (!search->forward)
            break; /* the newest of the older ones; forward it is the oldest of the newer ones */
    }
    search->failed = found < 0;
    if (found >= 0) {
        search->index = found;
        strbuf_swap(&search->shown, &text);
        search->offset = (size_t)(strstr(search->shown.data, search->pattern.data) -
                                  search->shown.data);
    }
    strbuf_free(&text);
    return found >= 0;
}

/* ---- drawing ------------------------------------------------------------------------------ */

static int characters(const char *text, size_t bytes)
{
    char *copy = xstrndup(text, bytes);
    size_t n = mbstowcs(NULL, copy, 0);

    free(copy);
    return n == (size_t)-1 ? (int)bytes : (int)n;
}

/* Draws the line anew with another prompt; cursor in characters. */
static void draw(Search *search, const char *prompt, const char *line, int cursor)
{
    Editing *editing = search->editing;
    int row = editing_cursor_row(editing);
    const LineInfoW *now;

    fputs("\r", stdout);
    if (row)
        printf("\033[%dA", row);
    fputs("\033[J", stdout);
    fflush(stdout);
    strbuf_reset(&editing->prompt);
    strbuf_add(&editing->prompt, prompt);
    now = el_wline(editing->el);
    if (*line) {
        el_replacestr(editing->el, line);
    } else { /* it refuses an empty text */
        el_cursor(editing->el, (int)(now->lastchar - now->cursor));
        el_deletestr(editing->el, (int)(now->lastchar - now->buffer));
    }
    now = el_wline(editing->el);
    el_cursor(editing->el, cursor - (int)(now->cursor - now->buffer));
    el_set(editing->el, EL_REFRESH);
}

static void draw_search(Search *search)
{
    char *prompt = xasprintf("(%s%si-search)`%s': ", search->failed ? "failed " : "",
                             search->forward ? "" : "reverse-", search->pattern.data);

    draw(search, prompt, search->shown.data, characters(search->shown.data, search->offset));
    free(prompt);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void search_again(Search *search, bool forward)
{
    search->forward = forward;
    if (search->pattern.len)
        find(search, search->index < 0 ? 0 : search->index + (forward ? -1 : 1),
             search->index < 0 ? NULL : search->shown.data);
}

static void add_key(Search *search, wchar_t key)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t n = wcrtomb(bytes, key, &state);

    if (n == (size_t)-1)
        return;
    strbuf_addn(&search->pattern, bytes, n);
    find(search, search->index < 0 ? 0 : search->index, NULL);
}

static void remove_key(Search *search)
{
    StrBuf *pattern = &search->pattern;

    while (pattern->len && ((unsigned char)pattern->data[pattern->len - 1] & 0xC0) == 0x80)
        strbuf_truncate(pattern, pattern->len - 1);
    if (pattern->len)
        strbuf_truncate(pattern, pattern->len - 1);
    if (pattern->len)
        find(search, 0, NULL);
    else
        search->failed = false;
}

/* What ends the search stays to be done; true: the search goes on. */
static bool serve_key(Search *search, wchar_t key, bool *accepted)
{
    char pushed[] = {(char)key, '\0'};

    switch (key) {
    case CTRL_KEY('R'):
    case CTRL_KEY('S'):
        search_again(search, key == CTRL_KEY('S'));
        return true;
    case CTRL_KEY('H'):
    case 0177:
        remove_key(search);
        return true;
    case CTRL_KEY('G'):
        strbuf_reset(&search->shown);
        strbuf_add(&search->shown, search->own_line);
        search->index = -1;
        break;
    case '\r':
    case '\n':
        *accepted = true;
        el_push(search->editing->el, "\n");
        break;
    default:
        if (key >= ' ') {
            add_key(search, key);
            return true;
        }
        el_push(search->editing->el, pushed);
    }
    return false;
}

static void begin(Search *search)
{
    const LineInfo *line = el_line(search->editing->el);

    search->own_line = xstrndup(line->buffer, (size_t)(line->lastchar - line->buffer));
    search->own_cursor = characters(line->buffer, (size_t)(line->cursor - line->buffer));
    strbuf_init(&search->pattern);
    strbuf_init(&search->shown);
    strbuf_init(&search->own_prompt);
    strbuf_add(&search->own_prompt, search->editing->prompt.data);
    strbuf_add(&search->shown, search->own_line);
    search->index = -1;
}

/* Back to the own prompt, with the line that was found; Enter leaves the cursor behind it. */
static void end(Search *search, bool accepted)
{
    const char *line = search->shown.data;
    int cursor = search->index < 0 ? search->own_cursor : characters(line, search->offset);

    if (accepted)
        cursor = characters(line, strlen(line));
    draw(search, search->own_prompt.data, line, cursor);
    free(search->own_line);
    strbuf_free(&search->pattern);
    strbuf_free(&search->shown);
    strbuf_free(&search->own_prompt);
}

unsigned char editing_search_key(EditLine *el, int ch)
{
    Search search = {.forward = ch == CTRL_KEY('S')};
    bool accepted = false;
    wchar_t key;

    el_get(el, EL_CLIENTDATA, &search.editing);
    begin(&search);
    do
        draw_search(&search);
    while (editing_read_key(el, &key) > 0 && serve_key(&search, key, &accepted));
    end(&search, accepted);
    return search.editing->interrupted ? CC_EOF : CC_NORM;
}
