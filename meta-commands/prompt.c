/*
 * \prompt — asks the user for a variable's value: at the terminal, or from standard input when
 * commands come from a named file.
 */
#include "pgmish/meta.h"

#include <stdlib.h>

/* Owned line of standard input, NULL at its end. */
static char *read_stdin(const char *text)
{
    StrBuf line = STRBUF_INIT;
    bool failed = false;

    if (text) {
        fputs(text, stdout);
        fflush(stdout);
    }
    if (read_stream_line(stdin, &line, &failed))
        return strbuf_detach(&line);
    strbuf_free(&line);
    return NULL;
}

static char *ask(Shell *shell, const MetaCall *call, const char *text)
{
    char *value;

    if (!shell->input_file)
        return term_read_secret(text ? text : "", true, &shell->cancel_pressed);
    value = read_stdin(text);
    if (!value)
        log_error(&shell->log, "\\%s: could not read value for variable", call->name);
    return value;
}

static MetaResult run_prompt(Shell *shell, const MetaCall *call)
{
    const char *first = meta_arg(call, 0), *second = meta_arg(call, 1);
    MetaResult result = META_ERROR;
    char *value;

    if (!first) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    value = ask(shell, call, second ? first : NULL);
    if (value && var_set(shell->vars, second ? second : first, value))
        result = META_DONE;
    free(value);
    return result;
}

META_COMMAND(prompt) = {
    .names = "prompt",
    .args = "nn",
    .group = HELP_VARIABLES,
    .synopsis = "\\prompt [TEXT] NAME",
    .brief = "prompt user to set internal variable",
    .run = run_prompt,
};
