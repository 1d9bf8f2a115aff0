/*
 * test_printer.c — the printer on results made by hand: no server, no terminal.
 *
 * Every format is compared with bytes that psql printed (printer_cases.c); random comparison
 * with a living psql is regress/fuzz/print_compare.py.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgmish/pset.h"
#include "printer_cases.h"

#define UTF8 6
#define INT4 23
#define TEXT 25

/* ---- results and output by hand ------------------------------------------------------------ */

static PGresult *make_result(int columns, const char *const *names, const Oid *types)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc *attributes = xcalloc((size_t)columns, sizeof(PGresAttDesc));

    for (int i = 0; i < columns; i++) {
        attributes[i].name = (char *)(uintptr_t)names[i];
        attributes[i].typid = types[i];
    }
    assert_true(PQsetResultAttrs(result, columns, attributes));
    free(attributes);
    return result;
}

static void set(PGresult *result, int row, int column, const char *text)
{
    char *copy = xstrdup_null(text);

    assert_true(PQsetvalue(result, row, column, copy, text ? (int)strlen(text) : -1));
    free(copy);
}

static PGresult *sample(void)
{
    static const char *const names[] = {"id", "name", "odd\nname"};
    static const Oid types[] = {INT4, TEXT, TEXT};
    static const char *const cells[][3] = {{"1", "one", "a,\"b\""},
                                           {"22", "two\nlines", "<&> \\$#"},
                                           {NULL, "漢字", "\t\001"},
                                           {"-4444", "", "  "}};
    PGresult *result = make_result(3, names, types);

    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 3; column++)
            set(result, row, column, cells[row][column]);
    return result;
}

typedef struct Paper {
    Shell shell; /* only its options and messages are used */
    char *text;
    size_t len;
    size_t seen; /* of it, by earlier assertions */
    PrintTarget target;
} Paper;

static void begin_paper(Paper *paper)
{
    memset(paper, 0, sizeof(*paper));
    log_init(&paper->shell.log, "psql");
    print_options_init(&paper->shell.print);
    paper->shell.print.encoding = UTF8;
    paper->target.out = open_memstream(&paper->text, &paper->len);
}

static void end_paper(Paper *paper)
{
    fclose(paper->target.out);
    free(paper->text);
    print_options_free(&paper->shell.print);
}

/* What was printed since the last look. */
static void assert_printed(Paper *paper, const char *expected)
{
    fflush(paper->target.out);
    assert_string_equal(paper->text + paper->seen, expected);
    paper->seen = paper->len;
}

static void set_options(Paper *paper, const char *options)
{
    char *copy = xstrdup(options), *rest = copy, *word;

    while ((word = strsep(&rest, " "))) {
        char *value = strchr(word, '=');

        *value++ = '\0';
        assert_true(pset_set(&paper->shell, word, value, true));
    }
    free(copy);
}

/* ---- formats ----------------------------------------------------------------------------------- */

static void test_formats(void **state)
{
    PGresult *result = sample();

    (void)state;
    for (const PrinterCase *c = printer_cases; c->options; c++) {
        Paper paper;

        begin_paper(&paper);
        set_options(&paper, c->options);
        print_result(result, &paper.shell.print, &paper.target, NULL, NULL);
        fflush(paper.target.out);
        if (strcmp(paper.text, c->expected) != 0)
            print_error("with %s\n", c->options);
        assert_string_equal(paper.text, c->expected);
        end_paper(&paper);
    }
    PQclear(result);
}

static void test_title_and_footers(void **state)
{
    static const char *const footers[] = {"Indexes:", "    none", NULL};
    PGresult *result = sample();
    Paper paper;

    (void)state;
    begin_paper(&paper);
    set_options(&paper, "format=unaligned title=mine");
    print_result(result, &paper.shell.print, &paper.target, "given", footers);
    fflush(paper.target.out);
    assert_memory_equal(paper.text, "given\n", 6);
    assert_string_equal(paper.text + paper.len - 19, "\nIndexes:\n    none\n");
    end_paper(&paper);
    PQclear(result);
}

static void test_no_columns(void **state)
{
    PGresult *result = make_result(0, NULL, NULL);
    Printer *printer;
    Paper paper;

    (void)state;
    begin_paper(&paper);
    print_result(result, &paper.shell.print, &paper.target, NULL, NULL);
    assert_printed(&paper, "--\n(0 rows)\n\n");
    printer = print_begin(&paper.shell.print, &paper.target, NULL, 0);
    for (int i = 0; i < 3; i++)
        print_row(printer, result, i);
    assert_int_equal(print_rows(printer), 3);
    assert_true(print_end(printer));
    assert_printed(&paper, "--\n(3 rows)\n\n");
    end_paper(&paper);
    PQclear(result);
}

static void test_numeric_locale(void **state)
{
    static const char *const names[] = {"n"};
    static const Oid types[] = {1700};
    static const char *const cells[] = {"1234567.891", "-123", "12e100",
                                        "1000",        "NaN",  "$1.00"};
    PGresult *result = make_result(1, names, types);
    Paper paper;

    (void)state;
    for (int i = 0; i < (int)lengthof(cells); i++)
        set(result, i, 0, cells[i]);
    begin_paper(&paper);
    set_options(&paper, "format=csv numericlocale=on csv_fieldsep=;");
    print_result(result, &paper.shell.print, &paper.target, NULL, NULL);
    assert_printed(&paper, "n\n1,234,567.891\n-123\n12e100\n1,000\nNaN\n$1.00\n");
    paper.shell.print.decimal_point = ",";
    paper.shell.print.thousands_sep = ".";
    paper.shell.print.group_size = 4;
    print_result(result, &paper.shell.print, &paper.target, NULL, NULL);
    assert_printed(&paper, "n\n123.4567,891\n-123\n12e100\n1000\nNaN\n$1.00\n");
    end_paper(&paper);
    PQclear(result);
}

static void test_invalid_bytes(void **state)
{
    static const char *const names[] = {"a\xff"};
    static const Oid types[] = {TEXT};
    PGresult *result = make_result(1, names, types);
    Paper paper;

    (void)state;
    set(result, 0, 0, "x\xc3y\xe6\xbc");
    begin_paper(&paper);
    print_result(result, &paper.shell.print, &paper.target, NULL, NULL);
    assert_printed(&paper, " a  \n----\n xy\n(1 row)\n\n");
    end_paper(&paper);
    PQclear(result);
}

/* ---- feeding -------------------------------------------------------------------------------------- */

static const PrintColumn two_columns[] = {{"n", true}, {"text", false}};

static void feed(Printer *printer, int from, int to)
{
    for (int i = from; i <= to; i++) {
        char number[20];

        snprintf(number, sizeof(number), "%d", i);
        print_cell(printer, number, strlen(number));
        print_cell(printer, i % 2 ? "odd" : NULL, i % 2 ? 3 : 0);
    }
}

static void test_chunks(void **state)
{
    Paper paper;
    Printer *printer;

    (void)state;
    begin_paper(&paper);
    printer = print_begin(&paper.shell.print, &paper.target, two_columns, 2);
    feed(printer, 9, 10);
    assert_printed(&paper, "");
    assert_true(print_chunk(printer));
    assert_printed(&paper, " n  | text \n----+------\n  9 | odd\n 10 | \n");
    feed(printer, 11, 11);
    assert_true(print_end(printer));
    assert_printed(&paper, " 11 | odd\n(3 rows)\n\n");

    set_options(&paper, "format=unaligned expanded=on");
    printer = print_begin(&paper.shell.print, &paper.target, two_columns, 2);
    feed(printer, 1, 1);
    assert_true(print_chunk(printer));
    feed(printer, 2, 2);
    assert_true(print_end(printer));
    assert_printed(&paper, "n|1\ntext|odd\n\nn|2\ntext|\n");
    end_paper(&paper);
}

static void test_abandon(void **state)
{
    Paper paper;
    Printer *printer;

    (void)state;
    begin_paper(&paper);
    for (int format = PRINT_ALIGNED; format <= PRINT_TROFF_MS; format++) {
        paper.shell.print.format = (PrintFormat)format;
        printer = print_begin(&paper.shell.print, &paper.target, two_columns, 2);
        feed(printer, 1, 1000);
        print_abandon(printer);
        assert_printed(&paper, "");
    }
    end_paper(&paper);
}

static void test_cancelled(void **state)
{
    static const volatile bool cancelled = true;
    Paper paper;
    Printer *printer;

    (void)state;
    begin_paper(&paper);
    paper.target.cancelled = &cancelled;
    printer = print_begin(&paper.shell.print, &paper.target, two_columns, 2);
    feed(printer, 1, 10);
    print_end(printer);
    assert_printed(&paper, "");
    end_paper(&paper);
}

static void test_log_is_aligned(void **state)
{
    Paper paper, log;
    Printer *printer;

    (void)state;
    begin_paper(&paper);
    begin_paper(&log);
    set_options(&paper, "format=csv expanded=on");
    paper.target.log = log.target.out;
    printer = print_begin(&paper.shell.print, &paper.target, two_columns, 2);
    feed(printer, 1, 1);
    assert_true(print_end(printer));
    assert_printed(&paper, "n,1\ntext,odd\n");
    assert_printed(&log, " n | text \n---+------\n 1 | odd\n(1 row)\n\n");
    end_paper(&paper);
    end_paper(&log);
}

static void test_write_error(void **state)
{
    FILE *full = fopen("/dev/full", "w");
    Paper paper;
    Printer *printer;

    (void)state;
    if (!full)
        skip();
    begin_paper(&paper);
    for (int format = PRINT_ALIGNED; format <= PRINT_CSV; format++) {
        PrintTarget target = {.out = full};

        paper.shell.print.format = (PrintFormat)format;
        printer = print_begin(&paper.shell.print, &target, two_columns, 2);
        feed(printer, 1, 20000); /* more than stdio holds back */
        assert_false(print_end(printer));
    }
    fclose(full);
    end_paper(&paper);
}

/* Far above the limit in memory: the rows come back from the temporary file as they went in. */
static void test_spill(void **state)
{
    enum { ROWS = 90, SIZE = 1000000 };
    Paper paper;
    Printer *printer;
    char *cell = xmalloc(SIZE + 1), *at;

    (void)state;
    begin_paper(&paper);
    for (int format = PRINT_ALIGNED; format <= PRINT_CSV; format += 3) {
        paper.shell.print.format = (PrintFormat)format;
        paper.shell.print.tuples_only = true;
        printer = print_begin(&paper.shell.print, &paper.target, two_columns + 1, 1);
        for (int row = 0; row < ROWS; row++) {
            memset(cell, 'A' + row % 26, SIZE);
            cell[SIZE] = '\0';
            print_cell(printer, cell, SIZE);
        }
        assert_true(print_end(printer));
        fflush(paper.target.out);
        at = paper.text + paper.seen;
        for (int row = 0; row < ROWS; row++) {
            at += format == PRINT_ALIGNED; /* the blank before a cell */
            assert_int_equal(*at, 'A' + row % 26);
            assert_int_equal(at[SIZE - 1], 'A' + row % 26);
            assert_int_equal(at[SIZE], '\n');
            at += SIZE + 1;
        }
        paper.seen = paper.len;
    }
    free(cell);
    end_paper(&paper);
}

/* ---- crosstab --------------------------------------------------------------------------------------- */

static PGresult *crosstab_sample(bool twice)
{
    static const char *const names[] = {"v", "h", "d", "s"};
    static const Oid types[] = {TEXT, TEXT, TEXT, INT4};
    static const char *const cells[][4] = {{"b", "y", "1", "2"},
                                           {"a", "x", "2", "1"},
                                           {NULL, "x", NULL, "1"},
                                           {"b", "y", "3", "2"}};
    PGresult *result = make_result(4, names, types);

    for (int row = 0; row < (twice ? 4 : 3); row++)
        for (int column = 0; column < 4; column++)
            set(result, row, column, cells[row][column]);
    return result;
}

static void test_crosstab(void **state)
{
    PGresult *result = crosstab_sample(false);
    char *const args[][4] = {{"v", "H", "d", NULL}, {"1", "\"h\"", "3", "s"}};
    Paper paper;
    Diag diag = DIAG_INIT;

    (void)state;
    begin_paper(&paper);
    set_options(&paper, "format=unaligned null=-");
    assert_true(print_crosstab(result, args[0], &paper.shell.print, &paper.target, &diag));
    assert_printed(&paper, "v|y|x\nb|1|\na||2\n-||-\n(3 rows)\n");
    assert_true(print_crosstab(result, args[1], &paper.shell.print, &paper.target, &diag));
    assert_printed(&paper, "v|x|y\nb||1\na|2|\n-|-|\n(3 rows)\n");
    end_paper(&paper);
    PQclear(result);
}

static void assert_crosstab_error(const PGresult *result, char *const args[4],
                                  const char *message)
{
    Diag diag = DIAG_INIT;
    Paper paper;

    begin_paper(&paper);
    assert_false(print_crosstab(result, args, &paper.shell.print, &paper.target, &diag));
    assert_string_equal(diag.message, message);
    assert_printed(&paper, "");
    diag_reset(&diag);
    end_paper(&paper);
}

static void test_crosstab_errors(void **state)
{
    static const char *const names[] = {"a", "a", "b"};
    static const Oid types[] = {TEXT, TEXT, TEXT};
    PGresult *result = crosstab_sample(true), *same = make_result(3, names, types);
    PGresult *none = PQmakeEmptyPGresult(NULL, PGRES_COMMAND_OK),
             *few = make_result(2, names, types);
    char *const cases[][5] = {
        {NULL, NULL, NULL, NULL,
         "\\crosstabview: data column must be specified when query returns more than three "
         "columns"},
        {"v", "1", NULL, NULL,
         "\\crosstabview: vertical and horizontal headers must be different columns"},
        {"0", NULL, NULL, NULL, "\\crosstabview: column number 0 is out of range 1..4"},
        {NULL, "5", NULL, NULL, "\\crosstabview: column number 5 is out of range 1..4"},
        {"\"V\"", NULL, NULL, NULL, "\\crosstabview: column name not found: \"V\""},
        {"v", "h", "d", "zz", "\\crosstabview: column name not found: \"zz\""},
        {"v", "h", "d", NULL,
         "\\crosstabview: query result contains multiple data values for row \"b\", column "
         "\"y\""},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++)
        assert_crosstab_error(result, cases[i], cases[i][4]);
    assert_crosstab_error(same, (char *[4]){"a", NULL, NULL, NULL},
                          "\\crosstabview: ambiguous column name: \"a\"");
    assert_crosstab_error(few, (char *[4]){NULL},
                          "\\crosstabview: query must return at least three columns");
    assert_crosstab_error(none, (char *[4]){NULL},
                          "\\crosstabview: statement did not return a result set");
    PQclear(result);
    PQclear(same);
    PQclear(few);
    PQclear(none);
}

static void test_crosstab_too_wide(void **state)
{
    static const char *const names[] = {"v", "h", "d"};
    static const Oid types[] = {TEXT, TEXT, TEXT};
    PGresult *result = make_result(3, names, types);

    (void)state;
    for (int i = 0; i < 1601; i++) {
        char number[20];

        snprintf(number, sizeof(number), "%d", i);
        set(result, i, 0, "v");
        set(result, i, 1, number);
        set(result, i, 2, "d");
    }
    assert_crosstab_error(result, (char *[4]){NULL},
                          "\\crosstabview: maximum number of columns (1600) exceeded");
    PQclear(result);
}

/* ---- options ------------------------------------------------------------------------------------------- */

static void test_options_are_copied(void **state)
{
    PrintOptions a, b;

    (void)state;
    print_options_init(&a);
    print_options_init(&b);
    free(a.title);
    a.title = xstrdup("title");
    a.border = 2;
    print_options_copy(&b, &a);
    print_options_free(&a);
    assert_string_equal(b.title, "title");
    assert_string_equal(b.field_sep.text, "|");
    assert_int_equal(b.border, 2);
    print_options_free(&b);
}

static void test_right_aligned_types(void **state)
{
    static const Oid right[] = {20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069};
    static const Oid left[] = {16, 17, 25, 1042, 1043, 1082, 1114, 1184, 1005, 2950, 0};

    (void)state;
    for (size_t i = 0; i < lengthof(right); i++)
        assert_true(print_type_is_right(right[i]));
    for (size_t i = 0; i < lengthof(left); i++)
        assert_false(print_type_is_right(left[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_title_and_footers),
        cmocka_unit_test(test_no_columns),
        cmocka_unit_test(test_numeric_locale),
        cmocka_unit_test(test_invalid_bytes),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_abandon),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_log_is_aligned),
        cmocka_unit_test(test_write_error),
        cmocka_unit_test(test_spill),
        cmocka_unit_test(test_crosstab),
        cmocka_unit_test(test_crosstab_errors),
        cmocka_unit_test(test_crosstab_too_wide),
        cmocka_unit_test(test_options_are_copied),
        cmocka_unit_test(test_right_aligned_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
