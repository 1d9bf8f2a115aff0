/*
 * \set — sets a variable to its arguments joined without blanks; lists all of them without any.
 */
#include "pgmish/meta.h"

static void print_variable(void *ctx, const char *name, const char *value)
{
    const Shell *shell = ctx;

    if (!shell->cancel_pressed)
        printf("%s = '%s'\n", name, value);
}

static MetaResult run_set(Shell *shell, const MetaCall *call)
{
    StrBuf value = STRBUF_INIT;
    bool ok = true;
    size_t i;

    if (!meta_arg(call, 0)) {
        vars_each(shell->vars, print_variable, shell);
    } else {
        for (i = 1; i < call->count; i++)
            strbuf_add(&value, meta_arg(call, i));
        ok = var_set(shell->vars, meta_arg(call, 0), value.data);
    }
    strbuf_free(&value);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(set) = {
    .names = "set",
    .args = "n*",
    .group = HELP_VARIABLES,
    .synopsis = "\\set [NAME [VALUE]]",
    .brief = "set internal variable, or list all if no parameters",
    .help =
        "Sets NAME to VALUE; several values are joined without anything between them, none\n"
        "sets it to the empty string. Special variables (\\? variables) check the value.",
    .complete = complete_variable,
    .run = run_set,
};
