/*
 * pgmi_deploy.c — \pgmi deploy: the project's deploy.sql with pgmi's semantics on the session's own
 * connection: SQL only, head in one piece, lock, time limit.
 */
#include "pgmish/deploy.h"
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

typedef struct Deployment {
    Project *project;
    ProjectConfig config;
    DeployScript *script;
    Params params;
    DeployOptions options;
} Deployment;

static void say(void *ctx, DeploySay kind, const char *text)
{
    Shell *shell = ctx;
    char *clean = redact(text);

    if (kind == DEPLOY_SAY_WARNING)
        log_warning(&shell->log, "%s", clean);
    else if (!shell->set.quiet)
        fprintf(stderr, "%s\n", clean);
    free(clean);
}

static void merge(Params *into, const Params *from)
{
    for (size_t i = 0; i < from->map.len; i++)
        strmap_set(&into->map, from->map.entries[i].key, xstrdup(from->map.entries[i].value));
}

/* Everything that needs no server. */
static bool prepare(Shell *shell, const char *dir, Deployment *run)
{
    Diag diag = DIAG_INIT;
    int64_t timeout = 0;
    bool ok;

    if (shell_scan_project(shell, dir, true, &run->project, &run->config) != 0)
        return false;
    run->script = deploy_script_read(dir, &diag);
    ok = run->script && timeout_resolve(NULL, &run->config, &timeout, &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    params_copy(&run->params, &run->config.params);
    merge(&run->params, session_user_params(shell->session));
    run->options.own_session = true;
    run->options.verbose = shell->set.pgmi_verbose;
    run->options.interrupted = &shell->cancel_pressed;
    run->options.timeout_text = run->config.timeout ? run->config.timeout : "3m";
    run->options.say = say;
    run->options.ctx = shell;
    if (timeout > 0)
        run->options.deadline = monotonic_ms() + (double)timeout / 1e6;
    diag_reset(&diag);
    return ok;
}

static void report(Shell *shell, const DeployResult *result)
{
    StrBuf text = STRBUF_INIT;

    if (result->causes) {
        deploy_error_text(result, &text);
        while (text.len && text.data[text.len - 1] == '\n')
            strbuf_truncate(&text, text.len - 1);
        log_error(&shell->log, "%s", text.data);
        strbuf_reset(&text);
        var_set(shell->vars, "LAST_ERROR_SQLSTATE", result->error.sqlstate);
        var_set(shell->vars, "LAST_ERROR_MESSAGE",
                result->error.message ? result->error.message : "");
    }
    var_set(shell->vars, "ERROR", result->causes ? "true" : "false");
    var_set(shell->vars, "SQLSTATE",
            *result->error.sqlstate ? result->error.sqlstate : "00000");
    if (!shell->set.quiet) {
        deploy_result_summary(result, &text);
        puts(text.data);
        fflush(stdout);
    }
    strbuf_free(&text);
}

/* The directory and --dry-run, in any order. */
static bool read_arguments(Shell *shell, const MetaCall *call, const char **dir, bool *dry_run)
{
    for (size_t i = 0; i < call->count; i++) {
        const char *text = call->args[i].text;

        if (strcmp(text, "--dry-run") == 0) {
            *dry_run = true;
        } else if (*dir || strncmp(text, "--", 2) == 0) {
            log_error(&shell->log, "\\pgmi deploy: unexpected argument \"%s\"", text);
            return false;
        } else {
            *dir = text;
        }
    }
    return true;
}

static MetaResult run_deploy(Shell *shell, const MetaCall *call)
{
    const Project *loaded = session_project(shell->session);
    const char *given = NULL;
    Deployment run = {0};
    DeployResult result = {0};
    bool ok = false;
    char *dir;

    if (!read_arguments(shell, call, &given, &run.options.dry_run))
        return META_ERROR;
    dir = expand_tilde(xstrdup(given ? given : loaded ? loaded->root_path : "."));
    shell->cancel_pressed = false;
    if (prepare(shell, dir, &run)) {
        deploy_run(shell->session, shell->conn, &run.project, &run.params, run.script,
                   &run.options, &result);
        ok = !result.causes;
        report(shell, &result);
        shell_set_load_variables(shell);
        shell_check_connection(shell);
    }
    if (run.project || run.script)
        project_config_free(&run.config);
    params_free(&run.params);
    project_free(run.project);
    deploy_script_free(run.script);
    deploy_result_free(&result);
    free(dir);
    return ok ? META_DONE : META_ERROR;
}

static void complete(Shell *shell, const MetaCall *before, size_t index, const char *text,
                     StrList *list)
{
    static const char option[] = "--dry-run";

    complete_file(shell, before, index, text, list);
    if (strncmp(option, text, strlen(text)) == 0)
        strlist_add(list, option);
}

META_COMMAND(pgmi_deploy) = {
    .names = "deploy",
    .parent = "pgmi",
    .args = "n*",
    .flags = META_NEEDS_CONN,
    .group = HELP_PGMI,
    .synopsis = "\\pgmi deploy [DIR] [--dry-run]",
    .brief = "run deploy.sql as pgmi does: atomic head, tail, lock, time limit",
    .help =
        "Loads the project in DIR (default: the loaded one, else the current directory) and "
        "runs\n"
        "its deploy.sql on this connection, which must be idle.  What stands before and\n"
        "including its first COMMIT is sent as a whole; what follows, statement by statement.\n"
        "deploy.sql is SQL only here.  A lock admits one deployment of a database at a time.\n"
        "--dry-run runs the head, checks deferred constraints, rolls back, and lists the tail.",
    .complete = complete,
    .run = run_deploy,
};
