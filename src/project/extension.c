/*
 * extension.c — what the end of a file's name says (contract D12, D13).
 */
#include <string.h>

#include "internal.h"

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool ascii_same(const char *a, const char *b)
{
    while (*a && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return ascii_lower(*a) == ascii_lower(*b);
}

/* D12: the extension is taken from the last dot, so x.sql.bak and x.sql~ are not SQL. */
bool has_sql_extension(const char *name)
{
    static const char *const known[] = {".sql", ".ddl",  ".dml",   ".dql",
                                        ".dcl", ".psql", ".pgsql", ".plpgsql"};
    const char *dot = strrchr(project_base_name(name), '.');

    for (size_t i = 0; dot && i < lengthof(known); i++)
        if (ascii_same(dot, known[i]))
            return true;
    return false;
}

static bool is_alnum(char c)
{
    c = ascii_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* D13: a dot and one or more ASCII letters or digits up to the end, else nothing. */
const char *file_extension(const char *name)
{
    const char *base = project_base_name(name);
    const char *end = base + strlen(base);
    const char *p = end;

    while (p > base && is_alnum(p[-1]))
        p--;
    return p < end && p > base && p[-1] == '.' ? p - 1 : end;
}
