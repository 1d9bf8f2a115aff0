/*
 * report.c — a report of test runs: where it goes, and what all formats share.
 *
 * A format is a table of functions (report.h) that append to one buffer; here the buffer is written out and
 * emptied after each call, so that a report of any length needs the memory of one test, and a program
 * that follows the file sees tests as they end.  A write error is kept and told at the end, once.
 */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const ReportWriter *const writers[] = {
    [REPORT_TAP] = &report_tap,
    [REPORT_JUNIT] = &report_junit,
    [REPORT_JSON] = &report_json,
};

bool report_kind(const char *name, size_t len, ReportKind *kind)
{
    for (size_t i = 0; i < lengthof(writers); i++)
        if (strlen(writers[i]->name) == len && strncmp(writers[i]->name, name, len) == 0) {
            *kind = (ReportKind)i;
            return true;
        }
    return false;
}

bool report_tells(const TestCase *test)
{
    return test->kind != CASE_FIXTURE || test->status == CASE_FAILED;
}

void report_place(StrBuf *out, const TestFailure *failure)
{
    if (!failure->file)
        return;
    strbuf_add(out, failure->file);
    if (failure->line)
        strbuf_addf(out, ":%d", failure->line);
    if (failure->line && failure->column)
        strbuf_addf(out, ":%d", failure->column);
}

/* XML 1.0's Char, which is also what YAML calls printable but for DEL and the C1 controls. */
static bool can_be_written(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) || c == 0x85 ||
           (c >= 0xa0 && c != 0xfffe && c != 0xffff);
}

void report_clean(StrBuf *out, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = strlen(text);

    while (left) {
        size_t used = utf8_sequence(p, left);

        if (used && can_be_written(utf8_decode(p, left, &used)))
            strbuf_addn(out, (const char *)p, used);
        else
            strbuf_add(out, "\xEF\xBF\xBD");
        used = used ? used : 1;
        p += used;
        left -= used;
    }
}

void report_time(time_t when, char text[32])
{
    struct tm parts;

    if (!gmtime_r(&when, &parts) || !strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &parts))
        snprintf(text, 32, "1970-01-01T00:00:00");
}

static void write_out(Report *report)
{
    if (report->failed && !report->error)
        report->error = errno;
    if (!report->failed &&
        (fwrite(report->text.data, 1, report->text.len, report->stream) != report->text.len ||
         fflush(report->stream) != 0)) {
        report->failed = true;
        report->error = errno;
    }
    strbuf_reset(&report->text);
}

Report *report_open(ReportKind kind, const char *path, Diag *diag)
{
    Report *report = xcalloc(1, sizeof(*report));

    strbuf_init(&report->text);
    report->writer = writers[kind];
    report->path = xstrdup_null(path);
    report->tail = -1;
    report->stream = path ? fopen(path, "w") : stdout;
    if (!report->stream)
        diag_set(diag, EXIT_PGMI_OTHER, "could not open report file \"%s\": %s", path,
                 strerror(errno));
    else if (!report->writer->open || report->writer->open(report, diag)) {
        write_out(report);
        return report;
    }
    if (report->stream && path)
        fclose(report->stream);
    strbuf_free(&report->text);
    free(report->path);
    free(report);
    return NULL;
}

bool report_on_stdout(const Report *report)
{
    return !report->path;
}

void report_begin(Report *report, const TestRun *run)
{
    report->runs++;
    report->writer->begin(report, run);
    write_out(report);
}

void report_case(Report *report, const TestRun *run, const TestCase *test)
{
    if (!report_tells(test))
        return;
    report->cases++;
    report->writer->test(report, run, test);
    write_out(report);
}

void report_end(Report *report, const TestRun *run)
{
    report->passed += run->passed;
    report->failed_tests += run->failed;
    report->not_run += run->not_run;
    report->writer->end(report, run);
    write_out(report);
}

bool report_close(Report *report, Diag *diag)
{
    bool ok;

    report->writer->close(report);
    write_out(report);
    if (report->path && fclose(report->stream) != 0 && !report->failed) {
        report->failed = true;
        report->error = errno;
    }
    ok = !report->failed && !report->problem.code;
    if (report->failed)
        diag_set(diag, EXIT_PGMI_OTHER, "could not write report file \"%s\": %s",
                 report->path ? report->path : "-", strerror(report->error));
    else if (!ok)
        diag_set(diag, EXIT_PGMI_OTHER, "%s", report->problem.message);
    diag_reset(&report->problem);
    strbuf_free(&report->text);
    free(report->path);
    free(report);
    return ok;
}
