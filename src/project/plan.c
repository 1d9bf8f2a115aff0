/*
 * plan.c — the execution order of a project's files without a server (contract M8): what
 * pgmi_plan_view will say, for commands that work offline.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* By key, then path, both by bytes. */
static int compare_rows(const void *a, const void *b)
{
    const PlanRow *x = a, *y = b;
    int order = strcmp(x->sort_key, y->sort_key);

    return order ? order : strcmp(x->file->path, y->file->path);
}

PlanRow *project_plan(const Project *project, size_t *count)
{
    PlanRow *rows;
    size_t total = 0;

    *count = 0;
    for (size_t i = 0; i < project->file_count; i++) {
        const Metadata *meta = project->files[i].meta;

        total += meta && meta->sort_keys.len ? meta->sort_keys.len : 1;
    }
    rows = xcalloc(total + 1, sizeof *rows);
    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];
        size_t keys = file->meta ? file->meta->sort_keys.len : 0;

        if (file->role != FILE_SOURCE)
            continue;
        if (!keys)
            rows[(*count)++] = (PlanRow){file, file->path};
        for (size_t k = 0; k < keys; k++)
            rows[(*count)++] = (PlanRow){file, file->meta->sort_keys.items[k]};
    }
    qsort(rows, *count, sizeof *rows, compare_rows);
    return rows;
}
