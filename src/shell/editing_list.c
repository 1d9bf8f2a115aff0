/*
 * editing_list.c — candidates under the line: columns, pages and questions as readline has them.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

typedef struct Screen {
    int columns, rows;
} Screen;

static Screen screen_size(void)
{
    Screen screen = {80, 24};
    int columns, rows;

    if (term_size(STDOUT_FILENO, &columns, &rows))
        screen = (Screen){columns, rows};
    return screen;
}

/* Cells of a text in the locale of line editing; a byte that is no character takes one. */
static int text_width(const char *text)
{
    mbstate_t state = {0};
    int width = 0;

    while (*text) {
        wchar_t c;
        size_t n = mbrtowc(&c, text, MB_CUR_MAX, &state);

        if (n == (size_t)-1 || n == (size_t)-2) {
            memset(&state, 0, sizeof state);
            n = 1;
            width++;
        } else {
            width += wcwidth(c) > 0 ? wcwidth(c) : 0;
        }
        text += n;
    }
    return width;
}

/* ---- where the cursor is ---------------------------------------------------------------------- */

/* Screen row, counted from the prompt's, on which a text ends that begins in `column`. */
static int row_after(const char *text, size_t len, int *column, int columns)
{
    char *copy = xstrndup(text, len);
    int row = 0;

    for (char *line = copy; line;) {
        char *next = strchr(line, '\n');

        if (next)
            *next++ = '\0';
        *column += text_width(line);
        row += *column / columns;
        *column %= columns;
        if (next) {
            row++;
            *column = 0;
        }
        line = next;
    }
    free(copy);
    return row;
}

/* Row and column of the cursor. */
static int cursor_row(Editing *editing, Screen screen, int *column)
{
    const LineInfo *line = el_line(editing->el);
    StrBuf visible = STRBUF_INIT;
    bool hidden = false;
    int row;

    for (const char *p = editing->prompt.data; *p; p++) {
        if (*p == '\001')
            hidden = !hidden;
        else if (!hidden)
            strbuf_addc(&visible, *p);
    }
    *column = 0;
    row = row_after(visible.data, visible.len, column, screen.columns);
    row += row_after(line->buffer, (size_t)(line->cursor - line->buffer), column,
                     screen.columns);
    strbuf_free(&visible);
    return row;
}

int editing_cursor_row(Editing *editing)
{
    int column;

    return cursor_row(editing, screen_size(), &column);
}

int editing_rows_below(Editing *editing, int *end_column)
{
    const LineInfo *line = el_line(editing->el);
    Screen screen = screen_size();
    int column, rows;

    cursor_row(editing, screen, &column);
    rows = row_after(line->cursor, (size_t)(line->lastchar - line->cursor), &column,
                     screen.columns);
    if (end_column)
        *end_column = column;
    return rows;
}

/* Moves below the last row of the line being edited, wherever in it the cursor is. */
static void leave_line(Editing *editing)
{
    for (int i = editing_rows_below(editing, NULL); i >= 0; i--)
        putchar('\n');
}

/* ---- questions ---------------------------------------------------------------------------------- */

typedef enum Answer { ANSWER_NO, ANSWER_YES, ANSWER_LINE } Answer;

/* y, n, and for "--More--" also Enter (one line more) and q. */
static Answer ask(Editing *editing, const char *question, bool more)
{
    unsigned char byte;

    fputs(question, stdout);
    fflush(stdout);
    while (editing_read_byte(editing, &byte) > 0) {
        if (byte && strchr("yY ", byte))
            return ANSWER_YES;
        if (byte && strchr("nN\177\007", byte))
            return ANSWER_NO;
        if (more && (byte == '\n' || byte == '\r'))
            return ANSWER_LINE;
        if (more && (byte == 'q' || byte == 'Q'))
            return ANSWER_NO;
    }
    return ANSWER_NO;
}

static bool many_wanted(Editing *editing, size_t count)
{
    char *question;
    Answer answer;

    if (editing->query_items <= 0 || count < (size_t)editing->query_items)
        return true;
    question = xasprintf("Display all %zu possibilities? (y or n)", count);
    answer = ask(editing, question, false);
    if (!editing->interrupted)
        putchar('\n');
    free(question);
    return answer != ANSWER_NO;
}

/* ---- columns -------------------------------------------------------------------------------------- */

static void print_entry(const char *text, int pad_to)
{
    int width = text_width(text);

    for (const char *p = text; *p; p++)
        putchar((unsigned char)*p < ' ' ? '?' : *p);
    for (; width < pad_to; width++)
        putchar(' ');
}

static int widest(const StrList *list)
{
    int max = 0;

    for (size_t i = 0; i < list->len; i++) {
        int width = text_width(list->items[i]);

        max = width > max ? width : max;
    }
    return max;
}

/* Sorted down the columns. */
static void print_columns(Editing *editing, const StrList *list, Screen screen)
{
    int cell = widest(list) + 2;
    bool narrower = editing->list_width >= 0 && editing->list_width < screen.columns;
    int across = (narrower ? editing->list_width : screen.columns) / cell;
    size_t height;
    int lines = 0;

    if (across > 1 && across * cell == screen.columns)
        across--;
    if (across < 1)
        across = 1;
    height = (list->len + (size_t)across - 1) / (size_t)across;
    for (size_t row = 0; row < height; row++) {
        for (size_t i = row; i < list->len; i += height)
            print_entry(list->items[i], i + height < list->len ? cell : 0);
        putchar('\n');
        if (++lines >= screen.rows - 1 && row + 1 < height && !editing->no_pages) {
            Answer answer = ask(editing, "--More--", true);

            if (editing->interrupted)
                return;
            fputs("\r        \r", stdout);
            if (answer == ANSWER_NO)
                return;
            lines = answer == ANSWER_LINE ? lines - 1 : 0;
        }
    }
}

void editing_list(Editing *editing, const StrList *shown)
{
    Screen screen = screen_size();

    leave_line(editing);
    if (many_wanted(editing, shown->len))
        print_columns(editing, shown, screen);
    if (editing->interrupted)
        return; /* the question stays as it is, and the line is given up */
    editing_write_prompt_above(editing);
    el_set(editing->el, EL_REFRESH);
}
