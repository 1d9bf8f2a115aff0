/*
 * cells.c — how cells are held until all widths are known: a tag (length and kind as a variable
 * length number), for all but plain ones width and lines, then the bytes.  A million short cells
 * cost a million bytes beyond their text.
 */
#include "printer.h"

/* Seven bits a byte, lowest first, the high bit says that more follow. */
static char *put_number(char *to, uint64_t number)
{
    while (number >= 0x80) {
        *to++ = (char)(number | 0x80);
        number >>= 7;
    }
    *to++ = (char)number;
    return to;
}

static inline const char *get_number(const char *at, uint64_t *number)
{
    unsigned char c = (unsigned char)*at++;
    unsigned shift = 7;

    *number = c & 0x7f;
    while (c & 0x80) {
        c = (unsigned char)*at++;
        *number |= (uint64_t)(c & 0x7f) << shift;
        shift += 7;
    }
    return at;
}

/* 32 bytes are room for the three numbers and the NUL. */
void cell_append(Sink *sink, const char *text, size_t len, const Extent *extent)
{
    CellKind kind = !extent ? CELL_PLAIN : extent->printable ? CELL_PRINTABLE : CELL_COMPLEX;
    char *start = sink_room(sink, len + 32), *to = start;

    to = put_number(to, (uint64_t)len << 2 | kind);
    if (kind != CELL_PLAIN)
        to = put_number(to, (uint64_t)extent->width);
    if (kind == CELL_COMPLEX)
        to = put_number(to, (uint64_t)extent->lines);
    memcpy(to, text, len);
    to += len;
    if (kind != CELL_PLAIN)
        *to++ = '\0'; /* libpq may look one byte ahead */
    sink->len += (size_t)(to - start);
}

static inline uint64_t remarkable(uint64_t word, unsigned char unused)
{
    (void)unused;
    return odd_bytes(word);
}

bool cell_append_plain(Sink *sink, const char *text, size_t len)
{
    char *start = sink_room(sink, len + 32);
    char *to = put_number(start, (uint64_t)len << 2 | CELL_PLAIN);

    if (copy_tested(to, text, len, remarkable, 0))
        return false;
    sink->len += (size_t)(to - start) + len;
    return true;
}

/* A row lies in one block (sink.c sees to it), so this needs no bounds but the column count. */
const char *cell_read_row(const char *at, int count, Cell *cells)
{
    for (Cell *cell = cells; cell < cells + count; cell++) {
        uint64_t tag, width, lines = 1;

        at = get_number(at, &tag);
        cell->kind = (CellKind)(tag & 3);
        cell->len = (size_t)(tag >> 2);
        width = cell->len;
        if (cell->kind != CELL_PLAIN)
            at = get_number(at, &width);
        if (cell->kind == CELL_COMPLEX)
            at = get_number(at, &lines);
        cell->width = (int)width;
        cell->lines = (int)lines;
        cell->text = at;
        at += cell->len + (cell->kind != CELL_PLAIN);
    }
    return at;
}
