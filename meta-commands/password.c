/*
 * password.c — \password: asks twice, and sends what the server would store.
 *
 * The clear text stays here: neither the server's log nor ECHO_HIDDEN gets to see it.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static void forget(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

/* The user whose password is to be changed; without an argument the current one.  Owned. */
static char *user_of(Shell *shell, const MetaCall *call)
{
    PGresult *result;
    char *user = NULL;

    if (meta_arg(call, 0))
        return xstrdup(meta_arg(call, 0));
    result = shell_internal_query(shell, "SELECT CURRENT_USER");
    if (result)
        user = xstrdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    return user;
}

/* The end of the input counts as an empty answer.  NULL: Ctrl-C. */
static char *ask(Shell *shell, const char *prompt)
{
    char *answer = term_read_secret(prompt, false, &shell->cancel_pressed);

    if (shell->cancel_pressed) {
        forget(answer);
        return NULL;
    }
    return answer ? answer : xstrdup("");
}

/* Asks twice.  NULL: given up, or the two differ. */
static char *ask_twice(Shell *shell, const char *user)
{
    char *prompt = xasprintf("Enter new password for user \"%s\": ", user);
    char *first = ask(shell, prompt);
    char *second = first ? ask(shell, "Enter it again: ") : NULL;

    free(prompt);
    if (second && strcmp(first, second) != 0)
        log_error(&shell->log, "Passwords didn't match.");
    if (!second || strcmp(first, second) != 0) {
        forget(first);
        first = NULL;
    }
    forget(second);
    shell->cancel_pressed = false; /* it ended the question, nothing else */
    return first;
}

static bool change(Shell *shell, const char *user, const char *encrypted)
{
    char *name = PQescapeIdentifier(shell->conn, user, strlen(user));
    char *literal = PQescapeLiteral(shell->conn, encrypted, strlen(encrypted));
    PGresult *result = NULL;

    if (name && literal) {
        char *sql = xasprintf("ALTER USER %s PASSWORD %s", name, literal);

        result = shell_internal_query(shell, sql);
        free(sql);
    } else {
        log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
    }
    PQfreemem(literal);
    PQfreemem(name);
    PQclear(result);
    return result != NULL;
}

static MetaResult run_password(Shell *shell, const MetaCall *call)
{
    char *user = user_of(shell, call);
    char *password = user ? ask_twice(shell, user) : NULL;
    char *encrypted = NULL;
    bool ok = false;

    if (!password)
        goto done;
    encrypted = PQencryptPasswordConn(shell->conn, password, user, NULL);
    if (encrypted)
        ok = change(shell, user, encrypted);
    else
        log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
done:
    PQfreemem(encrypted);
    forget(password);
    free(user);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(password) = {
    .names = "password",
    .args = "q;",
    .flags = META_NEEDS_CONN,
    .group = HELP_CONNECTION,
    .synopsis = "\\password [USERNAME]",
    .brief = "securely change the password for a user",
    .help =
        "Asks twice at the terminal; the server gets the password only as it will store it.",
    .run = run_password,
};
