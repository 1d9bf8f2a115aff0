/*
 * plan.c — \plan: the execution plan as a table.
 */
#include "pgmish/meta.h"

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

static MetaResult run_plan(Shell *shell, const MetaCall *call)
{
    const char *pattern = meta_arg(call, 0);
    bool more = meta_modifier(call, 4, '+');
    PGresult *result = shell_internal_query_params(shell, more ? plan_more_sql : plan_sql, 1,
                                                   &pattern);

    if (!result)
        return META_ERROR;
    shell_print_result(shell, result, "Execution plan", NULL);
    PQclear(result);
    return META_DONE;
}

META_COMMAND(plan) = {
    .names = "plan plan+",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\plan[+] [PATTERN]",
    .brief = "show the execution plan of the loaded project",
    .help =
        "One row per file and sort key, in the order of pgmi_plan_view.  PATTERN is a POSIX\n"
        "regular expression on the path.  + adds id, size, checksum and description.",
    .complete = complete_project_path,
    .run = run_plan,
};
