/*
 * deploy_tests.c — tells whoever wants to know of the test runs in a deployment.
 *
 * A message may hold part of a suite, a whole one, or several with other statements around them; in the
 * tail each statement is a message.  So statements are counted within the message and looked up in the
 * expanded text: where a span of the text begins, a run begins, and where it is left, the run ends.
 */
#include <stdlib.h>

#include "deploy_private.h"

static bool note_start(void *ctx, const char *text, size_t start, size_t end)
{
    TestFollow *follow = ctx;

    if (statement_kind(text + start, end - start) == STATEMENT_EMPTY)
        return true;
    while (start < end && (text[start] == '\n' || text[start] == ' '))
        start++;
    if (follow->count == follow->cap) {
        follow->cap = follow->cap ? 2 * follow->cap : 64;
        follow->starts = xrealloc(follow->starts, follow->cap * sizeof(size_t));
    }
    follow->starts[follow->count++] = follow->base + start;
    return true;
}

static void forget_row(TestFollow *follow)
{
    PQclear(follow->row);
    follow->row = NULL;
}

static void leave_span(DeployRun *run)
{
    TestFollow *follow = &run->follow;

    if (follow->span)
        run->options->tests->end(run->options->tests->ctx);
    follow->span = NULL;
    forget_row(follow);
}

static void begin_run(DeployRun *run, size_t macro)
{
    run->options->tests->begin(run->options->tests->ctx, run->script->suites[macro],
                               run->script->macros.items[macro].pattern);
}

/* Before the statement number `completed` of the message. */
static void look_at_statement(DeployRun *run)
{
    TestFollow *follow = &run->follow;
    const MacroSpan *span;

    if (run->completed >= follow->count)
        return; /* the next message tells */
    span = deploy_script_span(run->script, follow->starts[run->completed]);
    if (span == follow->span)
        return;
    leave_span(run);
    follow->span = span;
    if (span)
        begin_run(run, (size_t)(span - run->script->spans));
}

void deploy_tests_message(DeployRun *run, size_t start, size_t end)
{
    TestFollow *follow = &run->follow;

    if (!run->options->tests || !run->script->macros.len)
        return;
    follow->count = 0;
    follow->base = start;
    script_each_statement(run->script->sent.data + start, end - start, note_start, follow);
    run->completed = 0;
    look_at_statement(run);
}

void deploy_tests_pause(DeployRun *run)
{
    free(run->follow.starts);
    run->follow.starts = NULL;
    run->follow.count = run->follow.cap = 0;
}

void deploy_tests_result(DeployRun *run, PGresult *result, bool complete)
{
    TestFollow *follow = &run->follow;

    if (follow->span && PQntuples(result) == 1) {
        forget_row(follow);
        follow->row = PQcopyResult(result, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    }
    if (!complete)
        return;
    if (follow->span)
        run->options->tests->result(run->options->tests->ctx,
                                    follow->row ? follow->row : result);
    forget_row(follow);
    look_at_statement(run);
}

void deploy_tests_error(DeployRun *run, const PGresult *error, const ErrorPlace *place)
{
    if (!run->follow.span)
        return;
    run->options->tests->error(run->options->tests->ctx, error, place);
    leave_span(run);
}

void deploy_tests_end(DeployRun *run)
{
    leave_span(run);
    deploy_tests_pause(run);
}
