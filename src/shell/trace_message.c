/*
 * trace_message.c — what the server says about a marked text, as if there were no marks.
 *
 * libpq has put the message together already, with the text it failed in (QUERY, CONTEXT) and the line of the
 * position (LINE n).  Marks are taken out of the former; the latter is made anew, as libpq cuts it
 * to fit and may have cut through a mark.
 */
#include "pgmish/shell.h"
#include "pgmish/trace.h"

#include <stdlib.h>
#include <string.h>

enum { EXCERPT_CELLS = 60, BEHIND_CELLS = 10 }; /* as wide as libpq's own */

static int cells(const char *text, size_t len)
{
    int encoding = pg_char_to_encoding("UTF8"), width = 0, one;

    for (size_t i = 0; i < len;) {
        int bytes = PQmblen(text + i, encoding);

        one = text[i] == '\t' ? 1 : PQdsplen(text + i, encoding);
        width += one > 0 ? one : 0;
        i += bytes > 0 ? (size_t)bytes : 1;
    }
    return width;
}

/* Bytes of text that fill up to so many cells. */
static size_t bytes_of_cells(const char *text, size_t len, int width)
{
    int encoding = pg_char_to_encoding("UTF8");
    size_t at = 0;

    while (at < len && width > 0) {
        int bytes = PQmblen(text + at, encoding);

        width -= cells(text + at, bytes > 0 ? (size_t)bytes : 1);
        at += bytes > 0 ? (size_t)bytes : 1;
    }
    return at < len ? at : len;
}

/* The line and its caret: `at` is the place in the line, in bytes. */
static void add_excerpt(StrBuf *out, const char *label, size_t label_len, const char *line,
                        size_t len, size_t at)
{
    size_t from = 0, to = len;
    int column = cells(line, at), caret;

    if (cells(line, len) > EXCERPT_CELLS) {
        if (column > EXCERPT_CELLS - BEHIND_CELLS)
            from = bytes_of_cells(line, len, column - (EXCERPT_CELLS - BEHIND_CELLS));
        to = from + bytes_of_cells(line + from, len - from, EXCERPT_CELLS);
    }
    caret = cells(label, label_len) + (from ? 3 : 0) + cells(line + from, at - from);
    strbuf_addn(out, label, label_len);
    strbuf_add(out, from ? "..." : "");
    for (size_t i = from; i < to; i++)
        strbuf_addc(out, line[i] == '\t' ? ' ' : line[i]);
    strbuf_addf(out, "%s\n%*s^\n", to < len ? "..." : "", caret, "");
}

/* End of the two lines at `excerpt`, when the second one is a caret; else NULL. */
static const char *excerpt_end(const char *excerpt)
{
    const char *caret = strchr(excerpt, '\n'), *end;

    if (!caret)
        return NULL;
    caret++;
    end = caret + strspn(caret, " ");
    return end > caret && end[0] == '^' && end[1] == '\n' ? end + 2 : NULL;
}

/* Appends the message up to and with its excerpt made anew; returns what follows it in the message. */
static const char *renew_excerpt(StrBuf *out, const char *message, const PGresult *error)
{
    const char *primary = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    const char *query = PQresultErrorField(error, PG_DIAG_INTERNAL_QUERY);
    const char *field = PQresultErrorField(error, PG_DIAG_INTERNAL_POSITION);
    const char *start = primary ? strstr(message, primary) : NULL, *end, *label;
    long position = field ? strtol(field, NULL, 10) : 0;
    StrBuf text = STRBUF_INIT;
    TextPlace place;

    if (!start || !query || position < 1)
        return message;
    start += strlen(primary);
    end = *start == '\n' ? excerpt_end(++start) : NULL;
    label = end ? strstr(start, ": ") : NULL;
    if (label && marks_remove(query, strlen(query), &position, &text) &&
        text_locate(text.data, text.len, position, &place)) {
        const char *line = text.data + place.line_start;
        size_t at = 0;

        for (int i = 1; i < place.column; i++)
            at += (size_t)PQmblenBounded(line + at, pg_char_to_encoding("UTF8"));
        marks_remove(message, (size_t)(start - message), NULL, out);
        add_excerpt(out, start, (size_t)(label + 2 - start), line, place.line_length, at);
        message = end;
    }
    strbuf_free(&text);
    return message;
}

char *trace_message(const char *message, const PGresult *error)
{
    StrBuf out = STRBUF_INIT;
    const char *rest;

    /* "_mark(" alone may be left of one in the excerpt, but then the query is quoted in full too */
    if (!strstr(message, "pg_temp._pgmi_mark("))
        return NULL;
    rest = renew_excerpt(&out, message, error);
    marks_remove(rest, strlen(rest), NULL, &out);
    return strbuf_detach(&out);
}
