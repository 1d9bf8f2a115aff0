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

/* One line of the tree; names come from the file system. */
static void show_name(const Tree *tree, int indent, const char *name, const char *remark)
{
    char *shown = project_show_path(name);

    fprintf(tree->out, "%*s%s%s\n", indent, "", shown, remark);
    free(shown);
}

static void show_directory(Tree *tree, const char *directory)
{
    const char *above = nearest_above(&tree->all, directory);

    if (strlist_has(&tree->shown, directory))
        return;
    if (above)
        show_directory(tree, above);
    show_name(tree, 4 * level(tree, directory), directory + (above ? strlen(above) : 0), "");
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
        show_name(&tree, 4 * level(&tree, directory) + 4, path + strlen(directory),
                  fixture ? " (fixture)" : "");
        fixtures += fixture;
        tests += !fixture;
    }
    fprintf(tree.out, "(%d test%s, %d fixture%s)\n", tests, tests == 1 ? "" : "s", fixtures,
            fixtures == 1 ? "" : "s");
    strlist_free(&tree.all);
    strlist_free(&tree.shown);
}

/* ---- as a picture ------------------------------------------------------------------------------- */

/* A directory that is drawn. */
typedef struct DrawnDirectory {
    const char *path;
    size_t group;
    size_t fixture; /* its last one, or that of the nearest directory above that has one */
    bool has_fixture;
} DrawnDirectory;

typedef struct Drawing {
    Graph *graph;
    DrawnDirectory *directories;
    size_t count;
} Drawing;

static DrawnDirectory *directory_above(Drawing *drawing, const char *path)
{
    DrawnDirectory *best = NULL;

    for (size_t i = 0; i < drawing->count; i++) {
        DrawnDirectory *directory = &drawing->directories[i];
        size_t len = strlen(directory->path);

        if (strncmp(directory->path, path, len) == 0 && (!best || len > strlen(best->path)))
            best = directory;
    }
    return best;
}

/* The directory of a step; the plan comes depth first, so what is above it is there already. */
static DrawnDirectory *draw_directory(Drawing *drawing, const char *path)
{
    DrawnDirectory *above = directory_above(drawing, path);
    DrawnDirectory *directory = &drawing->directories[drawing->count];

    if (above && strcmp(above->path, path) == 0)
        return above;
    *directory = above ? *above : (DrawnDirectory){.group = GRAPH_TOP};
    directory->group = graph_group(drawing->graph, directory->group,
                                   path + (above ? strlen(above->path) : 0), false);
    directory->path = path;
    drawing->count++;
    return directory;
}

static Graph *draw_tests(const char *project, const PGresult *plan)
{
    char *title = xasprintf("Tests of %s", project);
    Drawing drawing = {graph_new(title), NULL, 0};

    drawing.directories = xcalloc((size_t)PQntuples(plan) + 1, sizeof(DrawnDirectory));
    for (int i = 0; i < PQntuples(plan); i++) {
        const char *path = PQgetvalue(plan, i, SCRIPT_PATH);
        bool fixture = strcmp(PQgetvalue(plan, i, STEP_TYPE), "fixture") == 0;
        DrawnDirectory *directory;
        size_t node;

        if (PQgetisnull(plan, i, SCRIPT_PATH))
            continue;
        directory = draw_directory(&drawing, PQgetvalue(plan, i, DIRECTORY));
        node = graph_node(drawing.graph, directory->group, path + strlen(directory->path),
                          fixture ? NODE_FIXTURE : NODE_TEST);
        if (directory->has_fixture)
            graph_link_nodes(drawing.graph, directory->fixture, node);
        if (fixture) {
            directory->has_fixture = true;
            directory->fixture = node;
        }
    }
    free(drawing.directories);
    free(title);
    return drawing.graph;
}

static bool show_graph(Shell *shell, const PGresult *plan, const char *file)
{
    Graph *graph = draw_tests(session_project(shell->session)->name, plan);
    bool ok = graph_show(shell, graph, file);

    graph_free(graph);
    return ok;
}

static MetaResult run_tests(Shell *shell, const MetaCall *call)
{
    bool more = meta_modifier(call, 5, '+'), ok = true;
    GraphArguments arguments;
    PGresult *result;

    if (!graph_arguments(shell, call, &arguments))
        return META_ERROR;
    more = more && !arguments.graph;
    result = shell_internal_query_params(shell, more ? tests_more_sql : tests_sql, 1,
                                         &arguments.pattern);
    if (!result)
        return META_ERROR;
    if (arguments.graph)
        ok = show_graph(shell, result, arguments.file);
    else if (more)
        shell_print_result(shell, result, "Test plan", NULL);
    else
        show_tree(shell, result);
    fflush(shell->out);
    PQclear(result);
    graph_warn_extra(shell, call, &arguments);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(tests) = {
    .names = "tests tests+",
    .args = "n*",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\tests[+] [PATTERN] [--graph[=FILE]]",
    .brief = "show the tests of the loaded project as a tree",
    .help =
        "What CALL pgmi_test('PATTERN') would run, by directory, fixtures first.  PATTERN "
        "is a\n"
        "POSIX regular expression on the path.  + shows the rows of pgmi_test_plan().\n"
        "--graph draws directories, fixtures and tests as Mermaid text; into FILE, which is\n"
        "an SVG picture when its name ends in .svg and Graphviz is installed.",
    .complete = complete_graph,
    .run = run_tests,
};
