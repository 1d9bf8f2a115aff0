/*
 * load_project.c — a project's way into the session, as the shell sees it: scan, check, load, one
 * line for the user, the PGMI_ variables.
 *
 * In two halves that main uses apart: shell_scan_project needs no connection, so that a broken project is
 * told before a password is asked for; shell_load_scanned sends what was scanned.  \pgmi load and its
 * relatives use both at once.  Where parameters come from, later ones winning: pgmi.yaml, the session's
 * own (--param, \pgmi set), what the command in hand was given.
 */
#include "pgmish/testing.h"
#include "pgmish/trace.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_PROBLEMS = 20 }; /* a screenful: the first ones are what has to be mended first */

/* Returns the exit status of the first, 0 when there are none. */
static int print_problems(Shell *shell, const DiagList *problems)
{
    size_t shown = problems->len < MOST_PROBLEMS ? problems->len : MOST_PROBLEMS;

    for (size_t i = 0; i < shown; i++)
        log_diag(&shell->log, &problems->items[i]);
    if (problems->len > shown)
        log_error(&shell->log, "and %zu more problems; \\pgmi check lists them all",
                  problems->len - shown);
    return problems->len ? problems->items[0].code : 0;
}

static void scan_progress(void *ctx, size_t files, uint64_t bytes)
{
    (void)bytes;
    progress_update(ctx, files);
}

/* deploy.sql is about to run: what is no text must not get as far as the server (X1). */
static bool deploy_sql_is_text(const char *dir, Diag *diag)
{
    StrBuf text = STRBUF_INIT;
    bool ok = project_read_deploy_sql(dir, &text, diag);

    strbuf_free(&text);
    return ok;
}

int shell_scan_project(Shell *shell, const char *dir, bool need_deploy_sql, Project **project,
                       ProjectConfig *config)
{
    Progress *progress = progress_begin("files read:", 0);
    ScanOptions options = {need_deploy_sql, scan_progress, progress};
    DiagList problems = DIAGLIST_INIT;
    ProjectConfig own;
    Diag diag = DIAG_INIT;
    int code;

    *project = project_scan(dir, &options, &problems);
    progress_end(progress);
    project_config_init(config ? config : &own);
    if (*project && !project_config_read(config ? config : &own, dir, &diag))
        diaglist_take(&problems, &diag);
    if (*project && need_deploy_sql && !deploy_sql_is_text(dir, &diag))
        diaglist_take(&problems, &diag);
    code = print_problems(shell, &problems);
    if (!config)
        project_config_free(&own);
    if (code) {
        project_free(*project);
        *project = NULL;
        if (config)
            project_config_free(config);
    }
    diaglist_free(&problems);
    return code;
}

void shell_set_load_variables(Shell *shell)
{
    const Project *project = session_project(shell->session);
    bool loaded = session_state(shell->session) == SESSION_LOADED;
    char number[24];

    var_set(shell->vars, "PGMI_LOADED", loaded ? "on" : "off");
    /* psql's output has no colours of this kind, so there are none without a project */
    shell->log.colour_severity = loaded && term_has_colour(STDERR_FILENO);
    if (!project || !loaded) {
        var_unset(shell->vars, "PGMI_PROJECT");
        var_unset(shell->vars, "PGMI_FILE_COUNT");
        var_unset(shell->vars, "PGMI_TEST_COUNT");
        return;
    }
    var_set(shell->vars, "PGMI_PROJECT", project->root_path);
    snprintf(number, sizeof(number), "%zu", project->file_count);
    var_set(shell->vars, "PGMI_FILE_COUNT", number);
    snprintf(number, sizeof(number), "%zu", project->test_count);
    var_set(shell->vars, "PGMI_TEST_COUNT", number);
}

/* Keys are folded already (P5), so that the same key is the same parameter here. */
static void merge(Params *into, const Params *from)
{
    if (!from)
        return;
    for (size_t i = 0; i < from->map.len; i++)
        strmap_set(&into->map, from->map.entries[i].key, xstrdup(from->map.entries[i].value));
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_loaded(Shell *shell, const char *root, const LoadReport *report)
{
    char *shown;

    for (size_t i = 0; i < report->stale_settings.len; i++)
        log_warning(&shell->log,
                    "parameter \"%s\" of the load before could only be emptied; \\c gives a "
                    "clean session",
                    report->stale_settings.items[i]);
    if (shell->set.quiet)
        return;
    shown = project_show_path(root);
    fprintf(shell_tell_stream(shell),
            "Loaded %s: %zu file%s, %zu test%s, %zu parameter%s, %llu byte%s, %.0f ms\n", shown,
            report->files, plural(report->files), report->tests, plural(report->tests),
            report->parameters, plural(report->parameters), (unsigned long long)report->bytes,
            plural((size_t)report->bytes), report->milliseconds);
    free(shown);
    fflush(stdout);
}

/* NULL: it is traced, or there is nothing in it to trace, which needs no remark. */
static const char *why_untraced(MarkVerdict verdict)
{
    switch (verdict) {
    case MARKS_OPEN:
        return "a quote, comment, parenthesis or function body is not closed";
    case MARKS_BACKSLASH:
        return "it has a backslash command";
    case MARKS_COPY_DATA:
        return "it has COPY ... FROM STDIN";
    case MARKS_FOUND:
    case MARKS_NONE:
        break;
    }
    return NULL;
}

void shell_list_untraced(Shell *shell)
{
    size_t count, listed = 0, more = 0;
    const TraceFile *files = trace_files(shell->session, &count);

    for (size_t i = 0; i < count; i++) {
        const char *why = why_untraced(files[i].verdict);
        char *path;

        if (!why)
            continue;
        if (listed++ >= MOST_PROBLEMS) {
            more++;
            continue;
        }
        path = project_show_path(files[i].file->path);
        log_warning(&shell->log, "not traced: %s: %s", path, why);
        free(path);
    }
    if (more)
        log_warning(&shell->log, "not traced: %zu more files", more);
}

/* What a reload starts from, besides pgmi.yaml as it is then. */
static void keep_given(Shell *shell, const Params *extra)
{
    Params given;

    if (extra)
        params_copy(&given, extra);
    else
        params_init(&given);
    params_free(&shell->load_params);
    shell->load_params = given;
}

static void load_progress(void *ctx, uint64_t done, uint64_t total)
{
    (void)total;
    progress_update(ctx, done);
}

/* Ctrl-C reaches both sides: the flag ends the reading of files, the cancel request what the server does
 * with them. */
static bool run_load(Shell *shell, Project *project, const Params *params, LoadReport *report,
                     Diag *diag)
{
    Progress *progress = progress_begin("loading", project->total_bytes);
    LoadOptions options = {
        .verbose = shell->set.pgmi_verbose,
        .progress = load_progress,
        .progress_ctx = progress,
        .cancelled = &shell->cancel_pressed,
    };
    bool ok;

    cancel_install(shell->conn);
    ok = session_load(shell->session, shell->conn, project, params, &options, report, diag);
    cancel_install(NULL);
    progress_end(progress);
    return ok;
}

int shell_load_scanned(Shell *shell, Project *project, const ProjectConfig *config,
                       const Params *extra, LoadReport *report)
{
    LoadReport own = {0};
    Diag diag = DIAG_INIT;
    Params params;
    int code = 0;

    if (!shell->conn) {
        log_error(&shell->log, "You are currently not connected to a database.");
        project_free(project);
        return EXIT_PGMI_CONNECTION;
    }
    params_init(&params);
    merge(&params, config ? &config->params : NULL);
    merge(&params, session_user_params(shell->session));
    merge(&params, extra);
    if (run_load(shell, project, &params, report ? report : &own, &diag)) {
        keep_given(shell, extra);
        print_loaded(shell, project->root, report ? report : &own);
        if (trace_mode(shell->session) != TRACE_OFF)
            shell_list_untraced(shell);
    } else {
        code = diag.code ? diag.code : EXIT_PGMI_OTHER;
        log_diag(&shell->log, &diag);
        project_free(project);
        shell_check_connection(shell);
    }
    shell_set_load_variables(shell);
    load_report_free(&own);
    params_free(&params);
    diag_reset(&diag);
    return code;
}

int shell_load_project(Shell *shell, const char *dir, const Params *extra, LoadReport *report)
{
    Project *project;
    ProjectConfig config;
    int code = shell_scan_project(shell, dir, false, &project, &config);

    if (code)
        return code;
    code = shell_load_scanned(shell, project, &config, extra, report);
    project_config_free(&config);
    return code;
}

/* The objects lived in the session that is gone (contract S1); the shell loads them again by itself, as
 * prompts and variables say that a project is loaded. */
void shell_reload_after_connect(Shell *shell)
{
    const Project *project = session_project(shell->session);
    char *root;
    Params given;

    if (!project || session_state(shell->session) == SESSION_EMPTY)
        return;
    root = xstrdup(project->root_path); /* the load frees the project that it replaces */
    params_copy(&given, &shell->load_params);
    session_connection_lost(shell->session);
    if (!shell->set.quiet)
        fprintf(shell_tell_stream(shell), "Loading %s again into the new session.\n", root);
    shell_load_project(shell, root, &given, NULL);
    params_free(&given);
    free(root);
}
