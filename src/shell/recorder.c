/*
 * recorder.c — what came of a run of tests, read from results and notices as they arrive.
 *
 * It follows the suite statement by statement, so it needs nothing from the callback, whoever wrote
 * it: the statement tells which test it belongs to, the error which statement has failed.  A
 * duration is the server's own where the suite was sent with its clock; else the time between the
 * notice that announces a file and the result behind it, where there is such a notice, for results
 * alone come in bunches; else unknown.
 */
#include "pgmish/testing.h"

#include <stdlib.h>
#include <string.h>

/* A test that talks without end must not fill the memory. */
enum { MOST_NOTICE_BYTES = 256 * 1024 };

struct Recorder {
    Shell *shell;
    const Suite *suite;
    TestRun *run;
    bool quiet;
    size_t at;     /* statement in progress */
    double begun;  /* monotonic_ms() */
    double notice; /* when the step's file was announced; negative: not at all */
    double seen;   /* when anything last arrived */
    double took;   /* milliseconds of the step's file; negative: unknown */
    StrList notices;
    size_t notice_bytes, notices_dropped;
};

static void tell(const Recorder *recorder, const TestCase *test)
{
    for (size_t i = 0; i < recorder->shell->report_count; i++)
        report_case(recorder->shell->reports[i], recorder->run, test);
}

static void forget_step(Recorder *recorder)
{
    recorder->notice = recorder->took = -1;
    strlist_free(&recorder->notices);
    recorder->notice_bytes = recorder->notices_dropped = 0;
}

Recorder *recorder_begin(Shell *shell, const Suite *suite, const char *origin,
                         const char *pattern, bool quiet)
{
    const Project *project = session_project(shell->session);
    Recorder *recorder = xcalloc(1, sizeof(*recorder));

    *recorder = (Recorder){.shell = shell, .suite = suite, .quiet = quiet};
    recorder->run = test_run_new(origin, project ? project->name : NULL, pattern);
    recorder->run->root = project ? xstrdup(project->root_path) : NULL;
    recorder->begun = recorder->seen = monotonic_ms();
    forget_step(recorder);
    for (size_t i = 0; i < shell->report_count; i++)
        report_begin(shell->reports[i], recorder->run);
    shell->recorder = recorder;
    return recorder;
}

static const SuiteStep *step_in_progress(const Recorder *recorder)
{
    const Suite *suite = recorder->suite;

    return recorder->at < suite->count ? &suite->steps[suite->statements[recorder->at].step]
                                       : NULL;
}

size_t recorder_position(const Recorder *recorder)
{
    return recorder->at;
}

const char *recorder_path(const Recorder *recorder)
{
    const SuiteStep *step = step_in_progress(recorder);

    return step ? step->path : NULL;
}

/* ---- what arrives ---------------------------------------------------------------------------- */

static void keep_notice(Recorder *recorder, const char *text)
{
    size_t len = strlen(text);
    char *clean;

    if (recorder->notice_bytes + len > MOST_NOTICE_BYTES) {
        recorder->notices_dropped++;
        return;
    }
    recorder->notice_bytes += len;
    clean = session_redact(recorder->shell->session, text);
    for (len = strlen(clean); len && clean[len - 1] == '\n';)
        clean[--len] = '\0';
    strlist_take(&recorder->notices, clean);
}

bool recorder_notice(Recorder *recorder, const char *text)
{
    const SuiteStep *step = step_in_progress(recorder);

    recorder->seen = monotonic_ms();
    if (step && recorder->at == step->run)
        keep_notice(recorder, text);
    else if (step && recorder->at < step->run)
        recorder->notice = recorder->seen;
    return recorder->quiet && !recorder->shell->set.pgmi_verbose;
}

/* The server's own, where it was asked for. */
static double duration(const Recorder *recorder, const PGresult *row)
{
    double milliseconds = suite_duration(row);

    if (milliseconds < 0 && recorder->notice >= 0)
        milliseconds = monotonic_ms() - recorder->notice;
    return milliseconds;
}

static CaseKind kind_of(const SuiteStep *step)
{
    return step->kind == STEP_TEST ? CASE_TEST : CASE_FIXTURE;
}

void recorder_result(Recorder *recorder, const PGresult *row)
{
    const SuiteStep *step = step_in_progress(recorder);
    TestCase *test;

    if (!step)
        return;
    if (recorder->at == step->run)
        recorder->took = duration(recorder, row);
    if (recorder->at == step->last) {
        if (step->path) {
            test = test_run_add(recorder->run, kind_of(step), CASE_PASSED, step->path,
                                step->directory);
            test->milliseconds = recorder->took;
            tell(recorder, test);
        }
        forget_step(recorder);
    }
    recorder->seen = monotonic_ms();
    recorder->at++;
}

/* ---- failures ----------------------------------------------------------------------------------- */

static char *redacted(const Shell *shell, const char *text)
{
    return text && *text ? session_redact(shell->session, text) : NULL;
}

/* The path is said elsewhere (contract G5 puts it in front). */
static const char *bare_message(const char *message, const char *path)
{
    static const char words[] = "Failed in ";
    const char *rest = message ? message : "unknown error";
    size_t len = path ? strlen(path) : 0;

    if (len && strncmp(rest, words, sizeof(words) - 1) == 0 &&
        strncmp(rest + sizeof(words) - 1, path, len) == 0 &&
        strncmp(rest + sizeof(words) - 1 + len, ": ", 2) == 0)
        return rest + sizeof(words) - 1 + len + 2;
    return rest;
}

void shell_failure_place(const Shell *shell, TestFailure *failure, const ErrorPlace *place)
{
    failure->file = xstrdup(place->file);
    failure->line = place->line;
    failure->column = place->column;
    failure->source = redacted(shell, place->source_line);
    for (size_t i = 0; i < place->chain.len; i++)
        strlist_add(&failure->chain, place->chain.items[i]);
}

TestFailure *shell_failure(const Shell *shell, const char *path, const PGresult *error,
                           const ErrorPlace *place)
{
    TestFailure *failure = xcalloc(1, sizeof(*failure));
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    const char *bare = bare_message(message ? message : PQresultErrorMessage(error), path);

    failure->message = session_redact(shell->session, bare);
    for (size_t len = strlen(failure->message); len && failure->message[len - 1] == '\n';)
        failure->message[--len] = '\0';
    failure->detail = redacted(shell, PQresultErrorField(error, PG_DIAG_MESSAGE_DETAIL));
    failure->hint = redacted(shell, PQresultErrorField(error, PG_DIAG_MESSAGE_HINT));
    if (!path) /* else it is that of our own functions around the file */
        failure->context = redacted(shell, PQresultErrorField(error, PG_DIAG_CONTEXT));
    if (state)
        snprintf(failure->sqlstate, sizeof(failure->sqlstate), "%.5s", state);
    if (place && place->file)
        shell_failure_place(shell, failure, place);
    else
        failure->file = xstrdup_null(path);
    return failure;
}

static void take_notices(Recorder *recorder, TestCase *test)
{
    test->notices = recorder->notices;
    recorder->notices = (StrList)STRLIST_INIT;
    if (recorder->notices_dropped)
        strlist_take(&test->notices, xasprintf("(and %zu more)", recorder->notices_dropped));
}

size_t recorder_error(Recorder *recorder, const PGresult *error, const ErrorPlace *place)
{
    const SuiteStep *step = step_in_progress(recorder);
    const char *path = step ? step->path : NULL;
    double now = monotonic_ms();
    TestCase *test = test_run_add(recorder->run, path ? kind_of(step) : CASE_SUITE, CASE_FAILED,
                                  path, path ? step->directory : NULL);

    test->failure = shell_failure(recorder->shell, path, error, place);
    test->milliseconds = recorder->took >= 0     ? recorder->took
                         : recorder->notice >= 0 ? now - recorder->notice
                                                 : now - recorder->seen;
    take_notices(recorder, test);
    tell(recorder, test);
    forget_step(recorder);
    recorder->seen = now;
    if (step)
        recorder->at = step->last + 1;
    return recorder->run->count - 1;
}

void recorder_skip(Recorder *recorder, size_t step, const char *reason)
{
    const Suite *suite = recorder->suite;
    size_t next = recorder->at < suite->count ? suite->statements[recorder->at].step
                                              : suite->step_count;

    for (; next < step && next < suite->step_count; next++) {
        const SuiteStep *skipped = &suite->steps[next];

        if (skipped->kind == STEP_TEST) {
            TestCase *test = test_run_add(recorder->run, CASE_TEST, CASE_NOT_RUN, skipped->path,
                                          skipped->directory);

            test->reason = xstrdup_null(reason);
            tell(recorder, test);
        }
        recorder->at = skipped->last + 1;
    }
}

const TestRun *recorder_end(Recorder *recorder)
{
    Shell *shell = recorder->shell;
    TestRun *run = recorder->run;

    recorder_skip(recorder, recorder->suite->step_count, "the run ended at a failure");
    run->milliseconds = monotonic_ms() - recorder->begun;
    for (size_t i = 0; i < shell->report_count; i++)
        report_end(shell->reports[i], run);
    test_run_free(shell->last_run);
    shell->last_run = run;
    shell->run_count++;
    shell->recorder = NULL;
    strlist_free(&recorder->notices);
    free(recorder);
    return run;
}

void shell_set_test_counts(Shell *shell, size_t passed, size_t failed)
{
    char number[24];

    snprintf(number, sizeof(number), "%zu", passed);
    var_set(shell->vars, "PGMI_TESTS_PASSED", number);
    snprintf(number, sizeof(number), "%zu", failed);
    var_set(shell->vars, "PGMI_TESTS_FAILED", number);
}
