/*
 * connection.c — what the shell does when its connection comes, changes or goes: variables,
 * warnings, the reset of a lost connection.  \connect itself is in reconnect.c.
 */
#include "pgmish/step.h"
#include "pgmish/testing.h"
#include "pgmish/trace.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline.h"
#include "version.h"

static const char *const connection_variables[] = {
    "DBNAME", "USER", "HOST", "PORT", "ENCODING", "SERVER_VERSION_NAME", "SERVER_VERSION_NUM"};

/*
 * Every notice of the connection comes here, and not all of them are for the user: marks tell the trace
 * which statement begins, the session listens for its own, a recorder keeps those of a test until it is
 * known whether it fails.  Our marks may stand in the text that a notice quotes, and come out of it.
 */
static void notice(void *ctx, const PGresult *result)
{
    Shell *shell = ctx;
    const char *message;
    char *unmarked;

    if (trace_notice(shell->session, result) || session_notice(shell->session, result))
        return;
    message = PQresultErrorMessage(result);
    unmarked = trace_message(message, result);
    message = unmarked ? unmarked : message;
    if (!shell->recorder || !recorder_notice(shell->recorder, message))
        log_info(&shell->log, "%s", message);
    free(unmarked);
}

void shell_unset_connection_variables(Shell *shell)
{
    for (size_t i = 0; i < lengthof(connection_variables); i++)
        var_unset(shell->vars, connection_variables[i]);
}

/* What psql's SyncVariables does, after a first connection, \connect and a reset alike: what the connection
 * says of itself becomes variables, and what the user has set is told to the new connection. */
void shell_connection_changed(Shell *shell)
{
    PGconn *conn = shell->conn;
    const char *version = PQparameterStatus(conn, "server_version");
    char number[32];

    PQsetNoticeReceiver(conn, notice, shell);
    pipeline_forget(shell);
    shell->print.encoding = PQclientEncoding(conn);
    shell->server_version = PQserverVersion(conn);
    var_set(shell->vars, "DBNAME", PQdb(conn));
    var_set(shell->vars, "USER", PQuser(conn));
    var_set(shell->vars, "HOST", PQhost(conn));
    var_set(shell->vars, "PORT", PQport(conn));
    var_set(shell->vars, "ENCODING", pg_encoding_to_char(shell->print.encoding));
    if (version) {
        var_set(shell->vars, "SERVER_VERSION_NAME", version);
    } else {
        version_number_text(shell->server_version, true, number, sizeof(number));
        var_set(shell->vars, "SERVER_VERSION_NAME", number);
    }
    snprintf(number, sizeof(number), "%d", shell->server_version);
    var_set(shell->vars, "SERVER_VERSION_NUM", number);
    PQsetErrorVerbosity(conn, shell->set.verbosity);
    PQsetErrorContextVisibility(conn, shell->set.show_context);
}

static void print_security(PGconn *conn)
{
    const char *protocol, *cipher, *compression;

    if (PQsslInUse(conn)) {
        protocol = PQsslAttribute(conn, "protocol");
        cipher = PQsslAttribute(conn, "cipher");
        compression = PQsslAttribute(conn, "compression");
        printf("SSL connection (protocol: %s, cipher: %s, compression: %s)\n",
               protocol ? protocol : "unknown", cipher ? cipher : "unknown",
               compression && strcmp(compression, "off") != 0 ? "on" : "off");
    }
    if (PQgssEncInUse(conn))
        puts("GSSAPI-encrypted connection");
}

void shell_print_security(Shell *shell)
{
    print_security(shell->conn);
}

/* psql's banner.  A server older than 9.2 is what psql 15 itself no longer promises to know. */
void shell_print_connection_warnings(Shell *shell, bool in_startup)
{
    int client = PQlibVersion();
    const char *version = PQparameterStatus(shell->conn, "server_version");
    char ours[32], theirs[32];

    if (shell->set.quiet || shell->notty)
        return;
    version_number_text(shell->server_version, true, theirs, sizeof(theirs));
    if (shell->server_version != client)
        printf("%s (%s, server %s)\n", shell->progname, version_name(),
               version ? version : theirs);
    else if (in_startup)
        printf("%s (%s)\n", shell->progname, version_name());
    if (shell->server_version / 100 > client / 100 || shell->server_version < 90200) {
        version_number_text(client, false, ours, sizeof(ours));
        version_number_text(shell->server_version, false, theirs, sizeof(theirs));
        printf("WARNING: %s major version %s, server major version %s.\n"
               "         Some psql features might not work.\n",
               shell->progname, ours, theirs);
    }
    print_security(shell->conn);
}

/* The lost connection is kept for its parameters: \connect may take them over. */
static void stash_dead(Shell *shell)
{
    PQfinish(shell->dead_conn);
    shell->dead_conn = shell->conn;
    shell->conn = NULL;
    shell_unset_connection_variables(shell);
}

void shell_connection_still_lost(Shell *shell)
{
    if (shell->conn || !shell->interactive || shell->exit_now >= 0)
        return;
    fputs("The connection to the server was lost. Attempting reset: Failed.\n", stderr);
    PQfinish(shell->dead_conn);
    shell->dead_conn = NULL;
}

/* psql's rule: a script ends with status 2, as nothing behind the loss can be trusted to run where it
 * was meant to; at the prompt one reset is tried.  Whoever steps through a script sits at a prompt, too. */
bool shell_check_connection(Shell *shell)
{
    if (!shell->conn || shell->exit_now >= 0)
        return false;
    if (PQstatus(shell->conn) != CONNECTION_BAD)
        return true;
    session_connection_lost(shell->session);
    if (!shell->interactive && !step_interactive(shell)) {
        log_error(&shell->log, "connection to server was lost");
        shell->exit_now = EXIT_SHELL_BADCONN;
        return false;
    }
    fflush(stdout);
    fputs("The connection to the server was lost. Attempting reset: ", stderr);
    cancel_install(NULL);
    PQreset(shell->conn);
    if (PQstatus(shell->conn) == CONNECTION_BAD) {
        fputs("Failed.\n", stderr);
        stash_dead(shell);
        return false;
    }
    fputs("Succeeded.\n", stderr);
    shell_connection_changed(shell);
    shell_print_connection_warnings(shell, false);
    shell_reload_after_connect(shell);
    return true;
}
