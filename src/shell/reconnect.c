/*
 * reconnect.c — \connect: which parameters of the old connection are used again.
 *
 * psql's rules.  Positional form: everything of the old connection stays but what is given.  A
 * conninfo string: nothing stays unless -reuse-previous=on.  The old password is used only while
 * user, host, hostaddr and port stay the same.  A failure keeps the old connection at the prompt
 * and closes it in a script.
 */
#include "pgmish/shell.h"

#include <stdlib.h>
#include <string.h>

typedef struct Wanted {
    const char *dbname, *user, *host, *port;
    bool keep_password, same_host;
} Wanted;

static bool is_connection_string(const char *text)
{
    return strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0 ||
           strchr(text, '=');
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool differs(const char *a, const char *b)
{
    return !a || !b || strcmp(a, b) != 0;
}

/* Puts the values of a conninfo string over those of options.  The arrays of libpq hold the same
 * keywords in the same order, and swapping values keeps each with an owner. */
static bool merge_conninfo(Shell *shell, PQconninfoOption *options, const char *conninfo,
                           bool reuse, Wanted *wanted)
{
    static const char *const place[] = {"user", "host", "hostaddr", "port", NULL};
    char *message = NULL;
    PQconninfoOption *given = PQconninfoParse(conninfo, &message);
    bool has_password = false;

    if (!given) {
        log_error(&shell->log, "%s", message ? message : "out of memory");
        PQfreemem(message);
        return false;
    }
    for (size_t i = 0; options[i].keyword && given[i].keyword; i++) {
        char *old = options[i].val;

        if (given[i].val) {
            if (differs(old, given[i].val) && is_one_of(given[i].keyword, place))
                wanted->keep_password = false;
            has_password = has_password || strcmp(given[i].keyword, "password") == 0;
        } else if (reuse) {
            continue;
        }
        /* Without reuse even what was not given is swapped away, so that the environment's
         * defaults do not win over a service file. */
        options[i].val = given[i].val;
        given[i].val = old;
    }
    PQconninfoFree(given);
    if (has_password)
        wanted->keep_password = true;
    return true;
}

static void compare_places(const PQconninfoOption *options, Wanted *wanted)
{
    for (; options->keyword; options++) {
        const char *value = options->val;

        if (wanted->user && strcmp(options->keyword, "user") == 0 &&
            differs(wanted->user, value))
            wanted->keep_password = false;
        if (wanted->port && strcmp(options->keyword, "port") == 0 &&
            differs(wanted->port, value))
            wanted->keep_password = false;
        if (wanted->host && strcmp(options->keyword, "host") == 0) {
            wanted->same_host = !differs(wanted->host, value);
            if (!wanted->same_host)
                wanted->keep_password = false;
        }
    }
}

static const char *choose(const Shell *shell, const PQconninfoOption *option,
                          const Wanted *wanted, const char *password)
{
    const char *key = option->keyword;

    if (wanted->dbname && strcmp(key, "dbname") == 0)
        return wanted->dbname;
    if (wanted->user && strcmp(key, "user") == 0)
        return wanted->user;
    if (wanted->host && strcmp(key, "host") == 0)
        return wanted->host;
    if (wanted->host && !wanted->same_host && strcmp(key, "hostaddr") == 0)
        return NULL;
    if (wanted->port && strcmp(key, "port") == 0)
        return wanted->port;
    if (strcmp(key, "password") == 0)
        return password ? password : wanted->keep_password ? option->val : NULL;
    if (strcmp(key, "fallback_application_name") == 0)
        return shell->progname;
    if (strcmp(key, "client_encoding") == 0 && !shell->notty && !getenv("PGCLIENTENCODING"))
        return "auto";
    return option->val;
}

static PGconn *attempt(const Shell *shell, const PQconninfoOption *options,
                       const Wanted *wanted, const char *password)
{
    size_t count = 0, n = 0;
    const char **keys, **values;
    PGconn *conn;

    while (options[count].keyword)
        count++;
    keys = xcalloc(count + 1, sizeof(char *));
    values = xcalloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        keys[n] = options[i].keyword;
        values[n] = choose(shell, &options[i], wanted, password);
        n += values[n] != NULL;
    }
    keys[n] = NULL;
    conn = PQconnectdbParams(keys, values, false);
    free(keys);
    free(values);
    return conn;
}

char *shell_ask_password(Shell *shell, const char *user)
{
    char *prompt = user && *user ? xasprintf("Password for user %s: ", user)
                                 : xstrdup("Password: ");
    char *password = term_read_secret(prompt, false, &shell->cancel_pressed);

    if (!password && !shell->cancel_pressed)
        password = xstrdup(
            ""); /* nothing to read is an empty answer, which the server refuses */
    free(prompt);
    return password;
}

/* The loop of at most one question for a password.  NULL: the user gave up. */
static PGconn *connect_asking(Shell *shell, const PQconninfoOption *options,
                              const Wanted *wanted, bool from_string)
{
    char *password = NULL;
    PGconn *conn = NULL;

    if (shell->prompt_password > 0) {
        password = shell_ask_password(shell, from_string ? NULL : wanted->user);
        if (!password)
            return NULL;
    }
    for (;;) {
        conn = attempt(shell, options, wanted, password);
        if (PQstatus(conn) == CONNECTION_OK || password || !PQconnectionNeedsPassword(conn) ||
            shell->prompt_password < 0)
            break;
        password = shell_ask_password(shell, PQuser(conn));
        if (!password) {
            PQfinish(conn);
            return NULL;
        }
        PQfinish(conn);
    }
    free(password);
    return conn;
}

static void report_failure(Shell *shell, PGconn *conn)
{
    if (shell->interactive) {
        if (conn)
            log_info(&shell->log, "%s", PQerrorMessage(conn));
        if (shell->conn)
            log_info(&shell->log, "Previous connection kept");
        return;
    }
    if (conn)
        log_error(&shell->log, "\\connect: %s", PQerrorMessage(conn));
    if (shell->conn) {
        /* A script must not go on in the database it wanted to leave. */
        PQfinish(shell->conn);
        shell->conn = NULL;
        session_connection_lost(shell->session);
        shell_unset_connection_variables(shell);
    }
    PQfinish(shell->dead_conn);
    shell->dead_conn = NULL;
}

static bool newly_set(const char *before, const char *now)
{
    return now && (!before || strcmp(before, now) != 0);
}

void shell_print_server(const PGconn *conn)
{
    const char *host = PQhost(conn), *address = PQhostaddr(conn);

    if (!host)
        host = "";
    if (host[0] == '/' || host[0] == '@') {
        if (address && *address)
            printf(" on address \"%s\"", address);
        else
            printf(" via socket in \"%s\"", host);
    } else if (address && *address && strcmp(host, address) != 0) {
        printf(" on host \"%s\" (address \"%s\")", host, address);
    } else {
        printf(" on host \"%s\"", host);
    }
    printf(" at port \"%s\".\n", PQport(conn));
}

static void announce(const Shell *shell, PGconn *before)
{
    PGconn *conn = shell->conn;

    printf("You are now connected to database \"%s\" as user \"%s\"", PQdb(conn), PQuser(conn));
    if (before && !newly_set(PQhost(before), PQhost(conn)) &&
        !newly_set(PQport(before), PQport(conn))) {
        puts(".");
        return;
    }
    shell_print_server(conn);
}

static void replace_connection(Shell *shell, PGconn *conn)
{
    PGconn *before = shell->conn;

    shell->conn = conn;
    shell_connection_changed(shell);
    shell_print_connection_warnings(shell, false);
    if (!shell->set.quiet)
        announce(shell, before);
    PQfinish(before);
    PQfinish(shell->dead_conn);
    shell->dead_conn = NULL;
    shell_reload_after_connect(shell);
}

bool shell_reconnect(Shell *shell, int reuse, const char *dbname, const char *user,
                     const char *host, const char *port)
{
    bool from_string = dbname && is_connection_string(dbname);
    bool reuse_previous = reuse < 0 ? !from_string : reuse > 0;
    Wanted wanted = {from_string ? NULL : dbname, user, host, port, true, false};
    PGconn *source = shell->conn ? shell->conn : shell->dead_conn, *conn = NULL;
    PQconninfoOption *options;

    if (from_string && (user || host || port)) {
        log_error(&shell->log, "Do not give user, host, or port separately when using a "
                               "connection string");
        return false;
    }
    if (reuse_previous && !source) {
        log_error(&shell->log, "No database connection exists to re-use parameters from");
        return false;
    }
    options = reuse_previous ? PQconninfo(source) : PQconndefaults();
    if (from_string) {
        if (!merge_conninfo(shell, options, dbname, reuse_previous, &wanted)) {
            PQconninfoFree(options);
            report_failure(shell, NULL);
            return false;
        }
    } else {
        compare_places(options, &wanted);
    }
    conn = connect_asking(shell, options, &wanted, from_string);
    PQconninfoFree(options);
    if (!conn || PQstatus(conn) != CONNECTION_OK) {
        report_failure(shell, conn);
        PQfinish(conn);
        return false;
    }
    replace_connection(shell, conn);
    return true;
}
