/*
 * complete.c — tab completion: what kind of place is the cursor in.
 */
#include "complete.h"

void completion_free(Completion *completion)
{
    strlist_free(&completion->matches);
}

void complete_text(Shell *shell, const char *query, const char *line, size_t point,
                   Completion *completion)
{
    (void)shell;
    (void)query;
    (void)line;
    completion->start = point;
}

void complete_file(Shell *shell, const MetaCall *before, size_t index, const char *text,
                   StrList *list)
{
    (void)shell, (void)before, (void)index, (void)text, (void)list;
}

void complete_project_path(Shell *shell, const MetaCall *before, size_t index, const char *text,
                           StrList *list)
{
    (void)shell, (void)before, (void)index, (void)text, (void)list;
}

void complete_variable(Shell *shell, const MetaCall *before, size_t index, const char *text,
                       StrList *list)
{
    (void)shell, (void)before, (void)index, (void)text, (void)list;
}
