/*
 * locate_frames.c — reads a server error as a stack of frames, innermost first.
 *
 * The internal query comes first, when there is one; then one frame for each entry of the context
 * that says what was running.  The server's words may be translated, so nothing relies on them but
 * what is the same in every language: quotation marks, the names SQL and PL/pgSQL, inline_code_block,
 * a function's signature, numbers, and the keywords behind "at", which are SQL's.
 *
 * An entry may quote a text of many lines, which may itself look like context.  Where such a text
 * is a loaded file its length is known; else it ends at the first closing mark behind which
 * another entry begins.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

static Frame *add_frame(Locator *loc, FrameKind kind)
{
    if (loc->frame_count == loc->frame_cap) {
        loc->frame_cap = loc->frame_cap ? 2 * loc->frame_cap : 8;
        loc->frames = xrealloc(loc->frames, loc->frame_cap * sizeof(Frame));
    }
    loc->frames[loc->frame_count] = (Frame){.kind = kind};
    return &loc->frames[loc->frame_count++];
}

void frames_free(Locator *loc)
{
    for (size_t i = 0; i < loc->frame_count; i++) {
        free(loc->frames[i].text);
        free(loc->frames[i].name);
    }
    free(loc->frames);
    loc->frames = NULL;
    loc->frame_count = loc->frame_cap = 0;
}

/* ---- quotes --------------------------------------------------------------------------------- */

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

/* French sets its marks off with a blank inside. */
static bool blank_mark(const char *p)
{
    return strncmp(p, "« ", strlen("« ")) == 0;
}

static const char *line_end(const char *p)
{
    return p + strcspn(p, "\n");
}

static const char *find_quote(const char *p, const char *end)
{
    while (p < end && !quote_at(p))
        p++;
    return p < end ? p : NULL;
}

/* Does an entry that is worth reading start here?  Used to tell where a quoted text ends. */
static bool entry_starts(const char *line)
{
    static const char *const heads[] = {"COPY ", "while ", "compilation of ", "JSON data"};
    const char *end = line_end(line), *quote = find_quote(line, end);
    size_t head = (size_t)((quote ? quote : end) - line);

    for (size_t i = 0; i < lengthof(heads); i++)
        if (strncmp(line, heads[i], strlen(heads[i])) == 0)
            return true;
    if (memmem(line, head, "PL/", 3))
        return true;
    /* "SQL statement", "instruction SQL", "SQL-Anweisung": SQL, then the quotation, no statement */
    return quote && head < 60 && memmem(line, head, "SQL", 3);
}

/* ---- queries -------------------------------------------------------------------------------- */

/* A loaded file's text right at start, with a closing mark and the end of a line behind it. */
static const Source *file_text_at(Locator *loc, const char *start, size_t inner)
{
    size_t rest = strlen(start);

    for (size_t i = 0; i < loc->project->file_count; i++) {
        size_t size = loc->project->files[i].size;
        const ProjectFile *file;

        if (size == 0 || size + inner >= rest || !closes_at(start + size + inner))
            continue;
        file = file_of_text(loc->project, start, size);
        if (file)
            return locator_add_source(loc, file->path, start, size, file);
    }
    return NULL;
}

static size_t text_length(const char *start)
{
    const char *first = NULL;

    for (const char *p = start; *p; p++) {
        const char *behind = p + quote_at(p);

        if (!closes_at(p))
            continue;
        if (!*behind || entry_starts(behind + 1))
            return (size_t)(p - start);
        if (!first)
            first = p;
    }
    return first ? (size_t)(first - start) : strlen(start);
}

/* A text in quotes; returns the end of its last line. */
static const char *read_query(Locator *loc, const char *quote)
{
    size_t inner = blank_mark(quote), len;
    const char *start = quote + quote_at(quote) + inner;
    const Source *file = file_text_at(loc, start, inner);
    Frame *frame = add_frame(loc, FRAME_QUERY);

    len = file ? file->len : text_length(start);
    if (!file && inner && len && start[len - 1] == ' ')
        len--;
    frame->file = file;
    frame->text = xstrndup(start, len);
    return line_end(start + len);
}

/* ---- functions ------------------------------------------------------------------------------ */

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* End of one identifier, quoted or not. */
static const char *identifier_end(const char *p)
{
    if (*p != '"') {
        while (name_char(*p))
            p++;
        return p;
    }
    for (p++; *p && *p != '\n'; p++)
        if (*p == '"' && *++p != '"')
            return p;
    return p;
}

/* End of a signature "a.b(c, d)" that starts here; NULL: none does. */
static const char *signature_end(const char *p)
{
    int depth = 0;
    const char *start = p;

    for (;;) {
        const char *end = identifier_end(p);

        if (end == p)
            return NULL;
        p = end;
        if (*p != '.')
            break;
        p++;
    }
    if (*p != '(' || p == start)
        return NULL;
    for (; *p && *p != '\n'; p++) {
        if (*p == '"')
            p = identifier_end(p) - 1;
        depth += *p == '(';
        depth -= *p == ')';
        if (!depth)
            return p + 1;
    }
    return NULL;
}

/* The first word in capitals is the statement's: EXECUTE in "bei EXECUTE", FOR in "at FOR over
 * EXECUTE statement"; "SQL statement" is no word. */
static void read_keyword(Frame *frame, const char *p, const char *end)
{
    size_t len = 0;

    for (; p < end; p += len ? len : 1) {
        for (len = 0; p + len < end && isupper((unsigned char)p[len]);)
            len++;
        if (len > 1 && len < sizeof(frame->word))
            break;
    }
    if (p < end && strncmp(p, "SQL", 3) != 0) {
        memcpy(frame->word, p, len);
        frame->word[len] = '\0';
    }
}

/* The number behind the name, and the keyword that ends the entry: "line 5 at RAISE". */
static void read_line_number(Frame *frame, const char *p, const char *end)
{
    while (p < end && !isdigit((unsigned char)*p))
        p++;
    while (p < end && isdigit((unsigned char)*p) && frame->line < 100000000)
        frame->line = 10 * frame->line + (*p++ - '0');
    read_keyword(frame, p, end);
}

/* Does the quotation mark belong to a function's signature, "My f"(integer)?  Else it is around a
 * text: PL/pgSQL-Ausdruck »f(1)«.  (Korean quotes the whole signature, and a name or number follows.) */
static bool quotes_name(const char *quote)
{
    const char *end = *quote == '"' ? identifier_end(quote) : quote;

    return end > quote && (*end == '(' || *end == '.');
}

/* "function" where no blank separates it from the name. */
static const char *skip_joined(const char *p)
{
    static const char *const joined[] = {"関数", "函数", "函式", "함수"};

    for (size_t i = 0; i < lengthof(joined); i++)
        if (strncmp(p, joined[i], strlen(joined[i])) == 0)
            return p + strlen(joined[i]);
    return p;
}

/* A function's signature from p on: its start and end.  NULL: there is none. */
static const char *find_signature(const char *p, const char *end, const char **stop)
{
    const char *from = skip_joined(p);

    for (p = from; p < end; p++) {
        if ((p > from && name_char(p[-1])) || (!name_char(*p) && *p != '"'))
            continue;
        if ((*stop = signature_end(p)) && *stop <= end)
            return p;
    }
    return NULL;
}

/* SQL function "f" statement 2: a name and something behind it on the line.  False: the quoted text
 * is a query. */
static bool read_quoted_name(Locator *loc, FrameKind kind, const char *quote, const char *end)
{
    const char *name = quote ? quote + quote_at(quote) + blank_mark(quote) : NULL;
    const char *stop = name ? find_quote(name, end) : NULL;
    size_t len = stop ? (size_t)(stop - name) : 0;
    const char *call;
    Frame *frame;

    if (stop && blank_mark(quote) && len && name[len - 1] == ' ')
        len--;
    call = len ? memchr(name, '(', len) : NULL; /* Korean quotes the signature */
    if (!stop || memchr(name, ' ', call ? (size_t)(call - name) : len) || closes_at(stop) ||
        (call && name[len - 1] != ')'))
        return false;
    frame = add_frame(loc, kind);
    frame->name = xstrndup(name, len);
    read_line_number(frame, stop, end);
    if (!call) /* of a compilation, or LANGUAGE sql */
        frame->word[0] = '\0';
    return true;
}

/* An entry with "PL/pgSQL" in it.  False: it names nothing. */
static bool read_plpgsql(Locator *loc, const char *p, const char *end)
{
    static const char block[] = "inline_code_block";
    const char *found = memmem(p, (size_t)(end - p), block, sizeof(block) - 1);
    const char *name = strstr(p, "PL/pgSQL") + strlen("PL/pgSQL"), *stop;
    const char *quote = find_quote(p, end);
    Frame *frame;

    if (found) {
        frame = add_frame(loc, FRAME_BLOCK);
        read_line_number(frame, found + sizeof(block) - 1, end);
        return true;
    }
    name = find_signature(name, quote && !quotes_name(quote) ? quote : end, &stop);
    if (name) {
        frame = add_frame(loc, FRAME_FUNCTION);
        frame->name = xstrndup(name, (size_t)(stop - name));
        read_line_number(frame, stop, end);
        return true;
    }
    /* compilation of PL/pgSQL function "f" near line 3 */
    return read_quoted_name(loc, FRAME_FUNCTION, quote, end);
}

static bool starts(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Reads one entry; returns the end of its last line. */
static const char *read_entry(Locator *loc, const char *line)
{
    const char *end = line_end(line), *quote = find_quote(line, end);
    size_t head = (size_t)((quote ? quote : end) - line);

    /* PL/pgSQL's own queries: an assignment, an expression */
    if (quote && (starts(line, "PL/pgSQL assignment ") || starts(line, "PL/pgSQL expression ")))
        return read_query(loc, quote);
    if (memmem(line, head, "PL/pgSQL", 8))
        return read_plpgsql(loc, line, end) || !quote ? end : read_query(loc, quote);
    if (!quote || !memmem(line, head, "SQL", 3))
        return end;
    if (starts(line, "SQL statement ") || starts(line, "SQL expression "))
        return read_query(loc, quote);
    return read_quoted_name(loc, FRAME_SQL_FUNCTION, quote, end) ? end : read_query(loc, quote);
}

/* With trace on the server runs texts with marks in them (shell.md section 7). */
static char *without_marks(const char *text, long *position)
{
    StrBuf out = STRBUF_INIT;

    if (!text)
        return NULL;
    if (marks_remove(text, strlen(text), position, &out))
        return strbuf_detach(&out);
    strbuf_free(&out);
    return xstrdup(text);
}

static void add_internal_query(Locator *loc, const PGresult *error)
{
    const char *field = PQresultErrorField(error, PG_DIAG_INTERNAL_POSITION);
    long position = field ? strtol(field, NULL, 10) : 0;
    char *query = without_marks(PQresultErrorField(error, PG_DIAG_INTERNAL_QUERY), &position);
    const ProjectFile *file;
    Frame *frame;

    if (!query)
        return;
    file = file_of_text(loc->project, query, strlen(query));
    frame = add_frame(loc, FRAME_QUERY);
    frame->text = query;
    frame->position = position;
    if (file)
        frame->file = locator_add_source(loc, file->path, query, strlen(query), file);
}

void frames_read(Locator *loc, const PGresult *error)
{
    char *context = without_marks(PQresultErrorField(error, PG_DIAG_CONTEXT), NULL);

    add_internal_query(loc, error);
    for (const char *at = context; at && *at; at += *at == '\n')
        at = read_entry(loc, at);
    free(context);
}
