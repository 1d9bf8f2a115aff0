/*
 * editor.c — the user's editor, run on a file: for \e and its relatives, and for the step prompt.
 *
 * Which one it is, and how it is told a line, is psql's rule: PSQL_EDITOR, EDITOR, VISUAL, then what
 * the program was built with; PSQL_EDITOR_LINENUMBER_ARG stands in front of the number.  Debian's
 * psql is built otherwise than the sources say, and it is the one to be compared with where its
 * default editor is installed.  The variable is a command line for the shell, not a program's name
 * ("code --wait" is a common value), which is why the path is quoted for the shell.
 */
#include "pgmish/shell.h"

#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_EDITOR        "vi"
#define DEBIAN_EDITOR         "/usr/bin/sensible-editor" /* what Debian's psql runs by default */
#define DEFAULT_LINE_ARGUMENT "+" /* Debian's psql has none and asks for the variable */

static const char *first_set(const char *const *names, const char *fallback)
{
    for (; *names; names++) {
        const char *value = getenv(*names);

        if (value && *value)
            return value;
    }
    return fallback;
}

/* What stands in front of a line number; NULL: the editor takes none, as far as is known. */
static const char *line_number_argument(void)
{
    static const char *const names[] = {"PSQL_EDITOR_LINENUMBER_ARG", NULL};

    return first_set(names, access(DEBIAN_EDITOR, X_OK) == 0 ? NULL : DEFAULT_LINE_ARGUMENT);
}

/* A path for the shell; a project's file may have any name. */
static char *quoted_path(const char *path)
{
    StrBuf out = STRBUF_INIT;

    for (; *path; path++)
        strbuf_add(&out, *path == '\'' ? "'\\''" : (char[]){*path, '\0'});
    return strbuf_detach(&out);
}

bool shell_editor_takes_line(void)
{
    return line_number_argument() != NULL;
}

bool shell_run_editor(Shell *shell, const char *path, int line)
{
    static const char *const names[] = {"PSQL_EDITOR", "EDITOR", "VISUAL", NULL};
    bool debian = access(DEBIAN_EDITOR, X_OK) == 0;
    const char *editor = first_set(names, debian ? "sensible-editor" : DEFAULT_EDITOR);
    const char *line_argument = line_number_argument();
    char *quoted, *command;
    int status;

    if (line > 0 && !line_argument) {
        log_error(&shell->log, "environment variable PSQL_EDITOR_LINENUMBER_ARG must be set to "
                               "specify a line number");
        return false;
    }
    quoted = quoted_path(path);
    if (line > 0)
        command = xasprintf("exec %s %s%d '%s'", editor, line_argument, line, quoted);
    else
        command = xasprintf("exec %s '%s'", editor, quoted);
    free(quoted);
    fflush(NULL);
    status = system(command);
    free(command);
    if (status == -1)
        log_error(&shell->log, "could not start editor \"%s\"", editor);
    return status == 0;
}
