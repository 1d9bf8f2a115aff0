/*
 * duration.c — "1h30m" (contract 7.3): nanoseconds in exact integer arithmetic, since the
 * largest value needs all 63 bits and a double has 53.
 */
#include <string.h>

#include "pgmish/project.h"

typedef struct Unit {
    const char *name;
    int64_t nanoseconds;
} Unit;

/* The unit at p; a longer name wins over its own beginning.  NULL: none. */
static const Unit *unit_at(const char *p)
{
    static const Unit units[] = {
        {"ns", 1},           {"us", 1000},      {"\xc2\xb5s", 1000}, /* micro sign */
        {"\xce\xbcs", 1000},                                         /* Greek mu */
        {"ms", 1000000},     {"s", 1000000000}, {"m", 60000000000},  {"h", 3600000000000},
    };

    for (size_t i = 0; i < lengthof(units); i++)
        if (strncmp(p, units[i].name, strlen(units[i].name)) == 0)
            return &units[i];
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One "12.5h" at *text, added to *total; moves *text behind it. */
static bool add_part(const char **text, unsigned __int128 *total)
{
    const unsigned __int128 limit = (unsigned __int128)1 << 63;
    unsigned __int128 whole = 0, fraction = 0, scale = 1;
    const char *p = *text;
    const Unit *unit;
    bool digits = is_digit(*p);

    for (; is_digit(*p); p++) {
        whole = whole * 10 + (unsigned)(*p - '0');
        if (whole > limit)
            return false;
    }
    if (*p == '.') {
        digits |= is_digit(*++p);
        /* 18 digits are more than an hour has nanoseconds: the rest cannot matter */
        for (; is_digit(*p); p++)
            if (scale < 1000000000000000000u) {
                fraction = fraction * 10 + (unsigned)(*p - '0');
                scale *= 10;
            }
    }
    unit = unit_at(p);
    if (!digits || !unit)
        return false;
    *total += whole * (unsigned __int128)unit->nanoseconds +
              fraction * (unsigned __int128)unit->nanoseconds / scale;
    *text = p + strlen(unit->name);
    return *total <= limit;
}

bool duration_parse(const char *text, int64_t *nanoseconds)
{
    unsigned __int128 total = 0;
    bool negative = *text == '-';

    if (*text == '-' || *text == '+')
        text++;
    *nanoseconds = 0;
    if (strcmp(text, "0") == 0)
        return true;
    if (!*text)
        return false;
    while (*text)
        if (!add_part(&text, &total))
            return false;
    if (!negative && total > INT64_MAX)
        return false;
    *nanoseconds = (int64_t)(negative ? -(uint64_t)total : (uint64_t)total);
    return true;
}
