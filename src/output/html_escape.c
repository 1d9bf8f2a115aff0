/*
 * html_escape.c — text as HTML, as psql writes it: leading blanks stay visible, newlines break.
 */
#include "pgmish/output.h"

void print_html_escaped(FILE *out, const char *text)
{
    bool leading = true;

    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\n':
            fputs("<br />\n", out);
            break;
        case ' ':
            fputs(leading ? "&nbsp;" : " ", out);
            break;
        default:
            fputc(*text, out);
        }
        leading = leading && *text == ' ';
    }
}
