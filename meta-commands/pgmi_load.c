/*
 * pgmi_load.c — \pgmi load, reload, unload: files into the session's tables, and out again.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

/* Arguments with = are parameters, the first one without is the directory. */
static bool read_arguments(Shell *shell, const MetaCall *call, char **dir, Params *params)
{
    Diag diag = DIAG_INIT;
    bool ok = true;

    *dir = NULL;
    for (size_t i = 0; ok && i < call->count; i++) {
        const char *text = call->args[i].text;

        if (!*dir && (i == 0) && (!strchr(text, '=') || strchr(text, '/'))) {
            *dir = expand_tilde(xstrdup(text));
        } else {
            ok = params_set_pair(params, text, &diag);
            if (!ok)
                log_diag(&shell->log, &diag);
        }
    }
    diag_reset(&diag);
    return ok;
}

static MetaResult run_load(Shell *shell, const MetaCall *call)
{
    Params params;
    char *dir;
    bool ok;

    params_init(&params);
    ok = read_arguments(shell, call, &dir, &params) &&
         shell_load_project(shell, dir ? dir : ".", &params, NULL) == 0;
    params_free(&params);
    free(dir);
    return ok ? META_DONE : META_ERROR;
}

static void list_changes(const char *word, const StrList *paths)
{
    for (size_t i = 0; i < paths->len; i++) {
        char *shown = project_show_path(paths->items[i]);

        printf("  %-8s %s\n", word, shown);
        free(shown);
    }
}

static MetaResult run_reload(Shell *shell, const MetaCall *call)
{
    const Project *project = session_project(shell->session);
    LoadReport report = {0};
    Params params;
    char *root;
    int code;

    (void)call;
    if (!project) {
        log_error(&shell->log, "no project has been loaded");
        log_error_hint(&shell->log, "Load one with \\pgmi load DIR.");
        return META_ERROR;
    }
    root = xstrdup(project->root_path);
    params_copy(&params, &shell->load_params);
    code = shell_load_project(shell, root, &params, &report);
    if (!code && !shell->set.quiet) {
        list_changes("added", &report.added);
        list_changes("changed", &report.changed);
        list_changes("removed", &report.removed);
        if (!report.added.len && !report.changed.len && !report.removed.len)
            puts("  no file has changed");
        fflush(stdout);
    }
    load_report_free(&report);
    params_free(&params);
    free(root);
    return code ? META_ERROR : META_DONE;
}

static MetaResult run_unload(Shell *shell, const MetaCall *call)
{
    Diag diag = DIAG_INIT;
    bool ok = session_unload(shell->session, shell->conn, &diag);

    (void)call;
    if (!ok)
        log_diag(&shell->log, &diag);
    else if (!shell->set.quiet)
        puts("Unloaded.");
    shell_set_load_variables(shell);
    diag_reset(&diag);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(pgmi_load) = {
    .names = "load",
    .parent = "pgmi",
    .args = "n*",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi load [DIR] [KEY=VALUE ...]",
    .brief = "load the project in DIR into this session",
    .help =
        "Reads and checks the whole of DIR (default: the current directory) before the server\n"
        "is touched, then creates and fills the session's tables and views.  All or nothing:\n"
        "a project with a problem leaves an earlier load as it was.  Loading again replaces\n"
        "the project; callbacks that you have created stay.\n"
        "KEY=VALUE sets parameters, over those of pgmi.yaml and of --param.",
    .complete = complete_file,
    .run = run_load,
};

META_COMMAND(pgmi_reload) = {
    .names = "reload",
    .parent = "pgmi",
    .args = "",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi reload",
    .brief = "load the project again, tell what has changed",
    .run = run_reload,
};

META_COMMAND(pgmi_unload) = {
    .names = "unload",
    .parent = "pgmi",
    .args = "",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi unload",
    .brief = "drop the session's objects",
    .run = run_unload,
};
