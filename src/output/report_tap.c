/*
 * report_tap.c — results as TAP, version 14 (testanything.org), for prove and its relatives.
 *
 * One stream for the whole session, its plan at the end, since nobody knows before how many runs there
 * will be.  A test that was not reached is a skipped one; what failed carries a YAML block.  All YAML
 * strings are double-quoted with JSON's escapes, which YAML shares, so that no text can break out.
 *
 * Everything is as version 14 wants it, but the first line announces 13: readers of 14 take that, while
 * the prove of many a machine (Test::Harness up to 3.44) refuses a stream that says 14.
 */
#include "report.h"

#include <string.h>

static bool tap_open(Report *report, Diag *diag)
{
    (void)diag;
    strbuf_add(&report->text, "TAP version 13\n# valid as TAP version 14, too\n");
    return true;
}

/* One line, and none that a reader could take for a directive: # and \ are escaped (TAP 14). */
static void add_line(StrBuf *out, const char *text, bool escape)
{
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, text);
    for (size_t i = 0; i < clean.len; i++) {
        char c = clean.data[i];

        if (escape && (c == '#' || c == '\\'))
            strbuf_addc(out, '\\');
        strbuf_addc(out, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
    }
    strbuf_free(&clean);
}

static void add_string(StrBuf *out, const char *text)
{
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, text);
    json_add_stringn(out, clean.data, clean.len);
    strbuf_free(&clean);
}

static void add_field(StrBuf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    strbuf_addf(out, "  %s: ", name);
    add_string(out, text);
    strbuf_addc(out, '\n');
}

/* One string: prove takes a list's item with a colon in it for a mapping, quoted or not. */
static void add_notices(StrBuf *out, const StrList *notices)
{
    StrBuf text = STRBUF_INIT;

    for (size_t i = 0; i < notices->len; i++)
        strbuf_addf(&text, "%s%s", i ? "\n" : "", notices->items[i]);
    add_field(out, "notices", text.data);
    strbuf_free(&text);
}

static void add_failure(StrBuf *out, const TestCase *test)
{
    const TestFailure *failure = test->failure;

    add_field(out, "message", failure->message);
    strbuf_add(out, "  severity: fail\n");
    add_field(out, "sqlstate", failure->sqlstate);
    add_field(out, "detail", failure->detail);
    add_field(out, "hint", failure->hint);
    if (failure->file) {
        strbuf_add(out, "  at:\n  ");
        add_field(out, "file", failure->file);
        if (failure->line)
            strbuf_addf(out, "    line: %d\n", failure->line);
        if (failure->line && failure->column)
            strbuf_addf(out, "    column: %d\n", failure->column);
    }
    add_field(out, "source", failure->source);
    add_notices(out, &test->notices);
}

static void tap_begin(Report *report, const TestRun *run)
{
    strbuf_addf(&report->text, "# run %zu: ", report->runs);
    add_line(&report->text, run->origin, false);
    strbuf_add(&report->text, " of ");
    add_line(&report->text, run->project, false);
    if (run->pattern) {
        strbuf_add(&report->text, ", pattern ");
        add_line(&report->text, run->pattern, false);
    }
    strbuf_addc(&report->text, '\n');
}

static void tap_test(Report *report, const TestRun *run, const TestCase *test)
{
    StrBuf *out = &report->text;

    (void)run;
    strbuf_addf(out, "%sok %zu - ", test->status == CASE_FAILED ? "not " : "", report->cases);
    add_line(out, test->path ? test->path : test_case_name(test), true);
    if (test->status == CASE_NOT_RUN) {
        strbuf_add(out, " # SKIP ");
        add_line(out, test->reason ? test->reason : "not run", true);
    }
    strbuf_addc(out, '\n');
    if (test->milliseconds < 0 && !test->failure)
        return;
    strbuf_add(out, "  ---\n");
    if (test->failure)
        add_failure(out, test);
    if (test->milliseconds >= 0) {
        strbuf_add(out, "  duration_ms: ");
        strbuf_add_decimal(out, test->milliseconds, 3);
        strbuf_addc(out, '\n');
    }
    strbuf_add(out, "  ...\n");
}

static void tap_end(Report *report, const TestRun *run)
{
    strbuf_addf(&report->text, "# %zu passed, %zu failed, %zu not run\n", run->passed,
                run->failed, run->not_run);
}

/* Nothing run at all must not look like success (contract G7). */
static void tap_close(Report *report)
{
    strbuf_addf(&report->text, "1..%zu\n", report->cases);
    if (!report->cases)
        strbuf_add(&report->text, "Bail out! No tests were run\n");
}

const ReportWriter report_tap = {"tap", tap_open, tap_begin, tap_test, tap_end, tap_close};
