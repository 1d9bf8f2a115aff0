/*
 * test_project_check.c — what \pgmi check finds without a server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pgmish/project.h"
#include "tree.h"

typedef struct Outcome {
    DiagList problems, warnings;
    Project *project;
} Outcome;

static Outcome check(const char *root)
{
    Outcome outcome = {DIAGLIST_INIT, DIAGLIST_INIT, NULL};

    project_check(root, &outcome.problems, &outcome.warnings, &outcome.project);
    assert_true((outcome.project == NULL) == (outcome.problems.len > 0));
    return outcome;
}

static void drop(Outcome *outcome)
{
    project_free(outcome->project);
    diaglist_free(&outcome->problems);
    diaglist_free(&outcome->warnings);
}

static void assert_entry(const DiagList *list, size_t i, const char *file, int line,
                         const char *words)
{
    const Diag *diag;

    assert_true(i < list->len);
    diag = &list->items[i];
    if (!diag->file || strcmp(diag->file, file) != 0 || diag->line != line ||
        !strstr(diag->message, words))
        fail_msg("%s:%d: %s; expected %s:%d: %s", diag->file ? diag->file : "?", diag->line,
                 diag->message, file, line, words);
    assert_non_null(diag->hint);
}

/* One problem or warning and nothing else. */
static void assert_only(const char *root, bool warning, const char *file, int line,
                        const char *words)
{
    Outcome outcome = check(root);
    const DiagList *list = warning ? &outcome.warnings : &outcome.problems;

    for (size_t i = 1; i < list->len; i++)
        print_error("also: %s: %s\n", list->items[i].file, list->items[i].message);
    assert_int_equal(outcome.problems.len, !warning);
    assert_int_equal(outcome.warnings.len, warning);
    assert_entry(list, 0, file, line, words);
    drop(&outcome);
}

static void assert_clean(const char *root)
{
    Outcome outcome = check(root);

    if (outcome.problems.len)
        fail_msg("%s", outcome.problems.items[0].message);
    if (outcome.warnings.len)
        fail_msg("%s", outcome.warnings.items[0].message);
    drop(&outcome);
}

static void clean_project(void **state)
{
    char *root = tree_new();

    (void)state;
    tree_text(
        root, "deploy.sql",
        "BEGIN;\n-- CALL pgmi_test() in a comment\nDO $$ BEGIN /* CALL pgmi_test() */\n"
        "RAISE NOTICE 'CALL pgmi_test()'; END $$;\nSAVEPOINT s; CALL pgmi_test();\nCOMMIT;\n");
    tree_text(root, "a.sql", "select 'CALL pgmi_test()'; -- CALL pgmi_test();\n");
    tree_text(root, "README.md", "CALL pgmi_test();");
    tree_text(root, "pgmi.yaml", "connection:\n  sslmode: require\ntimeout: 5m\n");
    tree_text(root, ".env", "A=1\n");
    assert_clean(root);
    tree_delete(root);
}

static void macro_in_a_body(void **state)
{
    char *root = tree_new();

    (void)state;
    tree_text(
        root, "deploy.sql",
        "BEGIN;\nDO $x$\nBEGIN\n  PERFORM $$y$$;\n  call  PGMI_TEST( );\nEND $x$;\nCOMMIT;\n");
    assert_only(root, true, "./deploy.sql", 5, "inside a quoted body");
    tree_delete(root);
}

static void macro_in_begin_atomic(void **state)
{
    static const char text[] =
        "CREATE PROCEDURE p()\nBEGIN ATOMIC\n  CALL pgmi_test();\nEND;\n";
    char *root = tree_new();

    (void)state;
    tree_text(root, "deploy.sql", text);
    assert_only(root, false, "./deploy.sql", 3, "ATOMIC");
    tree_text(root, "deploy.sql", "");
    tree_text(root, "m/p.sql", text);
    assert_only(root, false, "./m/p.sql", 3, "ATOMIC");
    tree_delete(root);
}

static void macro_in_a_source_file(void **state)
{
    char *root = tree_new();

    (void)state;
    tree_text(root, "deploy.sql", "");
    tree_text(root, "m/a.sql", "select 1;\nCALL pgmi_test('x');\n");
    assert_only(root, true, "./m/a.sql", 2, "expanded in deploy.sql only");
    tree_delete(root);
}

static void broken_deploy_sql(void **state)
{
    char *root = tree_new();
    Outcome outcome;

    (void)state;
    tree_text(root, "a.sql", "");
    outcome = check(root);
    assert_int_equal(outcome.problems.len, 1);
    assert_int_equal(outcome.problems.items[0].code, EXIT_PGMI_NO_DEPLOY_SQL);
    drop(&outcome);
    tree_text(root, "deploy.sql", "select 1;\n\xff");
    assert_only(root, false, "./deploy.sql", 2, "not valid UTF-8");
    tree_delete(root);
    root = tree_new();
    tree_link(root, "deploy.sql", "/etc/hostname");
    assert_only(root, false, "./deploy.sql", 0, "symbolic link");
    tree_delete(root);
}

static void broken_configuration(void **state)
{
    char *root = tree_new();

    (void)state;
    tree_text(root, "deploy.sql", "");
    tree_text(root, "pgmi.yaml", "params:\n  a: 1\n  a: 2\n");
    assert_only(root, false, "./pgmi.yaml", 3, "duplicate key");
    tree_text(root, "pgmi.yaml", "timeout: 90\n");
    assert_only(root, false, "./pgmi.yaml", 1, "not a duration");
    tree_text(root, "pgmi.yaml", "connection:\n  sslmode: sure\n");
    assert_only(root, false, "./pgmi.yaml", 2, "sslmode");
    tree_text(root, "pgmi.yaml", "connection:\n  auth_method: Azure\n");
    assert_only(root, true, "./pgmi.yaml", 0, "auth_method");
    tree_text(root, "pgmi.yaml", "\xff");
    assert_only(root, false, "./pgmi.yaml", 1, "not valid UTF-8");
    tree_text(root, "pgmi.yaml", "");
    tree_text(root, ".env", "not an assignment\n");
    assert_only(root, true, "./.env", 0, "ignored as a whole");
    tree_delete(root);
}

/* Faults of every kind are told in one go. */
static void everything_at_once(void **state)
{
    char *root = tree_new();
    Outcome outcome;

    (void)state;
    tree_text(root, "deploy.sql", "\xff");
    tree_text(root, "pgmi.yaml", "nonsense: 1\n");
    tree_text(root, "__x__/a.sql", "");
    tree_text(root, "b.sql", "/*<pgmi-meta >*/");
    outcome = check(root);
    assert_int_equal(outcome.problems.len, 4);
    assert_entry(&outcome.problems, 0, "./__x__/a.sql", 0, "reserved");
    assert_entry(&outcome.problems, 1, "./b.sql", 1, "malformed XML");
    assert_entry(&outcome.problems, 2, "./deploy.sql", 1, "UTF-8");
    assert_entry(&outcome.problems, 3, "./pgmi.yaml", 1, "unknown key");
    drop(&outcome);
    tree_delete(root);
}

static void no_project_at_all(void **state)
{
    static const char *const roots[] = {NULL, "", "/nonexistent/x", "/etc/hostname"};

    (void)state;
    for (size_t i = 0; i < lengthof(roots); i++) {
        Outcome outcome = check(roots[i]);

        assert_int_equal(outcome.problems.len, 1);
        assert_int_equal(outcome.problems.items[0].code, EXIT_PGMI_CONFIG);
        drop(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_project),         cmocka_unit_test(macro_in_a_body),
        cmocka_unit_test(macro_in_begin_atomic), cmocka_unit_test(macro_in_a_source_file),
        cmocka_unit_test(broken_deploy_sql),     cmocka_unit_test(broken_configuration),
        cmocka_unit_test(everything_at_once),    cmocka_unit_test(no_project_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
