/*
 * watch_project.c — \pgmi watch: after every save deploy, run the tests, roll back, say how it went.
 *
 * A round is a dry run of the deployment (its atomic head, see deploy.h) that leaves the tests of
 * deploy.sql out and runs them itself at the end of the head, going on behind failures; then all is
 * rolled back.  Between rounds one poll waits for the tree, the keyboard and Ctrl-C.  The
 * terminal hands keys over one by one meanwhile; Ctrl-C stays a signal, so that it can cancel
 * what the server is doing.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pgmish/deploy.h"
#include "pgmish/testing.h"
#include "pgmish/trace.h"

enum {
    SETTLE_MS = 120,       /* a burst of changes is over when nothing has come for so long */
    SETTLE_MOST_MS = 2000, /* ... but a burst without end is not waited for */
    TICK_MS = 500,
    NAMES_SHOWN = 5,
    NOTICES_KEPT = 20
};

#define RED   "01;31"
#define FAINT "2"

typedef struct Watcher {
    Shell *shell;
    ProjectWatch *files;
    char *root;
    char *pattern;    /* of the tests, NULL: all */
    bool failed_only; /* only what failed in the last round */
    bool screen;      /* standard output can be cleared */
    bool colour;
    bool keys; /* standard input is a terminal: keys choose */
    struct termios before;
    /* of the round in progress */
    StrList notices; /* the last ones of deploy.sql */
    PQnoticeReceiver shells_receiver;
    TestOutcome outcome;
    bool tested;
} Watcher;

/* ---- words -------------------------------------------------------------------------------------- */

static void say(const Watcher *watcher, const char *sgr, const char *text)
{
    if (watcher->colour)
        printf("\033[%sm%s\033[0m\n", sgr, text);
    else
        puts(text);
}

static void say_outcome(const Watcher *watcher, bool good, const char *text)
{
    char *line = watcher->colour
                     ? xasprintf("%s %s", good ? "\xe2\x9c\x93" : "\xe2\x9c\x97", text)
                     : xasprintf("%s: %s", good ? "ok" : "FAILED", text);

    term_put_outcome(stdout, good, line);
    free(line);
}

/* Editors' and tools' temporary files come and go: what is neither there nor was is not worth a word. */
static bool is_worth_naming(const Watcher *watcher, const char *path)
{
    char *full = xasprintf("%s/%s", watcher->root, path + strlen("./"));
    bool there = access(full, F_OK) == 0;

    free(full);
    return there || project_file(session_project(watcher->shell->session), path) ||
           path[strlen(path) - 1] == '/';
}

static void say_changed(const Watcher *watcher, const StrList *changed)
{
    size_t named = 0;

    for (size_t i = 0; i < changed->len; i++) {
        char *path;

        if (!is_worth_naming(watcher, changed->items[i]))
            continue;
        if (++named > NAMES_SHOWN)
            continue;
        path = project_show_path(changed->items[i]);
        printf("%s%s", named > 1 ? ", " : "changed: ", path);
        free(path);
    }
    if (named > NAMES_SHOWN)
        printf(" and %zu more", named - NAMES_SHOWN);
    puts(named ? "\n" : "");
}

static void say_heading(const Watcher *watcher, const StrList *changed)
{
    const char *what = watcher->failed_only ? "failed tests"
                       : watcher->pattern   ? watcher->pattern
                                            : "all tests";
    time_t now = time(NULL);
    struct tm local;
    char clock[16];
    char *shown = project_show_path(what);

    if (watcher->screen)
        fputs("\033[H\033[2J", stdout);
    strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &local));
    printf("Watching %s | %s | %s\n", watcher->root, shown, clock);
    free(shown);
    say_changed(watcher, changed);
    fflush(stdout);
}

static void say_keys(const Watcher *watcher)
{
    if (watcher->keys) {
        puts("");
        say(watcher, FAINT, "a all tests   f failed tests   p pattern   Enter again   q quit");
    }
    fflush(stdout);
}

/* ---- one round -------------------------------------------------------------------------------------- */

/* What deploy.sql has to say is of interest only when it fails. */
static void keep_notice(void *ctx, const PGresult *result)
{
    Watcher *watcher = ctx;
    StrList *kept = &watcher->notices;

    if (trace_notice(watcher->shell->session, result))
        return;
    if (kept->len == NOTICES_KEPT) {
        free(kept->items[0]);
        memmove(kept->items, kept->items + 1, --kept->len * sizeof(char *));
    }
    strlist_add(kept, PQresultErrorMessage(result));
}

/* Behind the head, in its transaction. */
static void run_tests(void *ctx)
{
    Watcher *watcher = ctx;
    Shell *shell = watcher->shell;
    char *failed = watcher->failed_only ? shell_failed_pattern(shell) : NULL;
    TestRequest request = {.pattern = failed ? failed : watcher->pattern, .keep_going = true};

    watcher->failed_only = failed != NULL;
    if (!session_project(shell->session)->test_count) {
        free(failed);
        return;
    }
    PQsetNoticeReceiver(shell->conn, watcher->shells_receiver, shell);
    test_outcome_free(&watcher->outcome);
    shell_run_tests(shell, &request, &watcher->outcome);
    watcher->tested = watcher->outcome.run != NULL;
    PQsetNoticeReceiver(shell->conn, keep_notice, watcher);
    free(failed);
}

static void say_deployed(void *ctx, DeploySay kind, const char *text)
{
    Watcher *watcher = ctx;

    if (kind == DEPLOY_SAY_WARNING)
        log_warning(&watcher->shell->log, "%s", text);
}

static bool deploy(Watcher *watcher, DeployResult *result)
{
    Shell *shell = watcher->shell;
    DeployOptions options = {.dry_run = true,
                             .skip_tests = true,
                             .before_rollback = run_tests,
                             .say = say_deployed,
                             .ctx = watcher};
    bool begun;

    watcher->shells_receiver = PQsetNoticeReceiver(shell->conn, keep_notice, watcher);
    begun = shell_deploy(shell, NULL, &options, result);
    if (shell->conn)
        PQsetNoticeReceiver(shell->conn, watcher->shells_receiver, shell);
    return begun;
}

/* deploy.sql has raised the error of a file anew, and lost its place: a run more tells. */
static void find_statement(const Watcher *watcher, const DeployError *error)
{
    Shell *shell = watcher->shell;
    bool executed;

    if (!error->failed_file || error->file_line || !shell->conn)
        return;
    var_set(shell->vars, "LAST_ERROR_MESSAGE", error->message);
    shell_pinpoint(shell, &executed);
}

static void show_head(const Watcher *watcher, const DeployResult *result)
{
    StrBuf text = STRBUF_INIT;

    if (!result->causes) {
        strbuf_addf(&text, "deployed and rolled back: %zu file%s, %.0f ms", result->files,
                    result->files == 1 ? "" : "s", result->milliseconds);
        say_outcome(watcher, true, text.data);
    } else {
        for (size_t i = 0; i < watcher->notices.len; i++) {
            char *notice = harmless_text(watcher->notices.items[i]);

            fputs(notice, stdout);
            free(notice);
        }
        say_outcome(watcher, false, "deploy.sql failed");
        deploy_error_text(result, &text);
        fputs(text.data, stdout);
        fflush(stdout);
        find_statement(watcher, &result->error);
    }
    fflush(stdout);
    strbuf_free(&text);
}

static void show_tests(const Watcher *watcher)
{
    const TestRun *run = watcher->outcome.run;
    StrBuf text = STRBUF_INIT;

    shell_print_failures(watcher->shell, &watcher->outcome);
    strbuf_addf(&text, "%zu test%s passed", run->passed, run->passed == 1 ? "" : "s");
    if (run->failed)
        strbuf_addf(&text, ", %zu failed", run->failed);
    if (run->not_run)
        strbuf_addf(&text, ", %zu not run", run->not_run);
    strbuf_addf(&text, ", %.0f ms", run->milliseconds);
    say_outcome(watcher, !run->failed, text.data);
    strbuf_free(&text);
}

static void run_round(Watcher *watcher, const StrList *changed)
{
    Shell *shell = watcher->shell;
    DeployResult result = {0};
    bool good, canceled;

    shell->cancel_pressed = false;
    watcher->tested = false;
    say_heading(watcher, changed);
    good = deploy(watcher, &result);
    canceled = shell->cancel_pressed || (result.causes & CAUSE_INTERRUPT);
    if (canceled) {
        say(watcher, RED, "canceled");
    } else if (good) {
        show_head(watcher, &result);
        if (watcher->tested)
            show_tests(watcher);
        good = !result.causes && !(watcher->tested && watcher->outcome.run->failed);
    }
    if (good && !canceled)
        watcher->failed_only = false;
    if (!good && watcher->screen)
        putchar('\a');
    say_keys(watcher);
    deploy_result_free(&result);
    strlist_free(&watcher->notices);
    shell->cancel_pressed = false;
}

/* ---- keys --------------------------------------------------------------------------------------------- */

/* Off: lines and echo, as it was found. */
static void take_keys(const Watcher *watcher, bool on)
{
    struct termios mode = watcher->before;

    if (!watcher->keys)
        return;
    if (on)
        mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
}

/* Owned; NULL: given up with Ctrl-C, or the terminal is gone. */
static char *read_pattern(Watcher *watcher)
{
    StrBuf line = STRBUF_INIT;
    ssize_t got;
    char c;

    take_keys(watcher, false);
    fputs("pattern (nothing: all tests): ", stdout);
    fflush(stdout);
    while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
        strbuf_addc(&line, c);
    take_keys(watcher, true);
    if (got == 1)
        return strbuf_detach(&line);
    watcher->shell->cancel_pressed = false; /* it ended the question, not the watch */
    strbuf_free(&line);
    return NULL;
}

typedef enum Step { STEP_WAIT, STEP_ROUND, STEP_LEAVE, STEP_BROKEN } Step;

static void choose(Watcher *watcher, char *pattern, bool failed_only)
{
    free(watcher->pattern);
    watcher->pattern = pattern;
    watcher->failed_only = failed_only;
}

static Step take_key(Watcher *watcher)
{
    char *pattern;
    char key;

    if (read(STDIN_FILENO, &key, 1) != 1)
        return errno == EINTR ? STEP_WAIT : STEP_LEAVE;
    switch (key) {
    case 'a':
        choose(watcher, NULL, false);
        return STEP_ROUND;
    case 'f':
        watcher->failed_only = true;
        return STEP_ROUND;
    case 'p':
        pattern = read_pattern(watcher);
        if (!pattern) {
            say_keys(watcher);
            return STEP_WAIT;
        }
        choose(watcher, *pattern ? pattern : NULL, false);
        if (!*pattern)
            free(pattern);
        return STEP_ROUND;
    case '\n':
    case ' ':
        return STEP_ROUND;
    case 'q':
    case '\004': /* Ctrl-D */
        return STEP_LEAVE;
    default:
        return STEP_WAIT;
    }
}

/* ---- waiting ------------------------------------------------------------------------------------------- */

static Step read_changes(Watcher *watcher, StrList *changed, double *since)
{
    Diag diag = DIAG_INIT;

    if (!project_watch_read(watcher->files, changed, &diag)) {
        log_diag(&watcher->shell->log, &diag);
        diag_reset(&diag);
        return STEP_BROKEN;
    }
    if (changed->len && *since == 0)
        *since = monotonic_ms();
    return *since > 0 && monotonic_ms() - *since > SETTLE_MOST_MS ? STEP_ROUND : STEP_WAIT;
}

/* Until there is a reason for a round, or to leave. */
static Step wait_for_change(Watcher *watcher, StrList *changed)
{
    double since = 0; /* of the first change; 0: none yet */
    Step step = STEP_WAIT;

    while (step == STEP_WAIT) {
        struct pollfd fds[] = {{project_watch_fd(watcher->files), POLLIN, 0},
                               {watcher->keys ? STDIN_FILENO : -1, POLLIN, 0}};
        int ready;

        if (watcher->shell->cancel_pressed)
            return STEP_LEAVE;
        ready = poll(fds, lengthof(fds), since > 0 ? SETTLE_MS : TICK_MS);
        if (ready < 0)
            take_keys(watcher, true); /* back from a stop, the terminal is as others left it */
        else if (ready == 0)
            step = since > 0 ? STEP_ROUND : STEP_WAIT;
        else if (fds[1].revents)
            step = take_key(watcher);
        else if (fds[0].revents)
            step = read_changes(watcher, changed, &since);
    }
    return step;
}

static bool begin(Watcher *watcher)
{
    Shell *shell = watcher->shell;
    Diag diag = DIAG_INIT;

    watcher->files = project_watch_begin(watcher->root, &diag);
    if (!watcher->files) {
        log_diag(&shell->log, &diag);
        diag_reset(&diag);
        return false;
    }
    watcher->screen = term_can_move(STDOUT_FILENO);
    watcher->colour = term_has_colour(STDOUT_FILENO);
    watcher->keys = shell->interactive && isatty(STDIN_FILENO) &&
                    tcgetattr(STDIN_FILENO, &watcher->before) == 0;
    take_keys(watcher, true);
    return true;
}

bool shell_watch_project(Shell *shell, const char *pattern)
{
    Watcher watcher = {.shell = shell,
                       .root = xstrdup(session_project(shell->session)->root_path),
                       .pattern = xstrdup_null(pattern)};
    StrList changed = STRLIST_INIT;
    Step step = STEP_BROKEN;

    if (begin(&watcher)) {
        do {
            run_round(&watcher, &changed);
            strlist_free(&changed);
            step = wait_for_change(&watcher, &changed);
        } while (step == STEP_ROUND);
        take_keys(&watcher, false);
    }
    shell->cancel_pressed = false;
    project_watch_end(watcher.files);
    test_outcome_free(&watcher.outcome);
    strlist_free(&changed);
    free(watcher.pattern);
    free(watcher.root);
    return step == STEP_LEAVE;
}
