/*
 * lexer_plain.c — hooks of a lexer that only reads: project files and scripts that are looked
 * through hold no variables, and nothing in them may run a command.
 */
#include "pgmish/sql.h"

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

const LexerHooks lexer_plain_hooks = {
    .variable = no_variable, .active = inactive, .warning = ignore, .error = ignore};
