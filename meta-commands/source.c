/*
 * source.c — \source: a loaded file with line numbers.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

#include "project_path.h"

static void print_numbered(FILE *out, const char *text)
{
    int number = 1;

    while (*text) {
        size_t len = strcspn(text, "\n");

        fprintf(out, "%6d  %.*s\n", number++, (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static int count_lines(const char *text)
{
    int lines = 0;

    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines + 1;
}

static MetaResult run_source(Shell *shell, const MetaCall *call)
{
    Diag diag = DIAG_INIT;
    char *path, *text;
    FILE *out = shell->out;

    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\%s: missing required argument", call->name);
        return META_ERROR;
    }
    path = loaded_path(shell, meta_arg(call, 0));
    text = session_source(shell->session, shell->conn, path, &diag);
    free(path);
    if (!text) {
        log_diag(&shell->log, &diag);
        diag_reset(&diag);
        return META_ERROR;
    }
    if (out == stdout)
        out = pager_open(count_lines(text), &shell->print);
    print_numbered(out, text);
    if (out != shell->out)
        pager_close(out);
    fflush(shell->out);
    free(text);
    return META_DONE;
}

META_COMMAND(source) = {
    .names = "source",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\source PATH",
    .brief = "show a loaded file with line numbers",
    .help =
        "PATH is a path of pgmi_source_view or pgmi_test_source_view; ./ in front may be left\n"
        "out.",
    .complete = complete_project_path,
    .run = run_source,
};
