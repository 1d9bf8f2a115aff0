/*
 * locate.c — finds the loaded file that a server error is about (shell.md section 5).
 *
 * deploy.sql runs files with EXECUTE, and then the server knows only a text.  It sends that text back:
 * as the internal query of an error that has a position, else quoted in the context.  The hash of
 * the text is the hash of the file, so no content need be kept here and no query asked.
 *
 *   1. The internal query is a file: place = its position.
 *   2. A quoted text in the context is a file.  What failed stands inside it: an inner query that occurs
 *      in it just once, or "inline_code_block line N" and a single DO block that has N lines.
 *   3. The message says "Failed in PATH": the file alone.
 *
 * Nothing here reads the server's words, which may be translated: only quotation marks, PL/pgSQL's
 * fixed name for DO blocks, and numbers.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pgmish/sql.h"
#include "session_private.h"

void error_place_free(ErrorPlace *place)
{
    free(place->file);
    free(place->source_line);
    strlist_free(&place->also);
    *place = (ErrorPlace){0};
}

/* A stretch of the error that is the text of a file. */
typedef struct FileText {
    const ProjectFile *file; /* the first of those with this text */
    const char *text;
    size_t len;
} FileText;

/* ---- texts and files ------------------------------------------------------------------------------ */

/* A source file where there is one: tests run through a function that names them. */
static const ProjectFile *file_of_text(const Project *project, const char *text, size_t len)
{
    const ProjectFile *found = NULL;
    char hex[65] = "";

    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];

        if (file->size != len || file->role == FILE_TEST_OTHER)
            continue;
        if (!*hex)
            sha256_hex(text, len, hex);
        if (strcmp(file->checksum, hex) != 0)
            continue;
        if (file->role == FILE_SOURCE)
            return file;
        if (!found)
            found = file;
    }
    return found;
}

/* Opening and closing marks of the server's translations; each closes what another opens. */
static const char *const quote_marks[] = {"\"", "»", "«", "„", "“", "”", "「", "」"};

static size_t quote_at(const char *p)
{
    for (size_t i = 0; i < lengthof(quote_marks); i++)
        if (strncmp(p, quote_marks[i], strlen(quote_marks[i])) == 0)
            return strlen(quote_marks[i]);
    return 0;
}

static bool closes_at(const char *p)
{
    size_t len = quote_at(p);

    return len && (p[len] == '\0' || p[len] == '\n');
}

/* A loaded file's text right at start, with a closing mark and the end of a line behind it. */
static bool file_text_at(const Project *project, const char *start, FileText *found)
{
    size_t rest = strlen(start);

    for (size_t i = 0; i < project->file_count; i++) {
        size_t size = project->files[i].size;
        const ProjectFile *file;

        if (size == 0 || size >= rest || !closes_at(start + size))
            continue;
        file = file_of_text(project, start, size);
        if (file) {
            *found = (FileText){file, start, size};
            return true;
        }
    }
    return false;
}

/* The innermost file in the context: an entry is a line that quotes its text. */
static bool file_text_in_context(const Project *project, const char *context, FileText *found)
{
    for (const char *line = context; *line;) {
        const char *end = line + strcspn(line, "\n");

        for (const char *p = line; p < end; p++) {
            size_t quote = quote_at(p);

            if (!quote)
                continue;
            if (file_text_at(project, p + quote, found))
                return true;
            break; /* the first mark of a line opens its quotation */
        }
        line = *end ? end + 1 : end;
    }
    return false;
}

/* ---- what failed inside a file ---------------------------------------------------------------------- */

static void set_place(ErrorPlace *place, const FileText *in, const TextPlace *at, bool column)
{
    place->line = at->line;
    place->column = column ? at->column : 0;
    place->source_line = xstrndup(in->text + at->line_start, at->line_length);
}

/* The only occurrence of part in the file, NULL when there is none or several. */
static const char *only_occurrence(const FileText *in, const char *part)
{
    size_t len = strlen(part);
    const char *found = len ? memmem(in->text, in->len, part, len) : NULL;

    if (found && memmem(found + 1, in->len - (size_t)(found + 1 - in->text), part, len))
        return NULL;
    return found;
}

/* An inner query with a position: where it stands in the file, then on to the position. */
static bool place_of_inner_query(const FileText *in, const char *query, long position,
                                 ErrorPlace *place)
{
    const char *found = query ? only_occurrence(in, query) : NULL;
    TextPlace inner, at;
    size_t offset;

    if (!found || !text_locate(query, strlen(query), position, &inner))
        return false;
    offset = inner.line_start;
    for (int i = 1; i < inner.column && query[offset]; i++) {
        size_t used = utf8_sequence((const unsigned char *)query + offset,
                                    strlen(query + offset));

        offset += used ? used : 1;
    }
    text_place_at(in->text, in->len, (size_t)(found - in->text) + offset, &at);
    set_place(place, in, &at, true);
    return true;
}

/* "... inline_code_block ... 5 ..." in the entry just in front of the file's: 5, else 0. */
static int block_line(const char *context, const FileText *in)
{
    const char *end = in->text, *line, *name;
    int n = 0;

    while (end > context && end[-1] != '\n')
        end--;
    if (end == context)
        return 0;
    for (line = end - 1; line > context && line[-1] != '\n';)
        line--;
    name = strstr(line, "inline_code_block");
    if (!name || name > end)
        return 0;
    for (name += strlen("inline_code_block"); name < end && !isdigit((unsigned char)*name);
         name++)
        ;
    while (name < end && isdigit((unsigned char)*name) && n < 100000000)
        n = 10 * n + (*name++ - '0');
    return n;
}

typedef struct BlockSearch {
    const char *mask; /* of the file: comments and the inside of quotes blanked */
    int wanted;       /* line in the block */
    size_t matches;
    size_t body; /* offset at which the last matching block's line 1 begins to count */
} BlockSearch;

static size_t skip_blanks(const char *mask, size_t at, size_t end)
{
    while (at < end && isspace((unsigned char)mask[at]))
        at++;
    return at;
}

/* Lines from the opening quote of a body to the end of its statement. */
static int count_lines(const char *text, size_t from, size_t to)
{
    int lines = 1;

    for (; from < to; from++)
        lines += text[from] == '\n';
    return lines;
}

static bool match_block(void *ctx, const char *text, size_t start, size_t end)
{
    BlockSearch *search = ctx;
    size_t at = skip_blanks(search->mask, start, end);

    if (end - at < 3 || strncasecmp(search->mask + at, "do", 2) != 0 ||
        isalnum((unsigned char)search->mask[at + 2]) || search->mask[at + 2] == '_')
        return true;
    for (at += 2; at < end && search->mask[at] != '\'' && search->mask[at] != '$'; at++)
        ;
    if (at < end && count_lines(text, at, end) >= search->wanted) {
        search->matches++;
        search->body = at;
    }
    return true;
}

/* Line N of a DO block, when it can be only one block: PL/pgSQL counts from the line of the opening
 * quote. */
static bool place_in_block(const FileText *in, const char *context, ErrorPlace *place)
{
    char *mask = sql_mask(in->text, in->len);
    BlockSearch search = {.mask = mask, .wanted = block_line(context, in)};
    size_t offset;
    TextPlace at;

    if (search.wanted > 0)
        script_each_statement(in->text, in->len, match_block, &search);
    free(mask);
    if (search.matches != 1)
        return false;
    offset = search.body;
    for (int line = 1; line < search.wanted; line++)
        offset = (size_t)((const char *)memchr(in->text + offset, '\n', in->len - offset) + 1 -
                          in->text);
    text_place_at(in->text, in->len, offset, &at);
    set_place(place, in, &at, false);
    return true;
}

/* ---- all together ---------------------------------------------------------------------------------------- */

/* Names the file and those with the same text; a path in the message decides which comes first. */
static void name_file(const Project *project, const ProjectFile *file, const char *message,
                      ErrorPlace *place)
{
    char *named = failed_file_in(message);
    const ProjectFile *wanted = named ? project_file(project, named) : NULL;

    if (wanted && strcmp(wanted->checksum, file->checksum) == 0)
        file = wanted;
    place->file = xstrdup(file->path);
    for (size_t i = 0; i < project->file_count; i++)
        if (&project->files[i] != file && project->files[i].role != FILE_TEST_OTHER &&
            strcmp(project->files[i].checksum, file->checksum) == 0)
            strlist_add(&place->also, project->files[i].path);
    free(named);
}

static bool locate_by_message(const Project *project, const char *message, ErrorPlace *place)
{
    char *named = failed_file_in(message);
    const ProjectFile *file = named ? project_file(project, named) : NULL;

    if (file)
        place->file = xstrdup(file->path);
    free(named);
    return file != NULL;
}

bool session_locate(const Session *session, const PGresult *error, ErrorPlace *place)
{
    const Project *project = session_project(session);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    const char *context = PQresultErrorField(error, PG_DIAG_CONTEXT);
    const char *query = PQresultErrorField(error, PG_DIAG_INTERNAL_QUERY);
    const char *position = PQresultErrorField(error, PG_DIAG_INTERNAL_POSITION);
    long at = position ? strtol(position, NULL, 10) : 0;
    FileText in = {0};
    TextPlace found;

    *place = (ErrorPlace){0};
    if (!project)
        return false;
    if (message && session_pinned(session, message, place))
        return true;
    if (query && (in.file = file_of_text(project, query, strlen(query))) != NULL) {
        in.text = query;
        in.len = strlen(query);
        if (text_locate(query, in.len, at, &found))
            set_place(place, &in, &found, true);
    } else if (context && file_text_in_context(project, context, &in)) {
        if (!place_of_inner_query(&in, query, at, place))
            place_in_block(&in, context, place);
    } else {
        return message && locate_by_message(project, message, place);
    }
    name_file(project, in.file, message ? message : "", place);
    return true;
}
