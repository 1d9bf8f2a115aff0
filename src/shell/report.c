/*
 * report.c — errors that the shell itself reports in the shape of a server error, and the place in
 * the project that is added to an error of the server (shell.md section 5).
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <iconv.h>
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

/* ---- the place in the project ------------------------------------------------------------------- */

enum { NO_TERMINAL_WIDTH = 120 }; /* a longer source line is cut there too */

/* The name by which iconv knows one of PostgreSQL's encodings: WIN1252 is CP1252, EUC_JP is EUC-JP. */
static char *iconv_name(const char *encoding)
{
    bool windows = strncmp(encoding, "WIN", 3) == 0;
    bool koi8 = strncmp(encoding, "KOI8", 4) == 0;
    char *name = windows ? xasprintf("CP%s", encoding + 3)
                 : koi8  ? xasprintf("KOI8-%s", encoding + 4)
                         : xstrdup(encoding);

    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
    return name;
}

/* What is to be shown beside the server's messages comes in their encoding; the project's files are
 * UTF-8.  A character that the encoding lacks becomes a question mark. */
static void to_client_encoding(const Shell *shell, StrBuf *text)
{
    int encoding = shell->conn ? PQclientEncoding(shell->conn) : -1;
    char *name = encoding < 0 ? NULL : iconv_name(pg_encoding_to_char(encoding));
    iconv_t converter = name && strcmp(name, "UTF8") != 0 && strcmp(name, "SQL-ASCII") != 0
                            ? iconv_open(name, "UTF-8")
                            : (iconv_t)-1;
    char *in = text->data;
    size_t left = text->len;
    StrBuf out = STRBUF_INIT;

    free(name);
    if (converter == (iconv_t)-1)
        return;
    while (left) {
        char block[256], *to = block;
        size_t room = sizeof(block), bad;
        size_t status = iconv(converter, &in, &left, &to, &room);

        strbuf_addn(&out, block, (size_t)(to - block));
        if (status != (size_t)-1 || errno == E2BIG)
            continue;
        bad = utf8_sequence((const unsigned char *)in, left);
        bad = bad ? bad : 1;
        in += bad;
        left -= bad;
        strbuf_addc(&out, '?');
    }
    iconv_close(converter);
    strbuf_free(text);
    *text = out;
}

void shell_print_place(Shell *shell, const ErrorPlace *place)
{
    StrBuf text = STRBUF_INIT;
    int columns = 0, rows;

    if (!term_size(fileno(stderr), &columns, &rows) || columns < 20)
        columns = NO_TERMINAL_WIDTH;
    error_place_text(place, "FILE:  ", columns, &text);
    to_client_encoding(shell, &text);
    shell->log.before(shell->log.ctx);
    fflush(stdout);
    fputs(text.data, stderr);
    strbuf_free(&text);
}

static void set_number(Shell *shell, const char *name, int number)
{
    char text[16] = "";

    if (number)
        snprintf(text, sizeof(text), "%d", number);
    var_set(shell->vars, name, text);
}

void shell_keep_place(Shell *shell, const char *message, const ErrorPlace *place)
{
    error_place_free(&shell->last_place);
    free(shell->last_place_message);
    shell->last_place_message = NULL;
    if (place) {
        error_place_copy(&shell->last_place, place);
        shell->last_place_message = xstrdup(message);
    }
    var_set(shell->vars, "LAST_ERROR_FILE", place ? place->file : "");
    set_number(shell, "LAST_ERROR_LINE", place ? place->line : 0);
    set_number(shell, "LAST_ERROR_COLUMN", place ? place->column : 0);
}

const ErrorPlace *shell_last_place(const Shell *shell)
{
    if (!shell->last_place.file || !shell->last_error ||
        strcmp(PQresultErrorMessage(shell->last_error), shell->last_place_message) != 0)
        return NULL;
    return &shell->last_place;
}

void shell_report_place(Shell *shell, const PGresult *error, const SentText *sent)
{
    ErrorPlace place = {.also = STRLIST_INIT};

    if (!session_project(shell->session))
        return; /* nothing that psql does not have */
    if (session_locate(shell->session, error, sent, &place)) {
        shell_print_place(shell, &place);
        shell_keep_place(shell, PQresultErrorMessage(error), &place);
    } else {
        shell_keep_place(shell, NULL, NULL);
    }
    error_place_free(&place);
}
