/*
 * strings.c — backquotes and the tilde: what a user's shell would make of a piece of text.
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *home_directory(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user;

    if (home && *home)
        return home;
    user = getpwuid(geteuid());
    return user ? user->pw_dir : NULL;
}

static const char *home_of(const char *name)
{
    const struct passwd *user = getpwnam(name);

    return user ? user->pw_dir : NULL;
}

/* ~ and ~/x, ~user and ~user/x; an unknown user leaves the path as it is. */
char *expand_tilde(char *path)
{
    size_t len;
    char *user, *expanded;
    const char *home;

    if (!path || path[0] != '~')
        return path;
    len = strcspn(path, "/");
    user = xstrndup(path + 1, len - 1);
    home = *user ? home_of(user) : home_directory();
    free(user);
    if (!home || !*home)
        return path;
    expanded = xasprintf("%s%s", home, path + len);
    free(path);
    return expanded;
}

/* The exit status does not matter: a command that fails gives what it printed.  A command that
 * cannot be started gives nothing. */
void run_backquote(Shell *shell, const char *command, StrBuf *out)
{
    size_t start = out->len;
    bool failed = true;
    FILE *pipe;

    /* nothing is flushed before: what \echo has printed of its line comes behind, as in psql */
    pipe = popen(command, "r");
    if (pipe) {
        failed = !strbuf_read_stream(out, pipe);
        if (failed)
            log_error(&shell->log, "%s: %s", command, strerror(errno));
        if (pclose(pipe) == -1)
            failed = true;
    }
    if (failed) {
        if (!pipe)
            log_error(&shell->log, "%s: %s", command, strerror(errno));
        strbuf_truncate(out, start);
    } else if (out->len > start && out->data[out->len - 1] == '\n') {
        strbuf_truncate(out, out->len - 1);
    }
}
