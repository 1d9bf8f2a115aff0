/*
 * \restrict, \unrestrict — between them every other backslash command is refused.  pg_dump puts
 * them around its scripts with a random key, so that a hostile server cannot smuggle commands
 * into a dump; the dispatcher does the refusing.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static bool missing(Shell *shell, const MetaCall *call)
{
    const char *key = meta_arg(call, 0);

    if (key && *key)
        return false;
    log_error(&shell->log, "\\%s: missing required argument", call->name);
    return true;
}

static MetaResult run_restrict(Shell *shell, const MetaCall *call)
{
    if (missing(shell, call))
        return META_ERROR;
    free(shell->restrict_key);
    shell->restrict_key = xstrdup(meta_arg(call, 0));
    shell->restricted = true;
    return META_DONE;
}

static MetaResult run_unrestrict(Shell *shell, const MetaCall *call)
{
    if (missing(shell, call))
        return META_ERROR;
    if (!shell->restricted) {
        log_error(&shell->log, "\\%s: not currently in restricted mode", call->name);
        return META_ERROR;
    }
    if (strcmp(meta_arg(call, 0), shell->restrict_key) != 0) {
        log_error(&shell->log, "\\%s: wrong key", call->name);
        return META_ERROR;
    }
    free(shell->restrict_key);
    shell->restrict_key = NULL;
    shell->restricted = false;
    return META_DONE;
}

META_COMMAND(restrict) = {
    .names = "restrict",
    .args = "n;",
    .group = HELP_GENERAL,
    .synopsis = "\\restrict RESTRICT_KEY",
    .brief = "enter restricted mode with provided key",
    .help = "Until \\unrestrict with the same key every other backslash command is refused.",
    .run = run_restrict,
};

/* The key is taken literally: an expanded variable or backquote would be a way around it. */
META_COMMAND(unrestrict) = {
    .names = "unrestrict",
    .args = "w;",
    .flags = META_RESTRICTED_OK,
    .group = HELP_GENERAL,
    .synopsis = "\\unrestrict RESTRICT_KEY",
    .brief = "exit restricted mode if key matches",
    .run = run_unrestrict,
};
