/*
 * report_junit.c — results as JUnit XML, by libxml2's writer.
 *
 * The format has no standard.  Two schemas are in use, Jenkins's and the one made from Ant's output, and
 * what is written here is valid under both: only attributes that both know, dates without a
 * zone, an empty <properties>, <system-out> and <system-err> in every suite.  A place in a file has no
 * attribute there, so it opens the text of the failure.  The CI services that read attributes of
 * their own, `file` and `line`, get them where their runner's variable says that they will be the reader.
 *
 * Counts stand in front of the tests, so a <testsuite> is written when its run has ended.  In a
 * file the end of the document is written with every run and overwritten by the next one: the
 * file is valid at any time, whatever becomes of this process.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/xmlwriter.h>

#define DOCUMENT_START "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
#define DOCUMENT_END   "</testsuites>\n"

typedef struct Library {
    xmlBufferPtr (*buffer_new)(void);
    const xmlChar *(*buffer_text)(const xmlBuffer *);
    void (*buffer_free)(xmlBufferPtr);
    xmlTextWriterPtr (*writer_new)(xmlBufferPtr, int);
    void (*writer_free)(xmlTextWriterPtr);
    int (*set_indent)(xmlTextWriterPtr, int);
    int (*start)(xmlTextWriterPtr, const xmlChar *);
    int (*end)(xmlTextWriterPtr);
    int (*attribute)(xmlTextWriterPtr, const xmlChar *, const xmlChar *);
    int (*text)(xmlTextWriterPtr, const xmlChar *);
} Library;

static bool load_library(Library *library, Diag *diag)
{
    const XmlSymbol symbols[] = {
        {"xmlBufferCreate", &library->buffer_new},
        {"xmlBufferContent", &library->buffer_text},
        {"xmlBufferFree", &library->buffer_free},
        {"xmlNewTextWriterMemory", &library->writer_new},
        {"xmlFreeTextWriter", &library->writer_free},
        {"xmlTextWriterSetIndent", &library->set_indent},
        {"xmlTextWriterStartElement", &library->start},
        {"xmlTextWriterEndElement", &library->end},
        {"xmlTextWriterWriteAttribute", &library->attribute},
        {"xmlTextWriterWriteString", &library->text},
    };

    return xml_library(symbols, lengthof(symbols), "write a JUnit report", diag);
}

/* One <testsuite> in the making. */
typedef struct Suite {
    Library library;
    xmlTextWriterPtr writer;
} Suite;

static void start(Suite *suite, const char *name)
{
    suite->library.start(suite->writer, BAD_CAST name);
}

static void end(Suite *suite)
{
    suite->library.end(suite->writer);
}

static void attribute(Suite *suite, const char *name, const char *value)
{
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, value);
    suite->library.attribute(suite->writer, BAD_CAST name, BAD_CAST clean.data);
    strbuf_free(&clean);
}

static void text(Suite *suite, const char *value)
{
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, value);
    suite->library.text(suite->writer, BAD_CAST clean.data);
    strbuf_free(&clean);
}

static void number(Suite *suite, const char *name, size_t value)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%zu", value);
    attribute(suite, name, digits);
}

/* Seconds, as xs:decimal; the attribute is required, so that unknown is 0. */
static void seconds(Suite *suite, const char *name, double milliseconds)
{
    StrBuf digits = STRBUF_INIT;

    strbuf_add_decimal(&digits, milliseconds > 0 ? milliseconds / 1000 : 0.0, 6);
    attribute(suite, name, digits.data);
    strbuf_free(&digits);
}

/* ---- one test -------------------------------------------------------------------------------- */

static void add_part(StrBuf *out, const char *label, const char *value)
{
    if (value && *value)
        strbuf_addf(out, "%s%s\n", label, value);
}

static void write_failure(Suite *suite, const TestCase *test)
{
    const TestFailure *failure = test->failure;
    StrBuf body = STRBUF_INIT;

    /* A test is wrong about the code, or something else went wrong. */
    start(suite, test->kind == CASE_TEST ? "failure" : "error");
    attribute(suite, "message", failure->message ? failure->message : "");
    attribute(suite, "type", *failure->sqlstate ? failure->sqlstate : "unknown");
    report_place(&body, failure);
    if (body.len)
        strbuf_addc(&body, '\n');
    add_part(&body, "    ", failure->source);
    add_part(&body, "ERROR:  ", failure->message);
    add_part(&body, "DETAIL:  ", failure->detail);
    add_part(&body, "HINT:  ", failure->hint);
    add_part(&body, "CONTEXT:  ", failure->context);
    for (size_t i = 0; i < test->notices.len; i++)
        add_part(&body, "", test->notices.items[i]);
    text(suite, body.data);
    strbuf_free(&body);
    end(suite);
}

/* "./__test__/deep/" becomes "__test__.deep": what readers take for a package. */
static void class_name(const TestCase *test, const char *project, StrBuf *out)
{
    const char *p = test->directory ? test->directory : "";

    p += strncmp(p, "./", 2) == 0 ? 2 : 0;
    for (; *p; p++)
        if (*p != '/')
            strbuf_addc(out, *p);
        else if (p[1])
            strbuf_addc(out, '.');
    if (!out->len)
        strbuf_add(out, project);
}

/* GitLab and CircleCI link a test to its file, GitHub's reporters a failure to its line. */
static bool reader_knows_files(void)
{
    static const char *const runners[] = {"GITLAB_CI", "CIRCLECI", "GITHUB_ACTIONS"};

    for (size_t i = 0; i < lengthof(runners); i++)
        if (getenv(runners[i]) && *getenv(runners[i]))
            return true;
    return false;
}

/* The file as seen from the working directory, which is the repository's in such a job. */
static void write_file(Suite *suite, const TestRun *run, const TestCase *test)
{
    const TestFailure *failure = test->failure;
    const char *path = failure && failure->file ? failure->file : test->path;
    char *cwd = getcwd(NULL, 0), *file;
    const char *root = run->root ? run->root : "";
    size_t len = cwd ? strlen(cwd) : 0;

    if (path && len && strncmp(root, cwd, len) == 0 && (root[len] == '/' || !root[len]))
        root += len + (root[len] == '/');
    if (path) {
        path += strncmp(path, "./", 2) == 0 ? 2 : 0;
        file = xasprintf("%s%s%s", root, *root ? "/" : "", path);
        attribute(suite, "file", file);
        free(file);
    }
    if (path && failure && failure->file && failure->line)
        number(suite, "line", (size_t)failure->line);
    free(cwd);
}

static void write_case(Suite *suite, const TestRun *run, const TestCase *test)
{
    StrBuf name = STRBUF_INIT;

    class_name(test, run->project, &name);
    start(suite, "testcase");
    attribute(suite, "name", test_case_name(test));
    attribute(suite, "classname", name.data);
    seconds(suite, "time", test->milliseconds);
    if (reader_knows_files())
        write_file(suite, run, test);
    if (test->failure) {
        write_failure(suite, test);
    } else if (test->status == CASE_NOT_RUN) {
        start(suite, "skipped");
        if (test->reason)
            attribute(suite, "message", test->reason);
        end(suite);
    }
    end(suite);
    strbuf_free(&name);
}

/* ---- one run ----------------------------------------------------------------------------------- */

typedef struct Counts {
    size_t tests, failures, errors, skipped;
} Counts;

static Counts count_cases(const TestRun *run)
{
    Counts counts = {0};

    for (size_t i = 0; i < run->count; i++) {
        const TestCase *test = &run->cases[i];

        if (!report_tells(test))
            continue;
        counts.tests++;
        counts.failures += test->status == CASE_FAILED && test->kind == CASE_TEST;
        counts.errors += test->status == CASE_FAILED && test->kind != CASE_TEST;
        counts.skipped += test->status == CASE_NOT_RUN;
    }
    return counts;
}

static void write_suite(Suite *suite, const Report *report, const TestRun *run)
{
    Counts counts = count_cases(run);
    char when[32], host[256];

    report_time(run->started, when);
    if (gethostname(host, sizeof(host)) != 0)
        strcpy(host, "localhost");
    host[sizeof(host) - 1] = '\0';
    start(suite, "testsuite");
    attribute(suite, "name", *run->project ? run->project : "pgmi");
    attribute(suite, "package", run->origin);
    number(suite, "id", report->runs - 1);
    attribute(suite, "timestamp", when);
    attribute(suite, "hostname", *host ? host : "localhost");
    number(suite, "tests", counts.tests);
    number(suite, "failures", counts.failures);
    number(suite, "errors", counts.errors);
    number(suite, "skipped", counts.skipped);
    seconds(suite, "time", run->milliseconds);
    start(suite, "properties");
    end(suite);
    for (size_t i = 0; i < run->count; i++)
        if (report_tells(&run->cases[i]))
            write_case(suite, run, &run->cases[i]);
    start(suite, "system-out");
    end(suite);
    start(suite, "system-err");
    end(suite);
    end(suite);
}

static void junit_begin(Report *report, const TestRun *run)
{
    (void)report, (void)run;
}

static void junit_test(Report *report, const TestRun *run, const TestCase *test)
{
    (void)report, (void)run, (void)test;
}

/* Puts the end of the document behind what is in the buffer, where the next run can replace it.  Where one
 * cannot go back (standard output, a pipe), it waits for the end of the session. */
static void end_document(Report *report)
{
    if (report->tail < 0)
        return;
    report->tail += (long)report->text.len;
    strbuf_add(&report->text, DOCUMENT_END);
}

static void go_back(Report *report)
{
    if (report->tail >= 0 && fseek(report->stream, report->tail, SEEK_SET) != 0)
        report->failed = true;
}

static void junit_end(Report *report, const TestRun *run)
{
    Suite suite;
    xmlBufferPtr buffer = NULL;

    if (report->problem.code || !load_library(&suite.library, &report->problem))
        return;
    buffer = suite.library.buffer_new();
    suite.writer = buffer ? suite.library.writer_new(buffer, 0) : NULL;
    if (suite.writer) {
        suite.library.set_indent(suite.writer, 1);
        write_suite(&suite, report, run);
        suite.library.writer_free(suite.writer); /* flushes into the buffer */
        go_back(report);
        strbuf_add(&report->text, (const char *)suite.library.buffer_text(buffer));
        end_document(report);
    } else {
        diag_set(&report->problem, EXIT_PGMI_OTHER, "out of memory in a JUnit report");
    }
    if (buffer)
        suite.library.buffer_free(buffer);
}

static bool junit_open(Report *report, Diag *diag)
{
    Library library;

    strbuf_add(&report->text, DOCUMENT_START);
    if (!load_library(&library, diag))
        return false;
    if (report->path && fseek(report->stream, 0, SEEK_CUR) == 0)
        report->tail = 0;
    end_document(report);
    return true;
}

static void junit_close(Report *report)
{
    if (report->tail < 0)
        strbuf_add(&report->text, DOCUMENT_END);
}

const ReportWriter report_junit = {"junit",    junit_open, junit_begin,
                                   junit_test, junit_end,  junit_close};
