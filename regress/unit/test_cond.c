/*
 * test_cond.c — the stack of \if blocks, and the four commands run on it through the dispatcher.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

static void test_stack(void **state)
{
    CondStack *stack = cond_new();

    (void)state;
    assert_true(cond_active(NULL));
    assert_true(cond_active(stack));
    assert_true(cond_empty(stack));
    assert_int_equal(cond_peek(stack), COND_NONE);
    assert_false(cond_pop(stack));
    assert_false(cond_poke(stack, COND_TRUE));
    assert_int_equal(cond_query_length(stack), -1);
    for (int i = 0; i < 100; i++)
        cond_push(stack, i % 2 ? COND_FALSE : COND_TRUE);
    assert_false(cond_active(stack));
    assert_true(cond_pop(stack));
    assert_true(cond_active(stack));
    cond_poke(stack, COND_ELSE_FALSE);
    assert_false(cond_active(stack));
    cond_poke(stack, COND_ELSE_TRUE);
    assert_true(cond_active(stack));
    cond_poke(stack, COND_IGNORED);
    assert_false(cond_active(stack));
    cond_free(stack);
}

static void test_saved_text(void **state)
{
    CondStack *stack = cond_new();
    LexerMark mark = {.paren_depth = 3, .begin_depth = 1};

    (void)state;
    cond_push(stack, COND_TRUE);
    assert_int_equal(cond_query_length(stack), -1);
    cond_set_query_length(stack, 7);
    cond_set_mark(stack, &mark);
    cond_push(stack, COND_TRUE);
    assert_int_equal(cond_query_length(stack), -1);
    assert_int_equal(cond_mark(stack).paren_depth, 0);
    cond_pop(stack);
    assert_int_equal(cond_query_length(stack), 7);
    assert_int_equal(cond_mark(stack).paren_depth, 3);
    assert_int_equal(cond_mark(stack).begin_depth, 1);
    cond_free(stack);
}

/* ---- through lexer and dispatcher ------------------------------------------------------------ */

static Shell the_shell; /* the hooks' context */

static bool active(void *ctx)
{
    return cond_active(((Shell *)ctx)->cond);
}

/* Feeds the text as one line and returns what is left in the query buffer; errors go to the
 * null device, their number is the count of commands that failed. */
static char *run_line(const char *line, int *failed)
{
    Shell *shell = &the_shell;
    LexerHooks hooks = {.active = active, .ctx = shell};
    Lexer *lexer = lexer_new(&hooks);
    CondStack *cond = cond_new();
    StrBuf query = STRBUF_INIT;
    LexOpen open;
    LexResult result;

    log_init(&shell->log, "test");
    shell->query = &query;
    shell->cond = cond;
    shell->out = stdout;
    *failed = 0;
    lexer_feed(lexer, line, strlen(line), 6, true, 1);
    while ((result = lexer_scan(lexer, &query, &open)) < LEX_INCOMPLETE) {
        if (result == LEX_BACKSLASH)
            *failed += meta_dispatch(shell, lexer, cond) == META_ERROR;
    }
    strbuf_addf(&query, "|%d%s", lexer_mark(lexer).paren_depth, cond_empty(cond) ? "" : "!");
    lexer_free(lexer);
    cond_free(cond);
    return strbuf_detach(&query);
}

static void expect_line(const char *line, const char *expected, int failures)
{
    int failed;
    char *got = run_line(line, &failed);

    assert_string_equal(got, expected);
    assert_int_equal(failed, failures);
    free(got);
}

static void test_branches(void **state)
{
    (void)state;
    expect_line("a \\if 1 \\\\ b \\elif 1 \\\\ c \\else \\\\ d \\endif \\\\ e", "a  b  e|0", 0);
    expect_line("a \\if 0 \\\\ b \\elif 1 \\\\ c \\else \\\\ d \\endif \\\\ e", "a  c  e|0", 0);
    expect_line("a \\if 0 \\\\ b \\elif 0 \\\\ c \\else \\\\ d \\endif \\\\ e", "a  d  e|0", 0);
    expect_line("a \\if 0 \\\\ b \\elif 0 \\\\ c \\endif \\\\ e", "a  e|0", 0);
    expect_line("\\if 0 \\\\ a \\if 1 \\\\ b \\else \\\\ c \\endif \\\\ d \\endif \\\\ e",
                "e|0", 0);
    expect_line("a \\if true", "a |0!", 0);
    /* no Boolean: an error message, but the command works, as false */
    expect_line("a \\if tru e \\\\ b \\else \\\\ c \\endif", "a  c |0", 0);
}

static void test_text_put_back(void **state)
{
    (void)state;
    expect_line("(a \\if 0 \\\\ ((b \\else \\\\ c) \\endif \\\\ d", "(a  c)  d|0", 0);
    expect_line("(a \\if 1 \\\\ ((b \\else \\\\ c) \\endif \\\\ d", "(a  ((b  d|3", 0);
    /* BEGIN in a skipped branch opens no function body */
    expect_line("create function f() \\if 0 \\\\ begin \\endif \\\\ select 1; x",
                "create function f()  select 1; x|0", 0);
}

static void test_misplaced(void **state)
{
    (void)state;
    expect_line("\\else", "|0", 1);
    expect_line("\\elif 1", "|0", 1);
    expect_line("\\endif", "|0", 1);
    expect_line("\\if 1 \\else \\else", "|0!", 1);
    expect_line("\\if 1 \\else \\elif 1", "|0!", 1);
    /* an unknown name is an error in a skipped branch too; the rest of the line is dropped */
    expect_line("\\if 0 \\nosuchcommand \\endif", "|0!", 1);
    /* a whole line swallows the \endif behind it */
    expect_line("\\if 0 \\! true \\endif", "|0!", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stack),     cmocka_unit_test(test_saved_text),
        cmocka_unit_test(test_branches),  cmocka_unit_test(test_text_put_back),
        cmocka_unit_test(test_misplaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
