/*
 * deploy_connect.c — connecting for a deployment: retries (contract section 16) and messages that
 * say what to check (E9).
 *
 * libpq keeps the SQLSTATE of a failed connection to itself, but writes it into the message when it
 * is asked to be verbose: "FATAL:  28P01: password ...".  It is read from there, in whatever
 * language the severity is, and taken out before anything is shown.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "deploy_private.h"

enum { RETRIES = 3, FIRST_PAUSE_MS = 100, TICK_MS = 100 };

/* ---- keywords -------------------------------------------------------------------------------- */

typedef struct Keywords {
    const char **keys, **values;
    size_t count;
} Keywords;

static void add(Keywords *keywords, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    keywords->keys[keywords->count] = key;
    keywords->values[keywords->count++] = value;
}

static PGconn *start(const Resolved *to, const char *database)
{
    size_t most = 16 + to->other.len;
    Keywords keywords = {xcalloc(most, sizeof(char *)), xcalloc(most, sizeof(char *)), 0};
    char port[16];
    PGconn *conn;

    snprintf(port, sizeof(port), "%d", to->port);
    /* what a connection string passed through comes first, so that it cannot override the rest */
    for (size_t i = 0; i < to->other.len; i++)
        add(&keywords, to->other.entries[i].key, to->other.entries[i].value);
    add(&keywords, "host", to->host);
    add(&keywords, "port", to->ports ? to->ports : to->port ? port : NULL);
    add(&keywords, "user", to->username);
    add(&keywords, "password", to->password);
    add(&keywords, "dbname", database);
    add(&keywords, "sslmode", to->sslmode);
    add(&keywords, "sslcert", to->sslcert);
    add(&keywords, "sslkey", to->sslkey);
    add(&keywords, "sslrootcert", to->sslrootcert);
    add(&keywords, "sslpassword", to->sslpassword);
    add(&keywords, "application_name", to->application_name);
    add(&keywords, "client_encoding", "UTF8");
    conn = PQconnectStartParams(keywords.keys, keywords.values, 0);
    free(keywords.keys);
    free(keywords.values);
    return conn;
}

/* ---- one attempt -------------------------------------------------------------------------------- */

/* Polls until the connection stands or has failed.  False: time is up, or a stop was asked for. */
static bool poll_connection(PGconn *conn, double end, const DeployOptions *options)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        struct pollfd fd = {PQsocket(conn), state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
                            0};
        int ready = poll(&fd, 1, TICK_MS);

        if (deploy_stopped(options) || (end > 0 && monotonic_ms() >= end))
            return false;
        if (ready > 0 || (ready < 0 && errno != EINTR))
            state = PQconnectPoll(conn);
    }
    return true;
}

/* Takes "XXXXX: " out of libpq's verbose message, and its LOCATION line; the last SQLSTATE stays. */
static void read_verbose(const char *text, char sqlstate[6], StrBuf *clean)
{
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        const char *code = line;

        while ((code = memmem(code, len - (size_t)(code - line), ":  ", 3)) != NULL) {
            size_t n = 0;

            code += 3;
            while (n < 5 &&
                   (isdigit((unsigned char)code[n]) || isupper((unsigned char)code[n])))
                n++;
            if (n == 5 && code[5] == ':' && code[6] == ' ')
                break;
        }
        if (code) {
            memcpy(sqlstate, code, 5);
            sqlstate[5] = '\0';
            strbuf_addn(clean, line, (size_t)(code - line));
            strbuf_addn(clean, code + 7, len - (size_t)(code + 7 - line));
            strbuf_addc(clean, '\n');
        } else if (!strstr(line, ".c:") || strstr(line, ".c:") > line + len) {
            strbuf_addn(clean, line, len);
            strbuf_addc(clean, '\n');
        }
        line += len + (line[len] == '\n');
    }
    while (clean->len && clean->data[clean->len - 1] == '\n')
        strbuf_truncate(clean, clean->len - 1);
}

/* ---- why it failed ---------------------------------------------------------------------------------- */

typedef struct Failure {
    char sqlstate[6];
    StrBuf text; /* the server's or libpq's words */
    bool timed_out;
} Failure;

static bool mentions(const Failure *failure, const char *words)
{
    return ascii_casestr(failure->text.data, words) != NULL;
}

/* Section 16: worth another attempt? */
static bool passing(const Failure *failure)
{
    static const char *const texts[] = {
        "Connection refused", "reset by peer",
        "No route to host",   "unreachable",
        "timed out",          "timeout expired",
        "Temporary failure",  "Try again",
        "Broken pipe",        "closed the connection unexpectedly",
        "unexpected EOF",
    };
    const char *state = failure->sqlstate;

    if (*state)
        return strncmp(state, "08", 2) == 0 || strncmp(state, "53", 2) == 0 ||
               (strncmp(state, "57", 2) == 0 && strcmp(state, "57014") != 0 &&
                strcmp(state, "57P04") != 0) ||
               strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
               strcmp(state, "55P03") == 0;
    if (failure->timed_out)
        return true;
    for (size_t i = 0; i < lengthof(texts); i++)
        if (mentions(failure, texts[i]))
            return true;
    return false;
}

/* A service may name the database. */
static void could_not_connect(const char *database, const char *place, Diag *diag)
{
    if (*database)
        diag_set(diag, EXIT_PGMI_CONNECTION, "could not connect to database \"%s\" at %s",
                 database, place);
    else
        diag_set(diag, EXIT_PGMI_CONNECTION, "could not connect to %s", place);
}

static void explain_sqlstate(const Failure *failure, const Resolved *to, const char *database,
                             const char *place, Diag *diag)
{
    const char *user = to->username ? to->username : "(the system's user)";
    const char *state = failure->sqlstate;

    if (strcmp(state, "28P01") == 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION,
                 "password authentication failed for user \"%s\" at %s", user, place);
        diag_hint(diag, "Check the user name, and PGPASSWORD or the password file.");
    } else if (strcmp(state, "28000") == 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "%s does not admit user \"%s\" to database \"%s\"",
                 place, user, database);
        diag_hint(diag, "Check that the role exists and may log in, and the server's "
                        "pg_hba.conf and sslmode.");
    } else if (strcmp(state, "3D000") == 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "database \"%s\" does not exist at %s", database,
                 place);
        diag_hint(diag, "Check the name of the database.");
    } else if (strcmp(state, "42501") == 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION,
                 "user \"%s\" has no privilege to connect to database \"%s\" at %s", user,
                 database, place);
        diag_hint(diag, "GRANT CONNECT ON DATABASE gives it.");
    } else if (strcmp(state, "53300") == 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "%s has no free connection for database \"%s\"",
                 place, database);
        diag_hint(diag, "Check max_connections, and connection limits of the database and "
                        "the role; end sessions that are idle.");
    } else if (strcmp(state, "57P03") == 0) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "%s is not accepting connections now", place);
        diag_hint(diag, "It may be starting up, shutting down or recovering; try again later.");
    } else {
        could_not_connect(database, place, diag);
    }
}

static void explain_transport(const Failure *failure, const char *database, const char *place,
                              Diag *diag)
{
    if (failure->timed_out || mentions(failure, "timeout expired") ||
        mentions(failure, "timed out")) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "connecting to %s timed out", place);
        diag_hint(diag, "Check host, port and firewall, and the connect timeout.");
    } else if (mentions(failure, "Connection refused") ||
               mentions(failure, "No such file or directory")) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "connection refused: no server answers at %s",
                 place);
        diag_hint(diag, "Check that the server is running, and host and port.");
    } else if (mentions(failure, "translate host name") || mentions(failure, "not known")) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "unknown host: %s", place);
        diag_hint(diag, "Check the spelling of the host's name, and the name service.");
    } else if (mentions(failure, "SSL") || mentions(failure, "certificate")) {
        diag_set(diag, EXIT_PGMI_CONNECTION, "TLS could not be set up with %s", place);
        diag_hint(diag, "Check sslmode, sslrootcert and the certificates.");
    } else {
        could_not_connect(database, place, diag);
    }
}

static void explain(const Failure *failure, const Resolved *to, const char *database,
                    Diag *diag)
{
    const char *service = strmap_get(&to->other, "service");
    char *place = !to->host ? xasprintf("service \"%s\"", service ? service : "")
                  : strchr(to->host, ',') && to->ports
                      ? xasprintf("hosts \"%s\", ports \"%s\"", to->host, to->ports)
                  : strchr(to->host, ',')
                      ? xasprintf("hosts \"%s\", port %d", to->host, to->port)
                  : *to->host == '/'
                      ? xasprintf("socket directory \"%s\", port %d", to->host, to->port)
                      : xasprintf("%s:%d", to->host, to->port);

    if (*failure->sqlstate)
        explain_sqlstate(failure, to, database, place, diag);
    else
        explain_transport(failure, database, place, diag);
    if (failure->text.len)
        diag_detail(diag, "%s", failure->text.data);
    memcpy(diag->sqlstate, failure->sqlstate, sizeof(diag->sqlstate));
    free(place);
}

/* ---- all attempts -------------------------------------------------------------------------------------- */

/* How many; libpq counts its timeout for each. */
static int hosts(const Resolved *to)
{
    const char *list = strmap_get(&to->other, "hostaddr");
    int count = 1;

    for (list = list ? list : to->host; list && *list; list++)
        count += *list == ',';
    return count;
}

static PGconn *attempt(const Resolved *to, const char *database, const DeployOptions *options,
                       Failure *failure)
{
    PGconn *conn = start(to, database);
    /* libpq itself takes at least two seconds, so that slow name services have a chance */
    int seconds = to->connect_timeout == 1 ? 2 : to->connect_timeout;
    double end = seconds > 0 ? monotonic_ms() + 1000.0 * seconds * hosts(to) : 0;

    strbuf_reset(&failure->text);
    *failure->sqlstate = '\0';
    failure->timed_out = false;
    PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
    if (PQstatus(conn) != CONNECTION_BAD && !poll_connection(conn, end, options))
        failure->timed_out = true;
    else if (PQstatus(conn) == CONNECTION_OK) {
        PQsetErrorVerbosity(conn, PQERRORS_DEFAULT);
        return conn;
    }
    read_verbose(PQerrorMessage(conn), failure->sqlstate, &failure->text);
    PQfinish(conn);
    return NULL;
}

static void pause_before(int retry, const DeployOptions *options)
{
    unsigned char random = 128;
    double end;

    if (getrandom(&random, 1, GRND_NONBLOCK) != 1)
        random = 128;
    end = monotonic_ms() + (FIRST_PAUSE_MS << retry) * (0.9 + 0.2 * random / 255);
    while (monotonic_ms() < end && !deploy_stopped(options))
        poll(NULL, 0, 10);
}

PGconn *deploy_connect(const Resolved *to, const char *database, const DeployOptions *options,
                       unsigned *causes, Diag *diag)
{
    Failure failure = {.text = STRBUF_INIT};
    PGconn *conn = NULL;

    for (int retry = 0;; retry++) {
        conn = attempt(to, database, options, &failure);
        if (conn || retry >= RETRIES || deploy_stopped(options) || !passing(&failure))
            break;
        pause_before(retry, options);
    }
    if (!conn) {
        *causes |= CAUSE_CONNECTION | deploy_stopped(options);
        explain(&failure, to, database, diag);
    }
    strbuf_free(&failure.text);
    return conn;
}
