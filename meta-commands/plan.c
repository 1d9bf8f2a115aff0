/*
 * plan.c — \plan: the execution plan as a table.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static const char plan_sql[] =
    "SELECT p.execution_order AS \"Order\", p.path AS \"Path\", p.sort_key AS \"Sort key\",\n"
    "       CASE WHEN p.idempotent THEN 'yes' ELSE 'no' END AS \"Idempotent\"\n"
    "FROM pg_temp.pgmi_plan_view p\n"
    "WHERE $1::pg_catalog.text IS NULL OR p.path OPERATOR(pg_catalog.~) $1\n"
    "ORDER BY p.execution_order";

static const char plan_more_sql[] =
    "SELECT p.execution_order AS \"Order\", p.path AS \"Path\", p.sort_key AS \"Sort key\",\n"
    "       CASE WHEN p.idempotent THEN 'yes' ELSE 'no' END AS \"Idempotent\",\n"
    "       p.id AS \"Id\", s.size_bytes AS \"Size\", p.checksum AS \"Checksum\",\n"
    "       p.description AS \"Description\"\n"
    "FROM pg_temp.pgmi_plan_view p JOIN pg_temp.pgmi_source_view s ON s.path = p.path\n"
    "WHERE $1::pg_catalog.text IS NULL OR p.path OPERATOR(pg_catalog.~) $1\n"
    "ORDER BY p.execution_order";

enum { ORDER, PATH, SORT_KEY, IDEMPOTENT };

/* What a sort key has in front of its last slash: files are numbered within it.  A file without a key
 * has its path for one, so that there it is the directory. */
static char *phase_of(const char *sort_key)
{
    const char *slash = strrchr(sort_key, '/');

    size_t len = slash ? (size_t)(slash - sort_key) : 0;

    return xstrndup(sort_key, len + (len && sort_key[0] == '.'));
}

/* One column for each stretch of the plan that belongs together, one node for each row. */
static Graph *draw_plan(const char *project, const PGresult *plan)
{
    char *title = xasprintf("Execution plan of %s", project);
    Graph *graph = graph_new(title);
    char *phase = NULL;
    size_t group = GRAPH_TOP, last = 0;

    for (int i = 0; i < PQntuples(plan); i++) {
        char *here = phase_of(PQgetvalue(plan, i, SORT_KEY));
        char *label = xasprintf("%s. %s", PQgetvalue(plan, i, ORDER),
                                PQgetvalue(plan, i, PATH));
        bool again = strcmp(PQgetvalue(plan, i, IDEMPOTENT), "yes") == 0;
        bool same = phase && strcmp(phase, here) == 0;
        size_t before = group, node;

        if (!same)
            group = graph_group(graph, GRAPH_TOP, *here ? here : "(no phase)", true);
        node = graph_node(graph, group, label, again ? NODE_FILE : NODE_ONCE);
        if (same)
            graph_link_nodes(graph, last, node);
        else if (phase)
            graph_link_groups(graph, before, group);
        last = node;
        free(phase);
        phase = here;
        free(label);
    }
    free(phase);
    free(title);
    return graph;
}

static MetaResult run_plan(Shell *shell, const MetaCall *call)
{
    bool more = meta_modifier(call, 4, '+'), ok = true;
    GraphArguments arguments;
    PGresult *result;

    if (!graph_arguments(shell, call, &arguments))
        return META_ERROR;
    more = more && !arguments.graph;
    result = shell_internal_query_params(shell, more ? plan_more_sql : plan_sql, 1,
                                         &arguments.pattern);
    if (!result)
        return META_ERROR;
    if (arguments.graph) {
        Graph *graph = draw_plan(session_project(shell->session)->name, result);

        ok = graph_show(shell, graph, arguments.file);
        graph_free(graph);
    } else {
        shell_print_result(shell, result, "Execution plan", NULL);
    }
    PQclear(result);
    graph_warn_extra(shell, call, &arguments);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(plan) = {
    .names = "plan plan+",
    .args = "n*",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\plan[+] [PATTERN] [--graph[=FILE]]",
    .brief = "show the execution plan of the loaded project",
    .help =
        "One row per file and sort key, in the order of pgmi_plan_view.  PATTERN is a POSIX\n"
        "regular expression on the path.  + adds id, size, checksum and description.\n"
        "--graph draws it as Mermaid text, one column for what the sort keys (or the\n"
        "directories) put together; into FILE, which is an SVG picture when its name ends in\n"
        ".svg and Graphviz is installed.",
    .complete = complete_graph,
    .run = run_plan,
};
