/*
 * pgmi_report.c — \pgmi report: the last run as a page to show around.
 */
#include "pgmish/meta.h"
#include "pgmish/testing.h"

#include <stdlib.h>

static MetaResult run_report(Shell *shell, const MetaCall *call)
{
    char *path;
    bool ok;

    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\pgmi report: missing required argument");
        return META_ERROR;
    }
    if (!session_project(shell->session)) {
        log_error(&shell->log, "no project is loaded");
        log_error_hint(&shell->log, "Load one with \\pgmi load DIR.");
        return META_ERROR;
    }
    path = expand_tilde(xstrdup(meta_arg(call, 0)));
    ok = shell_write_page(shell, path);
    free(path);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(pgmi_report) = {
    .names = "report",
    .parent = "pgmi",
    .args = "n",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi report FILE.html",
    .brief = "write the last run as a page: plan, durations, tests, failures",
    .help =
        "One self-contained page: the last deployment, the test run in it or behind it, each\n"
        "failure with its source, the plan of the loaded project and, where \\trace was on, "
        "how\n"
        "long each file and statement took.  It needs no network and no script.  Names of\n"
        "parameters are on it, never values.",
    .complete = complete_file,
    .run = run_report,
};
