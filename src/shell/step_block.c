/*
 * step_block.c — into a statement that runs files: a DO block, a function (shell.md section 6).
 *
 * While \step is under way the session's copy of the files has marks that wait (TRACE_STEP, hold.h).  A
 * statement of the script that may run files is sent with the marks armed; then the results are
 * waited for here, where a mark that arrives becomes a place to stop at.  What is decided there either lets
 * the mark go or cancels the statement.  Where no second connection can be had, there are no marks,
 * and stepping stays at top level.
 */
#include "step_private.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- marks on and off ------------------------------------------------------------------------------ */

/* TraceListener.  A tick tells the same mark once more. */
static void on_mark(void *ctx, const TraceMark *mark)
{
    StepBlock *block = ctx;

    if (mark->at == block->mark.at && mark->file == block->mark.file &&
        mark->statement == block->mark.statement)
        return;
    block->mark = *mark;
    block->arrived = true;
}

static void stay_at_top(const Diag *diag)
{
    printf("Stepping stays at top level: %s.\n", diag->message);
    fflush(stdout);
}

void step_block_open(Stepper *step)
{
    Shell *shell = step->shell;
    StepBlock *block = &step->block;
    Diag diag = DIAG_INIT;

    if (session_state(shell->session) != SESSION_LOADED)
        return;
    block->before = trace_mode(shell->session);
    block->hold = hold_open(shell->conn, &diag);
    if (block->hold && !trace_apply(shell->session, shell->conn, TRACE_STEP, &diag)) {
        hold_close(block->hold);
        block->hold = NULL;
    }
    if (block->hold)
        trace_listen(shell->session, on_mark, block);
    else
        stay_at_top(&diag);
    diag_reset(&diag);
}

void step_block_close(Stepper *step)
{
    Shell *shell = step->shell;
    StepBlock *block = &step->block;
    Diag diag = DIAG_INIT;

    if (!block->hold)
        return;
    trace_listen(shell->session, NULL, NULL);
    trace_line_init(shell);
    hold_close(block->hold);
    PQfinish(block->other);
    PQclear(block->plan);
    free(block->stops);
    trace_set_mode(shell->session, block->before);
    if (shell->conn && PQtransactionStatus(shell->conn) != PQTRANS_INERROR &&
        !trace_apply(shell->session, shell->conn, block->before, &diag))
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
    /* A rollback of what is open now would bring them back. */
    shell->marks_due = shell->conn && shell_in_transaction(shell);
}

void step_settle(Shell *shell)
{
    Diag ignored = DIAG_INIT;

    if ((!shell->marks_due && !shell->idle_limit_due) || shell->step ||
        PQtransactionStatus(shell->conn) != PQTRANS_IDLE)
        return;
    if (shell->marks_due)
        trace_apply(shell->session, shell->conn, trace_mode(shell->session), &ignored);
    shell->marks_due = false;
    step_put_back(shell->conn, IDLE_LIMIT, shell->idle_limit_due);
    shell->idle_limit_due = NULL;
    diag_reset(&ignored);
}

/* ---- where to stop ------------------------------------------------------------------------------------ */

char *step_file_text(Shell *shell, const ProjectFile *file)
{
    StrBuf text = STRBUF_INIT;
    Diag ignored = DIAG_INIT;
    bool ok = project_read(step_project(shell), file, &text, &ignored);

    diag_reset(&ignored);
    if (ok)
        return strbuf_detach(&text);
    strbuf_free(&text);
    return NULL;
}

uint64_t step_mark_end(const char *text, const MarkList *marks, size_t i)
{
    size_t start = marks->items[i].offset, len = strlen(text), end;
    char *mask;

    if (start >= len)
        return marks->items[i].line;
    end = i + 1 < marks->len ? marks->items[i + 1].offset : len;
    mask = sql_mask(text + start,
                    end - start); /* comments in front of the next one are no part */
    while (end > start + 1 && strchr(" \t\r\n\f\v", mask[end - start - 1]))
        end--;
    free(mask);
    return step_line_of(text, end - 1);
}

/* The statement that a line of a file means: the one on it, or the next. */
static size_t statement_at(Shell *shell, const TraceFile *file, int line)
{
    char *text = step_file_text(shell, file->file);
    size_t i = 0;

    while (text && i < file->marks.len && step_mark_end(text, &file->marks, i) < (uint64_t)line)
        i++;
    while (!text && i < file->marks.len && file->marks.items[i].line < (uint64_t)line)
        i++;
    free(text);
    return i;
}

static void add_stop(Stepper *step, const char *path, int line, int number)
{
    StepBlock *block = &step->block;
    char *name = step_file_name(step->shell, path);
    const TraceFile *file = trace_file(step->shell->session, name);

    free(name);
    if (!file)
        return;
    block->stops = xrealloc(block->stops, (block->stop_count + 1) * sizeof(StepStop));
    block->stops[block->stop_count++] = (StepStop){
        .file = file, .statement = statement_at(step->shell, file, line), .number = number};
}

/* Breakpoints and `until` as statements of the loaded files. */
static void list_stops(Stepper *step)
{
    const Breakpoints *breaks = step->shell->breaks;

    step->block.stop_count = 0;
    for (size_t i = 0; breaks && i < breaks->len; i++)
        add_stop(step, breaks->items[i].file, breaks->items[i].line, breaks->items[i].number);
    if (step->mode == STEP_MODE_RUN && step->until_file)
        add_stop(step, step->until_file, step->until_line, 0);
}

/* A large file has a mark for every so many statements only. */
static bool stops_here(Stepper *step)
{
    const StepBlock *block = &step->block;
    const TraceMark *mark = &block->mark;

    step->breakpoint = 0;
    for (size_t i = 0; i < block->stop_count; i++) {
        const StepStop *stop = &block->stops[i];

        if (stop->file == mark->file && stop->statement >= mark->statement &&
            stop->statement < mark->statement + mark->file->every) {
            step->breakpoint = stop->number;
            return true;
        }
    }
    return !step->whole && step->mode == STEP_MODE_STOP && --step->repeat <= 0;
}

/* Nothing but the block's end can stop it. */
static bool runs_free(const Stepper *step)
{
    return !step->block.stop_count && (step->whole || step->mode != STEP_MODE_STOP);
}

/* ---- one statement of the script ------------------------------------------------------------------------ */

/* Others run no files.  (To ask the server anything before SET TRANSACTION would spoil it.) */
static bool may_run_files(const char *sql)
{
    static const char *const words[] = {"do",     "call",    "select", "with",    "values",
                                        "insert", "update",  "delete", "execute", "explain",
                                        "table",  "refresh", "create", "merge"};
    char *mask = sql_mask(sql, strlen(sql));
    const char *word = mask + strspn(mask, " \t\r\n\f\v;(");
    size_t len = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
    bool found = false;

    for (size_t i = 0; i < lengthof(words) && !found; i++)
        found = strlen(words[i]) == len && ascii_ncasecmp(words[i], word, len) == 0;
    free(mask);
    return found;
}

/* Owned value of a setting that limits something, NULL: it is off. */
static char *limit(PGconn *conn, const char *name)
{
    char *sql = xasprintf("SHOW %s", name), *value = NULL;
    PGresult *result = server_query(conn, sql, 0, NULL);

    if (PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "0") != 0)
        value = xstrdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    free(sql);
    return value;
}

char *step_lift(PGconn *conn, const char *name)
{
    char *value = limit(conn, name), *sql;
    Diag ignored = DIAG_INIT;

    if (!value)
        return NULL;
    sql = xasprintf("SET %s%s = 0", PQtransactionStatus(conn) == PQTRANS_IDLE ? "" : "LOCAL ",
                    name);
    server_command(conn, sql, 0, NULL, &ignored);
    diag_reset(&ignored);
    free(sql);
    return value;
}

/* In a transaction that failed, the rollback does it. */
void step_put_back(PGconn *conn, const char *name, char *value)
{
    bool idle = conn && PQtransactionStatus(conn) == PQTRANS_IDLE;
    const char *values[] = {name, value, idle ? "false" : "true"};
    Diag ignored = DIAG_INIT;
    char *now = NULL;

    if (value && conn && PQtransactionStatus(conn) != PQTRANS_INERROR &&
        !(now = limit(conn, name)))
        server_command(conn, "SELECT pg_catalog.set_config($1, $2, $3::pg_catalog.bool)",
                       lengthof(values), values, &ignored);
    free(now);
    free(value);
    diag_reset(&ignored);
}

/* The plan as it can be shown while the session waits. */
static void keep_plan(Stepper *step)
{
    StepBlock *block = &step->block;
    const Project *project = session_project(step->shell->session);

    if (block->plan && block->plan_of == project)
        return;
    PQclear(block->plan);
    block->plan_of = project;
    block->plan = server_query(step->shell->conn,
                               "SELECT execution_order AS \"Order\", path AS \"Path\""
                               " FROM pg_temp.pgmi_plan_view ORDER BY execution_order",
                               0, NULL);
    if (PQresultStatus(block->plan) != PGRES_TUPLES_OK) {
        PQclear(block->plan);
        block->plan = NULL;
    }
}

void step_block_forget(Stepper *step)
{
    StepBlock *block = &step->block;

    block->arrived = block->cancelled = block->free = false;
    block->mark = (TraceMark){0};
    block->after = DECIDE_NOTHING;
}

void step_statement_begin(Shell *shell, const char *sql)
{
    Stepper *step = shell->step;

    if (!step || step->at_prompt)
        return;
    step_block_forget(step);
    if (!step->block.hold || !step->in_item || !may_run_files(sql))
        return;
    list_stops(step);
    if (runs_free(step))
        return;
    /* A prompt is no part of the time that a statement may take. */
    step->block.timeout = step_lift(shell->conn, "statement_timeout");
    keep_plan(step);
    if (!hold_arm(step->block.hold))
        puts("The second connection is lost: stepping stays at top level.");
}

void step_statement_end(Shell *shell)
{
    Stepper *step = shell->step;

    if (!step || !step->block.hold || step->at_prompt)
        return;
    hold_disarm(step->block.hold);
    step_put_back(shell->conn, "statement_timeout", step->block.timeout);
    step->block.timeout = NULL;
}

void step_block_clean(Stepper *step)
{
    PGconn *conn = step->shell->conn;

    if (step->block.hold && step->block.mark.file && conn &&
        PQtransactionStatus(conn) != PQTRANS_INERROR)
        hold_clean(step->block.hold, conn);
}

/* ---- waiting ---------------------------------------------------------------------------------------------- */

static void run_free(Stepper *step)
{
    step->block.free = true;
    hold_disarm(step->block.hold);
}

static void cancel_statement(Stepper *step)
{
    PGcancel *handle = PQgetCancel(step->shell->conn);
    char reason[256];

    step->block.cancelled = true;
    if (handle)
        PQcancel(handle, reason, sizeof(reason));
    PQfreeCancel(handle);
}

/* The statement of the last mark has not begun yet. */
static void at_mark(Stepper *step)
{
    StepBlock *block = &step->block;
    StepDecision decision;

    if (block->cancelled) { /* a handler in the block has caught it */
        cancel_statement(step);
        return;
    }
    if (stops_here(step)) {
        decision = step_prompt_at_mark(step);
        if (decision != DECIDE_GO) {
            block->after = decision;
            cancel_statement(step);
            return;
        }
        list_stops(step);
    }
    if (runs_free(step)) {
        run_free(step);
    } else if (!hold_release(block->hold)) {
        puts("The second connection is lost: the statement runs to its end.");
        run_free(step);
    }
}

/* Waits for something to read.  False: the end of the connection, which PQgetResult is to find, as it
 * tells about it in psql's words. */
static bool wait_and_read(PGconn *conn)
{
    struct pollfd fd = {PQsocket(conn), POLLIN, 0};
    char byte;

    if (poll(&fd, 1, -1) <= 0)
        return true; /* Ctrl-C: the handler has done what there was to do */
    return recv(fd.fd, &byte, 1, MSG_PEEK) > 0 && PQconsumeInput(conn);
}

void step_wait(Shell *shell)
{
    Stepper *step = shell->step;
    PGconn *conn = shell->conn;

    if (!step || step->at_prompt || !hold_armed(step->block.hold))
        return;
    while (hold_armed(step->block.hold) && PQstatus(conn) == CONNECTION_OK && PQisBusy(conn)) {
        if (step->block.arrived) {
            step->block.arrived = false;
            at_mark(step);
        } else if (!wait_and_read(conn)) {
            break;
        }
    }
}

bool step_cancelled(const Shell *shell, const PGresult *error)
{
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);

    return shell->step && shell->step->block.cancelled && !shell->step->at_prompt && state &&
           strcmp(state, "57014") == 0;
}

void step_no_marks(Shell *shell)
{
    if (shell->step && hold_armed(shell->step->block.hold))
        run_free(shell->step);
}
