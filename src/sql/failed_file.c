/*
 * failed_file.c — the project file that a server's message names (contract E6).
 *
 * E6 itself knows "Failed in PATH" with a path that has no blanks and ends in .sql; as it
 * welcomes, the other SQL extensions (D12), blanks in the path and the advanced template's
 * "[pgmi] Script failed: PATH - ..." are understood as well.
 */
#include "pgmish/sql.h"

#include <string.h>

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Does the path [path, end) end in one of the SQL extensions, with a name before it? */
static bool ends_in(const char *path, const char *end, const char *const *extensions)
{
    for (; *extensions; extensions++) {
        size_t len = strlen(*extensions);

        if ((size_t)(end - path) > len && !ascii_ncasecmp(end - len, *extensions, len))
            return true;
    }
    return false;
}

/* End of the longest path that the run of non-blanks starts with, NULL: none. */
static const char *longest_path(const char *path, const char *const *extensions)
{
    const char *end = path;

    while (*end && !blank(*end))
        end++;
    while (end > path && !ends_in(path, end, extensions))
        end--;
    return end > path ? end : NULL;
}

/* A path with blanks: up to the first `stop` behind an SQL extension, on one line and within a
 * path's usual length (a hostile message must not cost more). */
static const char *path_up_to(const char *path, const char *stop, const char *const *extensions)
{
    size_t left = strnlen(path, 4096);
    const char *end = path, *lf = memchr(path, '\n', left);
    const char *limit = lf ? lf : path + left;

    if (strncmp(path, "./", 2) != 0) /* every project path starts so (D9) */
        return NULL;
    while ((end = memmem(end, (size_t)(limit - end), stop, strlen(stop)))) {
        if (ends_in(path, end, extensions))
            return end;
        end++;
    }
    return NULL;
}

char *failed_file_in(const char *message)
{
    static const char *const rule[] = {".sql", NULL};
    static const char *const all[] = {".sql",  ".ddl",   ".dml",     ".dql", ".dcl",
                                      ".psql", ".pgsql", ".plpgsql", NULL};
    const char *at, *end;

    for (at = message; (at = strstr(at, "Failed in "));) {
        at += strlen("Failed in ");
        if ((end = longest_path(at, rule)) || (end = longest_path(at, all)) ||
            (end = path_up_to(at, ":", all)))
            return xstrndup(at, (size_t)(end - at));
    }
    at = strstr(message, "[pgmi] Script failed: ");
    if (!at)
        return NULL;
    at += strlen("[pgmi] Script failed: ");
    end = path_up_to(at, " - ", all);
    return end ? xstrndup(at, (size_t)(end - at)) : NULL;
}
