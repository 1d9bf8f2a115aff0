/*
 * deploy_file.c — the project's own deploy.sql through \i, \ir and -f (shell.md section 3).
 *
 * Two of the documented examples run CALL pgmi_test() with no BEGIN and end in a lone COMMIT.  So
 * that the gate gates, BEGIN goes in front of the first statement of a deploy.sql that holds the
 * macro and opens no transaction before it, and COMMIT behind its end unless it ended the
 * transaction itself.  It also stops at its first error, unless the user has set ON_ERROR_STOP
 * himself.
 */
#include "pgmish/shell.h"
#include "pgmish/testing.h"
#include "pgmish/trace.h"

#include <stdlib.h>
#include <string.h>

struct DeployRun {
    DeployRun *outer;
    bool wants_begin;  /* put BEGIN in front of the first statement */
    bool began, ended; /* our transaction */
    bool stop_set;     /* ON_ERROR_STOP was switched on for this file */
};

/* What a walk over the statements before the first macro finds. */
typedef struct Look {
    bool macro, begins;
} Look;

/* A variable that the file itself may still set stands for some argument of the macro: to look
 * for CALL pgmi_test(:'pattern') its value does not matter. */
static char *some_value(void *ctx, const char *name, VarQuote quote)
{
    const char *value = var_get(((const Shell *)ctx)->vars, name);

    if (quote != VAR_PLAIN)
        return xstrdup(quote == VAR_LITERAL ? "'x'" : "x");
    return xstrdup(value ? value : "NULL");
}

static bool active(void *ctx)
{
    (void)ctx;
    return true;
}

static void quiet(void *ctx, const char *message)
{
    (void)ctx;
    (void)message;
}

static void look_at(Look *look, const StrBuf *statement)
{
    MacroList macros = {NULL, 0, 0};
    Diag diag = DIAG_INIT;

    if (!look->macro && statement_kind(statement->data, statement->len) == STATEMENT_BEGIN)
        look->begins = true;
    if (!macro_find(statement->data, statement->len, true, &macros, &diag) || macros.len)
        look->macro = true;
    macro_list_free(&macros);
    diag_reset(&diag);
}

/* A backslash command on the way: skip its name and the rest of its line. */
static void skip_backslash(Lexer *lexer)
{
    char *name = lexer_slash_command(lexer);
    char *rest = lexer_slash_argument(lexer, SLASH_WHOLE_LINE, NULL, false);

    free(name);
    free(rest);
    lexer_slash_end(lexer);
}

static Look look_through(Shell *shell, const StrBuf *text)
{
    LexerHooks hooks = {.variable = some_value,
                        .active = active,
                        .warning = quiet,
                        .error = quiet,
                        .ctx = shell};
    Lexer *lexer = lexer_new(&hooks);
    StrBuf statement = STRBUF_INIT;
    Look look = {false, false};
    const char *line = text->data, *end = text->data + text->len;

    while (line < end && !look.macro) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((newline ? newline : end) - line);
        LexOpen open;
        LexResult found;

        if (statement.len)
            strbuf_addc(&statement, '\n');
        lexer_feed(lexer, line, len, shell->print.encoding, true, 0);
        do {
            found = lexer_scan(lexer, &statement, &open);
            if (found == LEX_SEMICOLON) {
                look_at(&look, &statement);
                strbuf_reset(&statement);
            } else if (found == LEX_BACKSLASH) {
                skip_backslash(lexer);
            }
        } while (found == LEX_SEMICOLON || found == LEX_BACKSLASH);
        lexer_finish(lexer);
        line += len + 1;
    }
    look_at(&look, &statement);
    strbuf_free(&statement);
    lexer_free(lexer);
    return look;
}

DeployRun *deploy_begin(Shell *shell, const char *path)
{
    const Project *project = session_project(shell->session);
    DeployRun *run;
    StrBuf text = STRBUF_INIT;
    Look look;

    if (!project || session_state(shell->session) == SESSION_EMPTY || !path ||
        !project_is_deploy_sql(project->root_path, path) || !strbuf_read_file(&text, path))
        return NULL;
    look = look_through(shell, &text);
    strbuf_free(&text);
    trace_run(shell->session);
    if (!shell->deploy)
        shell_deployment_begins(shell, "deploy.sql as a script");
    run = xcalloc(1, sizeof(*run));
    run->outer = shell->deploy;
    run->wants_begin = look.macro && !look.begins;
    if (!shell->set.on_error_stop_given && !shell->set.on_error_stop) {
        shell->set.on_error_stop = run->stop_set = true;
    }
    shell->deploy = run;
    return run;
}

static bool send_quietly(Shell *shell, const char *sql)
{
    PGresult *result;
    bool ok;

    if (shell->set.echo == ECHO_QUERIES || shell->set.echo == ECHO_ALL) {
        puts(sql);
        fflush(stdout);
    }
    if (shell->log_file)
        fprintf(shell->log_file,
                "********* QUERY **********\n%s\n**************************\n\n", sql);
    result = server_query(shell->conn, sql, 0, NULL);
    ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    session_after_command(shell->session, shell->conn, PQcmdStatus(result));
    if (ok)
        PQclear(result);
    else
        shell_report_error(shell, result);
    return ok;
}

bool deploy_before_statement(Shell *shell)
{
    DeployRun *run = shell->deploy;

    /* Begun, not ended, and still idle: \c has taken the transaction away. */
    if (!run || !run->wants_begin || run->ended ||
        PQtransactionStatus(shell->conn) != PQTRANS_IDLE || !shell->set.autocommit)
        return true;
    run->began = true;
    return send_quietly(shell, "BEGIN");
}

void deploy_after_statement(Shell *shell)
{
    DeployRun *run = shell->deploy;

    if (run && run->began && PQtransactionStatus(shell->conn) == PQTRANS_IDLE)
        run->ended = true;
}

void deploy_begin_again(Shell *shell)
{
    if (shell->deploy)
        shell->deploy->ended = false;
}

int deploy_end(Shell *shell, DeployRun *run, int result)
{
    if (!run)
        return result;
    if (run->began && !run->ended && shell->conn && shell_in_transaction(shell)) {
        bool failed = result != EXIT_SHELL_OK ||
                      PQtransactionStatus(shell->conn) == PQTRANS_INERROR;

        if (!send_quietly(shell, failed ? "ROLLBACK" : "COMMIT") && result == EXIT_SHELL_OK)
            result = EXIT_SHELL_USER;
    }
    if (run->stop_set && !shell->set.on_error_stop_given)
        shell->set.on_error_stop = false;
    shell->deploy = run->outer;
    if (!shell->deploy)
        shell_deployment_ends(shell, result == EXIT_SHELL_OK, NULL);
    free(run);
    return result;
}
