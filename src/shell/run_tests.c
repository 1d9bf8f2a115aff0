/*
 * run_tests.c — \test: the suite that CALL pgmi_test() would run, under a savepoint or in a
 * transaction of its own, which is always rolled back.
 *
 * It is sent in long messages of many statements, as the macro is in one, so that a run costs no
 * round trip for a test.  At a failure the server skips the rest of the message; where the run is to go on, the
 * test's savepoint is gone back to and what follows is sent, in messages that become shorter with every
 * failure and longer again without.  A failed fixture takes the tests of its directory with it.
 *
 * Files are run without the handler that puts their paths into the messages of errors: it is known here which
 * statement failed, and so which file, and the error keeps its own position.
 */
#include "pgmish/testing.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SAVEPOINT_NAME "pgmish_test"

/* Steps in one message. */
enum { FEWEST_STEPS = 8, MOST_STEPS = 1024 };

enum { TICK_MS = 200 };

typedef struct TestJob {
    Shell *shell;
    const TestRequest *request;
    TestOutcome *outcome;
    Suite *suite;
    Recorder *recorder;
    Progress *progress;
    size_t steps; /* in the next message */
} TestJob;

static bool quiet(Shell *shell, const char *sql)
{
    Diag diag = DIAG_INIT;
    bool ok = server_command(shell->conn, sql, 0, NULL, &diag);

    if (!ok)
        shell_report_diag(shell, &diag);
    diag_reset(&diag);
    return ok;
}

/* ---- one message --------------------------------------------------------------------------------- */

/* Statements from `first` to the end of so many steps; returns the last one's number + 1. */
static size_t fill_message(const TestJob *job, size_t first, StrBuf *text)
{
    const Suite *suite = job->suite;
    size_t step = suite->statements[first].step + job->steps - 1;
    size_t end;

    if (step >= suite->step_count)
        step = suite->step_count - 1;
    end = suite->steps[step].last + 1;
    for (size_t i = first; i < end; i++) {
        suite_statement(suite, i, SUITE_TIMED | SUITE_UNGUARDED, text);
        strbuf_addc(text, '\n');
    }
    return end;
}

static void show_progress(const TestJob *job)
{
    const char *path = recorder_path(job->recorder);
    char *label = path ? project_show_path(path) : NULL;

    if (label)
        progress_label(job->progress, label);
    progress_update(job->progress, recorder_position(job->recorder));
    free(label);
}

/* Waits for the server, and meanwhile shows which test takes so long.  Ctrl-C ends the statement, not the
 * wait: the server has the last word. */
static void wait_for_result(const TestJob *job)
{
    PGconn *conn = job->shell->conn;

    while (PQisBusy(conn)) {
        struct pollfd fd = {PQsocket(conn), POLLIN, 0};
        int ready = fd.fd < 0 ? -1 : poll(&fd, 1, TICK_MS);

        if (ready < 0 && errno != EINTR)
            return;
        if (ready > 0 && !PQconsumeInput(conn))
            return;
        if (ready == 0)
            show_progress(job);
    }
}

/* NULL: all went well; else the first error, the caller's to clear. */
static PGresult *send_message(TestJob *job, const char *text)
{
    PGconn *conn = job->shell->conn;
    PGresult *result, *error = NULL;

    if (!PQsendQuery(conn, text))
        return PQmakeEmptyPGresult(conn, PGRES_FATAL_ERROR);
    for (;;) {
        ExecStatusType status;

        wait_for_result(job);
        result = PQgetResult(conn);
        if (!result)
            break;
        status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            recorder_result(job->recorder, result);
            progress_update(job->progress, recorder_position(job->recorder));
            PQclear(result);
        } else if (!error) {
            error = result;
        } else {
            PQclear(result);
        }
    }
    if (!error && PQstatus(conn) == CONNECTION_BAD)
        error = PQmakeEmptyPGresult(conn, PGRES_FATAL_ERROR);
    return error;
}

/* ---- after a failure --------------------------------------------------------------------------- */

/* Contract G5; a cancelled statement and the end of the session stay what they are. */
static char *message_of(const PGresult *error, const char *path)
{
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);

    if (!message)
        return NULL;
    if (!path || !state || strcmp(state, "57014") == 0 || strncmp(state, "57P", 3) == 0)
        return xstrdup(message);
    return xasprintf("Failed in %s: %s", path, message);
}

static void add_field(StrBuf *text, const char *label, const PGresult *error, int field)
{
    const char *value = PQresultErrorField(error, field);

    if (value && *value)
        strbuf_addf(text, "%s%s\n", label, value);
}

/* As libpq would put it for an error with this message, by VERBOSITY.  Without the context, which is that of
 * our own functions and holds the whole file; the place says it better, and \errverbose has it. */
static char *text_of(const Shell *shell, const PGresult *error, const char *message)
{
    const char *severity = PQresultErrorField(error, PG_DIAG_SEVERITY);
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    StrBuf text = STRBUF_INIT;

    if (!message || !severity || !state || shell->set.verbosity == PQERRORS_SQLSTATE)
        return xstrdup(PQresultErrorMessage(error));
    strbuf_addf(&text, "%s:  ", severity);
    if (shell->set.verbosity == PQERRORS_VERBOSE)
        strbuf_addf(&text, "%s: ", state);
    strbuf_addf(&text, "%s\n", message);
    if (shell->set.verbosity != PQERRORS_TERSE) {
        add_field(&text, "DETAIL:  ", error, PG_DIAG_MESSAGE_DETAIL);
        add_field(&text, "HINT:  ", error, PG_DIAG_MESSAGE_HINT);
    }
    if (shell->set.verbosity == PQERRORS_VERBOSE)
        add_field(&text, "LOCATION:  ", error, PG_DIAG_SOURCE_FUNCTION);
    return strbuf_detach(&text);
}

/* sent: the message in which the error came, from statement number `first` on. */
static void add_failure(TestJob *job, PGresult *error, const StrBuf *sent, size_t first)
{
    Shell *shell = job->shell;
    TestOutcome *outcome = job->outcome;
    const char *path = recorder_path(job->recorder);
    SentText text = {.text = sent->data,
                     .len = sent->len,
                     .done = (long)(recorder_position(job->recorder) - first),
                     .running = path};
    ShownFailure *failure;

    outcome->failures = xrealloc(outcome->failures,
                                 (outcome->count + 1) * sizeof(ShownFailure));
    failure = &outcome->failures[outcome->count++];
    *failure = (ShownFailure){.error = error, .message = message_of(error, path)};
    failure->text = text_of(shell, error, failure->message);
    if (!session_locate(shell->session, error, &text, &failure->place) && path)
        failure->place.file = xstrdup(path);
    failure->test = recorder_error(job->recorder, error, &failure->place);
}

/* Back to where the failed step's savepoint left the database.  Names of savepoints are the suite's
 * own, letters and digits. */
static bool go_back(TestJob *job, const SuiteStep *step)
{
    Diag ignored = DIAG_INIT;
    char *sql;
    bool ok;

    if (!step->savepoint || PQtransactionStatus(job->shell->conn) != PQTRANS_INERROR)
        return false;
    sql = xasprintf("ROLLBACK TO SAVEPOINT %s", step->savepoint);
    ok = server_command(job->shell->conn, sql, 0, NULL, &ignored);
    diag_reset(&ignored);
    free(sql);
    return ok;
}

/* True: the run goes on, at the recorder's position. */
static bool survive(TestJob *job, PGresult *error, const StrBuf *sent, size_t first)
{
    const Suite *suite = job->suite;
    size_t failed = recorder_position(job->recorder);
    size_t number = failed < suite->count ? suite->statements[failed].step : 0;
    const SuiteStep *step = &suite->steps[number];

    add_failure(job, error, sent, first);
    if (!job->request->keep_going || job->shell->cancel_pressed || !step->path ||
        !go_back(job, step))
        return false;
    if (step->kind == STEP_FIXTURE)
        recorder_skip(job->recorder, suite_teardown(suite, number), "its fixture failed");
    return true;
}

static void run_suite(TestJob *job)
{
    StrBuf text = STRBUF_INIT;
    bool going = true;

    while (going && recorder_position(job->recorder) < job->suite->count) {
        size_t first = recorder_position(job->recorder);
        size_t end;
        PGresult *error;

        strbuf_reset(&text);
        end = fill_message(job, first, &text);
        error = send_message(job, text.data);
        if (error) {
            going = survive(job, error, &text, first);
            job->steps = job->steps / 2 > FEWEST_STEPS ? job->steps / 2 : FEWEST_STEPS;
        } else {
            going = recorder_position(job->recorder) == end && !job->shell->cancel_pressed;
            job->steps = 2 * job->steps < MOST_STEPS ? 2 * job->steps : MOST_STEPS;
        }
    }
    strbuf_free(&text);
}

/* ---- the whole ------------------------------------------------------------------------------------- */

static void run_job(TestJob *job)
{
    Shell *shell = job->shell;
    bool in_block = PQtransactionStatus(shell->conn) == PQTRANS_INTRANS;

    if (!quiet(shell, in_block ? "SAVEPOINT " SAVEPOINT_NAME : "BEGIN"))
        return;
    job->recorder = recorder_begin(shell, job->suite, "\\test", job->request->pattern, true);
    job->progress = progress_begin("testing", job->suite->count);
    cancel_install(shell->conn);
    run_suite(job);
    cancel_install(NULL);
    progress_end(job->progress);
    job->outcome->interrupted = shell->cancel_pressed;
    job->outcome->run = recorder_end(job->recorder);
    shell_set_test_counts(shell, job->outcome->run->passed, job->outcome->run->failed);
    if (PQstatus(shell->conn) != CONNECTION_OK)
        return;
    if (in_block)
        quiet(shell,
              "ROLLBACK TO SAVEPOINT " SAVEPOINT_NAME "; RELEASE SAVEPOINT " SAVEPOINT_NAME);
    else
        quiet(shell, "ROLLBACK");
}

bool shell_run_tests(Shell *shell, const TestRequest *request, TestOutcome *outcome)
{
    SessionConn ctx = {shell->session, shell->conn};
    TestJob job = {.shell = shell, .request = request, .outcome = outcome, .steps = MOST_STEPS};
    Diag diag = DIAG_INIT;
    char *text = session_generate(&ctx, request->pattern, NULL, &diag);

    *outcome = (TestOutcome){0};
    if (text) {
        job.suite = suite_parse(text);
        run_job(&job);
        suite_free(job.suite);
    } else {
        shell_report_diag(shell, &diag);
        diag_reset(&diag);
    }
    return outcome->run && !outcome->count && !outcome->interrupted;
}

void test_outcome_free(TestOutcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++) {
        PQclear(outcome->failures[i].error);
        free(outcome->failures[i].message);
        free(outcome->failures[i].text);
        error_place_free(&outcome->failures[i].place);
    }
    free(outcome->failures);
    *outcome = (TestOutcome){0};
}

/* ---- what failed last time ---------------------------------------------------------------------------- */

/* In PostgreSQL's regular expressions a backslash in front of what is no letter or digit takes its
 * meaning away. */
static void add_escaped(StrBuf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x80 && !isalnum(c) && c != '_' && c != '/')
            strbuf_addc(out, '\\');
        strbuf_addc(out, (char)c);
    }
}

/* A failed fixture stands for all tests of its directory and below. */
char *shell_failed_pattern(const Shell *shell)
{
    const TestRun *run = shell->last_run;
    StrBuf pattern = STRBUF_INIT;

    for (size_t i = 0; run && i < run->count; i++) {
        const TestCase *test = &run->cases[i];

        if (test->status != CASE_FAILED || !test->path)
            continue;
        strbuf_add(&pattern, pattern.len ? "|" : "^(?:");
        add_escaped(&pattern, test->kind == CASE_FIXTURE ? test->directory : test->path);
        strbuf_add(&pattern, test->kind == CASE_FIXTURE ? ".*" : "");
    }
    if (!pattern.len)
        return NULL;
    strbuf_add(&pattern, ")$");
    return strbuf_detach(&pattern);
}

/* ---- what failed, for the user ------------------------------------------------------------ */

static void print_failure(Shell *shell, const ShownFailure *failure, const TestCase *test)
{
    for (size_t i = 0; i < test->notices.len; i++)
        log_info(&shell->log, "%s", test->notices.items[i]);
    log_info(&shell->log, "%s", *failure->text ? failure->text : PQerrorMessage(shell->conn));
    if (failure->place.file)
        shell_print_place(shell, &failure->place);
}

void shell_print_failures(Shell *shell, const TestOutcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        print_failure(shell, &outcome->failures[i],
                      &outcome->run->cases[outcome->failures[i].test]);
}
