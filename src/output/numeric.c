/*
 * numeric.c — which types are numbers to the printer, and \pset numericlocale.
 */
#include <locale.h>

#include "printer.h"

/* Type OIDs are part of the protocol: pg_type's built-in types never change theirs. */
bool print_type_is_right(Oid type)
{
    switch (type) {
    case 20:   /* int8 */
    case 21:   /* int2 */
    case 23:   /* int4 */
    case 26:   /* oid */
    case 28:   /* xid */
    case 29:   /* cid */
    case 700:  /* float4 */
    case 701:  /* float8 */
    case 790:  /* money */
    case 1700: /* numeric */
    case 5069: /* xid8 */
        return true;
    default:
        return false;
    }
}

/*
 * psql's reading of the locale: no empty strings, groups of 1 to 6 digits (else 3), and a
 * thousands separator that differs from the decimal point.  The strings are the C library's and
 * stay valid until setlocale() is called again, which happens once, before this.
 */
void numeric_locale_read(PrintOptions *options)
{
    const struct lconv *lconv = localeconv();

    options->decimal_point = *lconv->decimal_point ? lconv->decimal_point : ".";
    options->group_size = (unsigned char)*lconv->grouping;
    if (options->group_size <= 0 || options->group_size > 6)
        options->group_size = 3;
    if (*lconv->thousands_sep)
        options->thousands_sep = lconv->thousands_sep;
    else
        options->thousands_sep = strcmp(options->decimal_point, ",") != 0 ? "," : ".";
}

const char *numeric_localize(const PrintOptions *options, const char *text, size_t *len,
                             StrBuf *scratch)
{
    size_t at = 0, digits, group = (size_t)options->group_size;

    /* money is in the locale's shape already: only what is nothing but a number is touched */
    if (strspn(text, "0123456789+-.eE") != *len)
        return text;
    strbuf_reset(scratch);
    if (text[0] == '-' || text[0] == '+')
        strbuf_addc(scratch, text[at++]);
    digits = strspn(text + at, "0123456789");
    for (; digits; digits--) {
        strbuf_addc(scratch, text[at++]);
        if (digits > 1 && (digits - 1) % group == 0)
            strbuf_add(scratch, options->thousands_sep);
    }
    if (text[at] == '.') {
        strbuf_add(scratch, options->decimal_point);
        at++;
    }
    strbuf_addn(scratch, text + at, *len - at);
    *len = scratch->len;
    return scratch->data;
}
