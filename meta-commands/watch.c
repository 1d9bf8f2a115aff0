/*
 * watch.c — \watch: the query again and again.
 *
 * psql 15's rules for a plain interval (what is no positive number means one second), those of 16
 * to 18 for i=, c= and m=.  The rounds begin at fixed times, the first one at once.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pgmish/meta.h"

typedef struct Watch {
    double interval; /* seconds */
    long count;      /* rounds; 0: no end */
    long min_rows;   /* ends when there are less */
    bool has_interval;
    const char *surplus; /* a second plain argument */
} Watch;

/* ---- arguments ------------------------------------------------------------------------------ */

static bool is_option(const char *arg, const char *brief, const char *name)
{
    size_t len = strcspn(arg, "=");

    return arg[len] == '=' && ((len == strlen(brief) && strncmp(arg, brief, len) == 0) ||
                               (len == strlen(name) && strncmp(arg, name, len) == 0));
}

static bool set_interval(Shell *shell, Watch *watch, const char *value)
{
    char *end;

    if (watch->has_interval) {
        log_error(&shell->log, "\\watch: interval value is specified more than once");
        return false;
    }
    watch->has_interval = true;
    errno = 0;
    watch->interval = strtod(value, &end);
    if (!(watch->interval >= 0) || isinf(watch->interval) || *end || !*value || errno) {
        log_error(&shell->log, "\\watch: incorrect interval value \"%s\"", value);
        return false;
    }
    return true;
}

static bool set_number(Shell *shell, long *number, const char *what, const char *value)
{
    char *end;

    if (*number) {
        log_error(&shell->log, "\\watch: %s specified more than once", what);
        return false;
    }
    errno = 0;
    *number = strtol(value, &end, 10);
    if (*number <= 0 || *number > INT32_MAX || *end || errno) {
        log_error(&shell->log, "\\watch: incorrect %s \"%s\"",
                  strcmp(what, "iteration count is") == 0 ? "iteration count"
                                                          : "minimum row count",
                  value);
        return false;
    }
    return true;
}

static bool set_option(Shell *shell, Watch *watch, const char *arg)
{
    const char *value = strchr(arg, '=') + 1;

    if (is_option(arg, "i", "interval"))
        return set_interval(shell, watch, value);
    if (is_option(arg, "c", "count"))
        return set_number(shell, &watch->count, "iteration count is", value);
    if (is_option(arg, "m", "min_rows"))
        return set_number(shell, &watch->min_rows, "minimum row count", value);
    log_error(&shell->log, "\\watch: unrecognized parameter \"%s\"", arg);
    return false;
}

static bool read_arguments(Shell *shell, const MetaCall *call, Watch *watch)
{
    for (size_t i = 0; i < call->count; i++) {
        const char *arg = meta_arg(call, i);

        if (strchr(arg, '=')) {
            if (!set_option(shell, watch, arg))
                return false;
        } else if (watch->has_interval) {
            watch->surplus = arg;
        } else {
            watch->has_interval = true;
            watch->interval = strtod(arg, NULL);
            if (!(watch->interval > 0))
                watch->interval = 1;
        }
    }
    return true;
}

/* ---- the rounds ------------------------------------------------------------------------------- */

/* PSQL_WATCH_PAGER, at a terminal and unless \pset pager is off.  NULL: none. */
static FILE *open_pager(Shell *shell)
{
    const char *command = getenv("PSQL_WATCH_PAGER");
    FILE *pager = NULL;
    bool is_pipe;
    char *target;

    if (!command || strspn(command, " \t\n\r") == strlen(command) ||
        shell->print.pager == PAGER_OFF || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return NULL;
    target = xasprintf("|%s", command);
    if (!shell_open_output(shell, target, &pager, &is_pipe))
        pager = NULL;
    free(target);
    return pager;
}

static double now(void)
{
    return monotonic_ms() / 1000;
}

/*
 * False: Ctrl-C, or the pager is gone.  SIGINT is held back except while waiting, so that none is
 * lost between the look at the flag and the wait.  An interrupt here ends \watch and nothing else.
 */
static bool wait_until(Shell *shell, double when, FILE *pager)
{
    struct pollfd reader = {.fd = pager ? fileno(pager) : -1};
    sigset_t hold, before;
    bool stays = true;

    sigemptyset(&hold);
    sigaddset(&hold, SIGINT);
    sigprocmask(SIG_BLOCK, &hold, &before);
    while (stays && !shell->cancel_pressed) {
        double left = when - now();
        struct timespec time;

        if (left <= 0)
            break;
        left = left > 86400 ? 86400 : left;
        time.tv_sec = (time_t)left;
        time.tv_nsec = (long)((left - (double)time.tv_sec) * 1e9);
        stays = ppoll(&reader, 1, &time, &before) <= 0;
    }
    if (shell->cancel_pressed)
        stays = false;
    shell->cancel_pressed = false;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return stays;
}

/* The time of this round, below the user's own title.  Owned. */
static char *round_title(const char *user_title, double interval)
{
    time_t seconds = time(NULL);
    struct tm local;
    char text[128];

    strftime(text, sizeof(text), "%c", localtime_r(&seconds, &local));
    return user_title ? xasprintf("%s\t%s (every %gs)\n", user_title, text, interval)
                      : xasprintf("%s (every %gs)\n", text, interval);
}

static WatchResult one_round(Shell *shell, const char *sql, const Watch *watch)
{
    char *user_title = shell->print.title;
    WatchResult result;

    shell->print.title = round_title(user_title, watch->interval);
    result = shell_watch_query(shell, sql, (uint64_t)watch->min_rows);
    free(shell->print.title);
    shell->print.title = user_title;
    return result;
}

static bool run_rounds(Shell *shell, const char *sql, Watch *watch)
{
    PagerMode paging = shell->print.pager;
    FILE *pager = open_pager(shell), *out = shell->out;
    double next = now();
    WatchResult result;

    shell->print.pager = PAGER_OFF; /* no other pager than PSQL_WATCH_PAGER */
    if (pager)
        shell->out = pager;
    for (;;) {
        result = one_round(shell, sql, watch);
        if (result != WATCH_ON || (pager && ferror(pager)))
            break;
        if (watch->count && --watch->count == 0)
            break;
        next += watch->interval;
        if (next < now())
            next = now();
        if (watch->interval > 0 && !wait_until(shell, next, pager))
            break;
    }
    shell->out = out;
    shell->print.pager = paging;
    if (pager)
        shell_close_output(shell, pager, true);
    else if (shell->exit_now < 0)
        fputs("\n", stdout); /* behind the ^C that the terminal may have shown */
    fflush(stdout);
    return result != WATCH_FAILED;
}

static bool watch_query(Shell *shell, const MetaCall *call, Watch *watch)
{
    bool again = call->query && !call->query->len, ok;

    if (again && shell->previous_query)
        strbuf_addn(call->query, shell->previous_query->data, shell->previous_query->len);
    if (call->query && call->query->len) {
        shell->sent_lexer = again ? NULL : shell->lexer; /* knows where it was read */
        ok = run_rounds(shell, call->query->data, watch);
        shell->sent_lexer = NULL;
        return ok;
    }
    log_error(&shell->log, "\\watch cannot be used with an empty query");
    return false;
}

static MetaResult run_watch(Shell *shell, const MetaCall *call)
{
    Watch watch = {.interval = 2};
    bool ok = !shell_refused_in_pipeline(shell, "watch") &&
              read_arguments(shell, call, &watch) && watch_query(shell, call, &watch);

    /* whatever came of it, the buffer is empty then, as behind \r */
    if (call->query) {
        strbuf_reset(call->query);
        lexer_reset(shell->lexer);
    }
    shell_clear_one_shot(shell); /* \bind's parameters */
    if (ok && watch.surplus)
        log_warning(&shell->log, "\\%s: extra argument \"%s\" ignored", call->name,
                    watch.surplus);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(watch) = {
    .names = "watch",
    .args = "n;*",
    .group = HELP_GENERAL,
    .synopsis = "\\watch [[i=]SEC] [c=N] [m=MIN]",
    .brief = "execute query every SEC seconds, up to N times, stop if less than MIN rows are "
             "returned",
    .help = "SEC is 2 when it is not given.  Ctrl-C or an error ends it too.  At a terminal "
            "the output\n"
            "goes through PSQL_WATCH_PAGER, if that is set.",
    .run = run_watch,
};
