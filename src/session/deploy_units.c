/*
 * deploy_units.c — the messages of deploy.sql: the atomic head, then the tail (contract X6 to X9).
 *
 * A head that opens its transaction itself is sent in two parts, its last statement apart, so that
 * the transaction's id can be asked for in between (should the connection be lost at the commit).
 * Any other head is one message, as its implicit transaction ends with it (deploy_implicit.c).
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "deploy_private.h"

#define LOCK_NOT_AVAILABLE "55P03"

/* ---- one piece of the script --------------------------------------------------------------- */

static void say_outcome(DeployRun *run)
{
    DeployError *error = &run->result->error;
    const char *what = run->result->outcome == COMMIT_COMMITTED
                           ? "the server has committed the transaction"
                       : run->result->outcome == COMMIT_ROLLED_BACK
                           ? "the server has rolled the transaction back"
                           : "whether the server has committed the transaction is unknown";
    char *message =
        run->alone
            ? xstrdup(
                  "the connection was lost; whether the statement has taken effect is unknown")
            : xasprintf("the connection was lost at the commit; %s", what);

    free(error->detail);
    error->detail = error->message;
    error->message = message;
}

static bool failed(DeployRun *run, PGresult *error, size_t start, size_t end, bool at_commit)
{
    DeployResult *result = run->result;
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);

    run->lock_failed = state && strcmp(state, LOCK_NOT_AVAILABLE) == 0;
    deploy_error_take(run, error, start, end);
    /* who commits by itself has not done so when the server still had words for its failure */
    if (at_commit && PQstatus(run->conn) == CONNECTION_BAD && !(run->alone && state)) {
        deploy_outcome_ask(run);
        say_outcome(run);
        result->units_committed += result->outcome == COMMIT_COMMITTED;
    }
    result->causes |= CAUSE_EXECUTION;
    PQclear(error);
    return false;
}

/* For who watches what runs: the trace, the report of the tests. */
static void message_begins(DeployRun *run, size_t start, size_t end)
{
    trace_begin(run->session);
    deploy_tests_message(run, start, end);
}

static void message_ends(DeployRun *run)
{
    deploy_tests_pause(run);
    trace_end(run->session);
}

/* Bytes [start, end) of the expanded text as one message. */
static bool send_piece(DeployRun *run, size_t start, size_t end, bool at_commit)
{
    char *sql = xstrndup(run->script->sent.data + start, end - start);
    PGresult *error;

    message_begins(run, start, end);
    error = deploy_send(run, sql, 0, NULL);
    message_ends(run);
    free(sql);
    return !error || failed(run, error, start, end, at_commit);
}

/* A command of ours that belongs to the run; where: what an error is attributed to. */
static bool send_own(DeployRun *run, const char *sql, size_t where, bool at_commit)
{
    PGresult *error = deploy_send(run, sql, 0, NULL);

    return !error || failed(run, error, where, where, at_commit);
}

static bool in_block(const DeployRun *run)
{
    return PQtransactionStatus(run->conn) == PQTRANS_INTRANS;
}

/* ---- dry run ----------------------------------------------------------------------------------- */

typedef struct Refusal {
    const DeployScript *script;
    size_t base;
    Diag *diag;
} Refusal;

static bool refuse_statement(void *ctx, const char *text, size_t start, size_t end)
{
    Refusal *refusal = ctx;
    const DeployScript *script = refusal->script;
    char *statement = xstrndup(text + start, end - start);
    char *mask = sql_mask(statement, end - start);
    size_t word = strspn(mask, " \t\r\n\f\v");
    TextPlace place;

    if (statement_irrevocable(statement, end - start)) {
        char *shown;

        statement[word + strcspn(statement + word, "\r\n;")] = '\0';
        shown = project_show_path(statement + word);
        text_place_at(script->text.data, script->text.len,
                      deploy_script_origin(script, refusal->base + start + word), &place);
        diag_set(refusal->diag, EXIT_PGMI_CONFIG,
                 "a dry run cannot roll this statement back: %s", shown);
        free(shown);
        diag_hint(refusal->diag,
                  "Move it behind the COMMIT of deploy.sql, into the tail, which "
                  "a dry run only lists.");
        diag_at(refusal->diag, "./deploy.sql", place.line, place.column);
    }
    free(mask);
    free(statement);
    return !refusal->diag->message;
}

static bool dry_run_allowed(DeployRun *run, const HeadShape *head)
{
    Diag diag = DIAG_INIT;
    Refusal refusal = {run->script, head->start, &diag};

    script_each_statement(run->script->sent.data + head->start, head->end - head->start,
                          refuse_statement, &refusal);
    if (!diag.message)
        return true;
    deploy_result_fail(run->result, CAUSE_CONFIG, &diag);
    return false;
}

/* The head without its end; deferred constraints speak up as they would at the commit. */
static bool dry_head(DeployRun *run, const HeadShape *head)
{
    bool ok = (head->begins && !head->wants_begin) ||
              send_own(run, "BEGIN", head->start, false);

    if (ok && head->terminator > head->start)
        ok = send_piece(run, head->start, head->terminator, false);
    if (ok && in_block(run))
        ok = send_own(run, "SET CONSTRAINTS ALL IMMEDIATE", head->terminator, false);
    if (ok && run->options->before_rollback && !deploy_stopped(run->options))
        run->options->before_rollback(run->options->ctx);
    if (PQstatus(run->conn) == CONNECTION_OK)
        PQclear(deploy_send(run, "ROLLBACK", 0, NULL));
    return ok;
}

static void list_tail(DeployRun *run)
{
    const DeployScript *script = run->script;

    for (size_t i = 1; i < script->units.len; i++) {
        const ScriptUnit *unit = &script->units.items[i];
        char *text = xstrndup(script->sent.data + unit->start, unit->end - unit->start);
        char *mask = sql_mask(text, strlen(text));
        size_t word = strspn(mask, " \t\r\n\f\v");
        char *shown;
        TextPlace place;

        text_place_at(script->text.data, script->text.len,
                      deploy_script_origin(script, unit->start + word), &place);
        text[word + strcspn(text + word, "\r\n")] = '\0';
        shown = project_show_path(text + word);
        deploy_say(run->options, DEPLOY_SAY_PROGRESS, "Not run: deploy.sql line %d: %s",
                   place.line, shown);
        run->result->tail_skipped++;
        free(shown);
        free(mask);
        free(text);
    }
}

/* ---- the head --------------------------------------------------------------------------------------- */

/* In a transaction that is ours to see: everything, the id, the end. */
static bool head_in_parts(DeployRun *run, const HeadShape *head)
{
    if (head->wants_begin && !send_own(run, "BEGIN", head->start, false))
        return false;
    if (head->terminator > head->start &&
        !send_piece(run, head->start, head->terminator, false))
        return false;
    deploy_outcome_note(run);
    if (head->terminator < head->end)
        return send_piece(run, head->terminator, head->end, true);
    return !head->wants_begin || !in_block(run) || send_own(run, "COMMIT", head->end, true);
}

static bool head_once(DeployRun *run, const HeadShape *head)
{
    PGresult *error;

    if (run->options->dry_run)
        return dry_head(run, head);
    if (head->wants_begin || (head->begins && head->terminator < head->end))
        return head_in_parts(run, head);
    message_begins(run, head->start, head->end);
    error = deploy_send_implicit(run, head);
    message_ends(run);
    return !error || failed(run, error, head->start, head->end, !run->unfinished);
}

/* Growing, with up to half as much again at random, so that two who collided do not do so again. */
static void wait_before_retry(const DeployRun *run, int attempt)
{
    unsigned char random = 0;
    double pause = 200.0 * (1 << (attempt < 6 ? attempt : 6));
    double end;

    if (getrandom(&random, 1, GRND_NONBLOCK) != 1)
        random = 128;
    end = monotonic_ms() + pause * (1 + random / 510.0);
    while (monotonic_ms() < end && !deploy_stopped(run->options))
        poll(NULL, 0, 50);
}

bool deploy_head(DeployRun *run)
{
    HeadShape head = deploy_script_head(run->script);
    bool ok;

    if (head.start == head.end)
        return true;
    if (run->options->dry_run && !dry_run_allowed(run, &head))
        return false;
    for (int attempt = 0;; attempt++) {
        run->lock_failed = false;
        ok = head_once(run, &head);
        if (ok || !run->lock_failed || attempt >= run->options->lock_retries ||
            PQstatus(run->conn) != CONNECTION_OK || deploy_stopped(run->options))
            break;
        PQclear(deploy_send(run, "ROLLBACK", 0, NULL));
        deploy_say(
            run->options, DEPLOY_SAY_PROGRESS,
            "A lock could not be had; the head is rolled back and tried again (%d of %d)",
            attempt + 1, run->options->lock_retries);
        wait_before_retry(run, attempt);
        run->result->causes &= ~(unsigned)CAUSE_EXECUTION;
    }
    if (ok)
        run->result->units_committed = run->options->dry_run ? 0 : 1;
    if (ok && run->options->dry_run)
        list_tail(run);
    return ok;
}

/* ---- the tail ------------------------------------------------------------------------------------------ */

static const MacroSpan *span_of_unit(const DeployScript *script, size_t i)
{
    return i < script->units.len ? deploy_script_span(script, script->units.items[i].start)
                                 : NULL;
}

/* One statement.  An expansion outside a transaction gets one of its own, from its first statement
 * to its last, as at the shell's prompt: savepoints need a block. */
static bool tail_unit(DeployRun *run, size_t i, bool *ours)
{
    const DeployScript *script = run->script;
    const ScriptUnit *unit = &script->units.items[i];
    const MacroSpan *span = span_of_unit(script, i);
    bool ends = statement_kind(script->sent.data + unit->start, unit->end - unit->start) ==
                STATEMENT_END;

    if (span && span != span_of_unit(script, i - 1) && !in_block(run)) {
        if (!send_own(run, "BEGIN", unit->start, false))
            return false;
        *ours = true;
    }
    run->alone = !in_block(run);
    if (ends || run->alone)
        deploy_outcome_note(run);
    if (!send_piece(run, unit->start, unit->end, ends || run->alone))
        return false;
    run->alone = false;
    if (*ours && span != span_of_unit(script, i + 1)) {
        *ours = false;
        deploy_outcome_note(run);
        return send_own(run, "COMMIT", unit->start, true);
    }
    return true;
}

bool deploy_tail(DeployRun *run)
{
    bool ours = false; /* the transaction of an expansion */

    for (size_t i = 1; i < run->script->units.len; i++) {
        unsigned stop = deploy_stopped(run->options);

        run->result->in_tail = true;
        if (stop) {
            Diag diag = DIAG_INIT;

            diag_set(&diag, EXIT_PGMI_OTHER, "stopped between two statements");
            deploy_result_fail(run->result, stop, &diag);
            return false;
        }
        if (!tail_unit(run, i, &ours))
            return false;
        run->result->units_committed++;
    }
    return true;
}
