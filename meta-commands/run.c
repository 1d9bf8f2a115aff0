/*
 * run.c — \run: one loaded file now, statement by statement, with error positions in that file.
 *
 * The text is the loaded one, not the file on disk.  It is SQL as EXECUTE would see it: no
 * variables are substituted, and a backslash command is an error.  The first error ends the run.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

#include "project_path.h"

static char *no_variable(void *ctx, const char *name, VarQuote quote)
{
    (void)ctx;
    (void)name;
    (void)quote;
    return NULL;
}

static bool inactive(void *ctx)
{
    (void)ctx;
    return false;
}

static void ignore(void *ctx, const char *message)
{
    (void)ctx;
    (void)message;
}

/* Line and column of the file for a position in the statement that just failed. */
static void report_position(Shell *shell, const Lexer *lexer, const char *path,
                            const StrBuf *statement)
{
    const char *field = shell->last_error
                            ? PQresultErrorField(shell->last_error, PG_DIAG_STATEMENT_POSITION)
                            : NULL;
    size_t count;
    const LexPlace *places = lexer_places(lexer, &count);
    TextPlace place;
    size_t i = 0;

    if (!field || !count ||
        !text_locate(statement->data, statement->len, atol(field), &place))
        return;
    while (i + 1 < count && places[i + 1].offset <= place.line_start)
        i++;
    fprintf(stderr, "FILE:  %s:%llu:%zu\n", path, (unsigned long long)places[i].line,
            place.line == 1 ? places[i].column + (size_t)place.column - 1
                            : (size_t)place.column);
}

static bool send(Shell *shell, Lexer *lexer, const char *path, StrBuf *statement)
{
    bool ok = shell_send_query(shell, statement->data, false);

    if (!ok)
        report_position(shell, lexer, path, statement);
    strbuf_reset(statement);
    return ok && shell->exit_now < 0 && !shell->cancel_pressed;
}

static bool run_line(Shell *shell, Lexer *lexer, const char *path, StrBuf *statement)
{
    for (;;) {
        LexOpen open;

        switch (lexer_scan(lexer, statement, &open)) {
        case LEX_SEMICOLON:
            if (!send(shell, lexer, path, statement))
                return false;
            break;
        case LEX_BACKSLASH:
            log_error(&shell->log, "a project file is SQL only: backslash commands are not allowed");
            return false;
        default:
            return true;
        }
    }
}

static bool run_text(Shell *shell, const char *path, const char *text)
{
    LexerHooks hooks = {.variable = no_variable, .active = inactive, .warning = ignore,
                        .error = ignore};
    Lexer *lexer = lexer_new(&hooks);
    StrBuf statement = STRBUF_INIT;
    uint64_t number = 0;
    bool ok = true;

    for (const char *line = text; ok && *line;) {
        size_t len = strcspn(line, "\n");

        shell->log.line = ++number;
        if (statement.len)
            strbuf_addc(&statement, '\n');
        lexer_feed(lexer, line, len, shell->print.encoding, shell_std_strings(shell), number);
        ok = run_line(shell, lexer, path, &statement);
        lexer_finish(lexer);
        line += len + (line[len] == '\n');
    }
    if (ok && statement.len && statement_kind(statement.data, statement.len) != STATEMENT_EMPTY)
        ok = send(shell, lexer, path, &statement);
    strbuf_free(&statement);
    lexer_free(lexer);
    return ok;
}

static MetaResult run_run(Shell *shell, const MetaCall *call)
{
    Log outer = shell->log;
    Diag diag = DIAG_INIT;
    char *path, *text;
    bool ok;

    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\run: a path is needed");
        return META_ERROR;
    }
    path = loaded_path(shell, meta_arg(call, 0));
    text = session_source(shell->session, shell->conn, path, &diag);
    if (!text) {
        log_diag(&shell->log, &diag);
        diag_reset(&diag);
        free(path);
        return META_ERROR;
    }
    shell->log.input_file = path;
    shell->log.terse = false;
    ok = run_text(shell, path, text);
    shell->log = outer;
    free(text);
    free(path);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(run) = {
    .names = "run",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\run PATH",
    .brief = "execute one loaded file now",
    .help = "Runs the loaded text statement by statement; errors name the file and the line.  The\n"
            "first error ends the run.  A backslash command in the file is an error.",
    .complete = complete_project_path,
    .run = run_run,
};
