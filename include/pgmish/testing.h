/*
 * testing.h — running tests at the shell, and keeping what came of it.
 *
 * Every run of a generated suite is recorded: \test's own, and CALL pgmi_test() on the road of all
 * SQL.  The recorder is told of results and notices in the order in which they arrive, feeds the
 * reports of --report as it goes, and leaves a TestRun behind in the shell.
 */
#ifndef PGMISH_TESTING_H
#define PGMISH_TESTING_H

#include "pgmish/report.h"
#include "pgmish/shell.h"

/* ---- recording ----------------------------------------------------------------------------- */

struct DeployTests; /* deploy.h */
typedef struct Recorder Recorder;

/* suite is borrowed until recorder_end.  quiet: the user is not to see the notices.  Sets
 * shell->recorder, which the notice processor looks at. */
Recorder *recorder_begin(Shell *shell, const Suite *suite, const char *origin,
                         const char *pattern, bool quiet);
/* A notice has arrived.  True: do not show it. */
bool recorder_notice(Recorder *recorder, const char *text);
/* The suite's next statement has worked; row: its row, or its result. */
void recorder_result(Recorder *recorder, const PGresult *row);
/* It has failed; place may be NULL.  Returns the index of the case that failed. */
size_t recorder_error(Recorder *recorder, const PGresult *error, const ErrorPlace *place);
/* Statement that is to come next. */
size_t recorder_position(const Recorder *recorder);
/* Path of the fixture or test in progress, as far as is known; NULL: none. */
const char *recorder_path(const Recorder *recorder);
/* After an error: goes on with this step; tests in between have not been run, for this reason. */
void recorder_skip(Recorder *recorder, size_t step, const char *reason);
/* What has not been reached counts as not run.  The record becomes shell->last_run and is
 * returned; it belongs to the shell. */
const TestRun *recorder_end(Recorder *recorder);
/* PGMI_TESTS_PASSED and PGMI_TESTS_FAILED. */
void shell_set_test_counts(Shell *shell, size_t passed, size_t failed);
/* Records the test runs of a deployment: fills tests, which is borrowed as long as it runs. */
typedef struct DeployRecord {
    Shell *shell;
    size_t passed, failed; /* of all runs in the deployment */
} DeployRecord;
void deploy_record(DeployRecord *record, Shell *shell, struct DeployTests *tests);
/* An error as a record, redacted.  path: of the file that was being run, NULL: none; place may be NULL. */
TestFailure *shell_failure(const Shell *shell, const char *path, const PGresult *error,
                           const ErrorPlace *place);
void shell_failure_place(const Shell *shell, TestFailure *failure, const ErrorPlace *place);

/* ---- the last deployment, for \pgmi report (page.c) --------------------------------------------- */

struct DeployResult;
/* Around every deployment: of \pgmi deploy (result), or of deploy.sql as a script (NULL). */
void shell_deployment_begins(Shell *shell, const char *how);
void shell_deployment_ends(Shell *shell, bool ok, const struct DeployResult *result);
void shell_forget_deployment(Shell *shell);
/* Writes the page; false: the message is printed. */
bool shell_write_page(Shell *shell, const char *path);

/* ---- reports --------------------------------------------------------------------------------------- */

/* --report KIND[=FILE]; false: *diag. */
bool shell_add_report(Shell *shell, const char *text, Diag *diag);
bool shell_reports_on_stdout(const Shell *shell);
/* Where lines that only tell what the shell has done go: standard output, unless that is a report's. */
FILE *shell_tell_stream(const Shell *shell);
/* At the end of the session; false: a report could not be written, the message is printed. */
bool shell_close_reports(Shell *shell);

/* ---- running --------------------------------------------------------------------------------- */

typedef struct TestRequest {
    const char *pattern; /* regular expression on the path; NULL: all */
    bool keep_going;     /* failures do not end the run */
} TestRequest;

/* One failure, for the user. */
typedef struct ShownFailure {
    PGresult *error;
    char
        *message; /* owned; as LAST_ERROR_MESSAGE has it: "Failed in PATH: ..." (contract G5) */
    char *text;   /* owned; the whole as it is printed */
    ErrorPlace place; /* file NULL: unknown */
    size_t test;      /* index into the run's cases */
} ShownFailure;

typedef struct TestOutcome {
    const TestRun *run; /* NULL: it could not be begun, the message is printed */
    ShownFailure *failures;
    size_t count;
    bool interrupted; /* Ctrl-C */
} TestOutcome;

/* Runs tests and rolls back what they did; prints nothing but what keeps it from beginning.  True: all
 * passed. */
bool shell_run_tests(Shell *shell, const TestRequest *request, TestOutcome *outcome);
void test_outcome_free(TestOutcome *outcome);
/* Each failure with the notices of its test, the server's message, its place. */
void shell_print_failures(Shell *shell, const TestOutcome *outcome);
/* Owned pattern that matches what failed in the shell's last run, and what could not run for that reason;
 * NULL: nothing did. */
char *shell_failed_pattern(const Shell *shell);

#endif
