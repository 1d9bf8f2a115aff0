/*
 * show_source.c — \sf and \sv: the source of a function or view.
 */
#include "pgmish/meta.h"

#include <string.h>

#include "shell/object_source.h"

static int count_lines(const char *text)
{
    int lines = 0;

    for (; *text; lines++) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return lines;
}

/* Numbers begin at the body of a function, so that they match those in error contexts. */
static void print_numbered(FILE *out, const char *text, bool is_function)
{
    bool in_header = is_function;
    int number = 0;

    while (*text) {
        size_t len = strcspn(text, "\n");

        if (in_header && (starts_function_body(text)))
            in_header = false;
        if (in_header)
            fputs("        ", out);
        else
            fprintf(out, "%-7d ", ++number);
        fprintf(out, "%.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static MetaResult run_show(Shell *shell, const MetaCall *call)
{
    bool is_view = call->name[1] == 'v';
    const char *name = meta_arg(call, 0);
    StrBuf text = STRBUF_INIT;
    FILE *out = shell->out;
    bool ok = false;

    if (!name || !*name) {
        log_error(&shell->log, is_view ? "view name is required" : "function name is required");
        return META_ERROR;
    }
    ok = object_source(shell, name, is_view, &text);
    if (ok) {
        if (out == stdout)
            out = pager_open(count_lines(text.data), &shell->print);
        if (meta_modifier(call, 2, '+'))
            print_numbered(out, text.data, !is_view);
        else
            fputs(text.data, out);
        if (shell->out == stdout)
            pager_close(out);
    }
    strbuf_free(&text);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(show_function) = {
    .names = "sf sf+",
    .args = "w",
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\sf[+]  FUNCNAME",
    .brief = "show a function's definition",
    .run = run_show,
};

META_COMMAND(show_view) = {
    .names = "sv sv+",
    .args = "w",
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\sv[+]  VIEWNAME",
    .brief = "show a view's definition",
    .run = run_show,
};
