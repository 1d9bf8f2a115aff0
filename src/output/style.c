/*
 * style.c — the characters that tables are drawn with: psql's three line styles.  The unicode
 * style has a single or double line for the border, the columns and the header each; where two
 * of them meet, the character for that pair is chosen.
 */
#include "printer.h"

/* Marks on the right: + where a cell goes on after its newline, . where it was wrapped. */
static const TableStyle ascii_style = {
    .top = {"-", "+", "+", "+"},
    .middle = {"-", "+", "+", "+"},
    .bottom = {"-", "+", "+", "+"},
    .data = {"", "|", "|", "|"},
    .divider_newline = "|",
    .divider_wrap = "|",
    .divider_blank = "|",
    .header_left = " ",
    .header_right = "+",
    .newline_left = " ",
    .newline_right = "+",
    .wrap_left = ".",
    .wrap_right = ".",
    .marks_right = true,
};

/* Before 9.0 the divider told how the cell went on; scripts may still ask for it. */
static const TableStyle old_ascii_style = {
    .top = {"-", "+", "+", "+"},
    .middle = {"-", "+", "+", "+"},
    .bottom = {"-", "+", "+", "+"},
    .data = {"", "|", "|", "|"},
    .divider_newline = ":",
    .divider_wrap = ";",
    .divider_blank = " ",
    .header_left = "+",
    .header_right = " ",
    .newline_left = " ",
    .newline_right = " ",
    .wrap_left = " ",
    .wrap_right = " ",
    .marks_right = false,
};

/* The tables are indexed by the styles of the two lines that meet. */
static void unicode_style(TableStyle *style, const PrintOptions *options)
{
    static const char *const line[] = {"─", "═"}, *const upright[] = {"│", "║"};
    static const char *const corner[4][2] = {{"┌", "╔"}, {"┐", "╗"}, {"└", "╚"}, {"┘", "╝"}};
    /* [style of the upright part][style of the level part] */
    static const char *const tee_down[2][2] = {{"┬", "╤"}, {"╥", "╦"}};
    static const char *const tee_up[2][2] = {{"┴", "╧"}, {"╨", "╩"}};
    static const char *const tee_right[2][2] = {{"├", "╞"}, {"╟", "╠"}};
    static const char *const tee_left[2][2] = {{"┤", "╡"}, {"╢", "╣"}};
    static const char *const cross[2][2] = {{"┼", "╪"}, {"╫", "╬"}};
    UnicodeLine border = options->unicode_border, column = options->unicode_column,
                header = options->unicode_header;

    *style = ascii_style;
    style->top = (RuleChars){line[border], corner[0][border], tee_down[column][border],
                             corner[1][border]};
    style->middle = (RuleChars){line[header], tee_right[border][header], cross[column][header],
                                tee_left[border][header]};
    style->bottom = (RuleChars){line[border], corner[2][border], tee_up[column][border],
                                corner[3][border]};
    style->data = (RuleChars){"", upright[border], upright[column], upright[border]};
    style->divider_newline = style->divider_wrap = style->divider_blank = upright[column];
    style->header_right = style->newline_right = "↵";
    style->wrap_left = style->wrap_right = "…";
}

void table_style(TableStyle *style, const PrintOptions *options)
{
    if (options->line_style == LINESTYLE_UNICODE)
        unicode_style(style, options);
    else
        *style = options->line_style == LINESTYLE_OLD_ASCII ? old_ascii_style : ascii_style;
}
