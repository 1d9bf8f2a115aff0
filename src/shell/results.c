/*
 * results.c — the result loop: psql's order of events over rows taken one by one.
 *
 * psql fetches the whole of the next result before it shows the one before (notices of a later
 * statement therefore come first), and shows nothing of a result that ends in an error.  Rows are
 * fed to a printer as they arrive, which holds them compactly; a result is shown when the next one
 * is complete.  One-shot requests (\gset and relatives) want a finished PGresult and are collected
 * whole.
 */
#include "pgmish/step.h"
#include "results.h"
#include "pgmish/testing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One collected result: the final PGresult and, when rows are to be shown, the printer that has
 * them.  `head` is the first row's result: the printer borrows column names from it. */
typedef struct Collected {
    PGresult *result;
    PGresult *head;
    Printer *printer;
    PrintColumn *columns;
} Collected;

typedef struct Run {
    Shell *shell;
    const Outgoing *out;
    size_t index; /* of the result being collected */
    size_t last;  /* count_to_last */
    bool single_row;
    FILE *g_stream; /* \g target, opened at the first result that needs it */
    bool g_is_pipe, g_failed;
    bool timing;
    double started;
    uint64_t rows;      /* of the last table */
    int copies;         /* COPY FROM STDIN that reached COPY_IN */
    Recorder *recorder; /* of the expansion whose results are arriving; NULL: none */
    unsigned suite;     /* its number */
    size_t tests_passed, tests_failed;
} Run;

static ResultPlan plan_of(const Run *run, size_t index)
{
    if (run->out->expanded && index < run->out->planned)
        return run->out->plan[index];
    return (ResultPlan){RESULT_SHOW, 0};
}

/* ---- test runs are recorded (testing.h) ------------------------------------------------------------ */

static void end_recording(Run *run)
{
    const TestRun *tests;

    if (!run->recorder)
        return;
    tests = recorder_end(run->recorder);
    run->tests_passed += tests->passed;
    run->tests_failed += tests->failed;
    run->recorder = NULL;
}

/* Before a result is waited for: its notices come with it. */
static void follow_suite(Run *run)
{
    unsigned suite = plan_of(run, run->index).suite;
    const Expansion *expansion = suite ? &run->out->expansions[suite - 1] : NULL;

    if (suite == run->suite)
        return;
    end_recording(run);
    run->suite = suite;
    if (expansion)
        run->recorder = recorder_begin(run->shell, expansion->suite, "CALL pgmi_test()",
                                       expansion->pattern, false);
}

/* The place has just been reported. */
static void record_error(Run *run, const PGresult *error)
{
    if (!run->recorder)
        return;
    recorder_error(run->recorder, error, &run->shell->last_place);
    end_recording(run);
}

void results_clear_or_save(Shell *shell, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (!result)
        return;
    if (status == PGRES_NONFATAL_ERROR || status == PGRES_FATAL_ERROR) {
        PQclear(shell->last_error);
        shell->last_error = result;
    } else {
        PQclear(result);
    }
}

void results_set_variables(Shell *shell, const PGresult *result, bool success)
{
    VarSpace *vars = shell->vars;

    if (success) {
        const char *tuples = result ? PQcmdTuples((PGresult *)result) : "";

        var_set(vars, "ERROR", "false");
        var_set(vars, "SQLSTATE", "00000");
        var_set(vars, "ROW_COUNT", *tuples ? tuples : "0");
    } else {
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

        var_set(vars, "ERROR", "true");
        var_set(vars, "SQLSTATE", state ? state : "");
        var_set(vars, "ROW_COUNT", "0");
        var_set(vars, "LAST_ERROR_SQLSTATE", state ? state : "");
        var_set(vars, "LAST_ERROR_MESSAGE", message ? message : "");
    }
}

/* Where tables of this run go: the \g target once it is open, else the query output. */
static FILE *table_stream(Run *run)
{
    Shell *shell = run->shell;

    if (!shell->g_target)
        return shell->out;
    if (!run->g_stream && !run->g_failed)
        run->g_failed = !shell_open_output(shell, shell->g_target, &run->g_stream,
                                           &run->g_is_pipe);
    return run->g_failed ? NULL : run->g_stream;
}

static PrintTarget table_target(Run *run, FILE *stream)
{
    PrintTarget target = shell_print_target(run->shell);

    target.out = stream;
    target.may_page = stream == stdout;
    return target;
}

/* The \g target is opened when all rows have come: an error before that leaves its file alone. */
static void begin_table(Run *run, Collected *got, const PGresult *first)
{
    PrintTarget target = table_target(run, run->shell->out);
    int count = PQnfields(first);

    got->columns = xcalloc((size_t)count, sizeof(PrintColumn));
    for (int i = 0; i < count; i++)
        got->columns[i] = (PrintColumn){PQfname(first, i),
                                        print_type_is_right(PQftype(first, i))};
    got->printer = print_begin(&run->shell->print, &target, got->columns, count);
}

static void forget(Collected *got)
{
    if (got->printer)
        print_abandon(got->printer);
    free(got->columns);
    PQclear(got->head);
    *got = (Collected){NULL, NULL, NULL, NULL};
}

static bool result_ok(const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        return true;
    default:
        return false;
    }
}

/* \step may have something to do before the server goes on. */
static PGresult *next_result(Shell *shell)
{
    step_wait(shell);
    return PQgetResult(shell->conn);
}

/* Takes results until one is complete.  False: there is none left. */
static bool collect(Run *run, Collected *got)
{
    bool wanted = plan_of(run, run->index).use == RESULT_SHOW;
    PGresult *result;

    follow_suite(run);
    *got = (Collected){NULL, NULL, NULL, NULL};
    if (!step_active(run->shell))
        trace_wait(run->shell);
    while ((result = next_result(run->shell)) && PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
        if (wanted && !got->head)
            begin_table(run, got, result);
        if (got->printer)
            print_row(got->printer, result, 0);
        if (!got->head)
            got->head = result;
        else
            PQclear(result);
    }
    got->result = result;
    if (run->recorder && result && result_ok(result))
        recorder_result(run->recorder, got->head ? got->head : result);
    run->index++;
    if (result && wanted && !got->printer && run->single_row &&
        PQresultStatus(result) == PGRES_TUPLES_OK)
        begin_table(run, got, result);
    return result != NULL;
}

static void print_status(Run *run, PGresult *result, const char *tag)
{
    Shell *shell = run->shell;
    char oid[16];

    if (!shell->set.quiet) {
        if (shell->print.format == PRINT_HTML) {
            fputs("<p>", shell->out);
            print_html_escaped(shell->out, tag);
            fputs("</p>\n", shell->out);
        } else {
            fprintf(shell->out, "%s\n", tag);
        }
        fflush(shell->out);
    }
    if (shell->log_file)
        fprintf(shell->log_file, "%s\n", tag);
    snprintf(oid, sizeof(oid), "%u", PQoidValue(result));
    var_set(shell->vars, "LASTOID", oid);
}

static bool finish_table(Run *run, Collected *got)
{
    Shell *shell = run->shell;
    FILE *stream = table_stream(run);
    bool ok;

    if (!stream)
        return false;
    if (got->printer) {
        print_to(got->printer, stream, stream == stdout);
        ok = print_end(got->printer);
        got->printer = NULL;
    } else {
        PrintTarget target = table_target(run, stream);

        print_result(got->result, &shell->print, &target, shell->print.title, NULL);
        ok = true;
    }
    fflush(stream);
    if (!ok || ferror(stream)) {
        log_error(&shell->log, "could not print result table: %s", strerror(errno));
        return false;
    }
    return true;
}

static bool is_returning(const char *tag)
{
    return strncmp(tag, "INSERT", 6) == 0 || strncmp(tag, "UPDATE", 6) == 0 ||
           strncmp(tag, "DELETE", 6) == 0;
}

static bool show_tuples(Run *run, Collected *got, bool last)
{
    Shell *shell = run->shell;
    const char *tag = PQcmdStatus(got->result);
    uint64_t rows = got->printer ? print_rows(got->printer) : (uint64_t)PQntuples(got->result);
    bool shown = last || shell->set.show_all_results;
    bool ok = true;

    run->rows = rows;
    if (last && shell->gset_prefix)
        ok = special_gset(shell, got->result);
    else if (last && shell->gexec)
        ok = special_gexec(shell, got->result);
    else if (last && shell->crosstab)
        ok = special_crosstab(shell, got->result, table_stream(run));
    else if (shown)
        ok = finish_table(run, got);
    if (shown && is_returning(tag))
        print_status(run, got->result, tag);
    return ok;
}

/* Shows a complete result.  `index` is its number in the message. */
static bool show(Run *run, Collected *got, size_t index, bool last)
{
    ResultPlan plan = plan_of(run, index);

    if (plan.use == RESULT_HIDE)
        return true;
    if (plan.use == RESULT_CALL) {
        if (last || run->shell->set.show_all_results)
            print_status(run, got->result, "CALL");
        return true;
    }
    switch (PQresultStatus(got->result)) {
    case PGRES_TUPLES_OK:
        return show_tuples(run, got, last);
    case PGRES_COMMAND_OK:
        if (last || run->shell->set.show_all_results)
            print_status(run, got->result, PQcmdStatus(got->result));
        return true;
    default:
        return true;
    }
}

bool results_show(Shell *shell, PGresult *result)
{
    Outgoing plain = {.text = STRBUF_INIT};
    Run run = {.shell = shell, .out = &plain};
    Collected got = {.result = result};
    bool ok = show(&run, &got, 0, true);

    shell_close_output(shell, run.g_stream, run.g_is_pipe);
    return ok;
}

/* Learns where a test of an expansion failed.  The server has skipped the rest of the message: what is
 * still to come is only its end. */
static void pinpoint(Run *run, const PGresult *error)
{
    Shell *shell = run->shell;

    if (!run->out->expanded)
        return;
    for (PGresult *rest; (rest = PQgetResult(shell->conn)) != NULL;)
        PQclear(rest);
    session_pinpoint(shell->session, shell->conn, run->out->sql, error);
}

static void report_failure(Run *run, PGresult *result, const char *user_sql)
{
    Shell *shell = run->shell;
    const char *message = PQresultErrorMessage(result);
    char *unmarked = trace_message(message, result);

    if (PQresultStatus(result) == PGRES_COPY_BOTH)
        log_error(&shell->log, "unexpected PQresultStatus: %d", PQresultStatus(result));
    if (*message && !step_cancelled(shell, result)) {
        log_info(&shell->log, "%s", unmarked ? unmarked : message);
        pinpoint(run, result);
        sent_report_place(shell, result, run->out, (long)run->index - 1);
        record_error(run, result);
    }
    free(unmarked);
    road_hint(shell, user_sql, result);
    shell_check_connection(shell);
    if (!run->out->watch)
        results_set_variables(shell, result, false);
}

/* Moves the data of a COPY and puts its final result in place of the COPY result. */
static bool run_copy(Run *run, Collected *got)
{
    Shell *shell = run->shell;
    PGresult *final = NULL;
    bool ok;

    step_no_marks(shell);
    if (PQresultStatus(got->result) == PGRES_COPY_OUT) {
        FILE *stream = shell->copy_stream ? shell->copy_stream : table_stream(run);

        ok = shell_copy_out(shell, stream, &final) && stream;
        /* The tag is not shown where the data has just gone. */
        if (stream == shell->out) {
            PQclear(final);
            final = NULL;
        }
    } else {
        FILE *stream = shell->copy_stream ? shell->copy_stream : shell->command_stream;

        run->copies++;
        ok = shell_copy_in(shell, stream ? stream : stdin, PQbinaryTuples(got->result), &final);
    }
    if (final && !result_ok(final))
        sent_report_place(shell, final, run->out, (long)run->index - 1);
    PQclear(got->result);
    got->result = final;
    return ok;
}

static void note_savepoint(const PGresult *result, bool *gone)
{
    const char *tag = PQcmdStatus((PGresult *)result);

    if (strcmp(tag, "COMMIT") == 0 || strcmp(tag, "SAVEPOINT") == 0 ||
        strcmp(tag, "RELEASE") == 0 || strcmp(tag, "ROLLBACK") == 0)
        *gone = true;
}

/* Drops everything the server still has for this message. */
static void drop_rest(Shell *shell, PGresult *result)
{
    while (result) {
        results_clear_or_save(shell, result);
        result = PQgetResult(shell->conn);
    }
}

/* Number of the last result that the user is to see, + 1: behind it may stand what an expansion has
 * added.  0: they are not counted. */
static size_t count_to_last(const Outgoing *out)
{
    size_t last = out->expanded ? out->planned : 0;

    while (last && out->plan[last - 1].use == RESULT_HIDE)
        last--;
    return last;
}

/* The loop over one message's results; true when all went well. */
static bool run_results(Run *run, const char *user_sql, double *elapsed, bool *savepoint_gone)
{
    Shell *shell = run->shell;
    Collected got, next;
    bool success = true;
    bool more = collect(run, &got);

    while (more) {
        size_t index = run->index - 1;
        bool last;

        if (!result_ok(got.result)) {
            ExecStatusType status = PQresultStatus(got.result);

            report_failure(run, got.result, user_sql);
            success = false;
            results_clear_or_save(shell, got.result);
            forget(&got);
            if (!shell->conn || shell->exit_now >= 0)
                return false;
            more = status != PGRES_COPY_BOTH && collect(run, &got);
            *elapsed = run->timing ? monotonic_ms() - run->started : 0;
            continue;
        }
        note_savepoint(got.result, savepoint_gone);
        session_after_command(shell->session, shell->conn, PQcmdStatus(got.result));
        if (PQresultStatus(got.result) == PGRES_COPY_IN ||
            PQresultStatus(got.result) == PGRES_COPY_OUT)
            success = run_copy(run, &got) && success;
        more = collect(run, &next);
        last = run->last ? index + 1 == run->last : !more;
        *elapsed = run->timing ? monotonic_ms() - run->started : 0;
        if (got.result) {
            bool ok = result_ok(got.result);

            success = (ok && show(run, &got, index, last)) && success;
        }
        if (last && success && !run->out->watch)
            results_set_variables(shell, got.result, true);
        if (last && success && plan_of(run, index).use == RESULT_CALL)
            var_set(shell->vars, "ROW_COUNT",
                    "0"); /* of a CALL, not of the suite's last event */
        results_clear_or_save(shell, got.result);
        forget(&got);
        got = next;
        /* psql drops what it has not shown; an expanded macro is one statement to the user, who
         * wants to see why it ended. */
        if (shell->cancel_pressed && more && !run->out->expanded) {
            drop_rest(shell, got.result);
            forget(&got);
            break;
        }
    }
    return success;
}

static bool wants_single_rows(const Shell *shell)
{
    return !shell->gset_prefix && !shell->gexec && !shell->crosstab;
}

static void set_test_variables(Run *run)
{
    end_recording(run);
    if (run->out->expanded)
        shell_set_test_counts(run->shell, run->tests_passed, run->tests_failed);
}

/* COPY FROM STDIN commands whose data would follow in the script: none at a prompt. */
static int count_copies(Shell *shell, const char *sql)
{
    if (shell->interactive)
        return 0;
    if (shell->copy_stream)
        return strstr(sql, " FROM STDIN ") ? 1 : 0;
    return shell->query_copies >= 0 ? shell->query_copies : copy_from_stdin_count(shell, sql);
}

/* In-line data of a COPY that the server did not take is read past, never run as SQL. */
static void skip_refused_data(Run *run, int copies)
{
    Shell *shell = run->shell;
    FILE *stream = shell->copy_stream ? shell->copy_stream : shell->command_stream;

    if (copies <= run->copies || !shell->conn || shell->exit_now >= 0)
        return;
    shell_copy_skip(shell, stream ? stream : stdin, copies - run->copies);
}

bool results_run(Shell *shell, Outgoing *out, const char *user_sql, double *elapsed_ms,
                 bool *savepoint_gone)
{
    Run run = {
        .shell = shell, .out = out, .last = count_to_last(out), .timing = shell->set.timing};
    int copies;
    bool ok;

    *elapsed_ms = 0;
    if (!out->expanded && !out->watch && !shell->send_mode && !step_active(shell) &&
        fetch_count_applies(shell, out->sql))
        return fetch_count_run(shell, out->sql, user_sql, elapsed_ms);
    step_statement_begin(shell, out->sql);
    run.started = run.timing ? monotonic_ms() : 0;
    if (!(shell->send_mode ? extended_send(shell, out->sql)
                           : PQsendQuery(shell->conn, out->sql))) {
        const char *message = PQerrorMessage(shell->conn);

        if (*message)
            log_info(&shell->log, "%s", message);
        shell_check_connection(shell);
        return false;
    }
    run.single_row = wants_single_rows(shell) && PQsetSingleRowMode(shell->conn);
    /* here as in psql: what quoting a variable complains of is added up while a query is under way */
    copies = count_copies(shell, out->sql);
    ok = run_results(&run, user_sql, elapsed_ms, savepoint_gone);
    step_statement_end(shell);
    out->rows = run.rows;
    set_test_variables(&run);
    skip_refused_data(&run, copies);
    shell_close_output(shell, run.g_stream, run.g_is_pipe);
    if (!shell_check_connection(shell)) {
        shell_connection_still_lost(shell);
        return false;
    }
    return ok && !shell->cancel_pressed;
}
