/*
 * pgmi_deploy.c — `pgmi deploy`: every check that needs no server, then connection and database,
 * then the deployment (contract section 1).
 *
 * The order is the contract's, and it is the user's: what can be found wrong without a server is told
 * before one is asked, and what needs an answer is asked before anything is changed.  Each step fills a
 * part of PgmiDeploy or puts its error into the result; pgmi_deploy_one is the part that --targets does once for each database, in a process of its own (pgmi_targets.c).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "pgmish/trace.h"
#include "pgmi.h"
#include "pgmi_deploy.h"

/* Set by the handler of INT and TERM. */
static volatile bool interrupted;

/* ---- signals ----------------------------------------------------------------------------- */

static void on_interrupt(int signo UNUSED)
{
    int saved = errno; /* whoever was interrupted still has to read its own */

    interrupted = true;
    cancel_now();
    errno = saved;
}

/* The deadline has passed: what looks at the clock will see it, a query that blocks is ended. */
static void on_alarm(int signo UNUSED)
{
    int saved = errno;

    cancel_now();
    errno = saved;
}

static void install_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Fires a moment behind the deadline, and again, should it have come between two queries. */
static void set_alarm(int64_t nanoseconds)
{
    struct itimerval timer = {.it_interval = {1, 0}};
    int64_t us = nanoseconds / 1000 + 1000;

    timer.it_value.tv_sec = us / 1000000;
    timer.it_value.tv_usec = us % 1000000;
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* ---- what is said on the way ------------------------------------------------------------------ */

static void show_load(void *ctx, uint64_t done, uint64_t total)
{
    PgmiDeploy *deploy = ctx;

    progress_step(&deploy->bar, "loading", done, total);
}

static void say(void *ctx, DeploySay kind, const char *text)
{
    PgmiDeploy *deploy = ctx;
    char *clean = pgmi_clean(text);

    progress_finish(&deploy->bar);
    if (kind == DEPLOY_SAY_WARNING)
        fprintf(stderr, "%s: warning: %s\n", deploy->pgmi->progname, clean);
    else
        fprintf(stderr, "%s\n", clean);
    free(clean);
}

/* X11: as psql shows them. */
static void on_notice(void *ctx, const PGresult *notice)
{
    PgmiDeploy *deploy = ctx;
    char *clean;

    if (deploy->session &&
        (trace_notice(deploy->session, notice) || session_notice(deploy->session, notice)))
        return;
    pgmi_reports_notice(deploy, notice);
    clean = pgmi_clean(PQresultErrorMessage(notice));
    if (deploy->pgmi->args.verbose) {
        StrBuf elapsed = STRBUF_INIT;

        strbuf_add_decimal(&elapsed, (monotonic_ms() - deploy->start) / 1000, 2);
        fprintf(stderr, "[%ss] ", elapsed.data);
        strbuf_free(&elapsed);
    }
    fputs(clean, stderr);
    free(clean);
}

static void prepare_connection(void *ctx, PGconn *conn)
{
    PQsetNoticeReceiver(conn, on_notice, ctx);
}

/* ---- O4: approval --------------------------------------------------------------------------------- */

static bool refuse(const DeployOptions *options, unsigned *causes, Diag *diag,
                   const char *database)
{
    unsigned stopped = deploy_stopped(options);

    *causes |= stopped ? stopped : CAUSE_APPROVAL;
    return diag_set(diag, EXIT_PGMI_APPROVAL, "overwriting database \"%s\" was not approved",
                    database);
}

/* --force at a terminal: nobody is asked, but somebody may still be watching. */
static bool count_down(const DeployOptions *options, unsigned *causes, Diag *diag,
                       const char *database)
{
    const char *quiet = getenv("PGMI_NO_BANNER");

    if (!quiet || !*quiet)
        fprintf(stderr,
                "\n*** DANGER: database \"%s\" and everything in it is about to be "
                "dropped. Ctrl-C stops this. ***\n",
                database);
    for (int left = 5; left > 0; left--) {
        fprintf(stderr, "\rDropping in %d ... ", left);
        fflush(stderr);
        for (int i = 0; i < 10 && !interrupted; i++)
            nanosleep(&(struct timespec){0, 100000000}, NULL);
        if (deploy_stopped(options)) {
            fputc('\n', stderr);
            *causes |= deploy_stopped(options);
            return diag_set(diag, EXIT_PGMI_INTERRUPTED,
                            "stopped before database \"%s\" was dropped", database);
        }
    }
    fprintf(stderr, "\n");
    return true;
}

/* The name, and not "y": what is typed without reading would drop the wrong one. */
static bool ask_for_name(const DeployOptions *options, unsigned *causes, Diag *diag,
                         const char *database)
{
    char line[256], *name = line;
    size_t len;

    fprintf(stderr,
            "Database \"%s\" exists. It will be dropped with everything in it, and created "
            "anew.\nType its name to go on: ",
            database);
    fflush(stderr);
    if (interrupted || !fgets(line, sizeof(line), stdin)) {
        fputc('\n', stderr);
        return refuse(options, causes, diag, database);
    }
    name += strspn(name, " \t");
    len = strlen(name);
    while (len && strchr(" \t\r\n", name[len - 1]))
        name[--len] = '\0';
    return strcmp(name, database) == 0 || refuse(options, causes, diag, database);
}

static bool approve(void *ctx, const char *database, unsigned *causes, Diag *diag)
{
    PgmiDeploy *deploy = ctx;
    bool terminal = pgmi_interactive();

    if (deploy->pgmi->args.force && terminal)
        return count_down(&deploy->options, causes, diag, database);
    if (deploy->pgmi->args.force) {
        fprintf(stderr, "Overwriting database \"%s\" (--force)\n", database);
        return true;
    }
    if (terminal)
        return ask_for_name(&deploy->options, causes, diag, database);
    refuse(&deploy->options, causes, diag, database);
    return diag_hint(diag, "There is no terminal to ask on; --force approves it.");
}

/* ---- checks without a server ---------------------------------------------------------------------- */

/* P1: pgmi.yaml, then files, then single parameters, each in the order of the command line; later wins. */
static bool read_params(PgmiDeploy *deploy, Diag *diag)
{
    const PgmiArgs *args = &deploy->pgmi->args;
    bool ok = true;

    params_copy(&deploy->params, &deploy->config.params);
    for (size_t i = 0; ok && i < args->params_files.len; i++)
        ok = params_read_file(&deploy->params, args->params_files.items[i], diag);
    for (size_t i = 0; ok && i < args->params.len; i++)
        ok = params_set_pair(&deploy->params, args->params.items[i], diag);
    return ok;
}

static bool read_durations(PgmiDeploy *deploy, Diag *diag)
{
    const PgmiArgs *args = &deploy->pgmi->args;
    int64_t ns = 0;

    if (!timeout_resolve(args->timeout, &deploy->config, &deploy->timeout, diag))
        return false;
    deploy->options.timeout_text = args->timeout            ? args->timeout
                                   : deploy->config.timeout ? deploy->config.timeout
                                                            : "3m";
    if (args->lock_timeout && (!duration_parse(args->lock_timeout, &ns) || ns < 0))
        return diag_set(diag, EXIT_PGMI_USAGE, "invalid duration \"%s\" for --lock-timeout",
                        args->lock_timeout);
    /* the server counts in milliseconds, and 0 would mean no limit */
    deploy->options.lock_timeout_ms = ns > 0 && ns < 1000000 ? 1 : ns / 1000000;
    deploy->options.lock_retries = args->lock_retries;
    return true;
}

bool pgmi_check_cloud(const Resolved *to, Diag *diag)
{
    if (to->auth == AUTH_PASSWORD)
        return true;
    diag_set(diag, EXIT_PGMI_CONFIG, "sign-in with a cloud provider is not built in yet");
    return diag_hint(diag, "Put a token of the provider's own tool into PGPASSWORD.");
}

/* There has been one version of the session's interface so far; a script that asks for a later one must
 * not find out in the middle. */
static bool check_compat(const char *compat, Diag *diag)
{
    if (!compat || !*compat || strcmp(compat, "1") == 0)
        return true;
    diag_set(diag, EXIT_PGMI_CONFIG, "unsupported session API version \"%s\"", compat);
    return diag_hint(diag, "This program knows version 1.");
}

/* R8: nothing at all says where to connect to, and somebody is there to be asked. */
static bool wants_wizard(const PgmiDeploy *deploy)
{
    static const char *const names[] = {"PGMI_CONNECTION_STRING",
                                        "DATABASE_URL",
                                        "PGHOST",
                                        "PGPORT",
                                        "PGUSER",
                                        "PGDATABASE",
                                        "PGSERVICE"};
    const PgmiArgs *args = &deploy->pgmi->args;
    const ConnectionFlags *flags = &args->connection;
    const ProjectConfig *config = &deploy->config;

    for (size_t i = 0; i < lengthof(names); i++) {
        const char *value = strmap_get(&deploy->env, names[i]);

        if (value && *value)
            return false;
    }
    return pgmi_interactive() && !args->force && !args->targets && !flags->connection &&
           !flags->host && !flags->port && !flags->username && !flags->database &&
           !config->host && !config->port && !config->username && !config->database;
}

/* Asks, and reads what was written. */
static bool ask_connection(PgmiDeploy *deploy, const char *root, Diag *diag)
{
    fprintf(stderr, "Nothing says where to deploy to; the answers go into pgmi.yaml.\n");
    if (!pgmi_config_wizard(deploy->pgmi, root, diag))
        return false;
    project_config_free(&deploy->config);
    project_config_init(&deploy->config);
    return project_config_read(&deploy->config, root, diag);
}

/* Steps 1 and 2 and 5: configuration.  Errors are Diags. */
static bool configure(PgmiDeploy *deploy, const char *root, Diag *diag)
{
    const PgmiArgs *args = &deploy->pgmi->args;

    pgmi_environment(deploy->pgmi, root, &deploy->env);
    if (!project_config_read(&deploy->config, root, diag) ||
        (wants_wizard(deploy) && !ask_connection(deploy, root, diag)) ||
        !read_params(deploy, diag))
        return false;
    if (!args->targets) {
        if (!connection_resolve(&args->connection, &deploy->env, &deploy->config, &deploy->to,
                                diag))
            return false;
        deploy->resolved = true;
        if (!pgmi_check_cloud(&deploy->to, diag))
            return false;
    }
    return read_durations(deploy, diag) && check_compat(args->compat, diag);
}

/* Steps 3, 4 and the first half of 15: the project.  Every problem is printed; the first goes into
 * the result. */
static bool read_project(PgmiDeploy *deploy, const char *root)
{
    ScanOptions options = {.require_deploy_sql = true};
    DiagList problems = DIAGLIST_INIT;
    Diag diag = DIAG_INIT;
    unsigned causes = 0;

    deploy->project = project_scan(root, &options, &problems);
    if (deploy->project)
        deploy->script = deploy_script_read(root, &diag);
    if (diag.code)
        diaglist_take(&problems, &diag);
    for (size_t i = 0; i < problems.len; i++) {
        causes |= deploy_cause(problems.items[i].code);
        if (i > 0)
            pgmi_error(deploy->pgmi, &problems.items[i]);
    }
    if (problems.len)
        deploy_result_fail(&deploy->result, causes, &problems.items[0]);
    diaglist_free(&problems);
    return !causes;
}

/* ---- the run ------------------------------------------------------------------------------------------ */

static void start_clock(PgmiDeploy *deploy)
{
    deploy->start = monotonic_ms();
    deploy->options.verbose = deploy->pgmi->args.verbose;
    deploy->options.dry_run = deploy->pgmi->args.dry_run;
    deploy->options.interrupted = &interrupted;
    deploy->options.say = say;
    deploy->options.ctx = deploy;
    if (deploy->timeout > 0) {
        deploy->options.deadline = monotonic_ms() + (double)deploy->timeout / 1e6;
        set_alarm(deploy->timeout);
    }
}

void pgmi_deploy_one(PgmiDeploy *deploy)
{
    const PgmiArgs *args = &deploy->pgmi->args;
    DatabaseOptions database = {args->overwrite, approve, deploy, prepare_connection};
    DeployResult *result = &deploy->result;
    Diag diag = DIAG_INIT;
    unsigned causes = 0;
    PGconn *conn;

    start_clock(deploy);
    result->attempted = true;
    result->database = xstrdup(*deploy->to.target_database
                                   ? deploy->to.target_database
                                   : (const char *)strmap_get(&deploy->to.other, "service"));
    conn = deploy_open_database(&deploy->to, &database, &deploy->options, &causes, &diag);
    if (conn) {
        free(result->database);
        result->database = xstrdup(PQdb(conn));
        deploy->session = session_new();
        deploy_run(deploy->session, conn, &deploy->project, &deploy->params, deploy->script,
                   &deploy->options, result);
        progress_finish(&deploy->bar);
        session_free(deploy->session);
        deploy->session = NULL;
        PQfinish(conn);
    } else {
        deploy_result_fail(result, causes ? causes : CAUSE_OTHER, &diag);
        deploy_explain_stop(result, &deploy->options);
    }
    if (interrupted)
        result->causes |= CAUSE_INTERRUPT;
    result->milliseconds = monotonic_ms() - deploy->start;
}

void pgmi_deploy_report(const PgmiDeploy *deploy)
{
    const DeployResult *result = &deploy->result;
    StrBuf text = STRBUF_INIT;

    fflush(stdout);
    if (result->causes) {
        deploy_error_text(result, &text);
        fprintf(stderr, "%s: error: %s", deploy->pgmi->progname, text.data);
        strbuf_reset(&text);
    }
    if (result->attempted) {
        deploy_result_summary(result, &text);
        term_put_outcome(stderr, !result->causes, text.data);
    }
    strbuf_free(&text);
}

static int finish(PgmiDeploy *deploy)
{
    StrBuf text = STRBUF_INIT;

    pgmi_deploy_report(deploy);
    if (deploy->pgmi->args.json) {
        bool many = deploy->pgmi->args.targets != NULL;

        deploy_result_json(&deploy->result, many ? 2 : 0, &text);
        printf(many ? "[\n  %s\n]\n" : "%s\n", text.data);
    }
    strbuf_free(&text);
    return pgmi_exit_code(deploy->result.causes);
}

static void deploy_free(PgmiDeploy *deploy)
{
    project_config_free(&deploy->config);
    params_free(&deploy->params);
    strmap_free(&deploy->env);
    if (deploy->resolved)
        resolved_free(&deploy->to);
    project_free(deploy->project);
    deploy_script_free(deploy->script);
    deploy_result_free(&deploy->result);
}

static int run(Pgmi *pgmi)
{
    PgmiDeploy deploy = {.pgmi = pgmi, .start = monotonic_ms()};
    const char *root = pgmi->args.words[0];
    Diag diag = DIAG_INIT;
    int code;

    params_init(&deploy.params);
    strmap_init(&deploy.env, free);
    project_config_init(&deploy.config);
    install_signals();
    if (!pgmi_reports_open(&deploy, &diag) || !configure(&deploy, root, &diag)) {
        deploy_result_fail(&deploy.result, deploy_cause(diag.code), &diag);
    } else if (read_project(&deploy, root)) {
        char *shown = project_show_path(root);

        fprintf(stderr, "Preparing deployment of %s\n", shown);
        free(shown);
        if (pgmi->args.targets && pgmi_deploy_targets(&deploy, &interrupted, &code))
            goto done;
        deploy.options.load_progress = show_load;
        if (!deploy.result.causes)
            pgmi_deploy_one(&deploy);
    }
    code = finish(&deploy);
done:
    if (!pgmi_reports_close(&deploy) && code == 0)
        code = EXIT_PGMI_OTHER;
    deploy_free(&deploy);
    return code;
}

/* ---- the descriptor --------------------------------------------------------------------------------------- */

#define OPTION(field) offsetof(PgmiArgs, field)

static const PgmiOption options[] = {
    {"connection", 0, PGMI_TEXT, OPTION(connection.connection), "STRING",
     "URI, keyword or semicolon connection string"},
    {"host", 'h', PGMI_TEXT, OPTION(connection.host), "HOST",
     "server, or its socket directory"},
    {"port", 'p', PGMI_NUMBER, OPTION(connection.port), "PORT", "port of the server"},
    {"username", 'U', PGMI_TEXT, OPTION(connection.username), "NAME", "user to connect as"},
    {"database", 'd', PGMI_TEXT, OPTION(connection.database), "NAME", "database to deploy to"},
    {"sslmode", 0, PGMI_TEXT, OPTION(connection.sslmode), "MODE",
     "disable, allow, prefer, require, verify-ca, verify-full"},
    {"sslcert", 0, PGMI_TEXT, OPTION(connection.sslcert), "FILE", "client certificate"},
    {"sslkey", 0, PGMI_TEXT, OPTION(connection.sslkey), "FILE",
     "key of the client certificate"},
    {"sslrootcert", 0, PGMI_TEXT, OPTION(connection.sslrootcert), "FILE",
     "certificates of authorities"},
    {"azure", 0, PGMI_FLAG, OPTION(connection.azure), NULL, "sign in with Azure Entra ID"},
    {"azure-tenant-id", 0, PGMI_TEXT, OPTION(connection.azure_tenant_id), "ID", "its tenant"},
    {"azure-client-id", 0, PGMI_TEXT, OPTION(connection.azure_client_id), "ID", "its client"},
    {"aws", 0, PGMI_FLAG, OPTION(connection.aws), NULL, "sign in with AWS IAM"},
    {"aws-region", 0, PGMI_TEXT, OPTION(connection.aws_region), "REGION", "its region"},
    {"google", 0, PGMI_FLAG, OPTION(connection.google), NULL, "sign in with Google IAM"},
    {"google-instance", 0, PGMI_TEXT, OPTION(connection.google_instance), "NAME",
     "project:region:instance"},
    {"overwrite", 0, PGMI_FLAG, OPTION(overwrite), NULL,
     "drop and recreate the database first"},
    {"force", 0, PGMI_FLAG, OPTION(force), NULL, "approve --overwrite"},
    {"param", 0, PGMI_LIST, OPTION(params), "KEY=VALUE", "set a parameter (repeatable)"},
    {"params-file", 0, PGMI_LIST, OPTION(params_files), "FILE",
     "read parameters from a file (repeatable)"},
    {"timeout", 0, PGMI_TEXT, OPTION(timeout), "DURATION", "limit of the whole (3m); 0: none"},
    {"lock-timeout", 0, PGMI_TEXT, OPTION(lock_timeout), "DURATION",
     "longest wait for one lock"},
    {"lock-retries", 0, PGMI_NUMBER, OPTION(lock_retries), "N",
     "run the head again, up to N times, when a lock could not be had"},
    {"dry-run", 0, PGMI_FLAG, OPTION(dry_run), NULL,
     "run the head, roll it back, list the tail"},
    {"targets", 0, PGMI_TEXT, OPTION(targets), "FILE",
     "deploy to each connection string or service named in FILE"},
    {"jobs", 0, PGMI_NUMBER, OPTION(jobs), "N", "so many targets at once (1)"},
    {"stop-on-failure", 0, PGMI_FLAG, OPTION(stop_on_failure), NULL,
     "begin no further target once one has failed"},
    {"report", 0, PGMI_LIST, OPTION(reports), "KIND[=FILE]",
     "report the tests as tap, junit or json (repeatable)"},
    {"compat", 0, PGMI_TEXT, OPTION(compat), "VERSION", "session API version (1)"},
    {"json", 0, PGMI_FLAG, OPTION(json), NULL, "print the result as JSON on standard output"},
    {0},
};

const PgmiCommand pgmi_command_deploy = {
    .name = "deploy",
    .synopsis = "PATH [OPTION]...",
    .brief = "deploy the project in PATH",
    .help =
        "Loads the files of the project into a session and runs its deploy.sql.  What stands\n"
        "before and including its first COMMIT happens together or not at all; what follows\n"
        "runs statement by statement.",
    .options = options,
    .least = 1,
    .most = 1,
    .files = true,
    .run = run,
};
