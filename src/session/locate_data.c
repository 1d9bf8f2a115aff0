/*
 * locate_data.c — errors in files that are data: JSON and XML that deploy.sql casts and cannot.
 *
 * The server does not tell the text, but a part of the line: "JSON data, line 3: "a": x..." in the
 * context, of XML the parser's own "line 3: ..." in the detail, with the line below it.  Where a
 * single loaded file has that in that line, it is the one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

/* What is known of the line. */
typedef struct DataLine {
    int number;
    char *part; /* of its text */
    bool is_xml;
    size_t
        from_end; /* JSON: bytes at the end of the part that are the wrong token; 0: unknown */
} DataLine;

/* Dots stand for what was left out. */
static char *without_dots(const char *text, size_t len)
{
    if (len > 3 && strncmp(text, "...", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (len > 3 && strncmp(text + len - 3, "...", 3) == 0)
        len -= 3;
    return xstrndup(text, len);
}

/* The token that the detail quotes, when the part ends with it. */
static size_t token_length(const char *detail, const char *part)
{
    const char *start = detail ? strchr(detail, '"') : NULL;
    const char *end = start ? strrchr(start + 1, '"') : NULL;
    char *token = end ? xstrndup(start + 1, (size_t)(end - start - 1)) : NULL;
    StrList quoted = quoted_names(detail ? detail : "");
    size_t len, all = strlen(part);

    if (!token)
        token = xstrdup(quoted.len ? quoted.items[0] : "");
    len = strlen(token);
    if (len > all || strcmp(part + all - len, token) != 0)
        len = 0;
    strlist_free(&quoted);
    free(token);
    return len;
}

/* JSON data, line 3: "a": x...  In other languages as well: données JSON, ligne 3 : ... */
static bool read_json(const char *context, const char *detail, DataLine *line)
{
    const char *end, *number, *colon;

    end = context ? context + strcspn(context, "\n") : NULL;
    if (!context || !(number = memmem(context, (size_t)(end - context), "JSON", 4)))
        return false;
    for (; number < end && !isdigit((unsigned char)*number); number++)
        ;
    colon = memmem(number, (size_t)(end - number), ": ", 2);
    if (!colon)
        return false;
    line->number = atoi(number);
    line->part = without_dots(colon + 2, (size_t)(end - colon - 2));
    line->from_end = token_length(detail, line->part);
    return true;
}

/* line 3: Opening and ending tag mismatch: b line 1 and a
 * <a><b></a>
 *          ^ */
static bool read_xml(const char *state, const char *detail, DataLine *line)
{
    const char *text;

    if (strncmp(state, "2200", 4) != 0 || !detail || strncmp(detail, "line ", 5) != 0 ||
        !(text = strchr(detail, '\n')))
        return false;
    line->number = atoi(detail + 5);
    line->part = without_dots(text + 1, strcspn(text + 1, "\n"));
    line->is_xml = true;
    return true;
}

static bool is_data(const ProjectFile *file)
{
    return file->role != FILE_TEST_OTHER && !file->is_sql && file->size;
}

bool spot_of_data(Locator *loc, const char *context, const Source **source, size_t *offset,
                  bool *column)
{
    DataLine line = {0};
    bool several = false;

    *source = NULL;
    if (!read_json(context, loc->detail, &line) && !read_xml(loc->state, loc->detail, &line))
        return false;
    for (size_t i = 0; i < loc->project->file_count && *line.part; i++) {
        const Source *file = is_data(&loc->project->files[i]) ? locator_file(loc, i) : NULL;
        size_t at = file ? line_start(file->text, file->len, line.number) : SIZE_MAX;
        const char *hit;

        if (at == SIZE_MAX)
            continue;
        hit = memmem(file->text + at, strcspn(file->text + at, "\n"), line.part,
                     strlen(line.part));
        if (!hit)
            continue;
        several = *source != NULL;
        *source = file;
        *column = line.from_end > 0;
        *offset = *column ? (size_t)(hit - file->text) + strlen(line.part) - line.from_end : at;
    }
    free(line.part);
    if (several)
        *source = NULL;
    return *source != NULL;
}
