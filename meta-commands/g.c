/*
 * g.c — \g and \gx: send the query, with a target and printing options for it alone.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/pset.h"

/* The shell's options as they are now, to be put back after the query. */
static void save_options(Shell *shell)
{
    if (shell->g_options)
        return;
    shell->g_options = xcalloc(1, sizeof(PrintOptions));
    print_options_copy(shell->g_options, &shell->print);
}

static void restore_options(Shell *shell)
{
    if (!shell->g_options)
        return;
    print_options_free(&shell->print);
    shell->print = *shell->g_options;
    free(shell->g_options);
    shell->g_options = NULL;
}

static bool apply_option(Shell *shell, char *option)
{
    char *equal = strchr(option, '=');

    if (equal)
        *equal = '\0';
    save_options(shell);
    return pset_set(shell, option, equal ? equal + 1 : NULL, true);
}

/*
 * "(name=value ...)" in front: psql reads words until one ends with the parenthesis.  *used gets the
 * number of arguments taken.  A parenthesis of its own is a word too.  Each bad one is named.
 */
static bool apply_options(Shell *shell, const MetaCall *call, size_t *used)
{
    bool ok = true;

    for (size_t i = 0; i < call->count; i++) {
        const char *text = call->args[i].text + (i == 0);
        size_t len = strlen(text);
        bool last = len && text[len - 1] == ')';
        char *word = xstrndup(text, len - last);

        if (*word && !apply_option(shell, word))
            ok = false;
        free(word);
        if (last) {
            *used = i + 1;
            return ok;
        }
    }
    log_error(&shell->log, "\\%s: missing right parenthesis", call->name);
    return false;
}

static MetaResult run_g(Shell *shell, const MetaCall *call)
{
    size_t used = 0;

    if (shell_refused_in_pipeline(shell, call->name))
        return META_ERROR;
    if (meta_arg(call, 0) && meta_arg(call, 0)[0] == '(' &&
        !apply_options(shell, call, &used)) {
        restore_options(shell);
        return META_ERROR;
    }
    free(shell->g_target);
    shell->g_target = meta_arg(call, used) ? expand_tilde(xstrdup(meta_arg(call, used))) : NULL;
    if (strcmp(call->name, "gx") == 0) {
        save_options(shell);
        shell->print.expanded = EXPANDED_ON;
    }
    return META_SEND;
}

META_COMMAND(g) = {
    .names = "g",
    .args = "(f",
    .group = HELP_GENERAL,
    .synopsis = "\\g [(OPTIONS)] [FILE]",
    .brief = "execute query (and send result to file or |pipe)",
    .help =
        "Without arguments the same as a semicolon.  OPTIONS are NAME=VALUE pairs of \\pset\n"
        "that hold for this query only.",
    .complete = complete_file,
    .run = run_g,
};

META_COMMAND(gx) = {
    .names = "gx",
    .args = "(f",
    .group = HELP_GENERAL,
    .synopsis = "\\gx [(OPTIONS)] [FILE]",
    .brief = "as \\g, but forces expanded output mode",
    .complete = complete_file,
    .run = run_g,
};
