/*
 * editing_list.c — candidates under the line: columns, pages and questions as readline has them.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void editing_screen_size(int *columns, int *rows)
{
    const char *wide = getenv("COLUMNS"), *high = getenv("LINES");

    if (term_size(STDOUT_FILENO, columns, rows))
        return;
    *columns = wide && atoi(wide) > 0 ? atoi(wide) : 80;
    *rows = high && atoi(high) > 0 ? atoi(high) : 24;
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
    putchar('\n');
    free(question);
    return answer != ANSWER_NO;
}

/* ---- columns -------------------------------------------------------------------------------------- */

static void print_entry(const char *text, int pad_to)
{
    int width = editing_text_width(text);

    for (const char *p = text; *p; p++)
        putchar((unsigned char)*p < ' ' ? '?' : *p);
    for (; width < pad_to; width++)
        putchar(' ');
}

static int widest(const StrList *list)
{
    int max = 0;

    for (size_t i = 0; i < list->len; i++) {
        int width = editing_text_width(list->items[i]);

        max = width > max ? width : max;
    }
    return max;
}

typedef struct Columns {
    int across, cell, height;
} Columns;

static Columns columns_for(const Editing *editing, const StrList *list, int columns)
{
    Columns layout = {.cell = widest(list) + 2};
    bool narrower = editing->list_width >= 0 && editing->list_width < columns;

    layout.across = (narrower ? editing->list_width : columns) / layout.cell;
    if (layout.across > 1 && layout.across * layout.cell == columns)
        layout.across--;
    if (layout.across < 1)
        layout.across = 1;
    layout.height = ((int)list->len + layout.across - 1) / layout.across;
    return layout;
}

/* Sorted down the columns, or across them. */
static void print_list_row(const Editing *editing, const StrList *list, const Columns *layout,
                           int row)
{
    int step = editing->list_across ? 1 : layout->height;
    int first = editing->list_across ? row * layout->across : row;

    for (int n = 0; n < layout->across; n++) {
        size_t at = (size_t)(first + n * step);

        if (at < list->len)
            print_entry(list->items[at], n + 1 < layout->across && at + (size_t)step < list->len
                                             ? layout->cell
                                             : 0);
    }
    putchar('\n');
}

static void print_columns(Editing *editing, const StrList *list, int columns, int rows)
{
    Columns layout = columns_for(editing, list, columns);
    int lines = 0;

    for (int row = 0; row < layout.height; row++) {
        print_list_row(editing, list, &layout, row);
        if (++lines >= rows - 1 && row + 1 < layout.height && !editing->no_pages) {
            Answer answer = ask(editing, "--More--", true);

            fputs("\r        \r", stdout);
            if (answer == ANSWER_NO)
                return;
            lines = answer == ANSWER_LINE ? lines - 1 : 0;
        }
    }
}

void editing_list(Editing *editing, const StrList *shown)
{
    int columns, rows;

    editing_screen_size(&columns, &rows);
    editing_leave_line(editing);
    editing->undrawn = true;
    if (many_wanted(editing, shown->len))
        print_columns(editing, shown, columns, rows);
    editing->undrawn = false;
    editing_write_prompt_above(editing);
}
