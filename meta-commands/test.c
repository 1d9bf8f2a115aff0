/*
 * test.c — \test: run tests now, show a table, leave nothing behind.
 *
 * The suite is the one that CALL pgmi_test() would run, sent statement by statement so that each
 * test can be timed.  It runs under a savepoint of its own, or in a transaction of its own where
 * none is open, and is always rolled back.  The first failure ends it, like the gate.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

#define SAVEPOINT_NAME "pgmish_test"
#define RUN_CALL       "pgmi_run_test_source("

typedef struct TestRun {
    Shell *shell;
    const char *text;
    PGresult *plan; /* rows of pgmi_test_plan that run a file, in order */
    int step;       /* next of them */
    Printer *printer;
    int passed, failed;
    PGresult *error;
} TestRun;

static const char plan_sql[] = "SELECT step_type, script_path FROM pg_temp.pgmi_test_plan($1)\n"
                               "WHERE script_path IS NOT NULL ORDER BY ordinal";

static void add_row(TestRun *run, bool passed, double ms)
{
    const char *path = PQgetvalue(run->plan, run->step, 1);
    bool is_test = strcmp(PQgetvalue(run->plan, run->step, 0), "test") == 0;
    const char *word = passed ? "passed" : "failed";
    char number[32];

    run->passed += passed && is_test;
    run->failed += !passed;
    if (!is_test && passed)
        return; /* a fixture is worth a line only when it fails */
    snprintf(number, sizeof(number), "%.1f", ms);
    print_cell(run->printer, path, strlen(path));
    print_cell(run->printer, word, strlen(word));
    print_cell(run->printer, number, strlen(number));
}

static bool run_statement(void *ctx, const char *text, size_t start, size_t end)
{
    TestRun *run = ctx;
    char *sql = xstrndup(text + start, end - start);
    bool runs_file = strstr(sql, RUN_CALL) && run->step < PQntuples(run->plan);
    double started = monotonic_ms();
    PGresult *result;
    bool ok = true;

    if (statement_kind(sql, end - start) != STATEMENT_EMPTY) {
        result = server_query(run->shell->conn, sql, 0, NULL);
        ok = PQresultStatus(result) == PGRES_TUPLES_OK ||
             PQresultStatus(result) == PGRES_COMMAND_OK;
        if (runs_file) {
            add_row(run, ok, monotonic_ms() - started);
            run->step++;
        }
        if (ok)
            PQclear(result);
        else
            run->error = result;
    }
    free(sql);
    return ok && !run->shell->cancel_pressed;
}

static bool quiet(Shell *shell, const char *sql)
{
    Diag diag = DIAG_INIT;
    bool ok = server_command(shell->conn, sql, 0, NULL, &diag);

    if (!ok)
        shell_report_diag(shell, &diag);
    diag_reset(&diag);
    return ok;
}

static void set_counts(const TestRun *run)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", run->passed);
    var_set(run->shell->vars, "PGMI_TESTS_PASSED", number);
    snprintf(number, sizeof(number), "%d", run->failed);
    var_set(run->shell->vars, "PGMI_TESTS_FAILED", number);
}

static bool run_suite(TestRun *run, bool in_block)
{
    static const PrintColumn columns[] = {
        {"Test", false}, {"Result", false}, {"Milliseconds", true}};
    Shell *shell = run->shell;
    PrintTarget target = shell_print_target(shell);
    bool ok;

    if (!quiet(shell, in_block ? "SAVEPOINT " SAVEPOINT_NAME : "BEGIN"))
        return false;
    if (PQntuples(run->plan)) /* nothing to run is an error, not an empty table */
        run->printer = print_begin(&shell->print, &target, columns, lengthof(columns));
    cancel_install(shell->conn);
    script_each_statement(run->text, strlen(run->text), run_statement, run);
    cancel_install(NULL);
    if (run->printer)
        print_end(run->printer);
    fflush(shell->out);
    ok = !run->error && !shell->cancel_pressed;
    if (!run->error && shell->cancel_pressed)
        log_error(&shell->log, "\\test: canceled");
    if (run->error) {
        log_info(&shell->log, "%s", PQresultErrorMessage(run->error));
        session_pinpoint(shell->session, shell->conn, run->text, run->error);
        shell_report_place(shell, run->error);
        PQclear(shell->last_error);
        shell->last_error = run->error;
    }
    if (in_block)
        quiet(shell,
              "ROLLBACK TO SAVEPOINT " SAVEPOINT_NAME "; RELEASE SAVEPOINT " SAVEPOINT_NAME);
    else
        quiet(shell, "ROLLBACK");
    set_counts(run);
    return ok;
}

static MetaResult run_test(Shell *shell, const MetaCall *call)
{
    const char *pattern = meta_arg(call, 0);
    SessionConn ctx = {shell->session, shell->conn};
    bool in_block = PQtransactionStatus(shell->conn) == PQTRANS_INTRANS;
    TestRun run = {.shell = shell};
    Diag diag = DIAG_INIT;
    char *text = session_generate(&ctx, pattern, NULL, &diag);
    bool ok = false;

    if (!text) {
        shell_report_diag(shell, &diag);
        diag_reset(&diag);
        return META_ERROR;
    }
    run.text = text;
    run.plan = shell_internal_query_params(shell, plan_sql, 1, &pattern);
    if (run.plan)
        ok = run_suite(&run, in_block);
    PQclear(run.plan);
    free(text);
    shell_check_connection(shell);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(test) = {
    .names = "test",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\test [PATTERN]",
    .brief = "run tests now, show results and durations",
    .help =
        "Runs what CALL pgmi_test('PATTERN') would run and rolls it back.  Stops at the first\n"
        "failure and then counts as a failed statement.  Sets PGMI_TESTS_PASSED and\n"
        "PGMI_TESTS_FAILED.",
    .complete = complete_project_path,
    .run = run_test,
};
