/*
 * step_breaks.c — breakpoints: places at which stepping stops, however it goes on.
 *
 * They belong to the shell and outlive one \step.  A breakpoint on a line that begins no statement
 * holds at the next one that does; that is decided when a text is at hand (step_script.c).
 */
#include "step_private.h"

#include <stdlib.h>
#include <string.h>

#include "path.h"

void breakpoints_free(Breakpoints *breaks)
{
    if (!breaks)
        return;
    breakpoints_delete(breaks, 0);
    free(breaks->items);
    free(breaks);
}

int breakpoints_add(Breakpoints *breaks, const char *file, int line)
{
    for (size_t i = 0; i < breaks->len; i++)
        if (breaks->items[i].line == line && strcmp(breaks->items[i].file, file) == 0)
            return breaks->items[i].number;
    if (breaks->len == breaks->cap) {
        breaks->cap = breaks->cap ? 2 * breaks->cap : 8;
        breaks->items = xrealloc(breaks->items, breaks->cap * sizeof(Breakpoint));
    }
    breaks->items[breaks->len++] = (Breakpoint){++breaks->last, xstrdup(file), line};
    return breaks->last;
}

bool breakpoints_delete(Breakpoints *breaks, int number)
{
    size_t kept = 0, before = breaks->len;

    for (size_t i = 0; i < before; i++) {
        if (number && breaks->items[i].number != number)
            breaks->items[kept++] = breaks->items[i];
        else
            free(breaks->items[i].file);
    }
    breaks->len = kept;
    return kept < before;
}

/* ---- the files they are in ---------------------------------------------------------------------- */

/* Owned: "./a.sql" for a path on disk that leads into the project, NULL: it does not. */
static char *inside_project(const Project *project, const char *path)
{
    char *real = realpath(path, NULL), *root = realpath(project->root_path, NULL);
    size_t len = root ? strlen(root) : 0;
    char *name = NULL;

    if (real && root && strncmp(real, root, len) == 0 && real[len] == '/')
        name = xasprintf("./%s", real + len + 1);
    if (name && !project_file(project, name)) {
        free(name);
        name = NULL;
    }
    free(real);
    free(root);
    return name;
}

char *step_file_name(Shell *shell, const char *typed)
{
    const Project *project = step_project(shell);
    char *path = expand_tilde(xstrdup(typed)), *dotted;

    path_canonicalize(path);
    if (!project)
        return path;
    dotted = *path == '/' ? xstrdup(path) : xasprintf("./%s", path);
    if (strcmp(path, "deploy.sql") == 0 || project_is_deploy_sql(project->root_path, path)) {
        free(path);
        free(dotted);
        return xstrdup("deploy.sql");
    }
    if (!project_file(project, dotted)) {
        free(dotted);
        dotted = inside_project(project, path);
    }
    if (!dotted)
        return path;
    free(path);
    return dotted;
}

/* Number of the lines of a file, -1: it cannot be read. */
static int count_lines(Shell *shell, const char *file)
{
    StrBuf text = STRBUF_INIT;
    char *path = step_disk_path(shell, file);
    int lines = -1;

    if (strbuf_read_file(&text, path))
        lines = (int)step_line_of(text.data, text.len) -
                (!text.len || text.data[text.len - 1] == '\n');
    strbuf_free(&text);
    free(path);
    return lines;
}

/* ---- what the user asks for ----------------------------------------------------------------------- */

bool step_break(Shell *shell, const char *file, int line)
{
    char *name = file ? step_file_name(shell, file) : step_current_file(shell);
    char *shown;
    int lines;

    if (!name) {
        log_error(&shell->log, "no file is being stepped through: say FILE:LINE");
        return false;
    }
    shown = project_show_path(name);
    lines = count_lines(shell, name);
    if (!shell->breaks)
        shell->breaks = xcalloc(1, sizeof(Breakpoints));
    if (lines < 0)
        log_error(&shell->log, "file \"%s\" is neither loaded nor on disk", shown);
    else if (line > lines)
        log_error(&shell->log, "file \"%s\" has %d line%s", shown, lines,
                  lines == 1 ? "" : "s");
    else
        printf("breakpoint %d: %s:%d\n", breakpoints_add(shell->breaks, name, line), shown,
               line);
    fflush(stdout);
    free(shown);
    free(name);
    return line <= lines;
}

void step_break_list(Shell *shell)
{
    const Breakpoints *breaks = shell->breaks;

    if (!breaks || !breaks->len)
        puts("no breakpoints");
    for (size_t i = 0; breaks && i < breaks->len; i++) {
        char *shown = project_show_path(breaks->items[i].file);

        printf("breakpoint %d: %s:%d\n", breaks->items[i].number, shown, breaks->items[i].line);
        free(shown);
    }
    fflush(stdout);
}

bool step_break_delete(Shell *shell, int number)
{
    if ((shell->breaks && breakpoints_delete(shell->breaks, number)) || !number)
        return true;
    log_error(&shell->log, "there is no breakpoint %d", number);
    return false;
}
