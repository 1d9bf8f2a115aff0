/*
 * sent.c — where the text of a message to the server was read, for the places of errors.
 *
 * Two steps lead back.  From the text that was sent to the statement as the lexer gave it: a macro's
 * expansion stands for its call, BEGIN in front for nothing.  From there to the file: the lexer
 * knows the line and column of each piece.  Both together are a list of pieces.  All of this is done
 * when an error has come, not before.
 */
#include "results.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What a SentText borrows from. */
typedef struct Sent {
    SentText text;
    char *file;     /* as shown */
    StrBuf content; /* of the file */
    StrList outer;  /* places of the \i that led to it */
    size_t *lines;  /* starts of its lines */
    size_t line_count;
    SentPiece *pieces;
    size_t count, cap;
} Sent;

/* ---- files ---------------------------------------------------------------------------------- */

/* Owned path of a file of the project as it is shown, NULL: it is none that belongs to it. */
static char *project_path(const Project *project, const char *path)
{
    char real[PATH_MAX];
    size_t root = strlen(project->root_path);
    const ProjectFile *file;
    char *shown;

    if (project_is_deploy_sql(project->root_path, path))
        return xstrdup("deploy.sql");
    if (!realpath(path, real) || strncmp(real, project->root_path, root) != 0 ||
        real[root] != '/')
        return NULL;
    shown = xasprintf("./%s", real + root + 1);
    file = project_file(project, shown);
    if (file && file->role != FILE_TEST_OTHER)
        return shown;
    free(shown);
    return NULL;
}

static void add_outer(Sent *sent, const Project *project, const IncludedFrom *from)
{
    char *shown;

    if (!from)
        return;
    add_outer(sent, project, from->outer);
    shown = project_path(project, from->file);
    strlist_take(&sent->outer, xasprintf("%s:%llu", shown ? shown : from->file,
                                         (unsigned long long)from->line));
    free(shown);
}

static void find_lines(Sent *sent)
{
    const char *text = sent->content.data;
    size_t cap = 0;

    for (size_t at = 0; at <= sent->content.len;) {
        const char *lf = memchr(text + at, '\n', sent->content.len - at);

        if (sent->line_count == cap) {
            cap = cap ? 2 * cap : 256;
            sent->lines = xrealloc(sent->lines, cap * sizeof(size_t));
        }
        sent->lines[sent->line_count++] = at;
        if (!lf)
            break;
        at = (size_t)(lf + 1 - text);
    }
}

/* False: the statement does not come from a file of the project. */
static bool read_file(Shell *shell, Sent *sent)
{
    const Project *project = session_project(shell->session);

    if (!shell->sent_lexer && !shell->sent_line)
        return false;
    if (shell->sent_path) {
        sent->file = xstrdup(shell->sent_path);
        strbuf_add(&sent->content, shell->sent_file_text);
    } else {
        if (!shell->input_file || !(sent->file = project_path(project, shell->input_file)) ||
            !strbuf_read_file(&sent->content, shell->input_file))
            return false;
        if (strncmp(sent->content.data, "\xef\xbb\xbf", 3) == 0) {
            memmove(sent->content.data, sent->content.data + 3, sent->content.len - 2);
            sent->content.len -= 3;
        }
        add_outer(sent, project, shell->included);
    }
    find_lines(sent);
    return true;
}

static void sent_free(Sent *sent)
{
    strlist_free(&sent->outer);
    strbuf_free(&sent->content);
    free(sent->pieces);
    free(sent->lines);
    free(sent->file);
}

/* ---- pieces --------------------------------------------------------------------------------- */

static void add_piece(Sent *sent, size_t at, size_t origin, bool fixed)
{
    if (sent->count == sent->cap) {
        sent->cap = sent->cap ? 2 * sent->cap : 8;
        sent->pieces = xrealloc(sent->pieces, sent->cap * sizeof(SentPiece));
    }
    if (sent->count && sent->pieces[sent->count - 1].at == at)
        sent->count--;
    sent->pieces[sent->count++] = (SentPiece){at, origin, fixed};
}

/* Offset in the file of a byte of the statement behind place `i`. */
static bool file_offset(const Sent *sent, const LexPlace *place, size_t offset, size_t *found)
{
    if (!place->line || place->line > sent->line_count)
        return false;
    *found = sent->lines[place->line - 1] + place->column - 1 +
             (place->substituted ? 0 : offset - place->offset);
    if (*found > sent->content.len)
        *found = sent->content.len;
    return true;
}

/* Bytes [from, to) of the statement, which stand at `at` in what was sent. */
static void add_statement(Sent *sent, const Lexer *lexer, size_t at, size_t from, size_t to)
{
    size_t count, i = 0, found;
    const LexPlace *places = lexer_places(lexer, &count);

    while (i + 1 < count && places[i + 1].offset <= from)
        i++;
    if (i < count && places[i].offset <= from && file_offset(sent, &places[i], from, &found))
        add_piece(sent, at, found, places[i].substituted);
    else
        i = (size_t)-1;
    for (i++; i < count && places[i].offset < to; i++)
        if (file_offset(sent, &places[i], places[i].offset, &found))
            add_piece(sent, at + places[i].offset - from, found, places[i].substituted);
}

/* Where a byte of the statement stands in the file. */
static bool place_of(const Sent *sent, const Lexer *lexer, size_t offset, size_t *found)
{
    size_t count, i = 0;
    const LexPlace *places = lexer_places(lexer, &count);

    while (i + 1 < count && places[i + 1].offset <= offset)
        i++;
    return count && file_offset(sent, &places[i], offset, found);
}

/* derived: all of it stands for the statement that made it. */
static void make_pieces(Sent *sent, const Lexer *lexer, const Outgoing *out, bool derived)
{
    size_t at = 0, from = 0, found;

    if (derived) {
        if (place_of(sent, lexer, 0, &found))
            add_piece(sent, 0, found, true);
        return;
    }
    for (size_t i = 0; i < out->span_count; i++) {
        const MacroSpan *span = &out->spans[i];

        if (span->start > at)
            add_statement(sent, lexer, at, from, span->call);
        if (place_of(sent, lexer, span->call, &found))
            add_piece(sent, span->start, found, true);
        at = span->end;
        from = span->call_end;
    }
    add_statement(sent, lexer, at, from, SIZE_MAX);
}

/* What a backslash command made: all of it stands for that line. */
static void add_line(Sent *sent, uint64_t line)
{
    size_t at;

    if (line > sent->line_count)
        return;
    at = sent->lines[line - 1];
    at += strspn(sent->content.data + at, " \t");
    add_piece(sent, 0, at, true);
}

void sent_report_place(Shell *shell, const PGresult *error, const Outgoing *out, long done)
{
    Sent sent = {.content = STRBUF_INIT, .outer = STRLIST_INIT};

    if (!session_project(shell->session))
        return;
    sent.text = (SentText){.text = out->sql, .len = strlen(out->sql), .done = done};
    if (read_file(shell, &sent)) {
        if (shell->sent_line)
            add_line(&sent, shell->sent_line);
        else
            make_pieces(&sent, shell->sent_lexer, out, shell->sent_derived);
        sent.text.data_elsewhere = shell->sent_line && !shell->sent_line_data;
        sent.text.file = sent.file;
        sent.text.file_text = sent.content.data;
        sent.text.file_len = sent.content.len;
        sent.text.pieces = sent.pieces;
        sent.text.piece_count = sent.count;
        sent.text.outer = &sent.outer;
    }
    shell_report_place(shell, error, &sent.text);
    sent_free(&sent);
}

/* A macro that could not be expanded: nothing was sent. */
void sent_report_call(Shell *shell, const char *message, size_t offset)
{
    Sent sent = {.content = STRBUF_INIT, .outer = STRLIST_INIT};
    ErrorPlace place = {0};
    TextPlace at;
    size_t found;

    if (!session_project(shell->session))
        return;
    if (read_file(shell, &sent) && place_of(&sent, shell->sent_lexer, offset, &found)) {
        text_place_at(sent.content.data, sent.content.len, found, &at);
        place.file = xstrdup(sent.file);
        place.line = at.line;
        place.column = at.column;
        place.source_line = xstrndup(sent.content.data + at.line_start, at.line_length);
        shell_print_place(shell, &place);
    }
    shell_keep_place(shell, message, place.file ? &place : NULL);
    error_place_free(&place);
    sent_free(&sent);
}
