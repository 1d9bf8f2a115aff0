/*
 * step_history.c — what stepping has run, and the way back.
 *
 * In a transaction every item runs behind a savepoint of its own, which stays until the transaction
 * ends: so one can go back statement by statement.  Whatever else happens to the transaction (a
 * COMMIT in the script, a ROLLBACK typed at the prompt) is learned by looking at it after every item.
 * Outside a transaction nothing can be taken back, and it is said so.
 */
#include "step_private.h"

#include <stdlib.h>
#include <string.h>

#define SAVEPOINT_NAME "__pgmish_step_%u__"
#define GUARD_NAME     "__pgmish_prompt__"

static bool block_open(const Stepper *step)
{
    return step->shell->conn && PQtransactionStatus(step->shell->conn) == PQTRANS_INTRANS;
}

/* A rollback may have taken a load away, or brought an earlier one back. */
static void follow_session(Shell *shell, const char *sql)
{
    const Project *project = session_project(shell->session);
    SessionState state = session_state(shell->session);

    session_after_command(shell->session, shell->conn, sql);
    if (session_project(shell->session) != project || session_state(shell->session) != state)
        shell_set_load_variables(shell);
}

bool step_sql(Stepper *step, const char *sql, Diag *diag)
{
    Shell *shell = step->shell;
    bool ok;

    if (!shell->conn)
        return diag_set(diag, EXIT_PGMI_CONNECTION, "not connected");
    ok = server_command(shell->conn, sql, 0, NULL, diag);
    follow_session(shell, sql);
    return ok;
}

static bool quietly(Stepper *step, const char *sql)
{
    Diag ignored = DIAG_INIT;
    bool ok = step_sql(step, sql, &ignored);

    diag_reset(&ignored);
    return ok;
}

/* ---- before an item ------------------------------------------------------------------------------ */

/* First words of a statement, comments skipped: does it begin with these? */
static bool begins(const char *text, const char *words)
{
    char *mask = sql_mask(text, strlen(text));
    const char *p = mask;
    bool same = true;

    while (same && *words) {
        size_t len = strcspn(words, " ");

        p += strspn(p, " \t\r\n\f\v;");
        same = ascii_ncasecmp(p, words, len) == 0 && !strchr("_", p[len] ? p[len] : ' ');
        p += same ? len : 0;
        words += len + (words[len] == ' ');
    }
    free(mask);
    return same;
}

/* SET TRANSACTION is refused behind a savepoint: those of this transaction are given up. */
static bool refuses_savepoint(const char *text)
{
    return text && (begins(text, "set transaction") || begins(text, "set local transaction_") ||
                    begins(text, "set transaction_"));
}

static void give_up_savepoints(Stepper *step)
{
    StepHistory *past = &step->past;
    unsigned first = 0;

    for (size_t i = past->len; i > 0; i--) {
        StepPast *item = &past->items[i - 1];

        if (item->block != past->block)
            break;
        if (item->savepoint)
            first = item->savepoint;
        item->savepoint = 0;
    }
    if (first) {
        char *sql = xasprintf("RELEASE SAVEPOINT " SAVEPOINT_NAME, first);

        quietly(step, sql);
        free(sql);
    }
}

static unsigned take_savepoint(Stepper *step)
{
    unsigned number = ++step->past.savepoints;
    char *sql = xasprintf("SAVEPOINT " SAVEPOINT_NAME, number);
    bool ok = quietly(step, sql);

    free(sql);
    return ok ? number : 0;
}

static StepPast *push(Stepper *step, const StepItem *item)
{
    StepHistory *past = &step->past;
    StepPast *new;

    if (past->len == past->cap) {
        past->cap = past->cap ? 2 * past->cap : 32;
        past->items = xrealloc(past->items, past->cap * sizeof(StepPast));
    }
    new = &past->items[past->len++];
    *new = (StepPast){.start = step->at, .cond = cond_copy(item->cond)};
    return new;
}

static void pop(StepHistory *past)
{
    cond_free(past->items[--past->len].cond);
}

static void open_block(Stepper *step, const char *text)
{
    Shell *shell = step->shell;

    if (!text)
        return;
    deploy_before_statement(shell);
    if (PQtransactionStatus(shell->conn) == PQTRANS_IDLE && !shell->set.autocommit &&
        !statement_manages_transaction(text, shell->print.encoding))
        quietly(step, "BEGIN");
}

/* The transaction open now gets a number when it is first seen. */
static void number_block(Stepper *step)
{
    StepHistory *past = &step->past;

    if (!step->shell->conn || !shell_in_transaction(step->shell))
        past->block = 0;
    else if (!past->block)
        past->block = ++past->blocks;
}

void step_past_begin(Stepper *step, const StepItem *item)
{
    StepPast *past;
    bool was_open = block_open(step);

    open_block(step, item->text);
    number_block(step);
    past = push(step, item);
    past->in_block = was_open;
    past->block = step->past.block;
    if (!block_open(step))
        return;
    if (refuses_savepoint(item->text))
        give_up_savepoints(step);
    else
        past->savepoint = take_savepoint(step);
}

void step_past_skip(Stepper *step, const StepItem *item)
{
    StepPast *past = push(step, item);

    past->skipped = true;
    past->in_block = block_open(step);
    past->block = step->past.block;
}

/* ---- after it --------------------------------------------------------------------------------------- */

/* After anything: which transaction is open now. */
static void note_end(Stepper *step, bool was_open, const char *text, bool ok)
{
    StepHistory *past = &step->past;
    bool ends = text && statement_kind(text, strlen(text)) == STATEMENT_END;
    bool now_open = step->shell->conn && shell_in_transaction(step->shell);

    if (past->block && (!now_open || ends) && was_open) {
        past->undone = !ok || begins(text ? text : "", "rollback") ||
                               begins(text ? text : "", "abort")
                           ? past->block
                           : 0;
        past->block = 0;
    }
    number_block(step);
}

void step_past_end(Stepper *step, const char *text, bool ok)
{
    StepHistory *past = &step->past;
    StepPast *item = &past->items[past->len - 1];

    note_end(step, item->block != 0, text, ok);
    if (!item->block) /* BEGIN */
        item->block = past->block;
}

/* The script's own ROLLBACK TO and RELEASE take later savepoints with them, ours too: to ask for one
 * that is gone must not abort the transaction. */
static bool rollback_to(Stepper *step, unsigned savepoint, Diag *diag)
{
    bool guarded = block_open(step) && quietly(step, "SAVEPOINT " GUARD_NAME);
    char *sql = xasprintf("ROLLBACK TO SAVEPOINT " SAVEPOINT_NAME, savepoint);
    bool ok = step_sql(step, sql, diag);

    if (!ok && guarded)
        quietly(step, "ROLLBACK TO SAVEPOINT " GUARD_NAME);
    free(sql);
    return ok;
}

static void put_back(Stepper *step, CondStack *cond)
{
    StepHistory *past = &step->past;
    size_t start = past->items[past->len - 1].start;

    cond_assign(cond, past->items[past->len - 1].cond);
    pop(past);
    step_move(step, start);
}

void step_past_undo(Stepper *step, CondStack *cond)
{
    StepHistory *past = &step->past;
    const StepPast *item = &past->items[past->len - 1];
    Diag ignored = DIAG_INIT;

    if (item->savepoint && shell_in_transaction(step->shell))
        rollback_to(step, item->savepoint, &ignored);
    diag_reset(&ignored);
    put_back(step, cond);
}

/* ---- back --------------------------------------------------------------------------------------------- */

/* Going back may undo a reload at the prompt, which the user wants to keep: the files are as he
 * has made them. */
static void load_again(Stepper *step, const Project *before, const char *root)
{
    Shell *shell = step->shell;
    const Project *now = session_project(shell->session);
    Params given;
    char *copy;

    if (!root || (now == before && session_state(shell->session) == SESSION_LOADED) ||
        (now && strcmp(now->root_path, root) != 0))
        return;
    puts("going back has undone a load of the project: loading it again");
    copy = xstrdup(root);
    params_copy(&given, &shell->load_params);
    shell_load_project(shell, copy, &given, NULL);
    params_free(&given);
    free(copy);
}

/* Undoes the effect of the newest entry. */
static bool undo_newest(Stepper *step, Diag *diag)
{
    StepHistory *past = &step->past;
    const StepPast *item = &past->items[past->len - 1];

    if (item->skipped)
        return true;
    if (item->block && item->block == past->block) {
        if (item->savepoint)
            return rollback_to(step, item->savepoint, diag);
        if (item->in_block)
            return diag_set(diag, EXIT_PGMI_OTHER,
                            "no savepoint could be taken before the last statement");
        past->block = 0;
        return step_sql(step, "ROLLBACK", diag);
    }
    if (item->block && item->block == past->undone && !item->in_block) {
        past->undone = 0;
        deploy_begin_again(step->shell);
        return !block_open(step) || step_sql(step, "ROLLBACK", diag);
    }
    diag_set(diag, EXIT_PGMI_OTHER, "cannot go back: the last statement has been committed");
    if (item->block)
        return diag_detail(diag, "Its transaction has ended.");
    return diag_detail(diag, "It ran outside a transaction block.");
}

bool step_past_back(Stepper *step, CondStack *cond, Diag *diag)
{
    StepHistory *past = &step->past;
    const Project *project = session_project(step->shell->session);
    char *root = project ? xstrdup(project->root_path) : NULL;
    bool ok;

    /* of a transaction that was rolled back as a whole, only its beginning is a place to go to */
    while (past->len && past->undone && past->items[past->len - 1].block == past->undone &&
           past->items[past->len - 1].in_block)
        pop(past);
    if (!past->len)
        ok = diag_set(diag, EXIT_PGMI_OTHER, "there is nothing to go back to");
    else
        ok = undo_newest(step, diag);
    if (ok) {
        put_back(step, cond);
        number_block(step);
        load_again(step, project, root);
    }
    free(root);
    return ok;
}

void step_past_free(StepHistory *past)
{
    while (past->len)
        pop(past);
    free(past->items);
}

/* ---- at the prompt ---------------------------------------------------------------------------------------- */

void step_guard(Stepper *step)
{
    if (block_open(step))
        quietly(step, "SAVEPOINT " GUARD_NAME);
}

void step_unguard(Stepper *step, bool was_open, const char *text, bool ok)
{
    PGconn *conn = step->shell->conn;

    if (conn && PQtransactionStatus(conn) == PQTRANS_INERROR)
        quietly(step, "ROLLBACK TO SAVEPOINT " GUARD_NAME);
    note_end(step, was_open, text, ok);
}
