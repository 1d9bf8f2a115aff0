/*
 * file.c — commands from files: -f, \i, \ir, startup files.
 *
 * A file is read by a loop of its own, inside the one that met the \i; what messages say of file and
 * line is put back when it ends, however it ends.  The deploy.sql of the loaded project is known by its
 * inode, whatever it was called (project_is_deploy_sql), since it runs under the session's rules.
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "path.h"

/* Path as \ir sees it: against the directory of the file being read. */
static char *relative_to_input(const Shell *shell, const char *path)
{
    const char *slash = shell->input_file ? strrchr(shell->input_file, '/') : NULL;

    if (!slash || path[0] == '/')
        return xstrdup(path);
    return xasprintf("%.*s/%s", (int)(slash - shell->input_file), shell->input_file, path);
}

/* Runs the input to its end and closes it. */
static int run_input(Shell *shell, Input *input, const char *name)
{
    const char *outer_file = shell->input_file;
    const IncludedFrom *outer = shell->included;
    IncludedFrom here = {outer_file, shell->log.line, outer};
    int result;

    shell->input_file = shell->log.input_file = name;
    shell->log.terse = !name;
    shell->included = outer_file ? &here : NULL;
    result = shell_loop(shell, input);
    input_close(input);
    shell->included = outer;
    shell->input_file = shell->log.input_file = outer_file;
    shell->log.terse = !outer_file;
    return result;
}

/* Standard input, where it is a terminal, is somebody at the prompt for psql, even as a file. */
static int run_stdin(Shell *shell, const char *name)
{
    if (name && !shell->notty)
        return run_input(shell, input_from_terminal(shell), name);
    return run_input(shell, input_from_stream(stdin, name, false), name);
}

int shell_run_file(Shell *shell, const char *path, bool use_relative)
{
    char *name;
    FILE *stream;
    DeployRun *deploy;
    int result;

    if (!path)
        return run_stdin(shell, NULL);
    if (strcmp(path, "-") == 0)
        return run_stdin(shell, "<stdin>");
    name = use_relative ? relative_to_input(shell, path) : xstrdup(path);
    path_canonicalize(name);
    stream = fopen(name, "r");
    if (!stream) {
        log_error(&shell->log, "%s: %s", name, strerror(errno));
        free(name);
        return EXIT_SHELL_FATAL;
    }
    deploy = deploy_begin(shell, name);
    result = run_input(shell, input_from_stream(stream, name, true), name);
    result = deploy_end(shell, deploy, result);
    free(name);
    return result;
}

/* ---- startup files ---------------------------------------------------------------------------- */

static bool try_file(Shell *shell, const char *path)
{
    if (access(path, R_OK) != 0)
        return false;
    shell_run_file(shell, path, false);
    return true;
}

/* psql's rule: NAME-<full version>, NAME-<major>, NAME; the first that can be read. */
static bool try_versions(Shell *shell, const char *path)
{
    const char *full = var_get(shell->vars, "VERSION_NAME");
    char *candidate = xasprintf("%s-%s", path, full ? full : "");
    bool found = try_file(shell, candidate);

    free(candidate);
    if (!found) {
        candidate = xasprintf("%s-%d", path, PQlibVersion() / 10000);
        found = try_file(shell, candidate);
        free(candidate);
    }
    return found || try_file(shell, path);
}

static bool try_home(Shell *shell, const char *name)
{
    const char *home = getenv("HOME");
    const struct passwd *user = home && *home ? NULL : getpwuid(geteuid());
    char *path;
    bool found;

    if (!home || !*home)
        home = user ? user->pw_dir : NULL;
    if (!home)
        return false;
    path = xasprintf("%s/%s", home, name);
    found = try_versions(shell, path);
    free(path);
    return found;
}

void shell_run_startup_files(Shell *shell)
{
    const char *sysconf_dir = getenv("PGSYSCONFDIR");
    const char *user_file = getenv("PSQLRC");
    char *system_file = xasprintf("%s/psqlrc",
                                  sysconf_dir && *sysconf_dir ? sysconf_dir : PG_SYSCONFDIR);

    try_versions(shell, system_file);
    free(system_file);
    if (user_file && *user_file) {
        char *path = expand_tilde(xstrdup(user_file));

        try_versions(shell, path);
        free(path);
        return;
    }
    if (!shell->as_psql && try_home(shell, ".pgmishrc"))
        return;
    try_home(shell, ".psqlrc");
}
