/*
 * report.c — errors that the shell itself reports in the shape of a server error, and the place in
 * the project that is added to an error of the server (shell.md section 5).
 */
#include "pgmish/shell.h"

#include <stdlib.h>
#include <string.h>

void shell_report_diag(Shell *shell, const Diag *diag)
{
    /* What the server has not refused is a bad argument: invalid_parameter_value. */
    const char *state = *diag->sqlstate ? diag->sqlstate : "22023";
    StrBuf text = STRBUF_INIT;

    strbuf_addf(&text, "ERROR:  %s", diag->message ? diag->message : "unknown error");
    if (diag->detail)
        strbuf_addf(&text, "\nDETAIL:  %s", diag->detail);
    if (diag->hint)
        strbuf_addf(&text, "\nHINT:  %s", diag->hint);
    log_info(&shell->log, "%s", text.data);
    var_set(shell->vars, "ERROR", "true");
    var_set(shell->vars, "SQLSTATE", state);
    var_set(shell->vars, "ROW_COUNT", "0");
    var_set(shell->vars, "LAST_ERROR_SQLSTATE", state);
    var_set(shell->vars, "LAST_ERROR_MESSAGE", diag->message ? diag->message : "");
    strbuf_free(&text);
}

/* Blanks up to the caret: as wide as the text in front of it, tabs kept. */
static void add_caret(StrBuf *out, const char *line, int column)
{
    const char *p = line;
    int encoding = pg_char_to_encoding("UTF8");

    for (int i = 1; i < column && *p; i++) {
        int len = PQmblen(p, encoding);
        int width = PQdsplen(p, encoding);

        if (*p == '\t')
            strbuf_addc(out, '\t');
        else
            while (width-- > 0)
                strbuf_addc(out, ' ');
        p += strnlen(p, (size_t)len);
    }
    strbuf_addc(out, '^');
}

void shell_print_place(Shell *shell, const ErrorPlace *place)
{
    StrBuf text = STRBUF_INIT;

    strbuf_addf(&text, "FILE:  %s", place->file);
    if (place->line)
        strbuf_addf(&text, ":%d", place->line);
    if (place->line && place->column)
        strbuf_addf(&text, ":%d", place->column);
    for (size_t i = 0; i < place->also.len; i++)
        strbuf_addf(&text, "%s%s", i ? ", " : " (same text: ", place->also.items[i]);
    if (place->also.len)
        strbuf_addc(&text, ')');
    if (place->line && place->source_line) {
        strbuf_addf(&text, "\n    %s", place->source_line);
        if (place->column) {
            strbuf_add(&text, "\n    ");
            add_caret(&text, place->source_line, place->column);
        }
    }
    shell->log.before(shell->log.ctx);
    fflush(stdout);
    fprintf(stderr, "%s\n", text.data);
    strbuf_free(&text);
}

void shell_report_place(Shell *shell, const PGresult *error)
{
    ErrorPlace place = {.also = STRLIST_INIT};

    if (!session_project(shell->session) || !session_locate(shell->session, error, &place))
        return;
    shell_print_place(shell, &place);
    error_place_free(&place);
}
