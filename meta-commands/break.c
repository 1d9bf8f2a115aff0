/*
 * break.c — \break: places where \step stops.
 */
#include "pgmish/meta.h"
#include "pgmish/step.h"

#include <stdlib.h>
#include <string.h>

static MetaResult delete_breakpoints(Shell *shell, const char *which)
{
    int number = which && strcmp(which, "all") != 0 ? atoi(which) : 0;

    if (!which || (number <= 0 && strcmp(which, "all") != 0)) {
        log_error(&shell->log, "\\break delete: say a breakpoint's number, or all");
        return META_ERROR;
    }
    return step_break_delete(shell, number) ? META_DONE : META_ERROR;
}

static MetaResult run_break(Shell *shell, const MetaCall *call)
{
    const char *place = meta_arg(call, 0);
    char *file;
    int line;
    bool ok;

    if (!place || strcmp(place, "list") == 0) {
        step_break_list(shell);
        return META_DONE;
    }
    if (strcmp(place, "delete") == 0)
        return delete_breakpoints(shell, meta_arg(call, 1));
    if (!step_place_parse(place, &file, &line)) {
        log_error(&shell->log, "\\%s: \"%s\" is not FILE:LINE", call->name, place);
        return META_ERROR;
    }
    ok = step_break(shell, file, line);
    free(file);
    return ok ? META_DONE : META_ERROR;
}

static void complete_break(Shell *shell, const MetaCall *before, size_t index, const char *text,
                           StrList *list)
{
    (void)before;
    if (index > 0)
        return;
    if (strncmp("delete", text, strlen(text)) == 0)
        strlist_add(list, "delete");
    step_complete_place(shell, text, list);
}

META_COMMAND(break) = {
    .names = "break",
    .args = "nn",
    .group = HELP_PGMI,
    .synopsis = "\\break [FILE:LINE | delete N|all]",
    .brief = "set, list or delete breakpoints of \\step",
    .help =
        "Stepping stops before the statement on that line, or before the first one behind it.\n"
        "FILE is deploy.sql, a loaded path or a file on disk.  Alone, the command lists the\n"
        "breakpoints; they stay until they are deleted.",
    .complete = complete_break,
    .run = run_break,
};
