/*
 * report.h — what the writers of reports share.  Private to src/output.
 *
 * A writer appends bytes to `text`; report.c moves them to the stream after each call, so that who
 * follows the file sees a test as soon as it is through.
 */
#ifndef PGMISH_OUTPUT_REPORT_H
#define PGMISH_OUTPUT_REPORT_H

#include <stdio.h>

#include "pgmish/report.h"

struct ReportWriter;

struct Report {
    const struct ReportWriter *writer;
    char *path; /* NULL: standard output */
    FILE *stream;
    StrBuf text;                          /* not written yet */
    size_t runs;                          /* begun so far */
    size_t cases;                         /* reported so far, over all runs */
    size_t passed, failed_tests, not_run; /* of all runs that have ended */
    long tail;    /* JUnit: where the document's end begins in the file, -1: nowhere */
    bool failed;  /* a write failed; errno was */
    int error;    /* ... this */
    Diag problem; /* the writer's own: no library, no memory */
};

typedef struct ReportWriter {
    const char *name;
    bool (*open)(Report *report, Diag *diag); /* may be NULL */
    void (*begin)(Report *report, const TestRun *run);
    void (*test)(Report *report, const TestRun *run, const TestCase *test);
    void (*end)(Report *report, const TestRun *run);
    void (*close)(Report *report);
} ReportWriter;

extern const ReportWriter report_tap, report_junit, report_json;

/* Is this case told in a report?  Fixtures that passed are not. */
bool report_tells(const TestCase *test);
/* "./a.sql:3:7" as far as it is known; appended. */
void report_place(StrBuf *out, const TestFailure *failure);
/* Text as valid UTF-8 that XML 1.0 and YAML can hold: what is not becomes U+FFFD. */
void report_clean(StrBuf *out, const char *text);
/* UTC as 2024-01-31T12:00:00, without a zone. */
void report_time(time_t when, char text[32]);

#endif
