/*
 * test_variables.c — the variable space, its hooks, and every special variable.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgmish/shell.h"

/* Messages go to stderr, which each test points at a file of its own. */
typedef struct World {
    Shell shell;
    FILE *captured;
    int real_stderr;
} World;

static int setup(void **state)
{
    World *world = xcalloc(1, sizeof(*world));

    log_init(&world->shell.log, "test");
    world->shell.vars = vars_new(&world->shell);
    world->captured = tmpfile();
    fflush(stderr);
    world->real_stderr = dup(STDERR_FILENO);
    dup2(fileno(world->captured), STDERR_FILENO);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    World *world = *state;

    dup2(world->real_stderr, STDERR_FILENO);
    close(world->real_stderr);
    fclose(world->captured);
    vars_free(world->shell.vars);
    free(world);
    return 0;
}

/* What was said since the last call. */
static void expect_said(World *world, const char *expected)
{
    StrBuf text = STRBUF_INIT;

    fflush(stderr);
    rewind(world->captured);
    assert_true(strbuf_read_stream(&text, world->captured));
    assert_string_equal(text.data, expected);
    strbuf_free(&text);
    assert_int_equal(ftruncate(fileno(world->captured), 0), 0);
    lseek(STDERR_FILENO, 0, SEEK_SET);
}

static void join(void *ctx, const char *name, const char *value)
{
    strbuf_addf(ctx, "%s=%s ", name, value);
}

static void test_set_and_unset(void **state)
{
    World *world = *state;
    VarSpace *vars = world->shell.vars;
    StrBuf list = STRBUF_INIT;

    assert_null(var_get(vars, "a"));
    assert_true(var_set(vars, "b", "1"));
    assert_true(var_set(vars, "a", ""));
    assert_true(var_set(vars, "B", "2"));
    assert_true(var_set(vars, "\xc3\xa9_9", "x"));
    assert_true(var_set(vars, "b", "3"));
    vars_each(vars, join, &list);
    assert_string_equal(list.data, "B=2 a= b=3 \xc3\xa9_9=x ");
    assert_true(var_unset(vars, "a"));
    assert_true(var_unset(vars, "a"));
    assert_null(var_get(vars, "a"));
    assert_true(var_unset(vars, "a b"));
    expect_said(world, "");
    assert_false(var_set(vars, "a-b", "1"));
    assert_false(var_set(vars, "", "1"));
    expect_said(world, "test: error: invalid variable name: \"a-b\"\n"
                       "test: error: invalid variable name: \"\"\n");
    strbuf_free(&list);
}

static char *substitute(char *value)
{
    return value ? value : xstrdup("fallback");
}

static bool refuse_x(Shell *shell, const char *value)
{
    (void)shell;
    return strcmp(value, "x") != 0;
}

static void test_hooks(void **state)
{
    World *world = *state;
    VarSpace *vars = world->shell.vars;

    assert_false(var_has_hooks(vars, "v"));
    var_set(vars, "v", "before");
    var_add_hooks(vars, "v", substitute, refuse_x);
    assert_true(var_has_hooks(vars, "v"));
    assert_string_equal(var_get(vars, "v"), "before");
    assert_false(var_set(vars, "v", "x"));
    assert_string_equal(var_get(vars, "v"), "before");
    assert_true(var_unset(vars, "v"));
    assert_string_equal(var_get(vars, "v"), "fallback");
    var_add_hooks(vars, "new", substitute, refuse_x);
    assert_string_equal(var_get(vars, "new"), "fallback");
}

static void test_words_for_values(void **state)
{
    static const char *const yes[] = {"t", "TRUE", "tru", "y", "Yes", "on", "ON", "1"};
    static const char *const no[] = {"f", "false", "n", "no", "of", "off", "0"};
    static const char *const bad[] = {"", "o", "11", "truex", "offf", "2", " on", NULL};
    static const char *const numbers[] = {"0", "-1", "0x10", "010", "2147483647"};
    static const int values[] = {0, -1, 16, 8, 2147483647};
    static const char *const no_number[] = {"", "x", "1x", "2147483648", "1 ", NULL};
    World *world = *state;
    bool result;
    int number;

    for (size_t i = 0; i < lengthof(yes); i++) {
        result = false;
        assert_true(parse_bool(&world->shell.log, yes[i], "X", &result) && result);
    }
    for (size_t i = 0; i < lengthof(no); i++) {
        result = true;
        assert_true(parse_bool(&world->shell.log, no[i], "X", &result) && !result);
    }
    for (size_t i = 0; i < lengthof(bad); i++)
        assert_false(parse_bool(&world->shell.log, bad[i], NULL, &result));
    for (size_t i = 0; i < lengthof(numbers); i++) {
        assert_true(parse_int(&world->shell.log, numbers[i], "X", &number));
        assert_int_equal(number, values[i]);
    }
    for (size_t i = 0; i < lengthof(no_number); i++)
        assert_false(parse_int(&world->shell.log, no_number[i], NULL, &number));
    expect_said(world, "");
    parse_bool(&world->shell.log, "o", "X", &result);
    parse_int(&world->shell.log, NULL, "Y", &number);
    expect_said(world, "test: error: unrecognized value \"o\" for \"X\": Boolean expected\n"
                       "test: error: invalid value \"\" for \"Y\": integer expected\n");
}

/* ---- special variables --------------------------------------------------------------------------- */

static void test_defaults(void **state)
{
    World *world = *state;
    Settings *set = &world->shell.set;

    settings_install(&world->shell);
    assert_true(set->autocommit && set->show_all_results);
    assert_false(set->on_error_stop || set->quiet || set->singleline || set->singlestep ||
                 set->on_error_stop_given || set->pgmi_verbose);
    assert_int_equal(set->histsize, 500);
    assert_int_equal(set->echo, ECHO_NONE);
    assert_int_equal(set->verbosity, PQERRORS_DEFAULT);
    assert_int_equal(set->show_context, PQSHOW_CONTEXT_ERRORS);
    assert_string_equal(set->prompt1, "%/%R%x%# ");
    assert_string_equal(set->prompt3, ">> ");
    assert_string_equal(var_get(world->shell.vars, "LAST_ERROR_SQLSTATE"), "00000");
    assert_null(var_get(world->shell.vars, "PGMI_VERBOSE"));
    expect_said(world, "");
}

/* What \set NAME 'value' leaves in the variable, in each of psql's ways. */
static void test_values(void **state)
{
    static const struct {
        const char *name, *value, *becomes;
    } cases[] = {
        {"AUTOCOMMIT", NULL, "off"},
        {"AUTOCOMMIT", "", "on"},
        {"AUTOCOMMIT", "fals", "fals"},
        {"FETCH_COUNT", NULL, "0"},
        {"FETCH_COUNT", "10", "10"},
        {"FETCH_COUNT", "x", "10"},
        {"HISTSIZE", NULL, "500"},
        {"IGNOREEOF", "", "10"},
        {"IGNOREEOF", "x", "10"},
        {"IGNOREEOF", NULL, "0"},
        {"ECHO", "ALL", "ALL"},
        {"ECHO", "al", "ALL"},
        {"ECHO", NULL, "none"},
        {"ECHO_HIDDEN", "noexec", "noexec"},
        {"ON_ERROR_ROLLBACK", "", "on"},
        {"ON_ERROR_ROLLBACK", "Interactive", "Interactive"},
        {"COMP_KEYWORD_CASE", "lower", "lower"},
        {"COMP_KEYWORD_CASE", NULL, "preserve-upper"},
        {"HISTCONTROL", "ignoreboth", "ignoreboth"},
        {"VERBOSITY", "sqlstate", "sqlstate"},
        {"VERBOSITY", NULL, "default"},
        {"SHOW_CONTEXT", "never", "never"},
        {"PROMPT1", NULL, NULL},
        {"HISTFILE", "x", "x"},
        {"PGMI_VERBOSE", "", "on"},
        {"PGMI_VERBOSE", NULL, NULL},
    };
    World *world = *state;
    VarSpace *vars = world->shell.vars;

    settings_install(&world->shell);
    for (size_t i = 0; i < lengthof(cases); i++) {
        const char *got;

        var_set(vars, cases[i].name, cases[i].value);
        got = var_get(vars, cases[i].name);
        if ((got == NULL) != (cases[i].becomes == NULL) ||
            (got && strcmp(got, cases[i].becomes) != 0))
            fail_msg("%s: %s", cases[i].name, got ? got : "(unset)");
    }
    assert_int_equal(world->shell.set.fetch_count, 10);
    assert_int_equal(world->shell.set.echo_hidden, ECHO_HIDDEN_NOEXEC);
    assert_int_equal(world->shell.set.on_error_rollback, ROLLBACK_INTERACTIVE);
    assert_int_equal(world->shell.set.histcontrol, HIST_IGNORE_BOTH);
    assert_string_equal(world->shell.set.prompt1, "");
    expect_said(world,
                "test: error: invalid value \"x\" for \"FETCH_COUNT\": integer expected\n"
                "test: error: unrecognized value \"al\" for \"ECHO\"\n"
                "Available values are: none, errors, queries, all.\n");
    var_set(vars, "ON_ERROR_STOP", "off");
    assert_true(world->shell.set.on_error_stop_given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_set_and_unset, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hooks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_for_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
