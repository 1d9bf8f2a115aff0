/*
 * ascii.c — upper and lower case of keywords, whatever the locale.
 *
 * The C library's strcasecmp, strcasestr, tolower and toupper follow LC_CTYPE.  Under tr_TR the letters i
 * and I are no pair, so that COMMIT is not commit, and SQL would be read otherwise than the server reads
 * it.  PostgreSQL and psql have functions of their own for that reason (pg_strcasecmp, pg_tolower); these
 * follow the same rule, and regress/lint.pl keeps the library's out.
 */
#include "pgmish/support.h"

#include <ctype.h>
#include <string.h>

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

int ascii_casecmp(const char *a, const char *b)
{
    return ascii_ncasecmp(a, b, SIZE_MAX);
}

int ascii_ncasecmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        unsigned char x = lower((unsigned char)*a), y = lower((unsigned char)*b);

        if (x != y || !x)
            return x - y;
    }
    return 0;
}

const char *ascii_casestr(const char *text, const char *word)
{
    const char first[] = {(char)fold_lower(*word), (char)fold_upper(*word), '\0'};
    size_t len = strlen(word);

    if (!len)
        return text;
    for (; (text = strpbrk(text, first)) != NULL; text++)
        if (ascii_ncasecmp(text, word, len) == 0)
            return text;
    return NULL;
}

/* psql's rule for bytes that are not ASCII: a locale with an encoding of one byte a character decides. */
char fold_lower(char c)
{
    unsigned char byte = (unsigned char)c;

    return (char)(byte >= 0x80 && isupper(byte) ? tolower(byte) : lower(byte));
}

char fold_upper(char c)
{
    unsigned char byte = (unsigned char)c;

    if (byte < 0x80)
        return (char)(byte >= 'a' && byte <= 'z' ? byte - ('a' - 'A') : byte);
    return (char)(islower(byte) ? toupper(byte) : byte);
}
