/*
 * \if, \elif, \else, \endif.
 *
 * They may stand in the middle of a statement: SQL of a skipped branch does go through the lexer
 * (to find the backslash command that ends it), so at the end of the branch the query buffer and
 * the lexer's knowledge of it are put back to where the branch began.  The commands read their
 * expressions themselves, since the state of the block must change first: it decides whether
 * variables and backquotes in the expression are evaluated.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

/* Remembers the query text as it is now: what is in it stays. */
static void save_text(Shell *shell, const MetaCall *call)
{
    LexerMark mark = lexer_mark(shell->lexer);

    if (call->query)
        cond_set_query_length(shell->cond, (long)call->query->len);
    cond_set_mark(shell->cond, &mark);
}

/* Throws away what the skipped branch added to the query. */
static void discard_text(Shell *shell, const MetaCall *call)
{
    LexerMark mark = cond_mark(shell->cond);
    long length = cond_query_length(shell->cond);

    if (call->query && length >= 0 && (size_t)length <= call->query->len)
        strbuf_truncate(call->query, (size_t)length);
    lexer_restore(shell->lexer, &mark);
}

/* All words up to the end of the command, joined by blanks; owned. */
static char *read_expression(Shell *shell)
{
    StrBuf text = STRBUF_INIT;
    char *word;
    bool first = true;

    while ((word = lexer_slash_argument(shell->lexer, SLASH_NORMAL, NULL, false)) != NULL) {
        if (!first)
            strbuf_addc(&text, ' ');
        first = false;
        strbuf_add(&text, word);
        free(word);
    }
    return strbuf_detach(&text);
}

/* An expression that is no Boolean draws an error and counts as false; the command succeeds. */
static bool expression_true(Shell *shell, const char *what)
{
    char *text = read_expression(shell);
    bool value = false, ok = parse_bool(&shell->log, text, what, &value);

    free(text);
    return ok && value;
}

static MetaResult misplaced(Shell *shell, const MetaCall *call, const char *why)
{
    log_error(&shell->log, "\\%s: %s", call->name, why);
    return META_ERROR;
}

static MetaResult run_if(Shell *shell, const MetaCall *call)
{
    if (call->active) {
        cond_push(shell->cond, COND_TRUE);
        save_text(shell, call);
        if (!expression_true(shell, "\\if expression"))
            cond_poke(shell->cond, COND_FALSE);
    } else {
        cond_push(shell->cond, COND_IGNORED);
        save_text(shell, call);
        free(read_expression(shell));
    }
    return META_DONE;
}

static MetaResult run_elif(Shell *shell, const MetaCall *call)
{
    switch (cond_peek(shell->cond)) {
    case COND_TRUE:
        save_text(shell, call);
        cond_poke(shell->cond, COND_IGNORED);
        free(read_expression(shell));
        return META_DONE;
    case COND_FALSE:
        discard_text(shell, call);
        cond_poke(shell->cond, COND_TRUE);
        if (!expression_true(shell, "\\elif expression"))
            cond_poke(shell->cond, COND_FALSE);
        return META_DONE;
    case COND_IGNORED:
        discard_text(shell, call);
        free(read_expression(shell));
        return META_DONE;
    case COND_ELSE_TRUE:
    case COND_ELSE_FALSE:
        return misplaced(shell, call, "cannot occur after \\else");
    case COND_NONE:
        break;
    }
    return misplaced(shell, call, "no matching \\if");
}

static MetaResult run_else(Shell *shell, const MetaCall *call)
{
    switch (cond_peek(shell->cond)) {
    case COND_TRUE:
        save_text(shell, call);
        cond_poke(shell->cond, COND_ELSE_FALSE);
        return META_DONE;
    case COND_FALSE:
        discard_text(shell, call);
        cond_poke(shell->cond, COND_ELSE_TRUE);
        return META_DONE;
    case COND_IGNORED:
        discard_text(shell, call);
        cond_poke(shell->cond, COND_ELSE_FALSE);
        return META_DONE;
    case COND_ELSE_TRUE:
    case COND_ELSE_FALSE:
        return misplaced(shell, call, "cannot occur after \\else");
    case COND_NONE:
        break;
    }
    return misplaced(shell, call, "no matching \\if");
}

static MetaResult run_endif(Shell *shell, const MetaCall *call)
{
    if (cond_empty(shell->cond))
        return misplaced(shell, call, "no matching \\if");
    if (!cond_active(shell->cond))
        discard_text(shell, call);
    cond_pop(shell->cond);
    return META_DONE;
}

META_COMMAND(if) = {
    .names = "if",
    .flags = META_ALWAYS,
    .group = HELP_CONDITIONAL,
    .synopsis = "\\if EXPR",
    .brief = "begin conditional block",
    .help =
        "EXPR is a Boolean: true, false, on, off, yes, no, 1, 0 or an unambiguous prefix.\n"
        "Blocks nest, may stand in the middle of a statement and must end in the same file.",
    .run = run_if,
};

META_COMMAND(elif) = {
    .names = "elif",
    .flags = META_ALWAYS,
    .group = HELP_CONDITIONAL,
    .synopsis = "\\elif EXPR",
    .brief = "alternative within current conditional block",
    .run = run_elif,
};

META_COMMAND(else) = {
    .names = "else",
    .flags = META_ALWAYS,
    .group = HELP_CONDITIONAL,
    .synopsis = "\\else",
    .brief = "final alternative within current conditional block",
    .run = run_else,
};

META_COMMAND(endif) = {
    .names = "endif",
    .flags = META_ALWAYS,
    .group = HELP_CONDITIONAL,
    .synopsis = "\\endif",
    .brief = "end conditional block",
    .run = run_endif,
};
