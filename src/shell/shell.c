/*
 * shell.c — a shell's beginning and end.  main has one; the tutorial gives the learner another,
 * so that nothing of the first can change (tutorial.c).
 */
#include "pgmish/shell.h"
#include "pgmish/step.h"
#include "pgmish/testing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "version.h"

static void before_message(void *ctx)
{
    Shell *shell = ctx;

    trace_line_clear(shell);
    if (shell->out && shell->out != stdout)
        fflush(shell->out);
}

static void set_version_number(Shell *shell)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", PQlibVersion());
    var_set(shell->vars, "VERSION_NUM", number);
    var_set(shell->vars, "LAST_ERROR_MESSAGE", "");
    var_set(shell->vars, "LAST_ERROR_SQLSTATE", "00000");
    if (!shell->as_psql)
        var_set(shell->vars, "PGMI_LOADED", "off");
}

void shell_init(Shell *shell, const char *argv0)
{
    *shell = (Shell){.out = stdout, .exit_now = -1, .query_copies = -1};
    log_init(&shell->log, argv0);
    shell->log.before = before_message;
    shell->log.ctx = shell;
    shell->progname = shell->log.progname;
    shell->as_psql = strcmp(shell->progname, "psql") == 0;
    shell->notty = !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO);
    shell->start_directory = getcwd(NULL, 0);
    print_options_init(&shell->print);
    shell->print.encoding = PQenv2encoding();
    shell->vars = vars_new(shell);
    settings_install(shell);
    shell->session = session_new();
    trace_line_init(shell);
    params_init(&shell->load_params);
    var_set(shell->vars, "VERSION", version_text());
    var_set(shell->vars, "VERSION_NAME", version_name());
    set_version_number(shell);
}

void shell_dispose(Shell *shell)
{
    if (shell->log_file)
        fclose(shell->log_file);
    if (shell->out != stdout)
        shell_set_output(shell, NULL);
    shell_clear_one_shot(shell); /* -c '\gset' sends nothing */
    session_free(shell->session);
    params_free(&shell->load_params);
    test_run_free(shell->last_run);
    shell_forget_deployment(shell);
    PQfinish(shell->conn);
    PQfinish(shell->dead_conn);
    PQclear(shell->last_error);
    error_place_free(&shell->last_place);
    free(shell->last_place_message);
    scratch_stop(shell->scratch);
    vars_free(shell->vars);
    strmap_free(&shell->meta_seen);
    breakpoints_free(shell->breaks);
    free(shell->idle_limit_due);
    print_options_free(&shell->print);
    free(shell->restrict_key);
    free(shell->start_directory);
}
