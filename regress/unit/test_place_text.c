/*
 * test_place_text.c — a place as it is printed: the caret under wide and combining characters and
 * tabs, lines cut to a width, what a hostile file may hold, long chains.
 */
#include "pgmish/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_text(const char *line, int column, int width, const char *expected)
{
    ErrorPlace place = {.file = "./a.sql", .line = 3, .column = column};
    StrBuf out = STRBUF_INIT;

    place.source_line = (char *)line;
    error_place_text(&place, "FILE:  ", width, &out);
    assert_string_equal(out.data, expected);
    strbuf_free(&out);
}

static void carets(void **state)
{
    (void)state;
    expect_text("SELECT x", 8, 0, "FILE:  ./a.sql:3:8\n    SELECT x\n           ^\n");
    expect_text("\tSELECT\tx", 9, 0, "FILE:  ./a.sql:3:9\n    \tSELECT\tx\n    \t      \t^\n");
    expect_text("\xe6\x97\xa5\xe6\x9c\xac x", 4, 0,
                "FILE:  ./a.sql:3:4\n    \xe6\x97\xa5\xe6\x9c\xac x\n         ^\n");
    /* e and a combining accent are one cell */
    expect_text("e\xcc\x81 x", 4, 0, "FILE:  ./a.sql:3:4\n    e\xcc\x81 x\n      ^\n");
    /* behind the end of the line */
    expect_text("ab", 3, 0, "FILE:  ./a.sql:3:3\n    ab\n      ^\n");
    expect_text("SELECT x", 0, 0, "FILE:  ./a.sql:3\n    SELECT x\n");
    expect_text("", 1, 0, "FILE:  ./a.sql:3:1\n");
}

static void hostile_lines(void **state)
{
    (void)state;
    expect_text("a\x1b[31mb\x7f\x80z x", 11, 0,
                "FILE:  ./a.sql:3:11\n    a?[31mb??z x\n              ^\n");
}

/* The line between the two labels, and where the caret stands under it. */
static void cut_lines(void **state)
{
    static const int columns[] = {1, 2, 30, 60, 150, 299, 300, 301};
    char line[301];

    (void)state;
    for (int i = 0; i < 300; i++)
        line[i] = (char)('a' + i % 26);
    line[300] = '\0';
    for (size_t i = 0; i < lengthof(columns); i++) {
        ErrorPlace place = {.file = "./a.sql", .line = 3, .column = columns[i]};
        StrBuf out = STRBUF_INIT;
        const char *shown, *caret;

        place.source_line = line;
        error_place_text(&place, "FILE:  ", 60, &out);
        shown = strchr(out.data, '\n') + 1;
        caret = strchr(shown, '\n') + 1;
        assert_true(strcspn(shown, "\n") <= 60);
        assert_true(strcspn(caret, "^") < 60);
        if (columns[i] <= 300)
            assert_int_equal(shown[strcspn(caret, "^")], line[columns[i] - 1]);
        strbuf_free(&out);
    }
}

static void chains(void **state)
{
    ErrorPlace place = {.file = "./a.sql", .line = 1};
    StrBuf out = STRBUF_INIT;

    (void)state;
    strlist_add(&place.chain, "deploy.sql:1");
    error_place_text(&place, "FILE:  ", 0, &out);
    assert_string_equal(out.data, "FILE:  ./a.sql:1\n"); /* one link tells nothing */
    strlist_add(&place.also, "./b.sql");
    strlist_add(&place.also, "./c\x1b.sql");
    for (int i = 0; i < 30; i++)
        strlist_add(&place.chain, i == 29 ? "./a.sql:1" : "./f.sql:2 in f()");
    strbuf_reset(&out);
    error_place_text(&place, "FILE: ", 0, &out);
    assert_non_null(strstr(out.data, "FILE: ./a.sql:1 (same text: ./b.sql, ./c\\x1b.sql)\n"));
    assert_non_null(strstr(out.data, "CHAIN: deploy.sql:1 > "));
    assert_non_null(strstr(out.data, " > (19 more) > "));
    assert_non_null(strstr(out.data, " > ./a.sql:1\n"));
    strlist_free(&place.also);
    strlist_free(&place.chain);
    strbuf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carets),
        cmocka_unit_test(hostile_lines),
        cmocka_unit_test(cut_lines),
        cmocka_unit_test(chains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
