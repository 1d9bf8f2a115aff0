/*
 * trim.c — white space as contract C2, M1 and P3 mean it: Unicode's White_Space property, so
 * that a no-break space pasted from a web page does not become part of a key.
 */
#include "internal.h"

static bool is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/* Length of the white space character at s, 0: something else. */
static size_t space_at(const char *s, size_t len)
{
    size_t used = utf8_sequence((const unsigned char *)s, len);

    if (!used || !is_space(utf8_decode((const unsigned char *)s, len, &used)))
        return 0;
    return used;
}

void text_trim(const char **text, size_t *len)
{
    size_t used;

    while (*len && (used = space_at(*text, *len)) != 0) {
        *text += used;
        *len -= used;
    }
    while (*len) {
        size_t start = *len - 1;

        /* back to the first byte of the last character: at most three continuation bytes */
        while (start > 0 && *len - start < 4 && ((*text)[start] & 0xc0) == 0x80)
            start--;
        used = space_at(*text + start, *len - start);
        if (!used || start + used != *len)
            return;
        *len = start;
    }
}
