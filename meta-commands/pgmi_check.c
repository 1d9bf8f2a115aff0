/*
 * pgmi_check.c — \pgmi check: everything about a project that needs no server.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static void print_warning(Shell *shell, const Diag *warning)
{
    if (warning->file && warning->line)
        log_warning(&shell->log, "%s:%d: %s", warning->file, warning->line, warning->message);
    else if (warning->file)
        log_warning(&shell->log, "%s: %s", warning->file, warning->message);
    else
        log_warning(&shell->log, "%s", warning->message);
}

static MetaResult run_check(Shell *shell, const MetaCall *call)
{
    const Project *loaded = session_project(shell->session);
    const char *given = meta_arg(call, 0);
    char *dir = expand_tilde(xstrdup(given ? given : loaded ? loaded->root_path : "."));
    DiagList problems = DIAGLIST_INIT, warnings = DIAGLIST_INIT;
    Project *project = NULL;
    bool ok;

    project_check(dir, &problems, &warnings, &project);
    ok = !problems.len;
    for (size_t i = 0; i < problems.len; i++)
        log_diag(&shell->log, &problems.items[i]);
    for (size_t i = 0; i < warnings.len; i++)
        print_warning(shell, &warnings.items[i]);
    if (ok && project && !shell->set.quiet) {
        char *shown = project_show_path(dir);

        printf("%s: %zu file%s, %zu test%s, no problem found.\n", shown, project->file_count,
               project->file_count == 1 ? "" : "s", project->test_count,
               project->test_count == 1 ? "" : "s");
        free(shown);
    }
    fflush(stdout);
    project_free(project);
    diaglist_free(&problems);
    diaglist_free(&warnings);
    free(dir);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(pgmi_check) = {
    .names = "check",
    .parent = "pgmi",
    .args = "n",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi check [DIR]",
    .brief = "check a project without a server",
    .help =
        "Metadata, duplicate ids, directory names, encodings, links, pgmi.yaml, placement of\n"
        "the macro.  DIR is the loaded project or the current directory by default.",
    .complete = complete_file,
    .run = run_check,
};
