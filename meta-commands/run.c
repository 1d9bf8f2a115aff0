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

/* What a run works on. */
typedef struct FileRun {
    Shell *shell;
    Lexer *lexer;
    const char *path, *text;
    StrBuf statement;
} FileRun;

static bool send(FileRun *run)
{
    Shell *shell = run->shell;
    bool ok;

    shell->sent_lexer = run->lexer;
    shell->sent_path = run->path;
    shell->sent_file_text = run->text;
    ok = shell_send_query(shell, run->statement.data, false);
    shell->sent_lexer = NULL;
    shell->sent_path = shell->sent_file_text = NULL;
    strbuf_reset(&run->statement);
    return ok && shell->exit_now < 0 && !shell->cancel_pressed;
}

static bool run_line(FileRun *run)
{
    for (;;) {
        LexOpen open;

        switch (lexer_scan(run->lexer, &run->statement, &open)) {
        case LEX_SEMICOLON:
            if (!send(run))
                return false;
            lexer_reset(run->lexer);
            break;
        case LEX_BACKSLASH:
            log_error(&run->shell->log,
                      "a project file is SQL only: backslash commands are not allowed");
            return false;
        default:
            return true;
        }
    }
}

static bool run_text(Shell *shell, const char *path, const char *text)
{
    FileRun run = {shell, lexer_new(&lexer_plain_hooks), path, text, STRBUF_INIT};
    uint64_t number = 0;
    bool ok = true;

    for (const char *line = text; ok && *line;) {
        size_t len = strcspn(line, "\n");

        shell->log.line = ++number;
        if (run.statement.len)
            strbuf_addc(&run.statement, '\n');
        lexer_feed(run.lexer, line, len, shell->print.encoding, shell_std_strings(shell),
                   number);
        ok = run_line(&run);
        lexer_finish(run.lexer);
        line += len + (line[len] == '\n');
    }
    if (ok && statement_kind(run.statement.data, run.statement.len) != STATEMENT_EMPTY)
        ok = send(&run);
    strbuf_free(&run.statement);
    lexer_free(run.lexer);
    return ok;
}

static MetaResult run_run(Shell *shell, const MetaCall *call)
{
    Log outer = shell->log;
    FILE *outer_stream = shell->command_stream;
    Diag diag = DIAG_INIT;
    char *path, *text;
    bool ok;

    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
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
    /* A COPY FROM STDIN in the file must not eat what the user types or pipes in next. */
    shell->command_stream = fopen("/dev/null", "r");
    ok = run_text(shell, path, text);
    if (shell->command_stream)
        fclose(shell->command_stream);
    shell->command_stream = outer_stream;
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
    .help =
        "Runs the loaded text statement by statement; errors name the file and the line.  The\n"
        "first error ends the run.  A backslash command in the file is an error.",
    .complete = complete_project_path,
    .run = run_run,
};
