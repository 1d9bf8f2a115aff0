/*
 * expand.c — \expand: what the macro preprocessor makes of a text, unsent.
 */
#include "pgmish/meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static MetaResult expand_text(Shell *shell, const char *text, size_t len)
{
    SessionConn ctx = {shell->session, shell->conn};
    MacroList macros = {NULL, 0, 0};
    StrBuf out = STRBUF_INIT;
    Diag diag = DIAG_INIT;
    bool ok = macro_find(text, len, true, &macros, &diag) &&
              macro_expand(text, len, &macros, session_generate, &ctx, &out, &diag);

    if (ok) {
        fputs(out.data, shell->out);
        if (out.len && out.data[out.len - 1] != '\n')
            fputc('\n', shell->out);
        fflush(shell->out);
    } else {
        log_diag(&shell->log, &diag);
    }
    macro_list_free(&macros);
    strbuf_free(&out);
    diag_reset(&diag);
    return ok ? META_DONE : META_ERROR;
}

static MetaResult run_expand(Shell *shell, const MetaCall *call)
{
    const StrBuf *query = call->query && call->query->len ? call->query : shell->previous_query;
    StrBuf text = STRBUF_INIT;
    MetaResult result;
    char *path;

    if (!meta_arg(call, 0)) {
        if (!query || !query->len) {
            puts("Query buffer is empty.");
            return META_DONE;
        }
        return expand_text(shell, query->data, query->len);
    }
    path = expand_tilde(xstrdup(meta_arg(call, 0)));
    if (strbuf_read_file(&text, path)) {
        result = expand_text(shell, text.data, text.len);
    } else {
        log_error(&shell->log, "%s: %s", path, strerror(errno));
        result = META_ERROR;
    }
    strbuf_free(&text);
    free(path);
    return result;
}

META_COMMAND(expand) = {
    .names = "expand",
    .args = "n",
    .flags = META_NEEDS_CONN | META_NEEDS_SESSION,
    .group = HELP_PGMI,
    .synopsis = "\\expand [FILE]",
    .brief = "show what CALL pgmi_test() expands to",
    .help =
        "Shows the query buffer (or the previous query), or FILE, with every macro expanded.\n"
        "Nothing is sent.",
    .complete = complete_file,
    .run = run_expand,
};
