/*
 * exec.c — the one road that SQL takes, from a complete statement to the shown result.
 *
 * Order of events as psql has it: single step, echo, log, AUTOCOMMIT's own BEGIN, the savepoint of
 * ON_ERROR_ROLLBACK, the message itself, release or rollback of the savepoint, timing, a changed
 * client encoding, notifications.  One-shot requests of \g and its relatives end here.
 */
#include "pgmish/step.h"
#include "pipeline.h"
#include "results.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAVEPOINT_NAME "pg_psql_temporary_savepoint"

bool shell_in_transaction(const Shell *shell)
{
    PGTransactionStatusType status = PQtransactionStatus(shell->conn);

    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool shell_std_strings(const Shell *shell)
{
    const char *value = shell->conn
                            ? PQparameterStatus(shell->conn, "standard_conforming_strings")
                            : NULL;

    return value && strcmp(value, "on") == 0;
}

/* True when the user lets the statement pass. */
static bool single_step(Shell *shell, const char *sql)
{
    char answer[3]; /* psql takes no more of a line; the rest of it stays input */
    const char *line;

    fflush(stderr);
    printf("***(Single step mode: verify command)*******************************************\n"
           "%s\n"
           "***(press return to proceed or enter x and return to cancel)********************\n",
           sql);
    fflush(stdout);
    /* As in psql, Ctrl-C counts once the line is ended. */
    errno = 0;
    while (!(line = fgets(answer, sizeof(answer), stdin)) && errno == EINTR)
        clearerr(stdin);
    return !(line && answer[0] == 'x') && !shell->cancel_pressed;
}

/* -L: as psql lays it out, so that tools that read such files go on to. */
static void log_query(Shell *shell, const char *sql)
{
    if (!shell->log_file)
        return;
    fprintf(shell->log_file, "********* QUERY **********\n%s\n**************************\n\n",
            sql);
    fflush(shell->log_file);
}

/* A silent command of the shell itself inside the user's session. */
static bool quiet_command(Shell *shell, const char *sql)
{
    PGresult *result = server_query(shell->conn, sql, 0, NULL);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!ok)
        log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
    results_clear_or_save(shell, result);
    return ok;
}

static bool wants_savepoint(const Shell *shell, const Outgoing *out)
{
    /* A failed expansion has to leave the block aborted (shell.md section 3). */
    if (out->expanded || PQtransactionStatus(shell->conn) != PQTRANS_INTRANS)
        return false;
    /* Its RELEASE could not wait for an answer in a pipeline. */
    if (pipeline_handles(shell))
        return false;
    return shell->set.on_error_rollback == ROLLBACK_ON ||
           (shell->set.on_error_rollback == ROLLBACK_INTERACTIVE && shell->interactive);
}

/* gone: the statement itself has ended our savepoint's block or released it.  The state of the transaction
 * decides, not the outcome of the statement: an error may have left no block at all. */
static bool end_savepoint(Shell *shell, bool gone, bool ok)
{
    PGTransactionStatusType status = PQtransactionStatus(shell->conn);

    switch (status) {
    case PQTRANS_INERROR:
        return quiet_command(shell, "ROLLBACK TO " SAVEPOINT_NAME) && ok;
    case PQTRANS_IDLE:
        return ok; /* COMMIT or ROLLBACK ended it with the block */
    case PQTRANS_INTRANS:
        return (gone || quiet_command(shell, "RELEASE " SAVEPOINT_NAME)) && ok;
    default:
        if (status != PQTRANS_UNKNOWN || shell_check_connection(shell))
            log_error(&shell->log, "unexpected transaction status (%d)", status);
        return false;
    }
}

/* psql's words; the decimal point is that of the user's locale, as there. */
static void print_timing(double ms)
{
    double seconds = ms / 1000.0, minutes, hours, days;

    if (ms < 1000.0) {
        printf("Time: %.3f ms\n", ms);
        return;
    }
    minutes = floor(seconds / 60.0);
    seconds -= 60.0 * minutes;
    if (minutes < 60.0) {
        printf("Time: %.3f ms (%02d:%06.3f)\n", ms, (int)minutes, seconds);
        return;
    }
    hours = floor(minutes / 60.0);
    minutes -= 60.0 * hours;
    if (hours < 24.0) {
        printf("Time: %.3f ms (%02d:%02d:%06.3f)\n", ms, (int)hours, (int)minutes, seconds);
        return;
    }
    days = floor(hours / 24.0);
    hours -= 24.0 * days;
    printf("Time: %.3f ms (%.0f d %02d:%02d:%06.3f)\n", ms, days, (int)hours, (int)minutes,
           seconds);
}

/* As psql: after each statement, and only what has arrived by then. */
static void print_notifications(Shell *shell)
{
    PGnotify *notify;

    PQconsumeInput(shell->conn);
    while ((notify = PQnotifies(shell->conn))) {
        fprintf(shell->out, "Asynchronous notification \"%s\"", notify->relname);
        if (notify->extra[0])
            fprintf(shell->out, " with payload \"%s\"", notify->extra);
        fprintf(shell->out, " received from server process with PID %d.\n", notify->be_pid);
        fflush(shell->out);
        PQfreemem(notify);
        PQconsumeInput(shell->conn);
    }
}

/* SET client_encoding is the user's: widths and \encoding go by what the connection says. */
static void follow_encoding(Shell *shell)
{
    int encoding = PQclientEncoding(shell->conn);

    if (encoding < 0 || encoding == shell->print.encoding)
        return;
    shell->print.encoding = encoding;
    var_set(shell->vars, "ENCODING", pg_encoding_to_char(encoding));
}

/* A ROLLBACK or DISCARD may have taken the loaded project away, or brought an earlier one back. */
static void follow_session(Shell *shell)
{
    const Project *project = session_project(shell->session);
    SessionState state = session_state(shell->session);

    session_after_command(shell->session, shell->conn, NULL);
    if (session_project(shell->session) != project || session_state(shell->session) != state)
        shell_set_load_variables(shell);
}

/* One-shot requests hold for one query only, whatever became of it. */
void shell_clear_one_shot(Shell *shell)
{
    free(shell->g_target);
    shell->g_target = NULL;
    if (shell->g_options) {
        shell->g_options->encoding = shell->print.encoding; /* the statement may have set it */
        print_options_free(&shell->print);
        shell->print = *shell->g_options;
        free(shell->g_options);
        shell->g_options = NULL;
    }
    free(shell->gset_prefix);
    shell->gset_prefix = NULL;
    shell->gdesc = shell->gexec = shell->crosstab = false;
    for (size_t i = 0; i < lengthof(shell->crosstab_args); i++) {
        free(shell->crosstab_args[i]);
        shell->crosstab_args[i] = NULL;
    }
    shell_send_as(shell, SEND_SIMPLE, NULL, NULL, 0);
}

/* True when nothing but the macro is sent. */
static bool is_macro(const Outgoing *out)
{
    for (size_t i = 0; i < out->planned; i++)
        if (out->plan[i].use == RESULT_SHOW)
            return false;
    return out->expanded;
}

/* \gdesc of the macro, which to the user is one CALL: as for any CALL with no output arguments. */
static bool describe_macro(Shell *shell)
{
    fputs("The command has no result, or the result has no columns.\n", shell->out);
    return true;
}

/* The message with what is put around it.  elapsed counts the message alone, as \timing does: neither BEGIN
 * nor the savepoint, which the user has not written. */
static bool run_message(Shell *shell, const char *sql, Outgoing *out, double *elapsed)
{
    bool savepoint = false, gone = false, ok;

    if (PQtransactionStatus(shell->conn) == PQTRANS_IDLE && !shell->set.autocommit &&
        !statement_manages_transaction(out->sql, shell->print.encoding) &&
        !quiet_command(shell, "BEGIN"))
        return false;
    if (wants_savepoint(shell, out)) {
        savepoint = quiet_command(shell, "SAVEPOINT " SAVEPOINT_NAME);
        if (!savepoint)
            return false;
    }
    if (shell->gdesc)
        ok = is_macro(out) ? describe_macro(shell) : special_gdesc(shell, out, elapsed);
    else if (pipeline_handles(shell))
        ok = pipeline_run(shell, out->sql, elapsed);
    else
        ok = results_run(shell, out, sql, elapsed, &gone);
    if (!ok && shell->set.echo == ECHO_ERRORS)
        log_info(&shell->log, "STATEMENT:  %s", out->sql);
    if (out->wrapped && shell->conn && PQtransactionStatus(shell->conn) == PQTRANS_INERROR)
        ok = quiet_command(shell, "ROLLBACK") && ok;
    if (savepoint && shell->conn)
        ok = end_savepoint(shell, gone, ok);
    return ok;
}

/* substituted: variables have been put into sql, which decides how a macro's arguments are read (shell.md
 * section 3).  However it ends, one-shot requests end with it. */
bool shell_send_query(Shell *shell, const char *sql, bool substituted)
{
    Outgoing out = {.text = STRBUF_INIT};
    double elapsed = 0;
    bool ok = false;

    if (!shell->conn) {
        log_error(&shell->log, "You are currently not connected to a database.");
        goto done;
    }
    if (shell->set.singlestep && !single_step(shell, sql))
        goto done;
    cancel_install(shell->conn);
    if (!deploy_before_statement(shell) ||
        !(pipeline_handles(shell) ? pipeline_prepare(shell, sql, substituted, &out)
                                  : road_prepare(shell, sql, substituted, &out)))
        goto done;
    if (shell->set.echo == ECHO_QUERIES && !shell->set.singlestep) {
        puts(out.sql);
        fflush(stdout);
    }
    log_query(shell, out.sql);
    trace_message_begin(shell);
    ok = run_message(shell, sql, &out, &elapsed);
    trace_message_end(shell);
    if (shell->conn) {
        if (shell->set.timing)
            print_timing(elapsed);
        deploy_after_statement(shell);
        follow_encoding(shell);
        follow_session(shell);
        step_settle(shell);
        print_notifications(shell);
    }
done:
    cancel_install(NULL);
    road_release(&out);
    shell_clear_one_shot(shell);
    return ok;
}

/* None of what surrounds a query elsewhere: no echo, BEGIN, savepoint, notifications. */
WatchResult shell_watch_query(Shell *shell, const char *sql, uint64_t min_rows)
{
    Outgoing out = {.text = STRBUF_INIT};
    bool ok, gone = false;
    double elapsed = 0;

    if (shell->cancel_pressed)
        return WATCH_END;
    if (!shell->conn) {
        log_error(&shell->log, "You are currently not connected to a database.");
        return WATCH_FAILED;
    }
    cancel_install(shell->conn);
    ok = road_prepare(shell, sql, true, &out);
    out.watch = true;
    if (ok)
        ok = results_run(shell, &out, sql, &elapsed, &gone);
    if (out.wrapped && shell->conn && PQtransactionStatus(shell->conn) == PQTRANS_INERROR)
        quiet_command(shell, "ROLLBACK");
    cancel_install(NULL);
    road_release(&out);
    if (shell->set.timing && shell->exit_now < 0)
        print_timing(elapsed);
    if (shell->cancel_pressed || (ok && out.rows < min_rows))
        return WATCH_END;
    return ok ? WATCH_ON : WATCH_FAILED;
}

/* ---- the program's own queries ------------------------------------------------------------------ */

void shell_show_hidden(Shell *shell, const char *sql)
{
    static const char banner[] =
        "********* QUERY **********\n%s\n**************************\n\n";

    printf(banner, sql);
    fflush(stdout);
    if (shell->log_file) {
        fprintf(shell->log_file, banner, sql);
        fflush(shell->log_file);
    }
}

PGresult *shell_internal_query_params(Shell *shell, const char *sql, int n,
                                      const char *const *params)
{
    PGresult *result;
    ExecStatusType status;

    if (!shell->conn) {
        log_error(&shell->log, "You are currently not connected to a database.");
        return NULL;
    }
    if (shell->set.echo_hidden != ECHO_HIDDEN_OFF) {
        shell_show_hidden(shell, sql);
        if (shell->set.echo_hidden == ECHO_HIDDEN_NOEXEC)
            return NULL;
    }
    cancel_install(shell->conn);
    result = server_query(shell->conn, sql, n, params);
    cancel_install(NULL);
    status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN ||
        status == PGRES_COPY_OUT || status == PGRES_EMPTY_QUERY)
        return result;
    /* the connection's message: with what libpq adds when the server has gone */
    log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
    shell_check_connection(shell);
    results_clear_or_save(shell, result);
    return NULL;
}

PGresult *shell_internal_query(Shell *shell, const char *sql)
{
    return shell_internal_query_params(shell, sql, 0, NULL);
}

void shell_set_result_variables(Shell *shell, const PGresult *error)
{
    results_set_variables(shell, error, error == NULL);
}

void shell_report_error(Shell *shell, PGresult *result)
{
    log_info(&shell->log, "%s", PQresultErrorMessage(result));
    results_clear_or_save(shell, result);
}
