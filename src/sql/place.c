/*
 * place.c — where something stands in a text, and which file a server's message names
 * (contract E5, E6).  Lines end with LF; a CR before it belongs to the line but is not shown.
 */
#include "scan.h"

#include <string.h>

/* Bytes of the character at s; what is not UTF-8 counts byte by byte. */
static size_t char_length(const char *s, size_t len)
{
    size_t used = utf8_sequence((const unsigned char *)s, len);

    return used ? used : 1;
}

static int count_chars(const char *s, size_t len)
{
    size_t at = 0;
    int count = 0;

    for (; at < len; count++)
        at += char_length(s + at, len - at);
    return count;
}

void place_advance(PlaceCursor *cursor, size_t offset)
{
    const char *text = cursor->text, *lf;

    while ((lf = memchr(text + cursor->offset, '\n', offset - cursor->offset))) {
        cursor->offset = (size_t)(lf - text) + 1;
        cursor->line++;
        cursor->column = 1;
    }
    cursor->column += count_chars(text + cursor->offset, offset - cursor->offset);
    cursor->offset = offset;
}

void text_place_at(const char *text, size_t len, size_t offset, TextPlace *place)
{
    PlaceCursor cursor = {text, 0, 1, 1};
    const char *before, *after;
    size_t end;

    if (offset > len)
        offset = len;
    place_advance(&cursor, offset);
    place->line = cursor.line;
    place->column = cursor.column;
    before = offset ? memrchr(text, '\n', offset) : NULL;
    place->line_start = before ? (size_t)(before - text) + 1 : 0;
    after = len > offset ? memchr(text + offset, '\n', len - offset) : NULL;
    end = after ? (size_t)(after - text) : len;
    if (end > place->line_start && text[end - 1] == '\r')
        end--;
    place->line_length = end - place->line_start;
}

bool text_locate(const char *text, size_t len, long position, TextPlace *place)
{
    size_t offset = 0;
    long left;

    if (position < 1)
        return false;
    for (left = position - 1; left > 0; left--) {
        if (offset >= len)
            return false;
        offset += char_length(text + offset, len - offset);
    }
    text_place_at(text, len, offset, place);
    return true;
}
