/*
 * path.c — file names as psql writes them in messages: canonical by text alone.
 */
#include "path.h"

#include "pgmish/support.h"

#include <stdlib.h>
#include <string.h>

typedef struct Part {
    const char *start;
    size_t len;
} Part;

static bool is_dots(const Part *part)
{
    return part->len == 2 && memcmp(part->start, "..", 2) == 0;
}

void path_canonicalize(char *path)
{
    char *copy = xstrdup(path), *out = path;
    bool absolute = path[0] == '/';
    Part *parts = xcalloc(strlen(path) / 2 + 2, sizeof(Part));
    size_t count = 0;

    for (const char *p = copy; *p;) {
        Part part = {p + strspn(p, "/"), 0};

        part.len = strcspn(part.start, "/");
        p = part.start + part.len;
        if (!part.len || (part.len == 1 && *part.start == '.'))
            continue;
        if (is_dots(&part) && count && !is_dots(&parts[count - 1]))
            count--;
        else if (!is_dots(&part) || !absolute)
            parts[count++] = part;
    }
    if (absolute)
        *out++ = '/';
    for (size_t i = 0; i < count; i++) {
        if (i)
            *out++ = '/';
        memcpy(out, parts[i].start, parts[i].len);
        out += parts[i].len;
    }
    if (out == path && *copy)
        *out++ = '.';
    *out = '\0';
    free(parts);
    free(copy);
}
