/*
 * csv.c — comma separated values after RFC 4180.  psql also quotes a cell that is exactly \.
 * (COPY would take it for the end of data), and everything when the separator is a backslash or
 * a dot.  No title, no footer.
 */
#include "printer.h"

/* The four bytes that force quotes, looked for in eight bytes at once. */
static inline uint64_t special(uint64_t word, unsigned char separator)
{
    return word_has(word, separator) | word_has(word, '"') | word_has(word, '\n') |
           word_has(word, '\r');
}

static bool needs_quotes(const char *text, size_t len, char separator)
{
    const char *end = text + len;
    unsigned char sep = (unsigned char)separator;
    uint64_t found = 0;

    if (sep == '\\' || sep == '.' || (len == 2 && !memcmp(text, "\\.", 2)))
        return true;
    if (len < sizeof(found))
        return len && special(short_word(text, len), sep);
    for (; end - text > (ptrdiff_t)sizeof(found) && !found; text += sizeof(found))
        found = special(word_of(text), sep);
    return found || special(word_of(end - sizeof(found)), sep);
}

/* Quotes inside are doubled (RFC 4180, section 2.7). */
static void add_field(Printer *printer, Sink *sink, const char *text, size_t len)
{
    char *to;

    if (!needs_quotes(text, len, printer->options->csv_field_sep)) {
        sink_addn(sink, text, len);
        return;
    }
    to = sink_room(sink, 2 * len + 2);
    *to++ = '"';
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    *to++ = '"';
    sink->len = (size_t)(to - sink->buf);
}

static void start_csv(Printer *printer, Sink *sink)
{
    if (!printer->start_table || printer->options->tuples_only)
        return;
    for (int i = 0; i < printer->ncolumns; i++) {
        if (i)
            sink_addc(sink, printer->options->csv_field_sep);
        add_field(printer, sink, printer->columns[i].name, strlen(printer->columns[i].name));
    }
    sink_addc(sink, '\n');
}

static void cell_csv(Printer *printer, Sink *sink, const char *text, size_t len)
{
    if (printer->column)
        sink_addc(sink, printer->options->csv_field_sep);
    add_field(printer, sink, text, len);
    if (printer->column == printer->ncolumns - 1)
        sink_addc(sink, '\n');
}

/* Expanded: a line of two fields, name and value, for every cell; records are not set apart. */
static void cell_csv_expanded(Printer *printer, Sink *sink, const char *text, size_t len)
{
    const char *name = printer->columns[printer->column].name;

    add_field(printer, sink, name, strlen(name));
    sink_addc(sink, printer->options->csv_field_sep);
    add_field(printer, sink, text, len);
    sink_addc(sink, '\n');
}

/* Not zero for a word with the separator, a quote, a control character or a byte beyond ASCII.  A
 * borrow only comes from a byte that is one of them itself. */
static inline uint64_t remarkable(uint64_t word, unsigned char separator)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);

    return (word | (word - ones * ' ') | ((word ^ ones * '"') - ones) |
            ((word ^ ones * separator) - ones)) &
           ones * 0x80;
}

/* A backslash may be what needs_quotes() says; two bytes with one in front are left to it. */
static bool plain_cell_csv(Printer *printer, Sink *sink, const char *text, size_t len)
{
    char separator = printer->options->csv_field_sep;
    char *to = sink_room(sink, len + 2), *start = to;

    if (separator == '\\' || separator == '.' || (len == 2 && text[0] == '\\'))
        return false;
    if (printer->column)
        *to++ = separator;
    if (copy_tested(to, text, len, remarkable, (unsigned char)separator))
        return false;
    to += len;
    if (printer->column == printer->ncolumns - 1)
        *to++ = '\n';
    sink->len += (size_t)(to - start);
    return true;
}

static void nothing(Printer *printer, Sink *sink)
{
    (void)printer;
    (void)sink;
}

const Format format_csv = {start_csv, cell_csv, nothing, plain_cell_csv};
const Format format_csv_expanded = {nothing, cell_csv_expanded, nothing, NULL};
