/*
 * main.c — the way in: options, scratch server, project, connection, then what was asked for.
 *
 * Order of events is psql's; pgmish adds a scratch server before the connection, a project that is
 * read before it (its pgmi.yaml supplies defaults below flags and PG* variables) and loaded behind
 * it, before anything else runs.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "pgmi.h"
#include "pgmish/meta.h"
#include "pgmish/project.h"
#include "pgmish/testing.h"

typedef struct Startup {
    Shell shell;
    Options options;
    Project *project; /* scanned, not loaded yet */
    ProjectConfig config;
    bool has_config;
    char *auto_load; /* directory of the deploy.sql that -f names; NULL: none */
} Startup;

/* ---- project at start-up -------------------------------------------------------------------------------- */

/* Directory of the first -f whose base name is exactly deploy.sql. */
static char *directory_to_load(const Options *options)
{
    for (size_t i = 0; i < options->action_count; i++) {
        const Action *action = &options->actions[i];
        const char *slash, *name;

        if (action->kind != ACTION_FILE || !action->text)
            continue;
        slash = strrchr(action->text, '/');
        name = slash ? slash + 1 : action->text;
        if (strcmp(name, "deploy.sql") != 0)
            continue;
        if (!slash)
            return xstrdup(".");
        return slash == action->text ? xstrdup("/")
                                     : xstrndup(action->text, (size_t)(slash - action->text));
    }
    return NULL;
}

static bool take_params(Startup *startup)
{
    Shell *shell = &startup->shell;
    Params *params = session_user_params(shell->session);
    Diag diag = DIAG_INIT;
    bool ok = true;

    for (size_t i = 0; ok && i < startup->options.params_files.len; i++)
        ok = params_read_file(params, startup->options.params_files.items[i], &diag);
    for (size_t i = 0; ok && i < startup->options.params.len; i++)
        ok = params_set_pair(params, startup->options.params.items[i], &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
    return ok;
}

/* Is the deploy.sql of the project in dir among the files to run? */
static bool runs_deploy_sql(const Options *options, const char *dir)
{
    for (size_t i = 0; i < options->action_count; i++)
        if (options->actions[i].kind == ACTION_FILE && options->actions[i].text &&
            project_is_deploy_sql(dir, options->actions[i].text))
            return true;
    return false;
}

/* Reads and checks the project to be loaded.  Returns an exit code, 0: go on. */
static int read_project(Startup *startup)
{
    Options *options = &startup->options;
    Shell *shell = &startup->shell;
    char *dir;
    int code;

    if (!take_params(startup))
        return EXIT_PGMI_CONFIG;
    if (shell->as_psql)
        return 0;
    startup->auto_load = directory_to_load(options);
    if (options->no_load || options->load_dir) {
        free(startup->auto_load);
        startup->auto_load = NULL;
    }
    dir = options->load_dir ? (char *)options->load_dir : startup->auto_load;
    if (!dir)
        return 0;
    code = shell_scan_project(shell, dir, startup->auto_load || runs_deploy_sql(options, dir),
                              &startup->project, &startup->config);
    startup->has_config = code == 0;
    return code;
}

/* Loads what was read, unless something is loaded already. */
static int load_read_project(Startup *startup)
{
    Project *project = startup->project;
    int code;

    startup->project = NULL;
    if (!project)
        return 0;
    if (session_state(startup->shell.session) != SESSION_EMPTY) {
        project_free(project);
        return 0;
    }
    code = shell_load_scanned(&startup->shell, project, &startup->config, NULL, NULL);
    return !code ? 0 : code == EXIT_PGMI_NO_DEPLOY_SQL ? code : EXIT_PGMI_CONFIG;
}

/* ---- connecting ------------------------------------------------------------------------------------------- */

typedef struct Keywords {
    const char *keys[16], *values[16];
    int count;
} Keywords;

static void add_keyword(Keywords *keywords, const char *key, const char *value)
{
    keywords->keys[keywords->count] = key;
    keywords->values[keywords->count++] = value;
    keywords->keys[keywords->count] = keywords->values[keywords->count] = NULL;
}

/* An option, else nothing where the environment speaks, else pgmi.yaml's value. */
static const char *below(const char *option, const char *variable, const char *yaml)
{
    const char *env = getenv(variable);

    return option ? option : env && *env ? NULL : yaml;
}

static void connection_keywords(const Startup *startup, const char *password, char port[16],
                                Keywords *keywords)
{
    const Options *options = &startup->options;
    const ProjectConfig *yaml = &startup->config;
    const Shell *shell = &startup->shell;
    const char *dbname = options->dbname;
    bool string = dbname && (strchr(dbname, '=') || strstr(dbname, "://"));
    bool use_yaml = startup->has_config && !shell->scratch && !string && !getenv("PGSERVICE");

    *port = '\0';
    if (use_yaml && yaml->port)
        snprintf(port, 16, "%d", yaml->port);
    if (shell->scratch) {
        add_keyword(keywords, "host", scratch_socket_dir(shell->scratch));
        add_keyword(keywords, "port", scratch_port(shell->scratch));
        add_keyword(keywords, "user",
                    options->username ? options->username : scratch_user(shell->scratch));
        dbname = dbname ? dbname : "postgres";
    } else {
        add_keyword(keywords, "host",
                    below(options->host, "PGHOST", use_yaml ? yaml->host : NULL));
        add_keyword(keywords, "port", below(options->port, "PGPORT", *port ? port : NULL));
        add_keyword(keywords, "user",
                    below(options->username, "PGUSER", use_yaml ? yaml->username : NULL));
    }
    add_keyword(keywords, "password", password);
    if (options->list_databases && !dbname)
        dbname = "postgres";
    if (use_yaml) {
        dbname = below(dbname, "PGDATABASE", yaml->database);
        add_keyword(keywords, "sslmode", below(NULL, "PGSSLMODE", yaml->sslmode));
        add_keyword(keywords, "sslcert", below(NULL, "PGSSLCERT", yaml->sslcert));
        add_keyword(keywords, "sslkey", below(NULL, "PGSSLKEY", yaml->sslkey));
        add_keyword(keywords, "sslrootcert", below(NULL, "PGSSLROOTCERT", yaml->sslrootcert));
    }
    add_keyword(keywords, "dbname", dbname);
    add_keyword(keywords, "fallback_application_name", shell->progname);
    add_keyword(keywords, "client_encoding",
                shell->notty || getenv("PGCLIENTENCODING") ? NULL : "auto");
}

static bool connect_first(Startup *startup)
{
    Shell *shell = &startup->shell;
    char *password = NULL, port[16];

    if (shell->prompt_password > 0)
        password = shell_ask_password(shell, NULL);
    for (;;) {
        Keywords keywords = {.count = 0};

        connection_keywords(startup, password, port, &keywords);
        shell->conn = PQconnectdbParams(keywords.keys, keywords.values, true);
        if (PQstatus(shell->conn) != CONNECTION_BAD || password ||
            !PQconnectionNeedsPassword(shell->conn) || shell->prompt_password < 0)
            break;
        password = shell_ask_password(shell, PQuser(shell->conn));
        PQfinish(shell->conn);
        shell->conn = NULL;
        if (!password)
            return false;
    }
    free(password);
    if (PQstatus(shell->conn) == CONNECTION_BAD) {
        log_error(&shell->log, "%s", PQerrorMessage(shell->conn));
        PQfinish(shell->conn);
        shell->conn = NULL;
        return false;
    }
    shell_connection_changed(shell);
    return true;
}

static bool start_scratch(Startup *startup)
{
    const Options *options = &startup->options;
    Diag diag = DIAG_INIT;
    Shell *shell = &startup->shell;

    if (scratch_check_target(options->host, options->port, options->dbname, &diag))
        shell->scratch = scratch_start(options->scratch_dir, &diag);
    if (shell->scratch)
        scratch_export(shell->scratch);
    else
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
    return shell->scratch != NULL;
}

/* ---- what was asked for --------------------------------------------------------------------------------------- */

static int run_backslash(Shell *shell, const char *text)
{
    Lexer *lexer;
    CondStack *cond = cond_new();
    int result;

    shell->cond = cond;
    lexer = shell->lexer = shell_new_lexer(shell);
    lexer_feed(lexer, text, strlen(text), shell->print.encoding, shell_std_strings(shell), 0);
    result = meta_dispatch(shell, lexer, cond) != META_ERROR ? EXIT_SHELL_OK : EXIT_SHELL_FATAL;
    lexer_finish(lexer);
    lexer_free(lexer);
    cond_free(cond);
    shell->lexer = NULL;
    shell->cond = NULL;
    return result;
}

static int run_file(Startup *startup, const Action *action)
{
    const char *base = action->text ? strrchr(action->text, '/') : NULL;
    int code;

    base = base ? base + 1 : action->text;
    if (startup->auto_load && base && strcmp(base, "deploy.sql") == 0) {
        code = load_read_project(startup);
        if (code) {
            startup->shell.exit_now = code;
            return code;
        }
    }
    return shell_run_file(&startup->shell, action->text, false);
}

/* A backslash command is shown without its backslash, as in psql. */
static void echo_action(const Action *action)
{
    bool backslash = action->kind == ACTION_BACKSLASH;
    char *line = xasprintf("%s%s", backslash ? "\\" : "", action->text);

    shell_echo_line(line, backslash);
    free(line);
}

static int run_action(Startup *startup, const Action *action)
{
    Shell *shell = &startup->shell;

    if (action->kind == ACTION_FILE)
        return run_file(startup, action);
    shell->log.terse = true;
    if (shell->set.echo == ECHO_ALL)
        echo_action(action);
    if (action->kind == ACTION_BACKSLASH)
        return run_backslash(shell, action->text);
    return shell_send_query(shell, action->text, false) ? EXIT_SHELL_OK : EXIT_SHELL_FATAL;
}

/* The project's own deploy.sql stops at its first error by itself, and then nothing that was to
 * come behind it may run either (shell.md section 3). */
static bool deployment_failed(const Shell *shell, const Action *action, int result)
{
    const Project *project = session_project(shell->session);

    return result == EXIT_SHELL_USER && action->kind == ACTION_FILE && action->text &&
           project && !shell->set.on_error_stop_given &&
           project_is_deploy_sql(project->root_path, action->text);
}

/* BEGIN, COMMIT or ROLLBACK of -1.  False: it failed and ON_ERROR_STOP is set. */
static bool transaction_command(Shell *shell, const char *sql)
{
    PGresult *result = shell_internal_query(shell, sql);

    PQclear(result);
    return result || !shell->set.on_error_stop;
}

static int run_actions(Startup *startup)
{
    Shell *shell = &startup->shell;
    Options *options = &startup->options;
    int result = EXIT_SHELL_OK;
    bool failed = false;

    if (options->single_transaction && !transaction_command(shell, "BEGIN"))
        return EXIT_SHELL_USER;
    for (size_t i = 0; i < options->action_count; i++) {
        result = run_action(startup, &options->actions[i]);
        if (shell->exit_now >= 0)
            return shell->exit_now;
        failed = (result != EXIT_SHELL_OK && shell->set.on_error_stop) ||
                 deployment_failed(shell, &options->actions[i], result);
        if (failed)
            break;
    }
    if (options->single_transaction &&
        !transaction_command(shell, failed ? "ROLLBACK" : "COMMIT"))
        return EXIT_SHELL_USER;
    return result;
}

static int run_interactive(Shell *shell)
{
    Input *input;
    int result;

    shell->log.terse = true;
    shell_print_connection_warnings(shell, true);
    if (!shell->set.quiet)
        printf("Type \"help\" for help.\n\n");
    editing_start(shell);
    input = input_from_terminal(shell);
    result = shell_loop(shell, input);
    input_close(input);
    editing_finish(shell);
    return result;
}

static int list_databases(Startup *startup)
{
    if (!startup->options.no_psqlrc)
        shell_run_startup_files(&startup->shell);
    return run_backslash(&startup->shell, "l");
}

static bool open_log(Shell *shell, const char *path)
{
    if (!path)
        return true;
    shell->log_file = fopen(path, "a");
    if (!shell->log_file)
        log_error(&shell->log, "could not open log file \"%s\": %s", path, strerror(errno));
    return shell->log_file != NULL;
}

/* Everything behind a successful connection. */
static int run_connected(Startup *startup)
{
    Shell *shell = &startup->shell;
    Options *options = &startup->options;
    int code;

    if (options->list_databases)
        return list_databases(startup);
    if (!open_log(shell, options->log_file))
        return EXIT_SHELL_FATAL;
    if (options->load_dir || options->single_transaction) {
        code = load_read_project(startup);
        if (code)
            return code;
    }
    if (!options->no_psqlrc)
        shell_run_startup_files(shell);
    if (shell->exit_now >= 0)
        return shell->exit_now;
    return options->action_count ? run_actions(startup) : run_interactive(shell);
}

static int run(Startup *startup, int argc, char **argv)
{
    Shell *shell = &startup->shell;
    Options *options = &startup->options;
    int code = EXIT_SHELL_OK;

    if (!options_parse(shell, argc, argv, options, &code))
        return code;
    if (!options->action_count && shell->notty)
        options_add_action(options, ACTION_FILE, NULL);
    if (options->single_transaction && !options->action_count) {
        log_error(&shell->log, "-1 can only be used in non-interactive mode");
        return EXIT_SHELL_FATAL;
    }
    code = read_project(startup);
    if (code)
        return code;
    if (options->scratch && !start_scratch(startup))
        return EXIT_SHELL_BADCONN;
    signals_install(shell);
    if (!connect_first(startup))
        return EXIT_SHELL_BADCONN;
    return run_connected(startup);
}

/* The link that `make install` lays (shell.md section 1). */
static bool named_pgmi(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');

    return strcmp(slash ? slash + 1 : argv0, "pgmi") == 0;
}

int main(int argc, char **argv)
{
    Startup startup = {.options = {.params = STRLIST_INIT}};
    int code;

    setlocale(LC_ALL, "");
    if (named_pgmi(argv[0]))
        return pgmi_main(argc, argv);
    shell_init(&startup.shell, argv[0]);
    code = run(&startup, argc, argv);
    if (!shell_close_reports(&startup.shell) && code == EXIT_SHELL_OK)
        code = EXIT_SHELL_FATAL;
    project_free(startup.project);
    if (startup.has_config)
        project_config_free(&startup.config);
    free(startup.auto_load);
    options_free(&startup.options);
    shell_dispose(&startup.shell);
    return code;
}
