/*
 * pgmi_status.c — \pgmi status: project, server, transaction, what has changed on disk.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

static const char *transaction_word(const Shell *shell)
{
    switch (PQtransactionStatus(shell->conn)) {
    case PQTRANS_IDLE:
        return "none open";
    case PQTRANS_INTRANS:
        return "open";
    case PQTRANS_INERROR:
        return "open, failed";
    default:
        return "unknown";
    }
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_project(Shell *shell, const Project *project)
{
    const Params *params = session_params(shell->session);
    char *root = project_show_path(project->root_path);

    printf("Project:      %s\n", root);
    free(root);
    printf("Files:        %zu (%zu source%s, %zu test%s, %zu fixture%s), %llu byte%s\n",
           project->file_count, project->source_count, plural(project->source_count),
           project->test_count, plural(project->test_count), project->fixture_count,
           plural(project->fixture_count), (unsigned long long)project->total_bytes,
           plural((size_t)project->total_bytes));
    fputs("Parameters:  ", stdout);
    for (size_t i = 0; params && i < params->map.len; i++)
        printf("%s %s", i ? "," : "", params->map.entries[i].key);
    puts(params && params->map.len ? "" : " none");
}

static void print_paths(const char *word, const StrList *paths, bool *any)
{
    for (size_t i = 0; i < paths->len; i++) {
        char *shown = project_show_path(paths->items[i]);

        printf("%-13s %s %s\n", *any ? "" : "On disk:", word, shown);
        free(shown);
        *any = true;
    }
}

static void print_disk(Shell *shell)
{
    StrList added = STRLIST_INIT, changed = STRLIST_INIT, removed = STRLIST_INIT;
    bool any = false;

    session_disk_changes(shell->session, &added, &changed, &removed);
    print_paths("added", &added, &any);
    print_paths("changed", &changed, &any);
    print_paths("removed", &removed, &any);
    if (!any)
        puts("On disk:      unchanged since the load");
    strlist_free(&added);
    strlist_free(&changed);
    strlist_free(&removed);
}

static MetaResult run_status(Shell *shell, const MetaCall *call)
{
    const Project *project = session_project(shell->session);
    SessionState state = session_state(shell->session);
    Diag diag = DIAG_INIT;

    (void)call;
    if (!project || state == SESSION_EMPTY)
        puts("Project:      none loaded");
    else
        print_project(shell, project);
    if (state == SESSION_LOST && !session_require(shell->session, &diag))
        printf("Session:      %s\n", diag.message);
    diag_reset(&diag);
    if (shell->conn) {
        printf(
            "Server:       database \"%s\" as user \"%s\" at \"%s\" port %s, PostgreSQL %s\n",
            PQdb(shell->conn), PQuser(shell->conn), PQhost(shell->conn), PQport(shell->conn),
            PQparameterStatus(shell->conn, "server_version"));
        printf("Transaction:  %s\n", transaction_word(shell));
    } else {
        puts("Server:       not connected");
    }
    if (project && state != SESSION_EMPTY)
        print_disk(shell);
    fflush(stdout);
    return META_DONE;
}

META_COMMAND(pgmi_status) = {
    .names = "status",
    .parent = "pgmi",
    .args = "",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi status",
    .brief = "show project, server, transaction and changed files",
    .run = run_status,
};
