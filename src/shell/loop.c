/*
 * loop.c — the loop: lines in, statements and backslash commands out.
 *
 * One Loop per input; \i starts another one inside.  What it does for each line, and in which
 * order (echo, newline into the buffer, ON_ERROR_STOP looked at before the line runs), is psql's.
 */
#include "pgmish/meta.h"
#include "pgmish/step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct Loop {
    Shell *shell;
    Input *input;
    Lexer *lexer;
    CondStack *cond;
    StrBuf query, previous, line;
    LexOpen open;    /* what is open: chooses the prompt */
    bool success;    /* of the last command */
    bool die;        /* ON_ERROR_STOP as it was before this line */
    MetaResult last; /* of the last backslash command or statement */
    long newline_at; /* query length after the newline this line added, -1: none */
    bool in_history; /* this line is in the history already */
    bool redisplay;  /* the buffer came from an editor: show it with a prompt */
    bool jumped;     /* \step has moved the input: what is left of this line is not run */
    int eof_count;
    int result; /* EXIT_SHELL_* */
} Loop;

/* What the loop replaces in the shell and puts back at its end. */
typedef struct Outer {
    Input *input;
    FILE *command_stream;
    bool interactive;
    uint64_t line, statement_line;
    Lexer *lexer;
    CondStack *cond;
    StrBuf *query, *previous;
} Outer;

/* ---- what the lexer asks for -------------------------------------------------------------------- */

static char *quote_variable(Shell *shell, const char *value, VarQuote quote)
{
    char *escaped, *copy;

    if (!shell->conn) {
        log_error(&shell->log, "cannot escape without active connection");
        return NULL;
    }
    escaped = quote == VAR_LITERAL ? PQescapeLiteral(shell->conn, value, strlen(value))
                                   : PQescapeIdentifier(shell->conn, value, strlen(value));
    if (!escaped) {
        log_info(&shell->log, "%s", PQerrorMessage(shell->conn));
        return NULL;
    }
    copy = xstrdup(escaped);
    PQfreemem(escaped);
    return copy;
}

/* A value quoted for the shell; a CR or LF cannot be quoted safely. */
static char *quote_for_shell(Shell *shell, const char *value)
{
    StrBuf out = STRBUF_INIT;

    if (strpbrk(value, "\r\n")) {
        log_error(&shell->log,
                  "shell command argument contains a newline or carriage return: \"%s\"",
                  value);
        return NULL;
    }
    if (*value && !value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_./:")])
        return xstrdup(value);
    strbuf_addc(&out, '\'');
    for (const char *p = value; *p; p++) {
        if (*p == '\'')
            strbuf_add(&out, "'\"'\"'");
        else
            strbuf_addc(&out, *p);
    }
    strbuf_addc(&out, '\'');
    return strbuf_detach(&out);
}

static char *hook_variable(void *ctx, const char *name, VarQuote quote)
{
    Shell *shell = ctx;
    const char *value = var_get(shell->vars, name);

    if (!value || !step_substitutes(shell))
        return NULL;
    switch (quote) {
    case VAR_PLAIN:
        return xstrdup(value);
    case VAR_SHELL:
        return quote_for_shell(shell, value);
    default:
        return quote_variable(shell, value, quote);
    }
}

static bool hook_active(void *ctx)
{
    Shell *shell = ctx;

    return cond_active(shell->cond);
}

static void hook_warning(void *ctx, const char *message)
{
    Shell *shell = ctx;

    log_warning(&shell->log, "%s", message);
}

static void hook_error(void *ctx, const char *message)
{
    Shell *shell = ctx;

    log_error(&shell->log, "%s", message);
}

static void hook_command(void *ctx, const char *command, StrBuf *out)
{
    run_backquote(ctx, command, out);
}

Lexer *shell_new_lexer(Shell *shell)
{
    LexerHooks hooks = {
        .variable = hook_variable,
        .active = hook_active,
        .warning = hook_warning,
        .error = hook_error,
        .run_command = hook_command,
        .ctx = shell,
    };

    return lexer_new(&hooks);
}

/* ---- lines ------------------------------------------------------------------------------------------ */

static void forget_statement(Loop *loop)
{
    Shell *shell = loop->shell;

    lexer_reset(loop->lexer);
    strbuf_reset(&loop->query);
    loop->open = OPEN_NOTHING;
    loop->eof_count = 0;
    loop->redisplay = false;
    shell->statement_line = 1;
    shell->cancel_pressed = false;
}

/* Ctrl-C while waiting for a line.  False: the loop ends. */
static bool interrupted(Loop *loop)
{
    Shell *shell = loop->shell;

    if (!loop->input->interactive) {
        loop->result = EXIT_SHELL_USER;
        return false;
    }
    forget_statement(loop);
    history_forget(shell);
    putchar('\n');
    if (!cond_empty(loop->cond)) {
        log_error(&shell->log, "\\if: escaped");
        cond_pop(loop->cond);
    }
    return true;
}

/* End of input.  True: the user has to say it more often (IGNOREEOF). */
static bool survives_eof(Loop *loop)
{
    Shell *shell = loop->shell;

    if (!loop->input->interactive)
        return false;
    if (++loop->eof_count < shell->set.ignoreeof) {
        if (!shell->set.quiet)
            printf("Use \"\\q\" to leave %s.\n", shell->progname);
        return true;
    }
    puts(shell->set.quiet ? "" : "\\q");
    return false;
}

/* The buffer as an editor left it, behind the first prompt; a last partial line is edited on. */
static void redisplay_query(Loop *loop)
{
    char *prompt;

    if (!loop->redisplay)
        return;
    loop->redisplay = false;
    if (!loop->query.len)
        return;
    prompt = prompt_text(loop->shell, PROMPT_FIRST, OPEN_NOTHING);
    fputs(prompt, stdout);
    free(prompt);
    fputs(loop->query.data, stdout);
    if (loop->query.data[loop->query.len - 1] != '\n')
        putchar('\n');
    fflush(stdout);
}

static ReadStatus read_line(Loop *loop)
{
    Shell *shell = loop->shell;
    ReadStatus status;
    char *prompt = NULL;

    fflush(stdout);
    strbuf_reset(&loop->line);
    if (loop->input->interactive) {
        if (!loop->query.len)
            loop->open = OPEN_NOTHING;
        redisplay_query(loop);
        prompt = prompt_text(shell, loop->open == OPEN_NOTHING ? PROMPT_FIRST : PROMPT_CONTINUE,
                             loop->open);
    }
    status = loop->input->read_line(loop->input, prompt, &loop->line);
    free(prompt);
    if (status == READ_FAILED && shell->cancel_pressed)
        return READ_INTERRUPT;
    if (status == READ_FAILED) {
        log_error(&shell->log, "could not read from input file: %s", strerror(errno));
        loop->result = EXIT_SHELL_FATAL;
    }
    return status;
}

/* help, quit and exit as bare words at the prompt.  True: the line is done with. */
static bool bare_word(Loop *loop, bool *leave)
{
    static const char *const words[] = {"help", "exit", "quit"};
    char *line = loop->line.data;
    size_t word;

    *leave = false;
    for (word = 0; word < lengthof(words); word++)
        if (ascii_ncasecmp(line, words[word], 4) == 0)
            break;
    if (word == lengthof(words))
        return false;
    line += 4;
    line += strspn(line, " \t\n\r\f\v");
    if (*line == ';')
        line++;
    if (line[strspn(line, " \t\n\r\f\v")])
        return false;
    if (loop->query.len) {
        if (word == 0)
            puts("Use \\? for help or press control-C to clear the input buffer.");
        else if (loop->open == OPEN_NOTHING || loop->open == OPEN_STATEMENT ||
                 loop->open == OPEN_PAREN)
            puts("Use \\q to quit.");
        else
            puts("Use control-D to quit.");
        return false;
    }
    if (word == 0) {
        puts("You are using psql, the command-line interface to PostgreSQL.");
        printf("Type:  \\copyright for distribution terms\n"
               "       \\h for help with SQL commands\n"
               "       \\? for help with psql commands\n"
               "       \\g or terminate with semicolon to execute query\n"
               "       \\q to quit\n");
        return true;
    }
    *leave = true;
    return true;
}

/* ---- commands ------------------------------------------------------------------------------------------ */

static bool was_substituted(const Lexer *lexer)
{
    size_t count;
    const LexPlace *places = lexer_places(lexer, &count);

    for (size_t i = 0; i < count; i++)
        if (places[i].substituted)
            return true;
    return false;
}

/* ---- stepping -------------------------------------------------------------------------------------- */

/* What is about to run: the statement in the buffer, or the backslash command just met. */
static StepItem step_item(const Loop *loop, int copies)
{
    size_t count;
    const LexPlace *places = lexer_places(loop->lexer, &count);
    StepItem item = {.text = loop->query.len ? loop->query.data : NULL,
                     .copies = copies,
                     .line = loop->shell->log.line,
                     .column = 1,
                     .cond = loop->cond};

    if (item.text && count) {
        item.line = places[0].line;
        item.column = places[0].column;
    } else if (!item.text) {
        item.column = lexer_column(loop->lexer);
    }
    return item;
}

/* Does as \step has decided.  True: the item is to be run. */
static bool step_obeyed(Loop *loop, StepAction action)
{
    if (action == STEP_DO_JUMP) {
        forget_statement(loop);
        loop->jumped = true;
    } else if (action == STEP_DO_LEAVE) {
        strbuf_reset(&loop->query);
        loop->last = META_QUIT;
    }
    return action == STEP_DO_RUN;
}

/* Runs the item with `run`, if that is what \step wants; passes over it with `skip` otherwise. */
static void step_around(Loop *loop, int copies, void (*run)(Loop *, int),
                        void (*skip)(Loop *, int))
{
    Shell *shell = loop->shell;
    StepItem item = step_item(loop, copies);
    StepAction action;

    if (!step_active(shell)) {
        run(loop, copies);
        return;
    }
    item.text = xstrdup_null(item.text); /* the buffer is empty afterwards */
    action = step_before(shell, loop->input, &item);
    if (action == STEP_DO_SKIP)
        skip(loop, copies);
    else if (step_obeyed(loop, action)) {
        run(loop, copies);
        step_obeyed(loop,
                    step_after(shell, loop->input, &item, !loop->query.len, &loop->success));
    }
    free((char *)item.text);
}

/* ---- running ---------------------------------------------------------------------------------------- */

/* copies: COPY FROM STDIN in the query, as psql's lexer counts them; -1: its text is to be looked at
 * (\g and its relatives).  resent: it is the query before, of which the lexer knows no places any
 * more. */
static void send_buffer(Loop *loop, int copies, bool resent)
{
    Shell *shell = loop->shell;

    shell->query_copies = copies;
    shell->sent_lexer = resent ? NULL : loop->lexer;
    loop->success = shell_send_query(shell, loop->query.data, was_substituted(loop->lexer));
    shell->sent_lexer = NULL;
    shell->query_copies = -1;
    loop->last = loop->success ? META_SEND : META_ERROR;
    shell->statement_line = 1;
    strbuf_swap(&loop->query, &loop->previous);
    strbuf_reset(&loop->query);
    lexer_reset(loop->lexer);
    loop->newline_at = -1;
}

static void send_counted(Loop *loop, int copies)
{
    send_buffer(loop, copies, false);
}

/* A statement that \step passes over, its in-line data too. */
static void pass_over(Loop *loop, int copies)
{
    if (copies > 0 && loop->input->stream)
        shell_copy_skip(loop->shell, loop->input->stream, copies);
    strbuf_reset(&loop->query);
    lexer_reset(loop->lexer);
    loop->newline_at = -1;
}

static void send(Loop *loop)
{
    step_around(loop, lexer_count_copy_from_stdin(loop->lexer), send_counted, pass_over);
}

/* \g and its relatives alone send the previous query again. */
static void resend(Loop *loop)
{
    strbuf_addn(&loop->query, loop->previous.data, loop->previous.len);
    send_buffer(loop, -1, true);
}

static void save_line(Loop *loop)
{
    if (!loop->input->interactive || loop->in_history)
        return;
    history_add_pending(loop->shell, loop->line.data);
    history_flush(loop->shell);
    loop->in_history = true;
}

static void statement_complete(Loop *loop)
{
    save_line(loop);
    if (cond_active(loop->cond)) {
        send(loop);
        return;
    }
    if (loop->input->interactive)
        log_error(&loop->shell->log,
                  "query ignored; use \\endif or Ctrl-C to exit current \\if block");
    loop->success = true;
    loop->last = META_SEND;
    loop->shell->statement_line = 1;
}

/* \e brought new text: it is scanned as if it had been typed. */
static void rescan_edited(Loop *loop)
{
    Shell *shell = loop->shell;

    lexer_finish(loop->lexer);
    strbuf_swap(&loop->line, &loop->query);
    strbuf_reset(&loop->query);
    lexer_reset(loop->lexer);
    lexer_feed(loop->lexer, loop->line.data, loop->line.len, shell->print.encoding,
               shell_std_strings(shell), shell->log.line);
    loop->in_history = false;
    loop->open = OPEN_NOTHING;
    loop->redisplay = true;
}

static void run_backslash(Loop *loop, int copies)
{
    Shell *shell = loop->shell;

    (void)copies;
    loop->last = meta_dispatch(shell, loop->lexer, loop->cond);
    loop->success = loop->last != META_ERROR;
    shell->statement_line = 1;
    if (loop->last == META_SEND) {
        if (loop->query.len)
            send_counted(loop, -1);
        else
            resend(loop);
    } else if (loop->last == META_NEW_QUERY) {
        rescan_edited(loop);
    }
}

/* As in a branch of \if that is not taken. */
static void pass_over_backslash(Loop *loop, int copies)
{
    cond_push(loop->cond, COND_IGNORED);
    meta_dispatch(loop->shell, loop->lexer, loop->cond);
    cond_pop(loop->cond);
    pass_over(loop, copies);
}

/* \if and relatives decide what there is to step through. */
static bool is_conditional(const Loop *loop)
{
    static const char *const names[] = {"if", "elif", "else", "endif"};
    const char *name = loop->line.data + lexer_column(loop->lexer);
    size_t len = strcspn(name, " \t\r\n\f\v\\");

    for (size_t i = 0; i < lengthof(names); i++)
        if (strlen(names[i]) == len && strncmp(name, names[i], len) == 0)
            return true;
    return false;
}

static void backslash(Loop *loop)
{
    Shell *shell = loop->shell;

    /* A line with nothing but a backslash command leaves the buffer as it was. */
    if (loop->newline_at >= 0 && loop->query.len == (size_t)loop->newline_at) {
        strbuf_truncate(&loop->query, loop->query.len - 1);
        if (loop->input->interactive)
            history_flush(shell);
    }
    loop->newline_at = -1;
    save_line(loop);
    if (step_active(shell) && cond_active(loop->cond) && !is_conditional(loop))
        step_around(loop, 0, run_backslash, pass_over_backslash);
    else
        run_backslash(loop, 0);
}

static void count_newlines(Loop *loop, size_t from)
{
    const char *p = loop->query.data + from, *end = loop->query.data + loop->query.len;

    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        loop->shell->statement_line++;
        p++;
    }
}

/* Scans one line and runs what it completes. */
static void run_line(Loop *loop)
{
    Shell *shell = loop->shell;

    loop->newline_at = -1;
    if (loop->query.len) {
        strbuf_addc(&loop->query, '\n');
        loop->newline_at = (long)loop->query.len;
    }
    loop->die = shell->set.on_error_stop;
    lexer_feed(loop->lexer, loop->line.data, loop->line.len, shell->print.encoding,
               shell_std_strings(shell), shell->log.line);
    loop->success = true;
    loop->in_history = loop->jumped = false;
    while (loop->success || !loop->die) {
        size_t before = loop->query.len;
        LexResult found = lexer_scan(loop->lexer, &loop->query, &loop->open);

        count_newlines(loop, before);
        if (found == LEX_SEMICOLON || (found == LEX_EOL && shell->set.singleline))
            statement_complete(loop);
        else if (found == LEX_BACKSLASH)
            backslash(loop);
        if (found == LEX_INCOMPLETE || found == LEX_EOL || loop->last == META_QUIT ||
            shell->exit_now >= 0 || loop->jumped)
            break;
    }
    if (loop->input->interactive && !loop->in_history)
        history_add_pending(shell, loop->line.data);
    /* As psql: %l counts lines that leave a statement open, but not a quote, comment or
     * parenthesis. */
    if (loop->query.len && (loop->open == OPEN_STATEMENT || loop->open == OPEN_NOTHING))
        shell->statement_line++;
    /* A line that leaves nothing open (a comment, say) is an entry of its own. */
    if (loop->input->interactive && !loop->query.len)
        history_flush(shell);
    lexer_finish(loop->lexer);
}

/* psql's looks at a fresh line.  False: the line is done with, or the loop ends (*leave). */
static bool line_is_for_lexer(Loop *loop, bool *leave)
{
    Shell *shell = loop->shell;
    StrBuf *line = &loop->line;

    *leave = false;
    if (shell->log.line == 1 && pg_char_to_encoding("UTF8") == shell->print.encoding &&
        strncmp(line->data, "\xef\xbb\xbf", 3) == 0) {
        memmove(line->data, line->data + 3, line->len - 2);
        line->len -= 3;
    }
    if (shell->log.line == 1 && !loop->input->interactive &&
        strncmp(line->data, "PGDMP", 5) == 0) {
        puts("The input is a PostgreSQL custom-format dump.\n"
             "Use the pg_restore command-line client to restore this dump to a database.\n");
        fflush(stdout);
        loop->result = EXIT_SHELL_FATAL;
        *leave = true;
        return false;
    }
    if (!line->data[0] && !lexer_in_quote(loop->lexer))
        return false;
    if (loop->input->interactive && bare_word(loop, leave))
        return false;
    if (shell->set.echo == ECHO_ALL && !loop->input->interactive &&
        !step_reads(shell, loop->input)) { /* it shows what it comes to */
        shell_echo_line(line->data, 0);
        fflush(stdout);
    }
    return true;
}

/* One turn of the loop.  False: it ends. */
static bool turn(Loop *loop)
{
    Shell *shell = loop->shell;
    bool leave;

    if (shell->cancel_pressed) {
        if (!loop->input->interactive && !step_interrupt(shell, loop->input)) {
            loop->result = EXIT_SHELL_USER;
            return false;
        }
        shell->cancel_pressed = false;
    }
    switch (read_line(loop)) {
    case READ_INTERRUPT:
        return interrupted(loop);
    case READ_FAILED:
        return false;
    case READ_EOF:
        return survives_eof(loop);
    case READ_LEAVE:
        return false;
    case READ_LINE:
        break;
    }
    loop->eof_count = 0;
    shell->log.line++;
    if (!line_is_for_lexer(loop, &leave))
        return !leave;
    run_line(loop);
    if (loop->last == META_QUIT || shell->exit_now >= 0)
        return false;
    if (!loop->input->interactive) {
        if (!loop->success && loop->die)
            loop->result = EXIT_SHELL_USER;
        else if (!shell->conn)
            loop->result = EXIT_SHELL_BADCONN;
    }
    return loop->result == EXIT_SHELL_OK;
}

/* Text left at the end of a script is a statement too. */
static void finish_script(Loop *loop)
{
    Shell *shell = loop->shell;

    if (loop->query.len && !loop->input->interactive && loop->result == EXIT_SHELL_OK &&
        shell->exit_now < 0) {
        bool quit = loop->last == META_QUIT;

        if (cond_active(loop->cond))
            send(loop);
        else
            loop->success = true;
        if (!loop->success && loop->die)
            loop->result = EXIT_SHELL_USER;
        else if (!shell->conn)
            loop->result = EXIT_SHELL_BADCONN;
        if (quit)
            loop->last = META_QUIT;
    }
    if (loop->last != META_QUIT && loop->result != EXIT_SHELL_USER && shell->exit_now < 0 &&
        !cond_empty(loop->cond)) {
        log_error(&shell->log, "reached EOF without finding closing \\endif(s)");
        if (loop->die && !loop->input->interactive)
            loop->result = EXIT_SHELL_USER;
    }
}

static Outer enter(Loop *loop)
{
    Shell *shell = loop->shell;
    Outer outer = {shell->input,    shell->command_stream, shell->interactive,
                   shell->log.line, shell->statement_line, shell->lexer,
                   shell->cond,     shell->query,          shell->previous_query};

    shell->input = loop->input;
    shell->command_stream = loop->input->stream;
    shell->interactive = loop->input->interactive;
    shell->log.line = 0;
    shell->statement_line = 1;
    shell->lexer = loop->lexer;
    shell->cond = loop->cond;
    shell->query = &loop->query;
    shell->previous_query = &loop->previous;
    return outer;
}

static void leave_loop(Loop *loop, const Outer *outer)
{
    Shell *shell = loop->shell;

    shell->input = outer->input;
    shell->command_stream = outer->command_stream;
    shell->interactive = outer->interactive;
    shell->log.line = outer->line;
    shell->statement_line = outer->statement_line;
    shell->lexer = outer->lexer;
    shell->cond = outer->cond;
    shell->query = outer->query;
    shell->previous_query = outer->previous;
    strbuf_free(&loop->query);
    strbuf_free(&loop->previous);
    strbuf_free(&loop->line);
    lexer_free(loop->lexer);
    cond_free(loop->cond);
}

int shell_loop(Shell *shell, Input *input)
{
    Loop loop = {.shell = shell,
                 .input = input,
                 .lexer = shell_new_lexer(shell),
                 .cond = cond_new(),
                 .query = STRBUF_INIT,
                 .previous = STRBUF_INIT,
                 .line = STRBUF_INIT,
                 .success = true,
                 .last = META_DONE,
                 .newline_at = -1,
                 .result = EXIT_SHELL_OK};
    Outer outer = enter(&loop);

    while (turn(&loop))
        ;
    finish_script(&loop);
    leave_loop(&loop, &outer);
    return shell->exit_now >= 0 ? shell->exit_now : loop.result;
}
