/*
 * test_run.c — the record of one run of tests.
 */
#include "pgmish/report.h"

#include <stdlib.h>
#include <string.h>

TestRun *test_run_new(const char *origin, const char *project, const char *pattern)
{
    TestRun *run = xcalloc(1, sizeof(*run));

    run->origin = xstrdup(origin);
    run->project = xstrdup(project ? project : "");
    run->pattern = xstrdup_null(pattern);
    run->started = time(NULL);
    return run;
}

void test_failure_free(TestFailure *failure)
{
    if (!failure)
        return;
    free(failure->message);
    free(failure->detail);
    free(failure->hint);
    free(failure->context);
    free(failure->file);
    free(failure->source);
    strlist_free(&failure->chain);
    free(failure);
}

void test_run_free(TestRun *run)
{
    if (!run)
        return;
    for (size_t i = 0; i < run->count; i++) {
        TestCase *test = &run->cases[i];

        free(test->path);
        free(test->directory);
        free(test->reason);
        test_failure_free(test->failure);
        strlist_free(&test->notices);
    }
    free(run->cases);
    free(run->origin);
    free(run->project);
    free(run->root);
    free(run->pattern);
    free(run);
}

TestCase *test_run_add(TestRun *run, CaseKind kind, CaseStatus status, const char *path,
                       const char *directory)
{
    TestCase *test;

    if (run->count == run->cap) {
        run->cap = run->cap ? 2 * run->cap : 64;
        run->cases = xrealloc(run->cases, run->cap * sizeof(TestCase));
    }
    test = &run->cases[run->count++];
    *test = (TestCase){.kind = kind, .status = status, .milliseconds = -1};
    test->path = xstrdup_null(path);
    test->directory = xstrdup_null(directory);
    if (status == CASE_FAILED)
        run->failed++;
    else if (kind == CASE_TEST && status == CASE_PASSED)
        run->passed++;
    else if (kind == CASE_TEST)
        run->not_run++;
    return test;
}

const char *test_case_name(const TestCase *test)
{
    const char *slash = test->path ? strrchr(test->path, '/') : NULL;

    return !test->path ? "test run" : slash ? slash + 1 : test->path;
}
