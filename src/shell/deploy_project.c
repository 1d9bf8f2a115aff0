/*
 * deploy_project.c — a project's deployment at the shell: what \pgmi deploy and \pgmi watch share.
 *
 * Everything that needs no server is read and checked first; then deploy_run does the work on the
 * shell's own connection.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmish/deploy.h"
#include "pgmish/testing.h"

typedef struct Deployment {
    Project *project;
    ProjectConfig config;
    DeployScript *script;
    Params params;
} Deployment;

/* Whom a deployment talks to, and the bar of its load. */
typedef struct Talk {
    Shell *shell;
    Progress *bar; /* NULL: not begun, or done */
} Talk;

static void show_load(void *ctx, uint64_t done, uint64_t total)
{
    Talk *talk = ctx;

    progress_step(&talk->bar, "loading", done, total);
}

static void say(void *ctx, DeploySay kind, const char *text)
{
    Talk *talk = ctx;
    Shell *shell = talk->shell;
    char *redacted = redact(text), *clean = harmless_text(redacted);

    progress_finish(&talk->bar);
    if (kind == DEPLOY_SAY_WARNING)
        log_warning(&shell->log, "%s", clean);
    else if (!shell->set.quiet)
        fprintf(stderr, "%s\n", clean);
    free(redacted);
    free(clean);
}

static void merge(Params *into, const Params *from)
{
    for (size_t i = 0; i < from->map.len; i++)
        strmap_set(&into->map, from->map.entries[i].key, xstrdup(from->map.entries[i].value));
}

static bool read_project(Shell *shell, const char *dir, Deployment *run, DeployOptions *options)
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
    if (timeout > 0)
        options->deadline = monotonic_ms() + (double)timeout / 1e6;
    options->timeout_text = run->config.timeout ? run->config.timeout : "3m";
    diag_reset(&diag);
    return ok;
}

/* again: the project that is loaded is run, so what was given when it was loaded still holds. */
static void take_params(Shell *shell, Deployment *run, bool again)
{
    params_copy(&run->params, &run->config.params);
    merge(&run->params, session_user_params(shell->session));
    if (again)
        merge(&run->params, &shell->load_params);
}

bool shell_deploy(Shell *shell, const char *dir, const DeployOptions *wanted,
                  DeployResult *result)
{
    DeployOptions options = *wanted; /* what is added points into this function */
    const Project *loaded = session_project(shell->session);
    Deployment run = {0};
    DeployTests tests;
    DeployRecord record;
    Talk talk = {shell, NULL};
    char *root = expand_tilde(xstrdup(dir ? dir : loaded ? loaded->root_path : "."));
    bool ok = read_project(shell, root, &run, &options);

    if (ok) {
        take_params(shell, &run, !dir && loaded);
        options.own_session = true;
        options.verbose = shell->set.pgmi_verbose;
        options.interrupted = &shell->cancel_pressed;
        if (!options.say) {
            options.say = say;
            options.load_progress = show_load;
            options.ctx = &talk;
        }
        deploy_record(&record, shell, &tests);
        options.tests = &tests;
        shell_deployment_begins(shell, "\\pgmi deploy");
        deploy_run(shell->session, shell->conn, &run.project, &run.params, run.script, &options,
                   result);
        progress_finish(&talk.bar);
        shell_deployment_ends(shell, !result->causes, result);
        trace_line_clear(shell);
        shell_set_load_variables(shell);
        shell_check_connection(shell);
        params_free(&run.params);
    }
    if (run.project || run.script)
        project_config_free(&run.config);
    project_free(run.project);
    deploy_script_free(run.script);
    free(root);
    return ok;
}

void shell_report_deploy(Shell *shell, const DeployResult *result)
{
    const DeployError *error = &result->error;
    StrBuf text = STRBUF_INIT;

    if (result->causes) {
        deploy_error_text(result, &text);
        while (text.len && text.data[text.len - 1] == '\n')
            strbuf_truncate(&text, text.len - 1);
        log_error(&shell->log, "%s", text.data);
        strbuf_reset(&text);
        var_set(shell->vars, "LAST_ERROR_SQLSTATE", error->sqlstate);
        var_set(shell->vars, "LAST_ERROR_MESSAGE", error->message ? error->message : "");
        shell_keep_place(shell, error->message ? error->message : "",
                         error->place.file ? &error->place : NULL);
    }
    var_set(shell->vars, "ERROR", result->causes ? "true" : "false");
    var_set(shell->vars, "SQLSTATE", *error->sqlstate ? error->sqlstate : "00000");
    if (!shell->set.quiet) {
        deploy_result_summary(result, &text);
        term_put_outcome(shell_tell_stream(shell), !result->causes, text.data);
        fflush(stdout);
    }
    strbuf_free(&text);
}
