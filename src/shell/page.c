/*
 * page.c — what \pgmi report writes: the last deployment, the test run in it or behind it, the plan of
 * what is loaded, and the durations that trace has noted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/deploy.h"
#include "pgmish/testing.h"
#include "pgmish/trace.h"

/* Characters of a statement. */
enum { STATEMENT_LENGTH = 100 };

/* ---- the last deployment -------------------------------------------------------------------------- */

void shell_forget_deployment(Shell *shell)
{
    PageDeployment *deployment = shell->last_deployment;

    if (!deployment)
        return;
    free(deployment->how);
    free(deployment->remark);
    test_failure_free(deployment->failure);
    free(deployment);
    shell->last_deployment = NULL;
}

/* Until the end the duration is the moment of the beginning. */
void shell_deployment_begins(Shell *shell, const char *how)
{
    shell_forget_deployment(shell);
    shell->last_deployment = xcalloc(1, sizeof(PageDeployment));
    shell->last_deployment->how = xstrdup(how);
    shell->last_deployment->when = time(NULL);
    shell->last_deployment->milliseconds = monotonic_ms();
    shell->deployment_run_count = shell->run_count;
}

static TestFailure *failure_of_result(const Shell *shell, const DeployError *error)
{
    TestFailure *failure = xcalloc(1, sizeof(*failure));
    ErrorPlace script = {.file = error->script,
                         .line = error->line,
                         .column = error->column,
                         .source_line = error->source_line};

    failure->message = session_redact(shell->session,
                                      error->message ? error->message : "unknown error");
    failure->detail = error->detail ? session_redact(shell->session, error->detail) : NULL;
    failure->hint = error->hint ? session_redact(shell->session, error->hint) : NULL;
    memcpy(failure->sqlstate, error->sqlstate, sizeof(failure->sqlstate));
    if (error->place.file)
        shell_failure_place(shell, failure, &error->place);
    else if (script.file)
        shell_failure_place(shell, failure, &script);
    return failure;
}

/* True when a test has failed since the deployment began: then that is told, and not the error that it
 * ended with. */
static bool test_failed(const Shell *shell)
{
    return shell->run_count > shell->deployment_run_count && shell->last_run->failed;
}

void shell_deployment_ends(Shell *shell, bool ok, const DeployResult *result)
{
    PageDeployment *deployment = shell->last_deployment;

    if (!deployment)
        return;
    deployment->ok = ok;
    deployment->milliseconds = monotonic_ms() - deployment->milliseconds;
    if (result && result->dry_run)
        deployment->remark = xstrdup("dry run");
    if (ok || test_failed(shell))
        return;
    if (result)
        deployment->failure = failure_of_result(shell, &result->error);
    else if (shell->last_error)
        deployment->failure = shell_failure(shell, NULL, shell->last_error,
                                            shell_last_place(shell));
}

/* ---- the plan and its durations ------------------------------------------------------------------------ */

static char *statement_text(const Shell *shell, const StrBuf *content, uint32_t offset)
{
    const char *start, *end;
    char *line, *text;

    if (offset >= content->len)
        return xstrdup("");
    start = end = content->data + offset;
    for (int i = 0; i < STATEMENT_LENGTH && *end && *end != '\n' && *end != '\r'; i++)
        end += PQmblenBounded(end, pg_char_to_encoding("UTF8"));
    line = xstrndup(start, (size_t)(end - start));
    text = session_redact(shell->session, line);
    free(line);
    return text;
}

static int slower_first(const void *a, const void *b)
{
    const PageStatement *x = a, *y = b;

    return (x->milliseconds < y->milliseconds) - (x->milliseconds > y->milliseconds);
}

static void fill_statements(const Shell *shell, const TraceFile *trace, PageFile *row)
{
    StrBuf content = STRBUF_INIT;
    Diag ignored = DIAG_INIT;

    if (!project_read(session_project(shell->session), trace->file, &content, &ignored))
        strbuf_reset(&content);
    row->statements = xcalloc(trace->marks.len + 1, sizeof(PageStatement));
    for (size_t i = 0; i < trace->marks.len; i++) {
        if (!trace->times[i].calls)
            continue;
        row->milliseconds = (row->milliseconds < 0 ? 0 : row->milliseconds) +
                            trace->times[i].total;
        row->statements[row->statement_count++] = (PageStatement){
            trace->marks.items[i].line,
            statement_text(shell, &content, trace->marks.items[i].offset),
            trace->times[i].total, trace->times[i].calls};
    }
    qsort(row->statements, row->statement_count, sizeof(PageStatement), slower_first);
    diag_reset(&ignored);
    strbuf_free(&content);
}

/* A file that stands in several rows has its durations in the first. */
static bool is_repeated(const PlanRow *rows, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (rows[k].file == rows[i].file)
            return true;
    return false;
}

static void fill_plan(const Shell *shell, const Project *project, Page *page)
{
    PlanRow *rows = project_plan(project, &page->file_count);

    page->files = xcalloc(page->file_count + 1, sizeof(PageFile));
    for (size_t i = 0; i < page->file_count; i++) {
        const ProjectFile *file = rows[i].file;
        const TraceFile *trace = trace_file(shell->session, file->path);
        PageFile *row = &page->files[i];
        bool keyed = file->meta && file->meta->sort_keys.len;

        row->path = project_show_path(file->path);
        row->sort_key = keyed ? xstrdup(rows[i].sort_key) : NULL;
        row->once = file->meta && !file->meta->idempotent;
        row->milliseconds = -1;
        if (trace && trace->times && !(keyed && is_repeated(rows, i)))
            fill_statements(shell, trace, row);
        page->traced = page->traced || row->milliseconds >= 0;
    }
    free(rows);
}

/* ---- the rest of the page --------------------------------------------------------------------------------- */

/* As it was loaded: a file that has changed since would show the wrong lines. */
static char *source(void *ctx, const char *path)
{
    const Shell *shell = ctx;
    const Project *project = session_project(shell->session);
    const ProjectFile *file = project ? project_file(project, path) : NULL;
    StrBuf content = STRBUF_INIT;
    Diag ignored = DIAG_INIT;
    char *text = NULL;
    bool ok = false;

    if (file)
        ok = project_read(project, file, &content, &ignored);
    else if (project && (strcmp(path, "deploy.sql") == 0 || strcmp(path, "./deploy.sql") == 0))
        ok = project_read_deploy_sql(project->root_path, &content, &ignored);
    if (ok)
        text = session_redact(shell->session, content.data);
    diag_reset(&ignored);
    strbuf_free(&content);
    return text;
}

static char *describe_server(const Shell *shell)
{
    if (!shell->conn || PQstatus(shell->conn) != CONNECTION_OK)
        return NULL;
    return xasprintf("database %s on PostgreSQL %s", PQdb(shell->conn),
                     PQparameterStatus(shell->conn, "server_version"));
}

static void fill_page(const Shell *shell, const Project *project, Page *page)
{
    const Params *params = session_params(shell->session);
    const PageDeployment *deployment = shell->last_deployment;

    *page = (Page){.when = time(NULL), .source = source, .ctx = (void *)shell};
    page->project = project_show_path(project->name);
    page->root = project_show_path(project->root_path);
    page->server = describe_server(shell);
    page->version = xasprintf("pgmish %s", PGMISH_VERSION);
    for (size_t i = 0; i < params->map.len; i++)
        strlist_add(&page->parameters, params->map.entries[i].key);
    if (!deployment || shell->run_count > shell->deployment_run_count)
        page->tests = shell->last_run;
    if (deployment)
        page->deployment = *deployment; /* lent: see shell_write_page */
    fill_plan(shell, project, page);
}

bool shell_write_page(Shell *shell, const char *path)
{
    Page page;
    StrBuf text = STRBUF_INIT;
    FILE *file;
    bool ok;

    fill_page(shell, session_project(shell->session), &page);
    page_html(&page, &text);
    page.deployment = (PageDeployment){0};
    page_free(&page);
    file = fopen(path, "w");
    ok = file && fwrite(text.data, 1, text.len, file) == text.len;
    ok = (!file || fclose(file) == 0) && ok;
    if (!ok)
        log_error(&shell->log, "could not write \"%s\": %s", path, strerror(errno));
    strbuf_free(&text);
    return ok;
}
