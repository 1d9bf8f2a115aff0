/*
 * test_marks.c — marks between the statements of a file: where they go, that taking them out gives
 * the text back, and what becomes of positions.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pgmish/sql.h"

/* ---- where statements begin ------------------------------------------------------------------ */

typedef struct StartCase {
    const char *text; /* @ stands in front of every statement that is to be found */
    MarkVerdict verdict;
    bool backslashes; /* standard_conforming_strings is off */
} StartCase;

static const StartCase start_cases[] = {
    {"@a;@b", MARKS_FOUND, false},
    {"@a;\n@b;\n", MARKS_FOUND, false},
    {"@a;\r\n@b;\r\n", MARKS_FOUND, false},
    {"@a", MARKS_FOUND, false},
    {"", MARKS_NONE, false},
    {" \n-- nothing\n/* at all */ ; ;;", MARKS_NONE, false},
    {"-- first\n  /* one /* more */ */ -- again\n\t@a;; ; -- no\n;@b -- end", MARKS_FOUND,
     false},
    {"@a /* ; */ -- ;\n b;@c", MARKS_FOUND, false},
    {"@select ';', \"a;b\", $$;$$, $x$ $$;$x$, E'\\';', U&';' ;@b", MARKS_FOUND, false},
    {"@select a$b$c;@select $b$;$b$;", MARKS_FOUND, false},
    {"@select 'a\nb;\nc';\n\n@d", MARKS_FOUND, false},
    {"@select 'a\\';@select 'b'", MARKS_FOUND, false},
    {"@select 'a\\';select '", MARKS_FOUND, true},
    {"@create rule r as on insert to t do also (insert into a; delete from b);@c", MARKS_FOUND,
     false},
    {"@create function f() returns int\nbegin atomic\n select 1;\n select case when true then "
     "1 "
     "end;\nend;\n@b;",
     MARKS_FOUND, false},
    {"@create or replace procedure p() language plpgsql as $$ begin x; end $$;@b", MARKS_FOUND,
     false},
    {"@do $$ begin execute 'a;'; end $$;\n@b", MARKS_FOUND, false},
    {"@select :x, :'y', a::int;@b", MARKS_FOUND, false},
    {"@a;@select 'x", MARKS_OPEN, false},
    {"@a;@select \"x", MARKS_OPEN, false},
    {"@a;@select $q$ ;", MARKS_OPEN, false},
    {"@a; /* b", MARKS_OPEN, false},
    {"@a;@b (c; d", MARKS_OPEN, false},
    {"@a;create function f() begin atomic select 1;", MARKS_OPEN, false},
    {"@a;\n\\echo b\n", MARKS_BACKSLASH, false},
    {"@a;@copy t from stdin;\n1\t2\n\\.\n", MARKS_COPY_DATA, false},
    {"@copy t (a) from stdin", MARKS_COPY_DATA, false},
    {"@copy t from '/x';@b", MARKS_FOUND, false},
    {"@\xC3\xA9t\xC3\xA9;@\xE6\xBC\xA2;", MARKS_FOUND, false},
};

/* The case's text without the signs, and where they stood. */
static size_t read_case(const char *text, StrBuf *plain, size_t *starts)
{
    size_t count = 0;

    for (; *text; text++) {
        if (*text == '@')
            starts[count++] = plain->len;
        else
            strbuf_addc(plain, *text);
    }
    return count;
}

static void check_starts(const StartCase *test)
{
    StrBuf plain = STRBUF_INIT;
    size_t starts[16], count = read_case(test->text, &plain, starts);
    MarkList list;
    MarkVerdict verdict = marks_find(plain.data ? plain.data : "", plain.len,
                                     !test->backslashes, &list);

    if (verdict != test->verdict)
        fail_msg("%s: verdict %d", test->text, verdict);
    for (size_t i = 0; verdict == MARKS_FOUND && i < count; i++) {
        TextPlace place;

        if (list.len != count || list.items[i].offset != starts[i])
            fail_msg("%s: %zu statements, one at %u", test->text, list.len,
                     list.items[i].offset);
        text_place_at(plain.data, plain.len, starts[i], &place);
        assert_int_equal(list.items[i].line, place.line);
        assert_int_equal(list.items[i].column, place.column);
    }
    mark_list_free(&list);
    strbuf_free(&plain);
}

static void statements_begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < lengthof(start_cases); i++)
        check_starts(&start_cases[i]);
}

/* ---- in and out again --------------------------------------------------------------------------- */

/* Where a byte of the marked text stands in the original: found without the code under test. */
static size_t original_offset(const char *marked, size_t offset)
{
    const char *at = marked, *mark;
    size_t taken = 0;

    while ((mark = strstr(at, "SELECT pg_temp._pgmi_mark(")) != NULL) {
        size_t start = (size_t)(mark - marked), length = strcspn(mark, ";") + 1;

        if (start >= offset)
            break;
        taken += length < offset - start ? length : offset - start;
        at = mark + length;
    }
    return offset - taken;
}

/* Every position of the marked text must become that of the same character of the original. */
static void check_positions(const char *plain, const StrBuf *marked)
{
    long mapped_before = 0;

    for (size_t at = 0; at < marked->len; at++) {
        StrBuf out = STRBUF_INIT;
        TextPlace place;
        long position = 1;
        size_t original = original_offset(marked->data, at);

        for (size_t i = 0; i < at; i++)
            position += ((unsigned char)marked->data[i + 1] & 0xC0) != 0x80;
        marks_remove(marked->data, marked->len, &position, &out);
        assert_string_equal(out.data, plain);
        assert_true(position >= mapped_before); /* the order is kept */
        mapped_before = position;
        if (((unsigned char)marked->data[at] & 0xC0) != 0x80 &&
            text_locate(plain, strlen(plain), position, &place)) {
            TextPlace by_offset;

            text_place_at(plain, strlen(plain), original, &by_offset);
            assert_int_equal(place.line, by_offset.line);
            assert_int_equal(place.column, by_offset.column);
        }
        strbuf_free(&out);
    }
}

static void out_of_the_text_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < lengthof(start_cases); i++) {
        StrBuf plain = STRBUF_INIT, marked = STRBUF_INIT;
        size_t starts[16];
        MarkList list;

        read_case(start_cases[i].text, &plain, starts);
        if (plain.len && marks_find(plain.data, plain.len, true, &list) == MARKS_FOUND) {
            marks_put(plain.data, plain.len, &list, 17, 0, SIZE_MAX, 1, &marked);
            assert_int_equal(marked.len > plain.len, 1);
            check_positions(plain.data, &marked);
            mark_list_free(&list);
        } else if (plain.len) {
            mark_list_free(&list);
        }
        strbuf_free(&plain);
        strbuf_free(&marked);
    }
}

static void some_statements_only(void **state)
{
    static const char text[] = "a;b;c;d;e";
    StrBuf out = STRBUF_INIT;
    MarkList list;

    (void)state;
    assert_int_equal(marks_find(text, strlen(text), true, &list), MARKS_FOUND);
    marks_put(text, strlen(text), &list, 3, 1, 4, 2, &out);
    assert_string_equal(
        out.data, "a;SELECT pg_temp._pgmi_mark(3,1);b;c;SELECT pg_temp._pgmi_mark(3,3);d;e");
    mark_list_free(&list);
    strbuf_free(&out);
}

/* The server's position, and what it becomes. */
static void positions_move(void **state)
{
    static const struct {
        const char *text;
        long position, moved;
        bool any;
    } cases[] = {
        {"SELECT pg_temp._pgmi_mark(1,0);a;SELECT pg_temp._pgmi_mark(1,1);b", 32, 1, true},
        {"SELECT pg_temp._pgmi_mark(1,0);a;SELECT pg_temp._pgmi_mark(1,1);b", 1, 1, true},
        {"SELECT pg_temp._pgmi_mark(1,0);a;SELECT pg_temp._pgmi_mark(1,1);b", 65, 3, true},
        {"SELECT pg_temp._pgmi_mark(1,0);a;SELECT pg_temp._pgmi_mark(1,1);b", 40, 3, true},
        {"SELECT pg_temp._pgmi_mark(1,0);\xC3\xA9;\xC3\xA9", 34, 3, true},
        {"a SELECT pg_temp._pgmi_mark(1,);b", 20, 20, false},
        {"SELECT pg_temp._pgmi_mark(1,2)", 5, 5, false},
        {"SELECT pg_temp._pgmi_mark(", 5, 5, false},
        {"abc", 0, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        StrBuf out = STRBUF_INIT;
        long position = cases[i].position;

        assert_int_equal(marks_remove(cases[i].text, strlen(cases[i].text), &position, &out),
                         cases[i].any);
        if (position != cases[i].moved)
            fail_msg("%s: %ld became %ld", cases[i].text, cases[i].position, position);
        strbuf_free(&out);
    }
}

static void rows_or_none(void **state)
{
    (void)state;
    assert_true(statement_returns_rows("/* x */ SELECT 1", 16));
    assert_true(statement_returns_rows("(values (1))", 12));
    assert_true(statement_returns_rows("insert into t values (1) returning a", 36));
    assert_false(statement_returns_rows("insert into t values ('returning')", 34));
    assert_false(statement_returns_rows("create table t as select 1", 26));
    assert_false(statement_returns_rows("", 0));
}

/* Handlers of every error, in bodies only. */
static void handlers(void **state)
{
    static const struct {
        const char *text, *without; /* NULL: unchanged */
    } cases[] = {
        {"DO $$BEGIN x; EXCEPTION WHEN OTHERS THEN y; END$$;",
         "DO $$BEGIN x; EXCEPTION WHEN SQLSTATE 'PGMNO' THEN y; END$$;"},
        {"DO $a$ EXCEPTION\n  WHEN unique_violation OR\nothers THEN $a$; SELECT 1",
         "DO $a$ EXCEPTION\n  WHEN unique_violation OR\nSQLSTATE 'PGMNO' THEN $a$; SELECT 1"},
        {"SELECT 'WHEN OTHERS', others; -- $$ WHEN OTHERS $$", NULL},
        {"DO $$ x := 'WHEN OTHERS'; -- when others\n y := others; $$", NULL},
        {"", NULL},
        {"DO $$ WHEN OTHERS", NULL},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        StrBuf out = STRBUF_INIT;
        bool changed = sql_uncatch(cases[i].text, strlen(cases[i].text), &out);

        assert_int_equal(changed, cases[i].without != NULL);
        assert_string_equal(out.data ? out.data : "",
                            changed ? cases[i].without : cases[i].text);
        strbuf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_begin),     cmocka_unit_test(out_of_the_text_again),
        cmocka_unit_test(some_statements_only), cmocka_unit_test(positions_move),
        cmocka_unit_test(rows_or_none),         cmocka_unit_test(handlers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
