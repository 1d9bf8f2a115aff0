/*
 * report_json.c — results as JSON lines: one object a line, written as it happens.
 *
 * Every object has "event": run_start, test, run_end, and one summary as the last line.  Fields that
 * are unknown are left out.
 */
#include "report.h"

#include <string.h>

static void add_name(StrBuf *out, const char *name)
{
    if (out->len && out->data[out->len - 1] != '{')
        strbuf_addc(out, ',');
    json_add_string(out, name);
    strbuf_addc(out, ':');
}

static void add_text(StrBuf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    add_name(out, name);
    json_add_string(out, text);
}

static void add_number(StrBuf *out, const char *name, size_t number)
{
    add_name(out, name);
    strbuf_addf(out, "%zu", number);
}

static void add_milliseconds(StrBuf *out, double milliseconds)
{
    if (milliseconds < 0)
        return;
    add_name(out, "milliseconds");
    strbuf_add_decimal(out, milliseconds, 3);
}

/* The buffer is empty before each object, as report.c moves it on. */
static void start(StrBuf *out, const char *event, size_t run)
{
    strbuf_addc(out, '{');
    add_text(out, "event", event);
    if (run)
        add_number(out, "run", run);
}

static void finish(StrBuf *out)
{
    strbuf_add(out, "}\n");
}

static void json_begin(Report *report, const TestRun *run)
{
    char utc[32], when[33];

    report_time(run->started, utc);
    snprintf(when, sizeof(when), "%sZ", utc); /* it is UTC */
    start(&report->text, "run_start", report->runs);
    add_text(&report->text, "origin", run->origin);
    add_text(&report->text, "project", run->project);
    add_text(&report->text, "pattern", run->pattern);
    add_text(&report->text, "time", when);
    finish(&report->text);
}

static void add_strings(StrBuf *out, const char *name, const StrList *list)
{
    if (!list->len)
        return;
    add_name(out, name);
    for (size_t i = 0; i < list->len; i++) {
        strbuf_addc(out, i ? ',' : '[');
        json_add_string(out, list->items[i]);
    }
    strbuf_addc(out, ']');
}

static void add_failure(StrBuf *out, const TestCase *test)
{
    const TestFailure *failure = test->failure;

    add_text(out, "message", failure->message);
    add_text(out, "sqlstate", failure->sqlstate);
    add_text(out, "detail", failure->detail);
    add_text(out, "hint", failure->hint);
    add_text(out, "context", failure->context);
    add_text(out, "file", failure->file);
    if (failure->line)
        add_number(out, "line", (size_t)failure->line);
    if (failure->line && failure->column)
        add_number(out, "column", (size_t)failure->column);
    add_text(out, "source", failure->source);
    if (failure->chain.len > 1) /* one is the place itself */
        add_strings(out, "chain", &failure->chain);
    add_strings(out, "notices", &test->notices);
}

static void json_test(Report *report, const TestRun *run, const TestCase *test)
{
    static const char *const kinds[] = {"test", "fixture", "run"};
    static const char *const states[] = {"not_run", "passed", "failed"};
    StrBuf *out = &report->text;

    (void)run;
    start(out, "test", report->runs);
    add_text(out, "type", kinds[test->kind]);
    add_text(out, "path", test->path);
    add_text(out, "directory", test->directory);
    add_text(out, "status", states[test->status]);
    add_text(out, "reason", test->reason);
    add_milliseconds(out, test->milliseconds);
    if (test->failure)
        add_failure(out, test);
    finish(out);
}

static void add_counts(StrBuf *out, size_t passed, size_t failed, size_t not_run)
{
    add_number(out, "passed", passed);
    add_number(out, "failed", failed);
    add_number(out, "not_run", not_run);
}

static void json_end(Report *report, const TestRun *run)
{
    start(&report->text, "run_end", report->runs);
    add_counts(&report->text, run->passed, run->failed, run->not_run);
    add_milliseconds(&report->text, run->milliseconds);
    finish(&report->text);
}

static void json_close(Report *report)
{
    start(&report->text, "summary", 0);
    add_number(&report->text, "runs", report->runs);
    add_counts(&report->text, report->passed, report->failed_tests, report->not_run);
    finish(&report->text);
}

const ReportWriter report_json = {"json", NULL, json_begin, json_test, json_end, json_close};
