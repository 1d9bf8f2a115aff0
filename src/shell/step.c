/*
 * step.c — \step: takes a script through the loop one item at a time.
 *
 * The loop reads from an Input that stands on a copy of the text in memory.  When an item is complete
 * it asks step_before, which is where the prompt appears; when it has run, step_after is told.  An
 * item that failed is arrived at again: its savepoint is rolled back and the input moved to its
 * beginning.  A variable that was set at the prompt has to have its effect, so the input is also
 * moved there when anything was run at the prompt.
 */
#include "step_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "path.h"

/* ---- small questions ----------------------------------------------------------------------------- */

bool step_active(const Shell *shell)
{
    return shell->step != NULL;
}

bool step_reads(const Shell *shell, const Input *input)
{
    return shell->step && input == &shell->step->input;
}

bool step_substitutes(const Shell *shell)
{
    return !step_reads(shell, shell->input) || shell->step->script.path;
}

bool step_interactive(const Shell *shell)
{
    return shell->step && shell->step->outer->interactive;
}

const Project *step_project(const Shell *shell)
{
    const Session *own = shell->step ? shell->step->block.session : NULL;

    return session_project(own ? own : shell->session);
}

char *step_current_file(Shell *shell)
{
    const Stepper *step = shell->step;

    if (!step)
        return NULL;
    return xstrdup(step->at_mark ? step->block.mark.file->file->path : step->script.name);
}

static void stop_at_next(Stepper *step)
{
    step->mode = STEP_MODE_STOP;
    step->repeat = 1;
    step->skips = 0;
}

bool step_interrupt(Shell *shell, const Input *input)
{
    if (!step_reads(shell, input))
        return false;
    stop_at_next(shell->step);
    return true;
}

/* ---- the script as an input ------------------------------------------------------------------------ */

static ReadStatus read_script(Input *input, const char *prompt, StrBuf *line)
{
    Stepper *step = input->state;
    bool failed;

    (void)prompt;
    step->jumped = false;
    if (!read_stream_line(input->stream, line, &failed))
        return failed ? READ_FAILED : READ_EOF;
    /* What stands in front in this line has been run; blanks keep the columns right. */
    memset(line->data, ' ', step->blank < line->len ? step->blank : line->len);
    step->blank = 0;
    input->line++;
    return READ_LINE;
}

void step_move(Stepper *step, size_t offset)
{
    const char *text = step->script.text;
    size_t start = offset;

    while (start > 0 && text[start - 1] != '\n')
        start--;
    clearerr(step->input.stream);
    fseek(step->input.stream, (long)start, SEEK_SET);
    step->blank = offset - start;
    step->jumped = true;
    step->in_item = false;
    step->shell->log.line = step_line_of(text, start) - 1;
}

/* ---- before an item ------------------------------------------------------------------------------------ */

/* Is this the item that a place in the script means? */
static bool is_place(const Stepper *step, const char *file, int line)
{
    const StepScript *script = &step->script;
    char *name = step_file_name(step->shell,
                                file); /* the project may be newer than the place */
    bool same = strcmp(name, script->name) == 0;
    size_t i;

    free(name);
    if (!same)
        return false;
    i = step_script_at_line(script, line);
    return i < script->item_count && script->items[i].start == step->at;
}

static int breakpoint_here(const Stepper *step)
{
    const Breakpoints *breaks = step->shell->breaks;

    for (size_t i = 0; breaks && i < breaks->len; i++)
        if (is_place(step, breaks->items[i].file, breaks->items[i].line))
            return breaks->items[i].number;
    return 0;
}

static bool stops(Stepper *step)
{
    step->breakpoint = breakpoint_here(step);
    if (step->failed || step->breakpoint)
        return true;
    if (step->mode == STEP_MODE_STOP)
        return --step->repeat <= 0;
    return step->until_file && is_place(step, step->until_file, step->until_line);
}

/* Back `count` items.  False: not one. */
static bool go_back(Stepper *step, const StepItem *item)
{
    Diag diag = DIAG_INIT;
    int done = 0;

    while (done < step->count && step_past_back(step, item->cond, &diag))
        done++;
    if (diag.message)
        step_say(step, &diag);
    diag_reset(&diag);
    step->failed = step->failed && !done;
    return done > 0;
}

static StepAction pass_over(Stepper *step, const StepItem *item)
{
    step_past_skip(step, item);
    step->failed = false;
    step->skipped++;
    step->mode = STEP_MODE_STOP;
    step->repeat = 1;
    return STEP_DO_SKIP;
}

/* Another server session, or none: what was done in the old one is out of reach. */
static bool connection_changed(Stepper *step)
{
    PGconn *conn = step->shell->conn;

    return !conn || PQstatus(conn) != CONNECTION_OK || PQbackendPID(conn) != step->backend ||
           step->shell->exit_now >= 0;
}

static StepAction end_with_connection(Stepper *step)
{
    step->lost = step->quit = true;
    log_error(&step->shell->log, "stepping has ended with the connection");
    return STEP_DO_LEAVE;
}

/* Asks until something is to be done with the item. */
static StepAction ask(Stepper *step, const StepItem *item)
{
    for (bool show = true;; show = false) {
        StepDecision decision = step_prompt(step, show);

        if (connection_changed(step)) /* \c */
            return end_with_connection(step);
        switch (decision) {
        case DECIDE_SKIP:
            step->skips = step->count - 1;
            return pass_over(step, item);
        case DECIDE_BACK:
            if (!go_back(step, item))
                continue;
            stop_at_next(step);
            return STEP_DO_JUMP;
        case DECIDE_RETRY:
            if (!step_read_again(step))
                continue;
            step->go = true;
            step_move(step, step->at);
            return STEP_DO_JUMP;
        case DECIDE_GO:
            step->go = step->touched;
            if (!step->touched)
                return STEP_DO_RUN;
            step_move(step, step->at);
            return STEP_DO_JUMP;
        default:
            step->quit = true;
            return STEP_DO_LEAVE;
        }
    }
}

static StepAction arrive(Stepper *step, const StepItem *item)
{
    size_t offset = step_script_offset(&step->script, item->line, item->column);
    StepAction action = STEP_DO_RUN;

    if (step->in_item && offset == step->at)
        return STEP_DO_RUN;
    if (item->text && statement_kind(item->text, strlen(item->text)) == STATEMENT_EMPTY)
        return STEP_DO_RUN;
    step->at = offset;
    step->line = item->line;
    if (step->skips > 0) {
        step->skips--;
        return pass_over(step, item);
    }
    if (!step->go && stops(step))
        action = ask(step, item);
    if (action != STEP_DO_RUN)
        return action;
    step->go = step->failed = false;
    step->in_item = true;
    step_block_forget(step);
    step_past_begin(step, item);
    return STEP_DO_RUN;
}

StepAction step_before(Shell *shell, const Input *input, const StepItem *item)
{
    Stepper *step = shell->step;

    if (!step)
        return STEP_DO_RUN;
    if (input == &step->prompt && !step->at_mark) {
        step->was_open = shell->conn && shell_in_transaction(shell);
        step_guard(step);
    }
    return input == &step->input ? arrive(step, item) : STEP_DO_RUN;
}

/* ---- after it -------------------------------------------------------------------------------------------- */

/* Where it failed, for the word edit: in a file that the statement executed, if that is known. */
static void note_failure(Stepper *step)
{
    const ErrorPlace *place = shell_last_place(step->shell);

    free(step->failed_file);
    step->failed_file = NULL;
    step->failed_line = 0;
    if (place && strcmp(place->file, "deploy.sql") != 0) {
        step->failed_file = xstrdup(place->file);
        step->failed_line = place->line;
    } else if (step->block.mark.file) {
        const TraceMark *mark = &step->block.mark;

        step->failed_file = xstrdup(mark->file->file->path);
        step->failed_line = (int)mark->file->marks.items[mark->statement].line;
    }
}

/* The user has ended a statement that waited at a mark; it is as it was before it. */
static StepAction ended_at_mark(Stepper *step)
{
    StepDecision after = step->block.after;

    stop_at_next(step);
    step_block_forget(step);
    if (after == DECIDE_QUIT) {
        step->quit = true;
        return STEP_DO_LEAVE;
    }
    if (after == DECIDE_RETRY && step_read_again(step)) {
        step->go = true;
        step_move(step, step->at);
    }
    return STEP_DO_JUMP;
}

static StepAction failed(Stepper *step, const StepItem *item, bool *ok)
{
    bool was_in_block = step->past.items[step->past.len - 1].savepoint != 0;
    bool by_user = step->block.cancelled && step->block.after != DECIDE_NOTHING;

    if (!by_user)
        note_failure(step);
    shell_clear_one_shot(step->shell);
    step->undone = was_in_block && step->past.block;
    step_past_undo(step, item->cond);
    step_block_clean(step);
    *ok = true;
    if (by_user)
        return ended_at_mark(step);
    step->failed = true;
    stop_at_next(step);
    return STEP_DO_JUMP;
}

static StepAction done(Stepper *step, const StepItem *item, bool complete, bool *ok)
{
    Shell *shell = step->shell;

    if (!step->in_item)
        return STEP_DO_RUN;
    if (connection_changed(step)) {
        step->in_item = false;
        return end_with_connection(step);
    }
    if (!complete && *ok)
        return STEP_DO_RUN;
    step->in_item = false;
    if (shell->cancel_pressed) {
        shell->cancel_pressed = false;
        stop_at_next(step);
    }
    step->whole = step->whole && step->block.after == DECIDE_RETRY;
    step_past_end(step, item->text, *ok);
    if (!*ok || step->block.after != DECIDE_NOTHING) /* which a handler may have swallowed */
        return failed(step, item, ok);
    step->run++;
    return STEP_DO_RUN;
}

StepAction step_after(Shell *shell, const Input *input, const StepItem *item, bool complete,
                      bool *ok)
{
    Stepper *step = shell->step;

    if (!step)
        return STEP_DO_RUN;
    if (input == &step->prompt && !step->at_mark)
        step_unguard(step, step->was_open, item->text, *ok);
    return input == &step->input ? done(step, item, complete, ok) : STEP_DO_RUN;
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

/* A file on disk, or else a loaded one.  name is what breakpoints call it. */
static bool find_script(Shell *shell, const char *file, StepScript *script, Diag *diag)
{
    if (!file && !session_require(shell->session, diag))
        return false;
    script->name = file ? step_file_name(shell, file) : xstrdup("deploy.sql");
    script->shown = project_show_path(script->name);
    if (!file || strcmp(script->name, "deploy.sql") == 0) {
        script->path = step_disk_path(shell, script->name);
    } else if (access(file, R_OK) == 0 || session_state(shell->session) != SESSION_LOADED) {
        script->path = expand_tilde(xstrdup(file));
        path_canonicalize(script->path);
    }
    return step_script_read(shell, script, diag);
}

static bool may_begin(Shell *shell, Diag *diag)
{
    if (shell->step)
        return diag_set(diag, EXIT_PGMI_OTHER, "\\step is under way already");
    if (PQpipelineStatus(shell->conn) != PQ_PIPELINE_OFF)
        return diag_set(diag, EXIT_PGMI_OTHER, "\\step is not allowed in pipeline mode");
    if (PQtransactionStatus(shell->conn) == PQTRANS_INERROR) {
        diag_set(diag, EXIT_PGMI_OTHER, "the current transaction is aborted");
        return diag_hint(diag, "End it with ROLLBACK first.");
    }
    return true;
}

static void begin(Stepper *step, Shell *shell)
{
    Diag ignored = DIAG_INIT;

    step->shell = shell;
    step->input.read_line = read_script;
    step->input.state = step;
    step->input.name = step->script.shown;
    step->own_input = !shell->input;
    step->outer = shell->input   ? shell->input
                  : shell->notty ? input_from_stream(stdin, NULL, false)
                                 : input_from_terminal(shell);
    step->outer_line = shell->log.line;
    step->around = (StepOuter){shell->input_file, shell->log.terse, shell->deploy};
    step->prompt = step_prompt_input(step);
    step->backend = PQbackendPID(shell->conn);
    step->own_block = !shell_in_transaction(shell);
    if (!step->own_block)
        step_sql(step, "SAVEPOINT __pgmish_step_start__", &ignored);
    step->idle_limit = step_lift(shell->conn, IDLE_LIMIT); /* one thinks at the prompt */
    diag_reset(&ignored);
    stop_at_next(step);
}

/* quit: nothing is left of what was not committed. */
static void roll_back(Stepper *step)
{
    Shell *shell = step->shell;
    Diag diag = DIAG_INIT;
    bool open = shell->conn && shell_in_transaction(shell);

    if (!open)
        return;
    if (step_sql(step,
                 step->own_block ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT __pgmish_step_start__",
                 &diag))
        puts("rolled back");
    else
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
}

static void say_end(const Stepper *step)
{
    const Shell *shell = step->shell;

    printf("%s of %s: %zu run, %zu skipped%s\n", step->quit ? "left before the end" : "end",
           step->script.shown, step->run, step->skipped,
           step->own_block && shell->conn && shell_in_transaction(shell)
               ? "; the transaction is still open"
               : "");
    fflush(stdout);
}

static void run_script(Stepper *step)
{
    Shell *shell = step->shell;
    bool stop = shell->set.on_error_stop;
    char *path = step->script.path ? xstrdup(step->script.path)
                                   : step_disk_path(shell, step->script.name);

    shell->input_file = path; /* \ir and places of errors go by it */
    shell->log.input_file = step->script.shown;
    shell->log.terse = false;
    shell->deploy = NULL;
    if (step->script.path)
        step->around.own = deploy_begin(shell, step->script.path);
    shell->set.on_error_stop = stop; /* what fails is for the user to decide about */
    do
        shell_loop(shell, &step->input);
    while (step->jumped && !step->quit && shell->exit_now < 0);
    if (step->quit)
        roll_back(step);
    deploy_end(shell, step->around.own, step->quit ? EXIT_SHELL_USER : EXIT_SHELL_OK);
    shell->set.on_error_stop = stop;
    shell->input_file = step->around.input_file;
    free(path);
}

static void finish(Stepper *step)
{
    Shell *shell = step->shell;

    shell->input_file = shell->log.input_file = step->around.input_file;
    shell->log.terse = step->around.terse;
    shell->log.line = step->outer_line;
    shell->deploy = step->around.deploy;
    shell->cancel_pressed = false;
    shell->step = NULL;
    if (step->idle_limit && step->own_block && shell->conn && shell_in_transaction(shell))
        shell->idle_limit_due = xstrdup(
            step->idle_limit); /* the transaction's end brings 0 back */
    step_put_back(shell->conn, IDLE_LIMIT, step->idle_limit);
    if (step->own_input)
        input_close(step->outer);
    step_past_free(&step->past);
    if (step->input.stream)
        fclose(step->input.stream);
    free(step->until_file);
    free(step->failed_file);
    step_script_free(&step->script);
}

bool step_run(Shell *shell, const char *file)
{
    Stepper *step = xcalloc(1, sizeof(*step));
    Diag diag = DIAG_INIT;
    bool ok = false;

    if (!may_begin(shell, &diag) || !find_script(shell, file, &step->script, &diag)) {
        log_diag(&shell->log, &diag);
        diag_reset(&diag);
        step_script_free(&step->script);
        goto done;
    }
    begin(step, shell);
    shell->step = step;
    if (step_open_text(step)) {
        step_block_open(step);
        run_script(step);
        step_block_close(step);
        say_end(step);
        ok = !step->lost && !step->broken && !(step->quit && step->failed);
    }
    finish(step);
done:
    free(step);
    return ok;
}
