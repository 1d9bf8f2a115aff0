/*
 * report.h — what came of a run of tests, and its reports: TAP, JUnit XML, JSON lines.
 *
 * A TestRun is a record of values: it is filled while results arrive, and read by the reports, by
 * \test and by \pgmi report.  All its texts are redacted when they are put in, so that no reader has to
 * think of it.  A report is fed a run as it goes: begin, one case after another, end.  Several runs
 * of one session go into one report: TAP has one plan at its end, JUnit one <testsuite> a run.
 */
#ifndef PGMISH_REPORT_H
#define PGMISH_REPORT_H

#include <time.h>

#include "pgmish/support.h"

/* ---- the record --------------------------------------------------------------------------- */

typedef enum CaseKind {
    CASE_TEST,
    CASE_FIXTURE, /* in reports only when it failed */
    CASE_SUITE    /* the run itself: nothing to run, a callback that fails */
} CaseKind;

typedef enum CaseStatus { CASE_NOT_RUN, CASE_PASSED, CASE_FAILED } CaseStatus;

/* Texts are owned and NULL where there is none. */
typedef struct TestFailure {
    char *message; /* the server's, without "Failed in PATH: " */
    char sqlstate[6];
    char *detail, *hint, *context;
    char *file;       /* "./__test__/test_a.sql" */
    int line, column; /* 0: unknown; column in characters */
    char *source;     /* text of that line */
    StrList chain;    /* how the server came there, outermost first; see ErrorPlace */
} TestFailure;

typedef struct TestCase {
    CaseKind kind;
    CaseStatus status;
    char *path;           /* owned; NULL for CASE_SUITE */
    char *directory;      /* owned, ends in a slash; NULL for CASE_SUITE */
    double milliseconds;  /* negative: unknown */
    TestFailure *failure; /* owned; NULL unless CASE_FAILED */
    StrList notices;      /* of a failed test: "NOTICE:  text" */
    char *reason;         /* owned; why it was not run; NULL: no special reason */
} TestCase;

typedef struct TestRun {
    char *origin;  /* "\\test", "CALL pgmi_test()" */
    char *project; /* its name */
    char *root;    /* its directory, absolute; NULL: not told */
    char *pattern; /* NULL: all */
    time_t started;
    double milliseconds;
    TestCase *cases; /* in the order of the run */
    size_t count, cap;
    size_t passed, failed, not_run; /* tests; a failed fixture or suite counts as failed, too */
} TestRun;

TestRun *test_run_new(const char *origin, const char *project, const char *pattern);
void test_run_free(TestRun *run); /* NULL is fine */
/* Appends a case and counts it; the pointer holds until the next call. */
TestCase *test_run_add(TestRun *run, CaseKind kind, CaseStatus status, const char *path,
                       const char *directory);
void test_failure_free(TestFailure *failure); /* NULL is fine */
/* File name of a case's path ("test_a.sql"), or a word for the run itself. */
const char *test_case_name(const TestCase *test);

/* ---- a page (\pgmi report) -------------------------------------------------------------------- */

/* Everything is redacted by who fills it in.  Strings are owned; page_free frees. */
typedef struct PageStatement {
    uint32_t line;
    char *text; /* its first line; "" when it is not known any more */
    double milliseconds;
    uint64_t calls;
} PageStatement;

/* One row of the plan. */
typedef struct PageFile {
    char *path;
    char *sort_key;            /* NULL: the path */
    bool once;                 /* not idempotent */
    double milliseconds;       /* negative: not traced, or not run */
    PageStatement *statements; /* slowest first */
    size_t statement_count;
} PageFile;

typedef struct PageDeployment {
    char *how;    /* "\\pgmi deploy"; NULL: there was none */
    char *remark; /* "dry run"; NULL: none */
    bool ok;
    double milliseconds;
    time_t when;
    TestFailure *failure; /* owned; NULL: it worked, or a test failed */
} PageDeployment;

typedef struct Page {
    char *project, *root, *server, *version;
    StrList parameters; /* names */
    time_t when;
    PageDeployment deployment;
    PageFile *files;
    size_t file_count;
    bool traced;
    const TestRun *tests; /* borrowed; NULL: no run yet */
    /* Owned text of a file of the project, as it was loaded; NULL: not to be had. */
    char *(*source)(void *ctx, const char *path);
    void *ctx;
} Page;

void page_free(Page *page);
void page_html(const Page *page, StrBuf *out);

/* ---- reports -------------------------------------------------------------------------------- */

typedef enum ReportKind { REPORT_TAP, REPORT_JUNIT, REPORT_JSON } ReportKind;

/* "tap", "junit", "json"; false: none of them. */
bool report_kind(const char *name, size_t len, ReportKind *kind);

typedef struct Report Report;

/* path NULL: standard output.  The file is made, or emptied, now.  NULL: *diag. */
Report *report_open(ReportKind kind, const char *path, Diag *diag);
bool report_on_stdout(const Report *report);
void report_begin(Report *report, const TestRun *run);
void report_case(Report *report, const TestRun *run, const TestCase *test);
void report_end(Report *report, const TestRun *run);
/* Writes what has to stand at the end, frees.  False: *diag, the report is not complete. */
bool report_close(Report *report, Diag *diag);

#endif
