/*
 * road.c — macro expansion on the one road that all SQL takes.
 *
 * A statement with CALL pgmi_test(...) becomes the suite's text when it is reached.  In a
 * transaction block the suite runs in that block; outside one, BEGIN and COMMIT are put around
 * the whole string, since savepoints need a block and the string has to stay one unit.  Results
 * of an expansion are not shown: the user sees the notices and one CALL tag.
 */
#include "results.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where one expansion stands in the final text, and the last statement found in it. */
typedef struct Range {
    size_t start, end;
    size_t last; /* index into the plan + 1; 0: none */
} Range;

/* State of the walk over the final text's statements. */
typedef struct Planner {
    Outgoing *out;
    const char *text;
    Range *ranges;
    size_t range_count, cap;
} Planner;

void road_release(Outgoing *out)
{
    for (size_t i = 0; i < out->expansion_count; i++) {
        suite_free(out->expansions[i].suite);
        free(out->expansions[i].pattern);
    }
    free(out->expansions);
    strbuf_free(&out->text);
    free(out->plan);
    free(out->spans);
    *out = (Outgoing){.text = STRBUF_INIT};
}

static Range *range_of(const Planner *planner, size_t offset)
{
    for (size_t i = 0; i < planner->range_count; i++)
        if (offset >= planner->ranges[i].start && offset < planner->ranges[i].end)
            return &planner->ranges[i];
    return NULL;
}

static bool plan_statement(void *ctx, const char *text, size_t start, size_t end)
{
    Planner *planner = ctx;
    Outgoing *out = planner->out;
    Range *range;

    /* A piece may begin with the blanks behind the statement before it. */
    while (start < end && strchr(" \t\r\n", text[start]))
        start++;
    range = range_of(planner, start);
    if (statement_kind(text + start, end - start) == STATEMENT_EMPTY)
        return true;
    if (out->planned == planner->cap) {
        planner->cap = planner->cap ? planner->cap * 2 : 64;
        out->plan = xrealloc(out->plan, planner->cap * sizeof(ResultPlan));
    }
    out->plan[out->planned++] = (ResultPlan){
        .use = range ? RESULT_HIDE : RESULT_SHOW,
        .suite = range ? (unsigned)(range - planner->ranges) + 1 : 0,
    };
    if (range)
        range->last = out->planned;
    return true;
}

static void make_plan(Outgoing *out, Range *ranges, size_t count)
{
    Planner planner = {out, out->text.data, ranges, count, 0};

    script_each_statement(out->text.data, out->text.len, plan_statement, &planner);
    for (size_t i = 0; i < count; i++)
        if (ranges[i].last)
            out->plan[ranges[i].last - 1].use = RESULT_CALL;
    if (out->wrapped && out->planned) {
        out->plan[0].use = RESULT_HIDE;
        if (out->planned > 1 && strcmp(out->text.data + out->text.len - 7, "COMMIT;") == 0)
            out->plan[out->planned - 1].use = RESULT_HIDE;
    }
}

/* Transaction commands of a string, and whether they leave a block open at its first macro. */
typedef struct Transactions {
    bool begins, ends;
    bool open_at_macro;
    size_t macro; /* offset of the first one */
} Transactions;

static bool note_transaction(void *ctx, const char *text, size_t start, size_t end)
{
    Transactions *found = ctx;
    StatementKind kind = statement_kind(text + start, end - start);

    found->begins |= kind == STATEMENT_BEGIN;
    found->ends |= kind == STATEMENT_END;
    if (start <= found->macro && (kind == STATEMENT_BEGIN || kind == STATEMENT_END))
        found->open_at_macro = kind == STATEMENT_BEGIN;
    return true;
}

static Transactions find_transactions(const char *sql, const MacroList *macros)
{
    Transactions found = {.macro = macros->len ? macros->items[0].start : SIZE_MAX};

    script_each_statement(sql, strlen(sql), note_transaction, &found);
    return found;
}

/* A failed expansion must never be followed by a COMMIT that works: a block is left aborted, also
 * one that the string itself, or the shell with AUTOCOMMIT off, would have opened. */
static void abort_block(Shell *shell, const char *sql, const MacroList *macros)
{
    if (PQtransactionStatus(shell->conn) == PQTRANS_IDLE &&
        (!shell->set.autocommit || find_transactions(sql, macros).open_at_macro))
        PQclear(server_query(shell->conn, "BEGIN", 0, NULL));
    if (PQtransactionStatus(shell->conn) == PQTRANS_INTRANS)
        PQclear(server_query(shell->conn,
                             "DO $$ BEGIN RAISE EXCEPTION 'pgmi_test() could not be expanded'; "
                             "END $$",
                             0, NULL));
}

static bool splice(Shell *shell, const char *sql, const MacroList *macros, Outgoing *out,
                   Range *ranges, Diag *diag)
{
    SessionConn ctx = {shell->session, shell->conn};
    size_t from = 0;

    out->expansions = xcalloc(macros->len, sizeof(Expansion));
    for (size_t i = 0; i < macros->len; i++) {
        const Macro *macro = &macros->items[i];
        char *text = session_generate(&ctx, macro->pattern, macro->callback, diag);

        if (!text)
            return false;
        out->expansions[i] = (Expansion){suite_parse(text), xstrdup_null(macro->pattern)};
        out->expansion_count++;
        strbuf_addn(&out->text, sql + from, macro->start - from);
        ranges[i].start = out->text.len;
        /* a report wants durations */
        suite_text(out->expansions[i].suite, shell->report_count ? SUITE_TIMED : 0, &out->text);
        ranges[i].end = out->text.len;
        out->spans[out->span_count++] = (MacroSpan){ranges[i].start, ranges[i].end,
                                                    macro->start, macro->end};
        from = macro->end;
    }
    strbuf_add(&out->text, sql + from);
    return true;
}

static bool expand(Shell *shell, const char *sql, const MacroList *macros, Outgoing *out,
                   Diag *diag)
{
    Range *ranges = xcalloc(macros->len, sizeof(Range));
    Transactions found = find_transactions(sql, macros);
    bool ok;

    out->expanded = true;
    out->spans = xcalloc(macros->len + 1, sizeof(MacroSpan));
    out->wrapped = shell->set.autocommit && !found.begins &&
                   PQtransactionStatus(shell->conn) == PQTRANS_IDLE;
    if (out->wrapped) {
        strbuf_add(&out->text, "BEGIN;\n");
        out->spans[out->span_count++] = (MacroSpan){0, out->text.len, 0, 0};
    }
    ok = splice(shell, sql, macros, out, ranges, diag);
    if (ok) {
        if (out->wrapped && !found.ends)
            strbuf_add(&out->text, "\n;COMMIT;");
        out->sql = out->text.data;
        make_plan(out, ranges, macros->len);
    }
    free(ranges);
    return ok;
}

bool road_prepare(Shell *shell, const char *sql, bool substituted, Outgoing *out)
{
    MacroList macros = {NULL, 0, 0};
    Diag diag = DIAG_INIT;
    bool ok = true;

    *out = (Outgoing){.text = STRBUF_INIT};
    if (session_state(shell->session) == SESSION_EMPTY)
        goto plain;
    ok = macro_find(sql, strlen(sql), substituted, &macros, &diag);
    if (ok && !macros.len)
        goto plain;
    if (ok)
        ok = session_require(shell->session, &diag) && expand(shell, sql, &macros, out, &diag);
    if (!ok) {
        abort_block(shell, sql, &macros);
        shell_report_diag(shell, &diag);
        if (macros.len)
            sent_report_call(
                shell, diag.message ? diag.message : "",
                macros.items[out->expansion_count < macros.len ? out->expansion_count : 0]
                    .start);
        if (shell->set.echo == ECHO_ERRORS)
            log_info(&shell->log, "STATEMENT:  %s", sql);
        diag_reset(&diag);
    }
    macro_list_free(&macros);
    return ok;
plain:
    out->sql = sql; /* not copied: it may be very large */
    return true;
}

void road_hint(Shell *shell, const char *sql, const PGresult *error)
{
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    SessionState loaded = session_state(shell->session);
    MacroList macros = {NULL, 0, 0};
    Diag diag = DIAG_INIT;

    if (!state || !message || shell->as_psql)
        return;
    if (strcmp(state, "42883") == 0 && strstr(message, "pgmi_test(")) {
        if (loaded != SESSION_EMPTY)
            log_info(&shell->log,
                     "HINT:  CALL pgmi_test() is a macro: it must be a statement of "
                     "its own at top level, not inside DO or a function.");
        else if (macro_find(sql, strlen(sql), true, &macros, &diag) && macros.len)
            log_info(&shell->log, "HINT:  Load a project with \\pgmi load DIR.");
        macro_list_free(&macros);
        diag_reset(&diag);
    } else if (loaded == SESSION_LOST && strstr(message, "pgmi_") && *state == '4') {
        if (!session_require(shell->session, &diag) && diag.hint)
            log_info(&shell->log, "HINT:  %c%s.  %s", fold_upper(diag.message[0]),
                     diag.message + 1, diag.hint);
        diag_reset(&diag);
    }
}
