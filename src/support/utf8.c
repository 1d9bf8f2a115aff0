/*
 * utf8.c — checking and decoding UTF-8.  Strict as PostgreSQL and the contract (D8) are:
 * overlong forms, surrogates and values above U+10FFFF do not count.
 */
#include "pgmish/support.h"

#include <string.h>

static bool continuation(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

size_t utf8_sequence(const unsigned char *s, size_t len)
{
    if (!len)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4) /* C0 and C1 would only start overlong forms */
        return 0;
    if (len < 2 || !continuation(s[1]))
        return 0;
    if (s[0] < 0xE0)
        return 2;
    if (len < 3 || !continuation(s[2]))
        return 0;
    if (s[0] < 0xF0) {
        /* E0 80..9F is overlong, ED A0..BF are the surrogates */
        if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F))
            return 0;
        return 3;
    }
    if (len < 4 || !continuation(s[3]))
        return 0;
    if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return 4;
}

/* Offset of the first byte >= 0x80 at or after `at`; eight bytes at a time, since almost all
 * project text is ASCII and every byte of a project passes here. */
static size_t skip_ascii(const char *s, size_t len, size_t at)
{
    uint64_t chunk;

    while (at + sizeof chunk <= len) {
        memcpy(&chunk, s + at, sizeof chunk);
        if (chunk & UINT64_C(0x8080808080808080))
            break;
        at += sizeof chunk;
    }
    while (at < len && !((unsigned char)s[at] & 0x80))
        at++;
    return at;
}

size_t utf8_valid_prefix(const char *s, size_t len)
{
    size_t at = 0;

    while ((at = skip_ascii(s, len, at)) < len) {
        size_t step = utf8_sequence((const unsigned char *)s + at, len - at);

        if (!step)
            break;
        at += step;
    }
    return at;
}

uint32_t utf8_decode(const unsigned char *s, size_t len, size_t *used)
{
    size_t i;
    uint32_t value;

    *used = utf8_sequence(s, len);
    if (*used <= 1)
        return *used ? s[0] : 0xFFFD;
    value = s[0] & (0xFFu >> (*used + 1));
    for (i = 1; i < *used; i++)
        value = value << 6 | (s[i] & 0x3F);
    return value;
}
