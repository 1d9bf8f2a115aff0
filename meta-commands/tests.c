/*
 * tests.c — \tests: what CALL pgmi_test() would run, as a tree.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static const char tests_sql[] = "SELECT ordinal, step_type, script_path, directory, depth\n"
                                "FROM pg_temp.pgmi_test_plan($1)\n"
                                "ORDER BY ordinal";

static const char tests_more_sql[] =
    "SELECT ordinal AS \"Ordinal\", step_type AS \"Step\", script_path AS \"Path\",\n"
    "       directory AS \"Directory\", depth AS \"Depth\"\n"
    "FROM pg_temp.pgmi_test_plan($1)\n"
    "ORDER BY ordinal";

enum { STEP_TYPE = 1, SCRIPT_PATH, DIRECTORY };

/* The tree as it is printed: directories shown so far, and those of the whole plan. */
typedef struct Tree {
    FILE *out;
    StrList all, shown;
} Tree;

/* Longest directory of the list that is a proper prefix of path, NULL: none. */
static const char *nearest_above(const StrList *list, const char *path)
{
    const char *best = NULL;

    for (size_t i = 0; i < list->len; i++) {
        size_t len = strlen(list->items[i]);

        if (len < strlen(path) && strncmp(path, list->items[i], len) == 0 &&
            (!best || len > strlen(best)))
            best = list->items[i];
    }
    return best;
}

static int level(const Tree *tree, const char *directory)
{
    int n = 0;

    while ((directory = nearest_above(&tree->all, directory)))
        n++;
    return n;
}

static void show_directory(Tree *tree, const char *directory)
{
    const char *above = nearest_above(&tree->all, directory);

    if (strlist_has(&tree->shown, directory))
        return;
    if (above)
        show_directory(tree, above);
    fprintf(tree->out, "%*s%s\n", 4 * level(tree, directory), "",
            directory + (above ? strlen(above) : 0));
    strlist_add(&tree->shown, directory);
}

static void show_tree(Shell *shell, const PGresult *plan)
{
    Tree tree = {shell->out, STRLIST_INIT, STRLIST_INIT};
    int fixtures = 0, tests = 0;

    for (int i = 0; i < PQntuples(plan); i++)
        if (!strlist_has(&tree.all, PQgetvalue(plan, i, DIRECTORY)))
            strlist_add(&tree.all, PQgetvalue(plan, i, DIRECTORY));
    for (int i = 0; i < PQntuples(plan); i++) {
        const char *directory = PQgetvalue(plan, i, DIRECTORY);
        const char *step = PQgetvalue(plan, i, STEP_TYPE);
        const char *path = PQgetvalue(plan, i, SCRIPT_PATH);
        bool fixture = strcmp(step, "fixture") == 0;

        show_directory(&tree, directory);
        if (PQgetisnull(plan, i, SCRIPT_PATH))
            continue;
        fprintf(tree.out, "%*s%s%s\n", 4 * level(&tree, directory) + 4, "",
                path + strlen(directory), fixture ? " (fixture)" : "");
        fixtures += fixture;
        tests += !fixture;
    }
    fprintf(tree.out, "(%d test%s, %d fixture%s)\n", tests, tests == 1 ? "" : "s", fixtures,
            fixtures == 1 ? "" : "s");
    strlist_free(&tree.all);
    strlist_free(&tree.shown);
}

static MetaResult run_tests(Shell *shell, const MetaCall *call)
{
    const char *pattern = meta_arg(call, 0);
    bool more = meta_modifier(call, 5, '+');
    PGresult *result = shell_internal_query_params(shell, more ? tests_more_sql : tests_sql, 1,
                                                   &pattern);

    if (!result)
        return META_ERROR;
    if (more)
        shell_print_result(shell, result, "Test plan", NULL);
    else
        show_tree(shell, result);
    fflush(shell->out);
    PQclear(result);
    return META_DONE;
}

META_COMMAND(tests) = {
    .names = "tests tests+",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\tests[+] [PATTERN]",
    .brief = "show the tests of the loaded project as a tree",
    .help = "What CALL pgmi_test('PATTERN') would run, by directory, fixtures first.  PATTERN "
            "is a\n"
            "POSIX regular expression on the path.  + shows the rows of pgmi_test_plan().",
    .complete = complete_project_path,
    .run = run_tests,
};
