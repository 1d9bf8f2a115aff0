/*
 * deploy_record.c — records the test runs of a deployment, as deploy_tests.c tells of them.
 */
#include "pgmish/deploy.h"
#include "pgmish/testing.h"

static void on_begin(void *ctx, const Suite *suite, const char *pattern)
{
    DeployRecord *record = ctx;

    recorder_begin(record->shell, suite, "\\pgmi deploy", pattern, false);
}

static void on_result(void *ctx, const PGresult *row)
{
    DeployRecord *record = ctx;

    recorder_result(record->shell->recorder, row);
}

static void on_error(void *ctx, const PGresult *error, const ErrorPlace *place)
{
    DeployRecord *record = ctx;

    recorder_error(record->shell->recorder, error, place);
}

static void on_end(void *ctx)
{
    DeployRecord *record = ctx;
    const TestRun *run = recorder_end(record->shell->recorder);

    record->passed += run->passed;
    record->failed += run->failed;
    shell_set_test_counts(record->shell, record->passed, record->failed);
}

void deploy_record(DeployRecord *record, Shell *shell, DeployTests *tests)
{
    *record = (DeployRecord){.shell = shell};
    *tests = (DeployTests){on_begin, on_result, on_error, on_end, record};
}
