/*
 * test.c — \test: run tests now, show a table, leave nothing behind.
 *
 * src/shell/run_tests.c does the running; this is the command's arguments and what the user sees: a
 * table with durations, then the failures, each with the notices of its test and its place.
 */
#include "pgmish/meta.h"
#include "pgmish/testing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In a run of fewer tests the table shows it at a glance. */
enum { SLOWEST = 5, SLOWEST_FROM = 12 };

typedef struct Arguments {
    const char *pattern;
    bool keep_going, failed;
} Arguments;

static bool read_arguments(Shell *shell, const MetaCall *call, Arguments *arguments)
{
    for (size_t i = 0; i < call->count; i++) {
        const char *text = call->args[i].text;

        if (strcmp(text, "--keep-going") == 0) {
            arguments->keep_going = true;
        } else if (strcmp(text, "--failed") == 0) {
            arguments->failed = true;
        } else if (strncmp(text, "--", 2) == 0 || arguments->pattern) {
            log_error(&shell->log, "\\test: unexpected argument \"%s\"", text);
            return false;
        } else {
            arguments->pattern = text;
        }
    }
    if (arguments->failed && arguments->pattern) {
        log_error(&shell->log, "\\test: --failed takes no pattern");
        return false;
    }
    return true;
}

/* ---- what the user sees --------------------------------------------------------------------------- */

static void print_case(Printer *printer, const TestCase *test)
{
    const char *word = test->status == CASE_PASSED ? "passed" : "failed";
    const char *path = test->path ? test->path : test_case_name(test);
    StrBuf number = STRBUF_INIT;

    if (test->milliseconds >= 0)
        strbuf_add_decimal(&number, test->milliseconds, 1);
    print_cell(printer, path, strlen(path));
    print_cell(printer, word, strlen(word));
    print_cell(printer, number.data, number.len);
    strbuf_free(&number);
}

/* A fixture is worth a line only when it fails; what was not run is only counted. */
static bool is_shown(const TestCase *test)
{
    return test->status == CASE_FAILED ||
           (test->kind == CASE_TEST && test->status == CASE_PASSED);
}

static int slower_first(const void *a, const void *b)
{
    const TestCase *x = *(const TestCase *const *)a, *y = *(const TestCase *const *)b;

    return (x->milliseconds < y->milliseconds) - (x->milliseconds > y->milliseconds);
}

static void print_slowest(Printer *printer, const TestRun *run)
{
    const TestCase **slow = xmalloc((run->count + 1) * sizeof(*slow));
    size_t count = 0;

    for (size_t i = 0; i < run->count; i++)
        if (run->cases[i].status != CASE_NOT_RUN)
            slow[count++] = &run->cases[i];
    qsort(slow, count, sizeof(*slow), slower_first);
    for (size_t i = 0; count >= SLOWEST_FROM && i < SLOWEST; i++) {
        char *line = xasprintf("%s %8.1f ms  %s",
                               i ? "        " : "slowest:", slow[i]->milliseconds,
                               slow[i]->path);

        print_footer(printer, line);
        free(line);
    }
    free(slow);
}

/* Only in a table that fits on the screen: no pager is in the way then. */
static bool has_colour(const Shell *shell, const TestRun *run)
{
    int columns, rows;

    return shell->out == stdout && shell->print.format == PRINT_ALIGNED &&
           term_has_colour(STDOUT_FILENO) && term_size(STDOUT_FILENO, &columns, &rows) &&
           run->count + 12 < (size_t)rows;
}

static void print_summary(const Shell *shell, Printer *printer, const TestRun *run)
{
    StrBuf line = STRBUF_INIT;
    char *coloured;

    strbuf_addf(&line, "(%zu passed", run->passed);
    if (run->failed)
        strbuf_addf(&line, ", %zu failed", run->failed);
    if (run->not_run)
        strbuf_addf(&line, ", %zu not run", run->not_run);
    strbuf_addf(&line, "; %.1f ms)", run->milliseconds);
    coloured = has_colour(shell, run) ? term_colour_outcome(!run->failed, line.data) : NULL;
    print_footer(printer, coloured ? coloured : line.data);
    free(coloured);
    strbuf_free(&line);
    print_slowest(printer, run);
}

static void print_table(Shell *shell, const TestRun *run)
{
    static const PrintColumn columns[] = {
        {"Test", false}, {"Result", false}, {"Milliseconds", true}};
    PrintTarget target = shell_print_target(shell);
    Printer *printer = print_begin(&shell->print, &target, columns, lengthof(columns));

    for (size_t i = 0; i < run->count; i++)
        if (is_shown(&run->cases[i]))
            print_case(printer, &run->cases[i]);
    print_summary(shell, printer, run);
    print_end(printer);
    fflush(shell->out);
}

/* The last failure is the one that \errverbose and the variables tell of. */
static void keep_error(Shell *shell, TestOutcome *outcome)
{
    ShownFailure *last = outcome->count ? &outcome->failures[outcome->count - 1] : NULL;

    shell_set_result_variables(shell, last ? last->error : NULL);
    if (!last)
        return;
    if (last->message)
        var_set(shell->vars, "LAST_ERROR_MESSAGE", last->message);
    shell_keep_place(shell, PQresultErrorMessage(last->error),
                     last->place.file ? &last->place : NULL);
    PQclear(shell->last_error);
    shell->last_error = last->error;
    last->error = NULL;
}

/* Nothing to run is an error, not an empty table. */
static bool nothing_ran(const TestRun *run)
{
    return run->count == 1 && run->cases[0].kind == CASE_SUITE;
}

static void show(Shell *shell, TestOutcome *outcome)
{
    if (!nothing_ran(outcome->run) && !shell_reports_on_stdout(shell))
        print_table(shell, outcome->run);
    shell_print_failures(shell, outcome);
    if (outcome->interrupted)
        log_error(&shell->log, "\\test: canceled");
    keep_error(shell, outcome);
}

/* ---- the command ------------------------------------------------------------------------------------- */

static MetaResult nothing_failed(Shell *shell)
{
    if (!shell->last_run) {
        log_error(&shell->log, "\\test: no tests have been run yet");
        return META_ERROR;
    }
    if (!shell->set.quiet && !shell_reports_on_stdout(shell))
        fprintf(shell->out, "No test failed in the last run.\n");
    fflush(shell->out);
    return META_DONE;
}

static MetaResult run_test(Shell *shell, const MetaCall *call)
{
    Arguments arguments = {0};
    TestRequest request = {0};
    TestOutcome outcome;
    char *failed = NULL;
    bool ok;

    if (!read_arguments(shell, call, &arguments))
        return META_ERROR;
    if (arguments.failed) {
        failed = shell_failed_pattern(shell);
        if (!failed)
            return nothing_failed(shell);
    }
    request.pattern = failed ? failed : arguments.pattern;
    request.keep_going = arguments.keep_going;
    ok = shell_run_tests(shell, &request, &outcome);
    if (outcome.run)
        show(shell, &outcome);
    test_outcome_free(&outcome);
    free(failed);
    shell_check_connection(shell);
    return ok ? META_DONE : META_ERROR;
}

static void complete(Shell *shell, const MetaCall *before, size_t index, const char *text,
                     StrList *list)
{
    static const char *const options[] = {"--keep-going", "--failed"};

    complete_project_path(shell, before, index, text, list);
    for (size_t i = 0; i < lengthof(options); i++)
        if (strncmp(options[i], text, strlen(text)) == 0)
            strlist_add(list, options[i]);
}

META_COMMAND(test) = {
    .names = "test",
    .args = "n*",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\test [PATTERN] [--keep-going] [--failed]",
    .brief = "run tests now, show results and durations",
    .help =
        "Runs what CALL pgmi_test('PATTERN') would run and rolls it back.  Stops at the first\n"
        "failure and then counts as a failed statement.  --keep-going runs everything and "
        "lists\n"
        "the failures at the end; a failed fixture takes the tests of its directory with it.\n"
        "--failed runs what failed last time.  Notices are shown of failed tests only, unless\n"
        "PGMI_VERBOSE is on.  Sets PGMI_TESTS_PASSED and PGMI_TESTS_FAILED.",
    .complete = complete,
    .run = run_test,
};
