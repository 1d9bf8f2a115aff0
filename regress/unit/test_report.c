/*
 * test_report.c — the writers of reports: what a hostile name or message may not break.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pgmish/report.h"
#include "pgmish/session.h"

static const char nasty[] =
    "a # TODO b\\c \"q\" 'p' <x> & ]]>\n\tnot ok 9\r\x01\x1b[31m \xff \xc3\xa4 "
    "\xed\xa0\x80 \xef\xbf\xbf";

static void fail_case(TestCase *test, const char *message)
{
    test->failure = calloc(1, sizeof(TestFailure));
    test->failure->message = xstrdup(message);
    strcpy(test->failure->sqlstate, "P0001");
    test->failure->file = xstrdup(test->path ? test->path : "x");
    test->failure->line = 3;
    test->failure->column = 7;
    test->failure->source = xstrdup(message);
    test->failure->detail = xstrdup(message);
    strlist_add(&test->notices, message);
    test->milliseconds = 1.5;
}

/* Owned text of a report of `times` runs with one test of each kind. */
static char *report_of(ReportKind kind, const char *text, size_t times)
{
    char path[] = "/tmp/pgmish-report-XXXXXX";
    Diag diag = DIAG_INIT;
    StrBuf out = STRBUF_INIT;
    Report *report;

    close(mkstemp(path));
    report = report_open(kind, path, &diag);
    assert_non_null(report);
    for (size_t n = 0; n < times; n++) {
        TestRun *run = test_run_new("\\test", "project", text);

        report_begin(report, run);
        test_run_add(run, CASE_TEST, CASE_PASSED, text, "./d/")->milliseconds = 0.25;
        report_case(report, run, &run->cases[0]);
        test_run_add(run, CASE_FIXTURE, CASE_PASSED, "./d/_setup.sql", "./d/");
        report_case(report, run, &run->cases[1]);
        fail_case(test_run_add(run, CASE_TEST, CASE_FAILED, "./d/b.sql", "./d/"), text);
        report_case(report, run, &run->cases[2]);
        fail_case(test_run_add(run, CASE_FIXTURE, CASE_FAILED, "./e/_setup.sql", "./e/"), text);
        report_case(report, run, &run->cases[3]);
        test_run_add(run, CASE_TEST, CASE_NOT_RUN, "./e/c.sql", "./e/")->reason = xstrdup(text);
        report_case(report, run, &run->cases[4]);
        fail_case(test_run_add(run, CASE_SUITE, CASE_FAILED, NULL, NULL), text);
        report_case(report, run, &run->cases[5]);
        assert_int_equal(run->passed, 1);
        assert_int_equal(run->failed, 3);
        assert_int_equal(run->not_run, 1);
        run->milliseconds = 4;
        report_end(report, run);
        test_run_free(run);
    }
    assert_true(report_close(report, &diag));
    assert_true(strbuf_read_file(&out, path));
    unlink(path);
    return strbuf_detach(&out);
}

static size_t lines_that_start(const char *text, const char *word)
{
    size_t count = 0;

    for (const char *line = text; line && *line;
         line = strchr(line, '\n'), line += line ? 1 : 0)
        count += strncmp(line, word, strlen(word)) == 0;
    return count;
}

/* No byte that a reader could choke on: valid UTF-8, no control character but the line's end. */
static void assert_clean(const char *text)
{
    assert_int_equal(utf8_valid_prefix(text, strlen(text)), strlen(text));
    for (const char *p = text; *p; p++)
        assert_true((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t' || *p == '\r');
}

static void tap_holds(void **state)
{
    char *text = report_of(REPORT_TAP, nasty, 2);

    (void)state;
    assert_clean(text);
    assert_int_equal(strncmp(text, "TAP version 13\n", 15), 0);
    assert_int_equal(lines_that_start(text, "ok "), 4);
    assert_int_equal(lines_that_start(text, "not ok "), 6);
    assert_int_equal(lines_that_start(text, "1..10\n"), 1);
    assert_non_null(strstr(text, "ok 1 - a \\# TODO b\\\\c \"q\""));
    assert_non_null(strstr(text, "ok 4 - ./e/c.sql # SKIP a \\# TODO"));
    assert_null(strstr(text, "\n\tnot ok"));
    assert_non_null(strstr(text, "not ok 5 - test run\n"));
    assert_non_null(strstr(text, "    line: 3\n    column: 7\n"));
    free(text);
}

static void nothing_run_is_no_success(void **state)
{
    char *text = report_of(REPORT_TAP, "x", 0);

    (void)state;
    assert_non_null(strstr(text, "1..0\nBail out!"));
    free(text);
}

static void junit_holds(void **state)
{
    char *text = report_of(REPORT_JUNIT, nasty, 2);
    char *none = report_of(REPORT_JUNIT, nasty, 0);
    const char *end = "</testsuites>\n";

    (void)state;
    assert_clean(text);
    assert_int_equal(lines_that_start(text, "<testsuite "), 2);
    assert_int_equal(lines_that_start(text, "</testsuites>"), 1);
    assert_string_equal(text + strlen(text) - strlen(end), end);
    assert_non_null(strstr(text, "tests=\"5\" failures=\"1\" errors=\"2\" skipped=\"1\""));
    assert_non_null(strstr(text, "<error message="));
    assert_null(strstr(text, "<x>"));
    assert_non_null(strstr(none, "<testsuites>\n</testsuites>\n"));
    free(text);
    free(none);
}

static void json_holds(void **state)
{
    char *text = report_of(REPORT_JSON, nasty, 2);
    size_t lines = 0;

    (void)state;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        json_t *object = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);

        assert_non_null(object);
        assert_true(json_is_string(json_object_get(object, "event")));
        if (lines == 2) {
            assert_string_equal(json_string_value(json_object_get(object, "status")), "failed");
            assert_int_equal(json_integer_value(json_object_get(object, "line")), 3);
            assert_int_equal(json_array_size(json_object_get(object, "notices")), 1);
        }
        json_decref(object);
    }
    assert_int_equal(lines, 2 * 7 + 1);
    free(text);
}

static void very_long(void **state)
{
    char *huge = xmalloc(1 << 20);

    (void)state;
    memset(huge, 'x', (1 << 20) - 1);
    huge[(1 << 20) - 1] = '\0';
    for (int kind = REPORT_TAP; kind <= REPORT_JSON; kind++) {
        char *text = report_of((ReportKind)kind, huge, 1);

        assert_true(strlen(text) > 4 << 20);
        free(text);
    }
    free(huge);
}

static void formats_have_names(void **state)
{
    ReportKind kind;

    (void)state;
    assert_true(report_kind("junit=x", 5, &kind) && kind == REPORT_JUNIT);
    assert_true(report_kind("tap", 3, &kind) && kind == REPORT_TAP);
    assert_false(report_kind("ta", 2, &kind));
    assert_false(report_kind("", 0, &kind));
}

static void cannot_be_opened(void **state)
{
    Diag diag = DIAG_INIT;

    (void)state;
    assert_null(report_open(REPORT_JSON, "/nonexistent/x", &diag));
    assert_non_null(strstr(diag.message, "/nonexistent/x"));
    diag_reset(&diag);
}

static void full_disk(void **state)
{
    Diag diag = DIAG_INIT;
    Report *report = report_open(REPORT_TAP, "/dev/full", &diag);

    (void)state;
    assert_non_null(report);
    assert_false(report_close(report, &diag));
    assert_non_null(strstr(diag.message, "No space left"));
    diag_reset(&diag);
}

/* ---- the suite taken apart ------------------------------------------------------------------ */

#define EVENT(event, path, directory)                                                          \
    "SELECT pg_temp.pgmi_test_callback(ROW('" event "', " path ", '" directory                 \
    "', 0, 1, NULL)::pg_temp.pgmi_test_event);\n"
#define RUN(path) "SELECT pg_temp.pgmi_run_test_source(" path ");\n"

#define CLOCK "pg_catalog.timestamptz_send(pg_catalog.clock_timestamp())"

static void suite_is_read(void **state)
{
    static const char generated[] = EVENT(
        "suite_start", "NULL",
        "") "SAVEPOINT __pgmi_d1__;\n" EVENT("fixture_start", "'./t;x/_setup.sql'",
                                             "./t;x/") RUN("'./t;x/_setup.sql'")
        EVENT("fixture_end", "'./t;x/_setup.sql'", "./t;x/") "SAVEPOINT __pgmi_t2__;\n" EVENT(
            "test_start", "'./t;x/it''s.sql'",
            "./t;x/") RUN("'./t;x/it''s.sql'") EVENT("test_end", "'./t;x/it''s.sql'", "./t;x/")
            EVENT("rollback", "'./t;x/it''s.sql'",
                  "./t;x/") "ROLLBACK TO SAVEPOINT "
                            "__pgmi_t2__;\n" EVENT("teardown_start", "NULL",
                                                   "./t;x/") "ROLLBACK TO "
                                                             "SAVEPOINT "
                                                             "__pgmi_d1__;"
                                                             "\nRELEASE "
                                                             "SAVEPOINT "
                                                             "__pgmi_d1__;"
                                                             "\n" EVENT("teardown"
                                                                        "_end",
                                                                        "NULL", "./t;x/")
                                                                 EVENT("suite_end", "NULL", "");
    Suite *suite = suite_parse(xstrdup(generated));
    StrBuf text = STRBUF_INIT;

    (void)state;
    assert_int_equal(suite->step_count, 5);
    assert_int_equal(suite->count, 16);
    assert_int_equal(suite->steps[1].kind, STEP_FIXTURE);
    assert_string_equal(suite->steps[1].savepoint, "__pgmi_d1__");
    assert_int_equal(suite->steps[1].run, 3);
    assert_int_equal(suite->steps[2].kind, STEP_TEST);
    assert_string_equal(suite->steps[2].path, "./t;x/it's.sql");
    assert_string_equal(suite->steps[2].directory, "./t;x/");
    assert_string_equal(suite->steps[2].savepoint, "__pgmi_t2__");
    assert_int_equal(suite->steps[3].kind, STEP_TEARDOWN);
    assert_int_equal(suite_teardown(suite, 1), 3);
    assert_int_equal(suite->steps[4].kind, STEP_SUITE);
    suite_statement(suite, 7, SUITE_TIMED | SUITE_UNGUARDED, &text);
    assert_string_equal(text.data,
                        "SELECT " CLOCK
                        ", pg_temp._pgmi_run_unguarded('./t;x/it''s.sql'), " CLOCK ";");
    strbuf_free(&text);
    suite_free(suite);
}

static void odd_suites(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "DO $pgmi$ BEGIN RAISE EXCEPTION 'no; tests'; END $pgmi$;",
        "SELECT 'open",
        "SELECT x",
        "SELECT x(ROW('",
        "SELECT x(ROW('test_start', NULL",
        "SAVEPOINT"};

    (void)state;
    for (size_t i = 0; i < lengthof(texts); i++) {
        Suite *suite = suite_parse(xstrdup(texts[i]));
        StrBuf text = STRBUF_INIT;

        assert_int_equal(suite->count, i > 1);
        suite_text(suite, SUITE_TIMED, &text);
        assert_string_equal(text.data, texts[i]);
        strbuf_free(&text);
        suite_free(suite);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tap_holds),        cmocka_unit_test(nothing_run_is_no_success),
        cmocka_unit_test(junit_holds),      cmocka_unit_test(json_holds),
        cmocka_unit_test(very_long),        cmocka_unit_test(formats_have_names),
        cmocka_unit_test(cannot_be_opened), cmocka_unit_test(full_disk),
        cmocka_unit_test(suite_is_read),    cmocka_unit_test(odd_suites),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
