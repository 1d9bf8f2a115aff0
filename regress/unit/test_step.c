/*
 * test_step.c — stepping without a terminal or a server: what is typed at its prompt, breakpoints,
 * where the statements of a script stand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "shell/step_private.h"

/* ---- the prompt's commands ------------------------------------------------------------------- */

typedef struct Case {
    const char *line;
    StepVerb verb;
    int count;
    const char *file;
    int line_number;
} Case;

static const Case good[] = {
    {"next", STEP_NEXT, 1, NULL, 0},
    {"n", STEP_NEXT, 1, NULL, 0},
    {"  n 12 ; ", STEP_NEXT, 12, NULL, 0},
    {"next;", STEP_NEXT, 1, NULL, 0},
    {"c", STEP_CONTINUE, 1, NULL, 0},
    {"until 7", STEP_UNTIL, 1, NULL, 7},
    {"u ./a b.sql:12", STEP_UNTIL, 1, "./a b.sql", 12},
    {"u c:/x:3", STEP_UNTIL, 1, "c:/x", 3},
    {"finish", STEP_FINISH, 1, NULL, 0},
    {"skip 2", STEP_SKIP, 2, NULL, 0},
    {"b", STEP_BACK, 1, NULL, 0},
    {"r", STEP_RETRY, 1, NULL, 0},
    {"edit", STEP_EDIT, 1, NULL, 0},
    {"e 14", STEP_EDIT, 1, NULL, 14},
    {"e a.sql", STEP_EDIT, 1, "a.sql", 0},
    {"e a.sql:3", STEP_EDIT, 1, "a.sql", 3},
    {"context", STEP_LIST, 1, NULL, 0},
    {"plan", STEP_PLAN, 1, NULL, 0},
    {"break", STEP_BREAK, 1, NULL, 0},
    {"break a.sql:3", STEP_BREAK, 1, "a.sql", 3},
    {"delete 3", STEP_DELETE, 3, NULL, 0},
    {"delete all", STEP_DELETE, 0, NULL, 0},
    {"?", STEP_HELP, 1, NULL, 0},
    {"\tquit\r", STEP_QUIT, 1, NULL, 0},
    /* SQL and backslash commands */
    {"delete from t;", STEP_OTHER, 0, NULL, 0},
    {"DELETE FROM t;", STEP_OTHER, 1, NULL, 0},
    {"select 1;", STEP_OTHER, 1, NULL, 0},
    {"select", STEP_OTHER, 1, NULL, 0},
    {"WITH", STEP_OTHER, 1, NULL, 0},
    {"(select 1);", STEP_OTHER, 1, NULL, 0},
    {"\\q", STEP_OTHER, 1, NULL, 0},
    {"", STEP_OTHER, 1, NULL, 0},
    {";", STEP_OTHER, 1, NULL, 0},
    {"-- next", STEP_OTHER, 1, NULL, 0},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < lengthof(good); i++) {
        StepCommand command;
        Diag diag = DIAG_INIT;

        if (!step_command_parse(good[i].line, &command, &diag))
            fail_msg("\"%s\": %s", good[i].line, diag.message);
        if (command.verb != good[i].verb)
            fail_msg("\"%s\" is verb %d", good[i].line, (int)command.verb);
        assert_int_equal(command.line, good[i].line_number);
        if (good[i].verb != STEP_OTHER)
            assert_int_equal(command.count, good[i].count);
        if (good[i].file)
            assert_string_equal(command.file, good[i].file);
        else
            assert_null(command.file);
        assert_int_equal(step_is_word(good[i].line), good[i].verb != STEP_OTHER);
        step_command_free(&command);
    }
}

static void test_wrong_words(void **state)
{
    static const char *const bad[] = {
        "next x",     "next 0",   "next -1", "n 1 2",  "n 99999999999", "continue 3",
        "until",      "until x",  "u :3",    "u a:",   "u a:0",         "skip all",
        "break here", "quit now", "retry 1", "plan x", "list 3",        "finish 1"};

    (void)state;
    for (size_t i = 0; i < lengthof(bad); i++) {
        StepCommand command;
        Diag diag = DIAG_INIT;

        if (step_command_parse(bad[i], &command, &diag))
            fail_msg("\"%s\" is accepted", bad[i]);
        assert_non_null(diag.message);
        assert_null(command.file);
        assert_true(step_is_word(bad[i]));
        diag_reset(&diag);
    }
}

/* ---- breakpoints ---------------------------------------------------------------------------------- */

static void test_breakpoints(void **state)
{
    Breakpoints *breaks = xcalloc(1, sizeof(*breaks));

    (void)state;
    assert_int_equal(breakpoints_add(breaks, "a.sql", 1), 1);
    assert_int_equal(breakpoints_add(breaks, "a.sql", 2), 2);
    assert_int_equal(breakpoints_add(breaks, "a.sql", 1), 1);
    assert_int_equal(breaks->len, 2);
    assert_false(breakpoints_delete(breaks, 7));
    assert_true(breakpoints_delete(breaks, 1));
    assert_int_equal(breaks->len, 1);
    assert_int_equal(breaks->items[0].number, 2);
    assert_int_equal(breakpoints_add(breaks, "a.sql", 1), 3);
    assert_true(breakpoints_delete(breaks, 0));
    assert_int_equal(breaks->len, 0);
    breakpoints_free(breaks);
    breakpoints_free(NULL);
}

/* ---- a script ------------------------------------------------------------------------------------------ */

static const char script_text[] = "\xef\xbb\xbf-- a comment\n"
                                  "SELECT 1; SELECT 'two;\n"
                                  "lines';\n"
                                  "\\if true\n"
                                  "  \\set x 1\n"
                                  "\\endif\n"
                                  "COPY t FROM STDIN;\n"
                                  "not; a statement\n"
                                  "\\.\n"
                                  "SELECT :x \\gset\n"
                                  "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC\n"
                                  "  SELECT 1; END;\n"
                                  "\n"
                                  "-- behind\n"
                                  "SELECT 'the last'\n";

typedef struct Lines {
    uint64_t first, last;
} Lines;

static void test_items(void **state)
{
    static const Lines wanted[] = {{2, 2},   {2, 3},   {5, 5},  {7, 7},
                                   {10, 10}, {11, 12}, {15, 15}};
    char path[] = "/tmp/test_step_XXXXXX";
    int fd = mkstemp(path);
    FILE *out = fdopen(fd, "w");
    Shell shell = {0};
    StepScript script = {.name = xstrdup("x.sql"), .path = xstrdup(path)};
    Diag diag = DIAG_INIT;

    (void)state;
    fputs(script_text, out);
    fclose(out);
    shell.print.encoding = pg_char_to_encoding("UTF8");
    assert_true(step_script_read(&shell, &script, &diag));
    remove(path);
    for (size_t i = 0; i < lengthof(wanted) && i < script.item_count; i++) {
        assert_int_equal(script.items[i].line, wanted[i].first);
        assert_int_equal(script.items[i].last_line, wanted[i].last);
    }
    assert_int_equal(script.item_count, lengthof(wanted));
    assert_memory_equal(script.text, "-- a comment", 12);
    assert_memory_equal(script.text + script.items[1].start, "SELECT 'two", 11);
    assert_memory_equal(script.text + script.items[2].start, "\\set", 4);
    /* the statement on a line, or the next one */
    assert_int_equal(step_script_at_line(&script, 1), 0);
    assert_int_equal(step_script_at_line(&script, 3), 1);
    assert_int_equal(step_script_at_line(&script, 8), 4);
    assert_int_equal(step_script_at_line(&script, 13), 6);
    assert_int_equal(step_script_at_line(&script, 16), script.item_count);
    assert_int_equal(step_script_offset(&script, 2, 11), script.items[1].start);
    assert_int_equal(step_script_find(&script, script.items[1].start + 1), 2);
    assert_int_equal(step_line_of(script.text, script.items[1].start), 2);
    /* what is gone leaves the script as it was */
    assert_false(step_script_read(&shell, &script, &diag));
    assert_non_null(strstr(diag.message, path));
    assert_int_equal(script.item_count, lengthof(wanted));
    diag_reset(&diag);
    step_script_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_breakpoints),
        cmocka_unit_test(test_items),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
