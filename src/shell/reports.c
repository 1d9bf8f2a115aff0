/*
 * reports.c — the reports that --report asks for, through the life of the shell.
 *
 * They are opened before anything runs, so that a path that cannot be written is known then and not
 * after the tests; every run of the session goes into the same ones, and they are complete only when the
 * shell ends (a TAP plan stands at the end, a JUnit file has a closing tag).
 */
#include "pgmish/testing.h"

#include <stdlib.h>
#include <string.h>

bool shell_reports_on_stdout(const Shell *shell)
{
    for (size_t i = 0; i < shell->report_count; i++)
        if (report_on_stdout(shell->reports[i]))
            return true;
    return false;
}

FILE *shell_tell_stream(const Shell *shell)
{
    return shell_reports_on_stdout(shell) ? stderr : stdout;
}

bool shell_add_report(Shell *shell, const char *text, Diag *diag)
{
    const char *equal = strchr(text, '=');
    const char *file = equal && equal[1] ? equal + 1 : NULL;
    Report *report;
    ReportKind kind;

    if (!report_kind(text, equal ? (size_t)(equal - text) : strlen(text), &kind)) {
        diag_set(diag, EXIT_PGMI_USAGE, "invalid report format \"%s\"", text);
        return diag_hint(diag, "Known are tap, junit and json, each with =FILE behind it or "
                               "without.");
    }
    if (equal && !file)
        return diag_set(diag, EXIT_PGMI_USAGE, "--report %s: the file name is missing", text);
    if (!file && shell_reports_on_stdout(shell))
        return diag_set(diag, EXIT_PGMI_USAGE,
                        "only one report can go to standard output; give the other a file");
    report = report_open(kind, file, diag);
    if (!report)
        return false;
    shell->reports = xrealloc(shell->reports, (shell->report_count + 1) * sizeof(Report *));
    shell->reports[shell->report_count++] = report;
    return true;
}

bool shell_close_reports(Shell *shell)
{
    bool ok = true;

    for (size_t i = 0; i < shell->report_count; i++) {
        Diag diag = DIAG_INIT;

        if (!report_close(shell->reports[i], &diag)) {
            log_diag(&shell->log, &diag);
            ok = false;
        }
        diag_reset(&diag);
    }
    free(shell->reports);
    shell->reports = NULL;
    shell->report_count = 0;
    return ok;
}
