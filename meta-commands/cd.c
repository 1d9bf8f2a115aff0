/*
 * \cd — changes the directory; home without an argument.  psql does not expand ~ here.
 */
#include "pgmish/meta.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL: none, message printed. */
static const char *home(Shell *shell)
{
    const char *dir = getenv("HOME");
    const struct passwd *user;

    if (dir && *dir)
        return dir;
    errno = 0;
    user = getpwuid(geteuid());
    if (user)
        return user->pw_dir;
    log_error(&shell->log, "could not get home directory for user ID %ld: %s", (long)geteuid(),
              errno ? strerror(errno) : "user does not exist");
    return NULL;
}

static MetaResult run_cd(Shell *shell, const MetaCall *call)
{
    const char *dir = meta_arg(call, 0) ? meta_arg(call, 0) : home(shell);

    if (!dir)
        return META_ERROR;
    if (chdir(dir) == 0)
        return META_DONE;
    log_error(&shell->log, "\\%s: could not change directory to \"%s\": %s", call->name, dir,
              strerror(errno));
    return META_ERROR;
}

META_COMMAND(cd) = {
    .names = "cd",
    .args = "n;",
    .group = HELP_SYSTEM,
    .synopsis = "\\cd [DIR]",
    .brief = "change the current working directory",
    .complete = complete_file,
    .run = run_cd,
};
