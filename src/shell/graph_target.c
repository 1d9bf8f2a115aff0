/*
 * graph_target.c — --graph and --graph=FILE of \plan and \tests: the arguments, and where the picture
 * goes.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

bool graph_arguments(Shell *shell, const MetaCall *call, GraphArguments *arguments)
{
    static const char option[] = "--graph";
    size_t len = sizeof(option) - 1;

    *arguments = (GraphArguments){0};
    for (size_t i = 0; i < call->count; i++) {
        const char *text = call->args[i].text;

        if (strncmp(text, option, len) == 0 && (!text[len] || text[len] == '=')) {
            arguments->graph = true;
            arguments->file = text[len] ? text + len + 1 : NULL;
        } else if (strncmp(text, "--", 2) == 0) {
            log_error(&shell->log, "\\%s: unexpected argument \"%s\"", call->name, text);
            return false;
        } else if (!arguments->pattern) {
            arguments->pattern = text;
        }
    }
    if (!arguments->file || *arguments->file)
        return true;
    log_error(&shell->log, "\\%s: --graph=: the file name is missing", call->name);
    return false;
}

void graph_warn_extra(Shell *shell, const MetaCall *call, const GraphArguments *arguments)
{
    for (size_t i = 0; i < call->count; i++) {
        const char *text = call->args[i].text;

        if (strncmp(text, "--", 2) != 0 && text != arguments->pattern)
            log_warning(&shell->log, "\\%s: extra argument \"%s\" ignored", call->name, text);
    }
}

bool graph_show(Shell *shell, const Graph *graph, const char *file)
{
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;
    char *path;
    bool ok;

    if (!file) {
        graph_mermaid(graph, &text);
        fputs(text.data, shell->out);
        fflush(shell->out);
        strbuf_free(&text);
        return true;
    }
    path = expand_tilde(xstrdup(file));
    ok = graph_write(graph, path, &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
    free(path);
    return ok;
}

void complete_graph(Shell *shell, const MetaCall *before, size_t index, const char *text,
                    StrList *list)
{
    static const char option[] = "--graph";

    complete_project_path(shell, before, index, text, list);
    if (strncmp(option, text, strlen(text)) == 0)
        strlist_add(list, option);
}
