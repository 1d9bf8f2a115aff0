/*
 * pgmi_targets.c — `pgmi deploy --targets FILE --jobs N`: one project to many databases.
 *
 * The project is read and checked once; then each target is deployed to by a process of its own,
 * with its own connection, lock, transaction and time limit, so that none can disturb another.
 * The parent only passes on what they say, line by line with the target's name in front, and
 * gathers the results.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgmi_deploy.h"

typedef struct Target {
    char *label; /* safe to show */
    Resolved to;
    bool resolved;
    bool begun, done;
    int code;
    char *summary; /* of a failure: file and reason */
    char *json;
} Target;

typedef struct Worker {
    pid_t pid;      /* 0: free */
    int said, told; /* its standard error; its result */
    StrBuf line, result;
    Target *target;
} Worker;

typedef struct Many {
    PgmiDeploy *deploy;
    const volatile bool *interrupted;
    Target *targets;
    size_t count, next, done, failed;
    Worker *workers;
    size_t jobs;
    bool stop;
} Many;

/* ---- the file ------------------------------------------------------------------------------ */

static bool is_string(const char *line)
{
    return strchr(line, '=') || strstr(line, "://");
}

/* A service brings host, port, user and database from libpq's service file. */
static void resolve_service(const char *name, Resolved *to)
{
    *to = (Resolved){.connect_timeout = -1};
    strmap_init(&to->other, free);
    strmap_set(&to->other, "service", xstrdup(name));
    to->target_database = xstrdup("");
    to->maintenance_database = xstrdup("postgres");
    to->application_name = xstrdup("pgmi");
}

/* Database and server, without anything that may be secret. */
static char *label_of(const Resolved *to)
{
    const char *service = strmap_get(&to->other, "service");
    char *text = !to->host && service           ? xasprintf("%s%s%s", to->target_database,
                                                  *to->target_database ? "@" : "", service)
                 : to->host && *to->host == '/' ? xstrdup(to->target_database)
                                                : xasprintf("%s@%s:%d", to->target_database,
                                                            to->host ? to->host : "", to->port);
    char *label = project_show_path(text);

    free(text);
    return label;
}

static bool add_target(Many *many, const char *line, Diag *diag)
{
    PgmiDeploy *deploy = many->deploy;
    ConnectionFlags flags = deploy->pgmi->args.connection;
    Target *target;

    many->targets = xrealloc(many->targets, (many->count + 1) * sizeof(Target));
    target = &many->targets[many->count++];
    *target = (Target){0};
    if (!is_string(line)) {
        resolve_service(line, &target->to);
        target->label = project_show_path(line);
        return target->resolved = true;
    }
    flags.connection = line;
    if (!connection_resolve(&flags, &deploy->env, &deploy->config, &target->to, diag)) {
        free(diag->detail); /* the string's origin is the file, which is named in front */
        diag->detail = NULL;
        return false;
    }
    target->resolved = true;
    if (!pgmi_check_cloud(&target->to, diag))
        return false;
    target->label = label_of(&target->to);
    return true;
}

static char *trim(char *line)
{
    size_t len;

    line += strspn(line, " \t\r");
    len = strlen(line);
    while (len && strchr(" \t\r", line[len - 1]))
        line[--len] = '\0';
    return line;
}

static bool read_targets(Many *many, Diag *diag)
{
    const char *path = many->deploy->pgmi->args.targets;
    StrBuf text = STRBUF_INIT;
    char *rest, *line;
    bool ok = true;
    int number = 0;

    if (many->deploy->pgmi->args.connection.connection)
        return diag_set(diag, EXIT_PGMI_CONFIG,
                        "--connection and --targets cannot be used together");
    if (!strbuf_read_file(&text, path))
        return diag_set(diag, EXIT_PGMI_CONFIG, "cannot read targets file \"%s\": %s", path,
                        strerror(errno));
    if (strlen(text.data) != text.len) /* what follows it would be left out without a word */
        ok = diag_set(diag, EXIT_PGMI_CONFIG, "targets file \"%s\" contains a zero byte", path);
    rest = text.data + (strncmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    while (ok && (line = strsep(&rest, "\n"))) {
        line = trim(line);
        number++;
        if (!*line || *line == '#')
            continue;
        ok = add_target(many, line, diag);
        if (!ok)
            diag_at(diag, path, number, 0);
    }
    if (ok && !many->count)
        ok = diag_set(diag, EXIT_PGMI_CONFIG, "targets file \"%s\" names no target", path);
    strbuf_free(&text);
    return ok;
}

/* ---- a target's process ------------------------------------------------------------------------ */

/* First line of the result: why it failed; the rest: its JSON. */
static void tell(const PgmiDeploy *deploy, int fd)
{
    const DeployError *error = &deploy->result.error;
    StrBuf text = STRBUF_INIT;
    char *clean;

    if (deploy->result.causes) {
        if (error->failed_file)
            strbuf_addf(&text, "%s: ", error->failed_file);
        else if (error->script && error->line)
            strbuf_addf(&text, "deploy.sql line %d: ", error->line);
        strbuf_addn(&text, error->message ? error->message : "interrupted",
                    strcspn(error->message ? error->message : "interrupted", "\n"));
    }
    clean = redact(text.data);
    strbuf_reset(&text);
    strbuf_addf(&text, "%s\n", clean);
    deploy_result_json(&deploy->result, 2, &text);
    for (size_t done = 0; done < text.len;) {
        ssize_t n = write(fd, text.data + done, text.len - done);

        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    free(clean);
    strbuf_free(&text);
}

static void child(Many *many, Target *target, int said, int told)
{
    PgmiDeploy *deploy = many->deploy;

    dup2(said, STDERR_FILENO);
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    setenv("PGMI_NON_INTERACTIVE", "1", 1); /* nobody can answer for one of many */
    deploy->to = target->to;
    deploy->result.target = xstrdup(target->label);
    pgmi_deploy_one(deploy);
    pgmi_deploy_report(deploy);
    fflush(stderr);
    tell(deploy, told);
    _exit(pgmi_exit_code(deploy->result.causes));
}

static bool begin(Many *many, Worker *worker, Target *target)
{
    int said[2], told[2];

    if (pipe(said) != 0)
        return false;
    if (pipe(told) != 0) {
        close(said[0]);
        close(said[1]);
        return false;
    }
    fflush(stdout);
    fflush(stderr);
    worker->pid = fork();
    if (worker->pid == 0) {
        close(said[0]);
        close(told[0]);
        child(many, target, said[1], told[1]);
    }
    close(said[1]);
    close(told[1]);
    if (worker->pid < 0) {
        close(said[0]);
        close(told[0]);
        worker->pid = 0;
        return false;
    }
    worker->said = said[0];
    worker->told = told[0];
    worker->target = target;
    target->begun = true;
    return true;
}

/* ---- the parent ------------------------------------------------------------------------------------ */

/* Prints every whole line with the target's name in front; at the end also what has none. */
static void pass_on(Worker *worker, bool all)
{
    char *line = worker->line.data, *end;
    StrBuf rest = STRBUF_INIT;

    while ((end = strchr(line, '\n'))) {
        fprintf(stderr, "[%s] %.*s\n", worker->target->label, (int)(end - line), line);
        line = end + 1;
    }
    if (all && *line)
        fprintf(stderr, "[%s] %s\n", worker->target->label, line);
    else
        strbuf_add(&rest, line);
    strbuf_free(&worker->line);
    worker->line = rest;
}

/* False at end of file. */
static bool read_some(int fd, StrBuf *into)
{
    char block[4096];
    ssize_t n = read(fd, block, sizeof(block));

    if (n > 0)
        strbuf_addn(into, block, (size_t)n);
    return n > 0 || (n < 0 && errno == EINTR);
}

static void finish_target(Many *many, Target *target, int status, const StrBuf *result)
{
    const char *newline = strchr(result->data, '\n');

    target->done = true;
    target->code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_PGMI_CRASH;
    if (newline) {
        target->summary = xstrndup(result->data, (size_t)(newline - result->data));
        target->json = xstrdup(newline + 1);
    } else {
        target->summary = xstrdup("its process ended without a result");
    }
    many->done++;
    many->failed += target->code != 0;
    many->stop = many->stop || (target->code && many->deploy->pgmi->args.stop_on_failure);
    fprintf(stderr, "%zu of %zu targets done, %zu failed\n", many->done, many->count,
            many->failed);
}

static void end_worker(Many *many, Worker *worker)
{
    int status = 0;

    pass_on(worker, true);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    worker->pid = 0;
    finish_target(many, worker->target, status, &worker->result);
    strbuf_free(&worker->line);
    strbuf_free(&worker->result);
}

static void start_more(Many *many)
{
    for (size_t i = 0; i < many->jobs && !many->stop; i++) {
        Target *target;

        if (many->workers[i].pid || many->next >= many->count)
            continue;
        target = &many->targets[many->next++];
        if (!begin(many, &many->workers[i], target)) {
            static const StrBuf none = STRBUF_INIT;

            finish_target(many, target, EXIT_PGMI_OTHER << 8, &none);
        }
    }
}

/* Waits for something to read from one of them, and reads it. */
static void attend(Many *many)
{
    struct pollfd *fds = xcalloc(2 * many->jobs, sizeof(*fds));

    for (size_t i = 0; i < many->jobs; i++) {
        const Worker *worker = &many->workers[i];

        fds[2 * i] = (struct pollfd){worker->pid ? worker->said : -1, POLLIN, 0};
        fds[2 * i + 1] = (struct pollfd){worker->pid ? worker->told : -1, POLLIN, 0};
    }
    if (poll(fds, 2 * many->jobs, 500) > 0) {
        for (size_t i = 0; i < many->jobs; i++) {
            Worker *worker = &many->workers[i];

            if (fds[2 * i].revents && !read_some(worker->said, &worker->line)) {
                close(worker->said);
                worker->said = -1;
            }
            if (fds[2 * i + 1].revents && !read_some(worker->told, &worker->result)) {
                close(worker->told);
                worker->told = -1;
            }
            if (worker->pid)
                pass_on(worker, false);
            if (worker->pid && worker->said < 0 && worker->told < 0)
                end_worker(many, worker);
        }
    }
    free(fds);
}

static bool busy(const Many *many)
{
    for (size_t i = 0; i < many->jobs; i++)
        if (many->workers[i].pid)
            return true;
    return false;
}

static void run_all(Many *many)
{
    bool told = false;

    start_more(many);
    while (busy(many)) {
        attend(many);
        if (*many->interrupted && !told) {
            many->stop = told = true;
            for (size_t i = 0; i < many->jobs; i++)
                if (many->workers[i].pid)
                    kill(many->workers[i].pid, SIGTERM);
        }
        start_more(many);
    }
}

/* ---- what came of it --------------------------------------------------------------------------------- */

static void print_table(const Many *many)
{
    int width = 6;

    for (size_t i = 0; i < many->count; i++)
        if ((int)strlen(many->targets[i].label) > width)
            width = (int)strlen(many->targets[i].label);
    fprintf(stderr, "\n%-*s  result\n", width, "target");
    for (size_t i = 0; i < many->count; i++) {
        const Target *target = &many->targets[i];

        if (!target->done)
            fprintf(stderr, "%-*s  not run\n", width, target->label);
        else if (!target->code)
            fprintf(stderr, "%-*s  ok\n", width, target->label);
        else
            fprintf(stderr, "%-*s  FAILED (%d) %s\n", width, target->label, target->code,
                    target->summary);
    }
}

static void print_json(const Many *many)
{
    puts("[");
    for (size_t i = 0; i < many->count; i++) {
        const Target *target = &many->targets[i];
        StrBuf label = STRBUF_INIT;

        json_add_string(&label, target->label);
        if (target->json)
            printf("  %s", target->json);
        else
            printf(
                "  {\n    \"exitCode\": %d,\n    \"status\": \"%s\",\n    \"target\": %s\n  }",
                target->done ? target->code : EXIT_PGMI_OTHER,
                target->done ? "failed" : "skipped", label.data);
        puts(i + 1 < many->count ? "," : "");
        strbuf_free(&label);
    }
    puts("]");
}

static int worst(const Many *many)
{
    unsigned causes = *many->interrupted ? CAUSE_INTERRUPT : 0;

    for (size_t i = 0; i < many->count; i++)
        if (many->targets[i].done && many->targets[i].code)
            causes |= deploy_cause(many->targets[i].code);
    return pgmi_exit_code(causes);
}

static void many_free(Many *many)
{
    for (size_t i = 0; i < many->count; i++) {
        if (many->targets[i].resolved)
            resolved_free(&many->targets[i].to);
        free(many->targets[i].label);
        free(many->targets[i].summary);
        free(many->targets[i].json);
    }
    free(many->targets);
    free(many->workers);
}

bool pgmi_deploy_targets(PgmiDeploy *deploy, const volatile bool *interrupted, int *code)
{
    const PgmiArgs *args = &deploy->pgmi->args;
    Many many = {.deploy = deploy, .interrupted = interrupted};
    Diag diag = DIAG_INIT;
    bool ok = read_targets(&many, &diag);

    if (!ok) {
        deploy_result_fail(&deploy->result, deploy_cause(diag.code), &diag);
    } else {
        many.jobs = args->jobs < 1 ? 1 : (size_t)args->jobs;
        many.jobs = many.jobs > many.count ? many.count : many.jobs;
        many.workers = xcalloc(many.jobs, sizeof(Worker));
        for (size_t i = 0; i < many.jobs; i++) {
            strbuf_init(&many.workers[i].line);
            strbuf_init(&many.workers[i].result);
        }
        run_all(&many);
        print_table(&many);
        if (args->json)
            print_json(&many);
        *code = worst(&many);
    }
    many_free(&many);
    return ok;
}
