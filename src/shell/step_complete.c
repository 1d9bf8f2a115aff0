/*
 * step_complete.c — tab completion of places (FILE:LINE), and of the words at the step prompt.
 */
#include <stdlib.h>
#include <string.h>

#include "complete.h"
#include "pgmish/meta.h"
#include "step_private.h"

/* "FILE:" and the lines on which its statements begin. */
static void add_lines(Shell *shell, const char *text, StrList *list)
{
    const char *colon = strrchr(text, ':');
    char *name = xstrndup(text, (size_t)(colon - text)), *file = step_file_name(shell, name);
    uint64_t *lines;
    size_t count = step_statement_lines(shell, file, &lines);

    for (size_t i = 0; i < count; i++) {
        char *place = xasprintf("%s:%llu", name, (unsigned long long)lines[i]);

        if (strncmp(place, text, strlen(text)) == 0 && !strlist_has(list, place))
            strlist_add(list, place);
        free(place);
    }
    free(lines);
    free(file);
    free(name);
}

void step_complete_place(Shell *shell, const char *text, StrList *list)
{
    static const char deploy[] = "deploy.sql";
    const Project *project = step_project(shell);
    /* who starts without "./" gets paths without it */
    size_t len = strlen(text),
           skip = len && strncmp(text, "./", len < 2 ? len : 2) != 0 ? 2 : 0;

    if (strchr(text, ':')) {
        add_lines(shell, text, list);
        return;
    }
    if (project && strncmp(deploy, text, len) == 0)
        strlist_take(list, xasprintf("%s:", deploy));
    for (size_t i = 0; project && i < project->file_count; i++)
        if (project->files[i].role == FILE_SOURCE && project->files[i].is_sql &&
            strncmp(project->files[i].path + skip, text, len) == 0)
            strlist_take(list, xasprintf("%s:", project->files[i].path + skip));
}

bool step_complete(Shell *shell, const char *line, size_t point, Completion *completion)
{
    static const char *const with_place[] = {"until", "u", "break", "edit", "e"};
    size_t start = strspn(line, " \t"), word = strcspn(line + start, " \t");
    char *text;

    if (!shell->step || !shell->step->at_prompt || point < start)
        return false;
    if (point <= start + word) {
        text = xstrndup(line + start, point - start);
        for (size_t i = 0; step_words[i]; i++)
            if (strncmp(step_words[i], text, strlen(text)) == 0)
                strlist_add(&completion->matches, step_words[i]);
        completion->start = start;
    } else {
        size_t at = start + word + strspn(line + start + word, " \t");

        text = xstrndup(line + at, point > at ? point - at : 0);
        for (size_t i = 0; i < lengthof(with_place); i++)
            if (strlen(with_place[i]) == word &&
                strncmp(with_place[i], line + start, word) == 0)
                step_complete_place(shell, text, &completion->matches);
        completion->start = at;
    }
    completion->suffix = ' ';
    if (completion->matches.len == 1 && strchr(completion->matches.items[0], ':') &&
        completion->matches.items[0][strlen(completion->matches.items[0]) - 1] == ':')
        completion->suffix = 0;
    free(text);
    return completion->matches.len > 0;
}
