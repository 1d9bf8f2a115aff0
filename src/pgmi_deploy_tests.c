/*
 * pgmi_deploy_tests.c — `pgmi deploy --report`: what came of the tests, for machines.
 *
 * The reports and what fills them are the shell's (shell/recorder.c), so that both programs write the
 * same; of a shell they need its reports, its session and the run under way, and no more is set here.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmi_deploy.h"

/* ---- what deploy_tests.c tells ----------------------------------------------------------------- */

static void on_begin(void *ctx, const Suite *suite, const char *pattern)
{
    PgmiDeploy *deploy = ctx;

    deploy->reports.shell.session = deploy->session;
    recorder_begin(&deploy->reports.shell, suite, "pgmi deploy", pattern, false);
}

static void on_result(void *ctx, const PGresult *row)
{
    PgmiDeploy *deploy = ctx;

    recorder_result(deploy->reports.shell.recorder, row);
}

static void on_error(void *ctx, const PGresult *error, const ErrorPlace *place)
{
    PgmiDeploy *deploy = ctx;

    recorder_error(deploy->reports.shell.recorder, error, place);
}

static void on_end(void *ctx)
{
    PgmiDeploy *deploy = ctx;

    recorder_end(deploy->reports.shell.recorder);
    deploy->reports.shell.session = NULL;
}

/* ---- opening and closing -------------------------------------------------------------------------- */

bool pgmi_reports_open(PgmiDeploy *deploy, Diag *diag)
{
    const PgmiArgs *args = &deploy->pgmi->args;
    Shell *shell = &deploy->reports.shell;

    if (!args->reports.len)
        return true;
    if (args->targets) {
        diag_set(diag, EXIT_PGMI_USAGE, "--report and --targets cannot be used together");
        return diag_hint(diag, "Deploy to each database by itself for a report of its tests.");
    }
    for (size_t i = 0; args->json && i < args->reports.len; i++)
        if (!strchr(args->reports.items[i], '=')) {
            diag_set(diag, EXIT_PGMI_USAGE, "--json and a report both go to standard output");
            return diag_hint(diag, "Give the report a file: --report tap=FILE.");
        }
    for (size_t i = 0; i < args->reports.len; i++)
        if (!shell_add_report(shell, args->reports.items[i], diag)) {
            if (diag->code != EXIT_PGMI_USAGE)
                diag->code = EXIT_PGMI_CONFIG;
            return false;
        }
    deploy->reports.tests = (DeployTests){on_begin, on_result, on_error, on_end, deploy};
    deploy->options.tests = &deploy->reports.tests;
    return true;
}

void pgmi_reports_notice(PgmiDeploy *deploy, const PGresult *notice)
{
    if (deploy->reports.shell.recorder)
        recorder_notice(deploy->reports.shell.recorder, PQresultErrorMessage(notice));
}

bool pgmi_reports_close(PgmiDeploy *deploy)
{
    Shell *shell = &deploy->reports.shell;
    bool ok = true;

    for (size_t i = 0; i < shell->report_count; i++) {
        Diag diag = DIAG_INIT;

        if (!report_close(shell->reports[i], &diag)) {
            pgmi_error(deploy->pgmi, &diag);
            ok = false;
        }
        diag_reset(&diag);
    }
    free(shell->reports);
    test_run_free(shell->last_run);
    shell->reports = NULL;
    shell->report_count = 0;
    shell->last_run = NULL;
    return ok;
}
