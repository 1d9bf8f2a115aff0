/*
 * editing_draw.c — the prompt and the line on the screen.
 *
 * The whole is laid out in rows of cells, and the rows that differ from those shown before are
 * written from their first difference on.  Where what stands is readline's: a full row is left at
 * once for the next one, a wide character does not begin in the last column, a newline in the line
 * begins a row, a control character takes two cells, a tab is blanks.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { MARK_BEGIN = '\001', MARK_END = '\002', TAB_CELLS = 8 };

/* ---- characters --------------------------------------------------------------------------------- */

size_t editing_char(const char *text, size_t len, int *width)
{
    mbstate_t state = {0};
    wchar_t c;
    size_t n;

    if ((unsigned char)*text < 0x80) {
        *width = (unsigned char)*text < ' ' || *text == '\177' ? 2 : 1;
        return 1;
    }
    n = mbrtowc(&c, text, len, &state);
    if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
        *width = 1;
        return 1;
    }
    *width = wcwidth(c) < 0 ? 1 : wcwidth(c);
    return n;
}

int editing_text_width(const char *text)
{
    int total = 0, width;

    for (size_t len = strlen(text), n; len; text += n, len -= n) {
        n = editing_char(text, len, &width);
        total += (unsigned char)*text < ' ' ? 0 : width;
    }
    return total;
}

/* ---- laying out ------------------------------------------------------------------------------------ */

static ScreenRow *add_row(Layout *layout)
{
    if (layout->len == layout->cap) {
        layout->cap = layout->cap ? layout->cap * 2 : 8;
        layout->rows = xrealloc(layout->rows, layout->cap * sizeof *layout->rows);
    }
    layout->rows[layout->len] = (ScreenRow){0};
    strbuf_init(&layout->rows[layout->len].bytes);
    return &layout->rows[layout->len++];
}

void layout_free(Layout *layout)
{
    for (size_t i = 0; i < layout->len; i++) {
        strbuf_free(&layout->rows[i].bytes);
        free(layout->rows[i].units);
    }
    free(layout->rows);
    *layout = (Layout){0};
}

static ScreenRow *last_row(Layout *layout)
{
    return &layout->rows[layout->len - 1];
}

static void add_unit(Layout *layout, const char *bytes, size_t len, int width, int columns)
{
    ScreenRow *row = last_row(layout);

    if (row->width + width > columns && row->width) {
        /* What stood there must go. */
        for (int gap = columns - row->width; gap > 0; gap--)
            add_unit(layout, " ", 1, 1, columns);
        row = last_row(layout);
    }
    if (!width && row->len && *bytes != '\033') { /* combining: one with what is in front */
        row->units[row->len - 1].len += len;
    } else {
        if (row->len == row->cap) {
            row->cap = row->cap ? row->cap * 2 : 32;
            row->units = xrealloc(row->units, row->cap * sizeof *row->units);
        }
        row->units[row->len++] = (Unit){row->bytes.len, len, width};
    }
    strbuf_addn(&row->bytes, bytes, len);
    row->width += width;
    if (row->width >= columns)
        add_row(layout);
}

/* One character of the line or the prompt. */
static void add_char(Layout *layout, const char *text, size_t len, int width, int columns)
{
    char control[] = {'^', 0};

    if (*text == '\t') {
        for (int n = TAB_CELLS - last_row(layout)->width % TAB_CELLS; n > 0; n--)
            add_unit(layout, " ", 1, 1, columns);
    } else if ((unsigned char)*text < ' ' || *text == '\177') {
        control[1] = (char)(*text == '\177' ? '?' : *text + '@');
        add_unit(layout, control, 1, 1, columns);
        add_unit(layout, control + 1, 1, 1, columns);
    } else {
        add_unit(layout, text, len, width, columns);
    }
}

static void lay_out_prompt(Layout *layout, const char *prompt, int columns)
{
    for (const char *p = prompt; *p;) {
        int width;
        size_t n;

        if (*p == MARK_BEGIN) {
            n = strcspn(p + 1, "\002");
            if (n)
                add_unit(layout, p + 1, n, 0, columns);
            p += 1 + n + (p[1 + n] ? 1 : 0);
        } else if (*p == MARK_END) {
            p++;
        } else if ((unsigned char)*p < ' ' && *p != '\t') {
            add_unit(layout, p++, 1, 0, columns); /* the terminal's to understand */
        } else {
            n = editing_char(p, strlen(p), &width);
            add_char(layout, p, n, width, columns);
            p += n;
        }
    }
}

static void note_cursor(Layout *layout)
{
    layout->cursor_row = layout->len - 1;
    layout->cursor_column = last_row(layout)->width;
}

/* inputrc: show-mode-in-prompt */
static const char *mode_of(const Editing *editing)
{
    if (!editing->mode_in_prompt || editing->message)
        return "";
    if (!editing->vi)
        return "@";
    return editing->keymap == KEYMAP_VI_COMMAND ? "(cmd)" : "(ins)";
}

static void lay_out(const Editing *editing, int columns, Layout *layout)
{
    const StrBuf *text = &editing->text;

    add_row(layout);
    lay_out_prompt(layout, mode_of(editing), columns);
    lay_out_prompt(layout, editing->message ? editing->message : editing->prompt.data, columns);
    for (size_t at = 0, n; at < text->len; at += n) {
        int width;

        if (at == editing->point)
            note_cursor(layout);
        n = editing_char(text->data + at, text->len - at, &width);
        if (text->data[at] == '\n' && editing->terminal.up)
            add_row(layout);
        else
            add_char(layout, text->data + at, n, width, columns);
    }
    if (editing->point >= text->len)
        note_cursor(layout);
}

/* ---- a window of one row ------------------------------------------------------------------------- */

/* First cell of the window: as far to the left as the cursor is seen, moved by thirds of a row. */
static int window_margin(const Editing *editing, int cursor, int columns)
{
    int third = columns / 3, margin = editing->margin;

    if (cursor - margin > columns - 2)
        margin = cursor - 2 * third;
    else if (cursor < columns - 2)
        margin = 0;
    else if (cursor - margin < 1)
        margin = third ? (cursor - 1) / third * third : 0;
    return margin < 0 ? 0 : margin;
}

/* Keeps of the one row what the window shows; "<" and ">" say that there is more. */
static void cut_to_window(Editing *editing, Layout *layout, int columns)
{
    ScreenRow *row = layout->rows;
    Layout cut = {0};
    int cell = 0, end;
    int margin = window_margin(editing, layout->cursor_column, columns);

    editing->margin = margin;
    end = margin + columns;
    add_row(&cut);
    for (size_t i = 0; i < row->len; cell += row->units[i++].width) {
        const Unit *unit = &row->units[i];

        if (cell < margin || cell >= end)
            continue;
        if (cell == margin && margin > 0)
            add_unit(&cut, "<", 1, 1, columns + 1);
        else if (cell == end - 1 && end < row->width)
            add_unit(&cut, ">", 1, 1, columns + 1);
        else
            add_unit(&cut, row->bytes.data + unit->at, unit->len, unit->width, columns + 1);
    }
    cut.cursor_column = layout->cursor_column - margin;
    layout_free(layout);
    *layout = cut;
}

/* ---- moving the cursor ----------------------------------------------------------------------------- */

static void write_units(const ScreenRow *row, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        fwrite(row->bytes.data + row->units[i].at, 1, row->units[i].len, stdout);
}

/* The cells of the row from its beginning take the cursor to the right on any terminal. */
static void move_to_column(Editing *editing, const ScreenRow *row, int column)
{
    if (column == editing->column)
        return;
    if (column < editing->column && editing->column - column < 8) {
        for (int n = editing->column - column; n > 0; n--)
            putchar('\b');
    } else {
        int cell = 0;

        putchar('\r');
        for (size_t i = 0; row && i < row->len && cell < column; i++) {
            write_units(row, i, i + 1);
            cell += row->units[i].width;
        }
    }
    editing->column = column;
}

static void move_to_row(Editing *editing, size_t row)
{
    if (row != editing->row) {
        for (; editing->row > row; editing->row--)
            terminal_put(editing->terminal.up);
        if (editing->row < row) {
            putchar('\r');
            editing->column = 0;
        }
        for (; editing->row < row; editing->row++)
            putchar('\n');
    }
}

/* ---- drawing ---------------------------------------------------------------------------------------------- */

static bool same_unit(const ScreenRow *a, const ScreenRow *b, size_t i)
{
    return a->units[i].len == b->units[i].len &&
           memcmp(a->bytes.data + a->units[i].at, b->bytes.data + b->units[i].at,
                  a->units[i].len) == 0;
}

/* How many units both have at their beginning.  Where there are colours all is written. */
static size_t same_units(const ScreenRow *old, const ScreenRow *now)
{
    size_t n = 0;
    bool colours = false;

    if (!old)
        return 0;
    while (n < old->len && n < now->len && same_unit(old, now, n))
        n++;
    for (size_t i = n; i < now->len || i < old->len; i++)
        colours = colours || (i < now->len && !now->units[i].width) ||
                  (i < old->len && !old->units[i].width);
    return colours ? 0 : n;
}

static void clear_to_end(Editing *editing, int width_before)
{
    if (editing->terminal.clear_to_end) {
        terminal_put(editing->terminal.clear_to_end);
        return;
    }
    for (int n = editing->column; n < width_before; n++)
        putchar(' ');
    for (int n = editing->column; n < width_before; n++)
        putchar('\b');
}

/* Behind a full row: the terminal waits in its last column and goes on with the next character. */
static void wrap(Editing *editing, const ScreenRow *next)
{
    size_t n = 0;

    while (n < next->len && !next->units[n].width)
        n++;
    if (!editing->terminal.wraps)
        putchar('\n');
    else if (n < next->len)
        write_units(next, 0, n + 1);
    else
        putchar(' ');
    putchar('\r');
    editing->row++;
    editing->column = 0;
}

static void draw_row(Editing *editing, const Layout *now, size_t index)
{
    const ScreenRow *row = &now->rows[index];
    const ScreenRow *old = index < editing->shown.len ? &editing->shown.rows[index] : NULL;
    size_t same = same_units(old, row);
    int column = 0;

    if (old && same == row->len && same == old->len)
        return;
    for (size_t i = 0; i < same; i++)
        column += row->units[i].width;
    move_to_row(editing, index);
    move_to_column(editing, row, column);
    write_units(row, same, row->len);
    editing->column = row->width;
    if (old && old->width > row->width)
        clear_to_end(editing, old->width);
    if (row->width >= editing->width && index + 1 < now->len)
        wrap(editing, &now->rows[index + 1]);
}

static void clear_rows_below(Editing *editing, size_t first)
{
    for (size_t i = first; i < editing->shown.len; i++) {
        if (!editing->shown.rows[i].width)
            continue;
        move_to_row(editing, i);
        move_to_column(editing, NULL, 0);
        clear_to_end(editing, editing->shown.rows[i].width);
    }
}

static int usable_width(const Editing *editing)
{
    int columns, rows;

    editing_screen_size(&columns, &rows);
    columns -= editing->terminal.wraps ? 0 : 1;
    return columns > 1 ? columns : 1;
}

void editing_draw(Editing *editing)
{
    Layout now = {0};

    editing->width = usable_width(editing);
    if (editing->terminal.up) {
        lay_out(editing, editing->width, &now);
    } else {
        lay_out(editing, 1 << 30, &now);
        cut_to_window(editing, &now, editing->width);
    }
    for (size_t i = 0; i < now.len; i++)
        draw_row(editing, &now, i);
    clear_rows_below(editing, now.len);
    move_to_row(editing, now.cursor_row);
    move_to_column(editing, &now.rows[now.cursor_row], now.cursor_column);
    layout_free(&editing->shown);
    editing->shown = now;
}

void editing_forget_screen(Editing *editing)
{
    layout_free(&editing->shown);
    editing->row = 0;
    editing->column = 0;
    editing->margin = 0;
}

void editing_write_prompt_above(Editing *editing)
{
    fputs(editing->prompt_above.data, stdout);
}

/* A last row that is empty, because the one before is full, is where the output begins. */
void editing_leave_line(Editing *editing)
{
    const ScreenRow *rows;
    size_t last;

    editing_draw(editing);
    rows = editing->shown.rows;
    last = editing->shown.len - 1;
    if (last && !rows[last].width && rows[last - 1].width >= editing->width)
        last--;
    move_to_row(editing, last);
    putchar('\r');
    putchar('\n');
    editing_forget_screen(editing);
}

void editing_clear_screen(Editing *editing)
{
    editing_draw(editing); /* what was typed stays above */
    if (editing->terminal.erase_screen) {
        terminal_put(editing->terminal.erase_screen);
        editing_forget_screen(editing);
    } else {
        editing_leave_line(editing);
    }
    editing_draw(editing);
}

/* The rows may have been broken anew by the terminal: the line begins where it began. */
void editing_resized(Editing *editing)
{
    size_t bottom = editing->shown.len ? editing->shown.len - 1 : 0;

    move_to_row(editing, bottom);
    putchar('\r');
    editing->column = 0;
    clear_to_end(editing, 0);
    move_to_row(editing, 0);
    editing_forget_screen(editing);
    editing_draw(editing);
    fflush(stdout);
}

void editing_message(Editing *editing, const char *text)
{
    editing->message = text;
}
