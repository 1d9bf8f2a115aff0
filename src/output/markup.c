/*
 * markup.c — what the markup formats share: replacing special characters, blank cells, records.
 */
#include "printer.h"

/* Stretches without special characters are copied whole. */
void markup_add(Sink *sink, const char *text, size_t len, const Escapes escapes)
{
    const char *end = text + len, *from = text;

    for (; text < end; text++) {
        const char *instead = escapes[(unsigned char)*text];

        if (!instead)
            continue;
        sink_addn(sink, from, (size_t)(text - from));
        sink_add(sink, instead);
        from = text + 1;
    }
    sink_addn(sink, from, (size_t)(end - from));
}

void markup_addz(Sink *sink, const char *text, const Escapes escapes)
{
    markup_add(sink, text, strlen(text), escapes);
}

/* psql's idea of a blank cell, which is why newlines do not count. */
bool markup_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t')
            return false;
    return true;
}

const char *markup_title(const Printer *printer)
{
    return printer->start_table && !printer->options->tuples_only ? printer->title : NULL;
}

uint64_t markup_record(const Printer *printer)
{
    return print_rows(printer) + 1;
}
