/*
 * locate_text.c — passages: texts that the server ran, and where their bytes stand in the files.
 *
 * A passage maps onto files stretch by stretch.  A file's own text is one stretch; so is a statement
 * cut out of it.  Undoing the doubled quotes of a body in '...' begins a new one at each, and text
 * made of several files, or with parameters put in, has as many as it takes.
 */
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

/* ---- sources -------------------------------------------------------------------------------- */

Source *locator_add_source(Locator *loc, const char *path, const char *text, size_t len,
                           const ProjectFile *file)
{
    Source *source = xcalloc(1, sizeof(*source));

    *source = (Source){xstrdup_null(path), xstrndup(text, len), len, file};
    if (loc->source_count == loc->source_cap) {
        loc->source_cap = loc->source_cap ? 2 * loc->source_cap : 16;
        loc->sources = xrealloc(loc->sources, loc->source_cap * sizeof(Source *));
    }
    return loc->sources[loc->source_count++] = source;
}

const Source *locator_file(Locator *loc, size_t index)
{
    const ProjectFile *file = &loc->project->files[index];
    StrBuf content = STRBUF_INIT;
    Diag ignored = DIAG_INIT;

    if (!loc->file_sources)
        loc->file_sources = xcalloc(loc->project->file_count, sizeof(Source *));
    if (!loc->file_sources[index] && file->role != FILE_TEST_OTHER &&
        project_read(loc->project, file, &content, &ignored))
        loc->file_sources[index] = locator_add_source(loc, file->path, content.data,
                                                      content.len, file);
    diag_reset(&ignored);
    strbuf_free(&content);
    return loc->file_sources[index];
}

const Source *locator_script(Locator *loc)
{
    const SentText *sent = loc->sent;
    StrBuf text = STRBUF_INIT;
    Diag ignored = DIAG_INIT;

    if (loc->script_read)
        return loc->script;
    loc->script_read = true;
    if (sent && sent->file && strcmp(sent->file, SCRIPT_NAME) == 0)
        loc->script = locator_add_source(loc, sent->file, sent->file_text, sent->file_len,
                                         NULL);
    else if (project_read_deploy_sql(loc->project->root_path, &text, &ignored))
        loc->script = locator_add_source(loc, SCRIPT_NAME, text.data, text.len, NULL);
    diag_reset(&ignored);
    strbuf_free(&text);
    return loc->script;
}

/* A source file where there is one: tests run through a function that names them. */
const ProjectFile *file_of_text(const Project *project, const char *text, size_t len)
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

void locator_free(Locator *loc)
{
    frames_free(loc);
    objects_free(loc);
    for (size_t i = 0; i < loc->source_count; i++) {
        free(loc->sources[i]->path);
        free(loc->sources[i]->text);
        free(loc->sources[i]);
    }
    for (size_t i = 0; i < loc->passage_count; i++) {
        free(loc->passages[i]->text);
        free(loc->passages[i]->stretches);
        free(loc->passages[i]);
    }
    free(loc->sources);
    free(loc->passages);
    free(loc->file_sources);
}

/* ---- passages ------------------------------------------------------------------------------- */

Passage *passage_new(Locator *loc, const char *text, size_t len)
{
    Passage *passage = xcalloc(1, sizeof(*passage));

    passage->text = xstrndup(text, len);
    passage->len = len;
    if (loc->passage_count == loc->passage_cap) {
        loc->passage_cap = loc->passage_cap ? 2 * loc->passage_cap : 16;
        loc->passages = xrealloc(loc->passages, loc->passage_cap * sizeof(Passage *));
    }
    return loc->passages[loc->passage_count++] = passage;
}

void passage_map(Passage *passage, size_t at, const Source *source, size_t origin, bool fixed)
{
    if (passage->count == passage->cap) {
        passage->cap = passage->cap ? 2 * passage->cap : 4;
        passage->stretches = xrealloc(passage->stretches, passage->cap * sizeof(Stretch));
    }
    passage->stretches[passage->count++] = (Stretch){at, source, origin, fixed};
}

Passage *passage_of_source(Locator *loc, const Source *source)
{
    Passage *passage = passage_new(loc, source->text, source->len);

    passage_map(passage, 0, source, 0, false);
    return passage;
}

/* The last stretch that begins at or in front of offset; NULL: none. */
static const Stretch *stretch_at(const Passage *passage, size_t offset)
{
    size_t low = 0, high = passage->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (passage->stretches[middle].at <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &passage->stretches[low - 1] : NULL;
}

bool passage_origin(const Passage *passage, size_t offset, const Source **source,
                    size_t *origin)
{
    const Stretch *stretch = stretch_at(passage, offset);

    if (!stretch || !stretch->source)
        return false;
    *source = stretch->source;
    *origin = stretch->origin + (stretch->fixed ? 0 : offset - stretch->at);
    if (*origin > stretch->source->len)
        *origin = stretch->source->len;
    return true;
}

/* Maps a byte of `passage` as `from` of another passage is mapped, from here on. */
static void map_like(Passage *passage, size_t at, const Passage *of, size_t from, size_t to)
{
    const Stretch *stretch = stretch_at(of, from), *end = of->stretches + of->count;

    if (stretch)
        passage_map(passage, at, stretch->source,
                    stretch->origin + (stretch->fixed ? 0 : from - stretch->at),
                    stretch->fixed);
    for (stretch = stretch ? stretch + 1 : of->stretches; stretch < end && stretch->at < to;
         stretch++)
        passage_map(passage, at + stretch->at - from, stretch->source, stretch->origin,
                    stretch->fixed);
}

Passage *passage_cut(Locator *loc, const Passage *of, size_t from, size_t to)
{
    Passage *passage = passage_new(loc, of->text + from, to - from);

    map_like(passage, 0, of, from, to);
    return passage;
}

Passage *passage_unquote(Locator *loc, const Passage *of, size_t from, size_t to)
{
    StrBuf text = STRBUF_INIT;
    Passage *passage = passage_new(loc, "", 0);
    size_t run = from;

    for (size_t at = from; at <= to; at++) {
        if (at < to && !(of->text[at] == '\'' && at + 1 < to && of->text[at + 1] == '\''))
            continue;
        if (at < to)
            at++; /* the first of the two stays */
        map_like(passage, text.len, of, run, at);
        strbuf_addn(&text, of->text + run, at - run);
        run = at < to ? at + 1 : at;
    }
    free(passage->text);
    passage->len = text.len;
    passage->text = strbuf_detach(&text);
    return passage;
}

/* ---- a query inside a body ------------------------------------------------------------------ */

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* PL/pgSQL takes INTO and its targets out of a query by blanks of the same length, and makes
 * SELECT of PERFORM. */
static bool fits_at(const Passage *in, size_t at, const char *query, size_t len)
{
    if (at + len > in->len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (in->text[at + i] != query[i] && query[i] != ' ')
            return false;
    return true;
}

/* Where `word` and then the rest of the query stand, at or behind `near`; SIZE_MAX: nowhere. */
static size_t find_query(const Passage *in, size_t near, const char *word, const char *rest,
                         bool *again)
{
    size_t word_len = strlen(word), rest_len = strlen(rest), found = SIZE_MAX;

    *again = false;
    for (size_t at = near; at + word_len <= in->len; at++) {
        if (ascii_ncasecmp(in->text + at, word, word_len) != 0 ||
            !fits_at(in, at + word_len, rest, rest_len))
            continue;
        if (found != SIZE_MAX) {
            *again = true;
            return found;
        }
        found = at;
    }
    return found;
}

/* First word of a query, by which it is looked for. */
static char *first_word(const char *query)
{
    size_t len = strcspn(query, " \t\r\n");

    return xstrndup(query, len < 40 ? len : 40);
}

typedef struct Found {
    size_t at;
    size_t skipped; /* bytes of the query that stand for `instead` bytes there */
    size_t instead;
} Found;

static bool find_in(const Passage *in, size_t near, const char *query, Found *found)
{
    char *word = first_word(query);
    bool again;

    *found = (Found){0};
    found->at = find_query(in, near, word, query + strlen(word), &again);
    if (found->at == SIZE_MAX && ascii_ncasecmp(query, "SELECT", 6) == 0) {
        found->at = find_query(in, near, "PERFORM", query + 6, &again);
        found->skipped = 6;
        found->instead = 7;
    }
    if (found->at == SIZE_MAX && near) { /* a cursor's query stands in front of its OPEN */
        found->skipped = found->instead = 0;
        found->at = find_query(in, 0, word, query + strlen(word), &again);
        if (again)
            found->at = SIZE_MAX;
    }
    free(word);
    return found->at != SIZE_MAX;
}

/* The query inside a literal whose quotes are doubled there. */
static Passage *find_in_literals(Locator *loc, const Passage *in, size_t near,
                                 const char *query, Found *found)
{
    char *mask = sql_mask(in->text, in->len);
    Passage *inside = NULL;

    for (size_t at = near; at < in->len && !inside; at++) {
        size_t start = at + 1, end = start;

        if (mask[at] != '\'')
            continue;
        while (end < in->len && (mask[end] != '\'' || (mask[end + 1] == '\'' && end++)))
            end++;
        at = end;
        if (end - start < strlen(query) || !memmem(in->text + start, end - start, "''", 2))
            continue;
        inside = passage_unquote(loc, in, start, end);
        if (!find_in(inside, 0, query, found))
            inside = NULL;
    }
    free(mask);
    return inside;
}

Passage *passage_find(Locator *loc, const Passage *in, size_t near, const char *query)
{
    const Passage *where = in;
    size_t lead = 0, len = strlen(query);
    Passage *passage;
    Found found;

    while (blank(query[lead]))
        lead++;
    if (!query[lead])
        return NULL;
    if (!find_in(in, near, query + lead, &found) &&
        !(where = find_in_literals(loc, in, near, query + lead, &found)))
        return NULL;
    passage = passage_new(loc, query, len);
    if (found.skipped) {
        const Source *source;
        size_t origin;

        if (passage_origin(where, found.at, &source, &origin))
            passage_map(passage, 0, source, origin, true);
    }
    map_like(passage, lead + found.skipped, where, found.at + found.instead,
             found.at + found.instead + len - lead - found.skipped);
    return passage;
}

/* ---- small things --------------------------------------------------------------------------- */

size_t line_start(const char *text, size_t len, int line)
{
    size_t at = 0;

    while (--line > 0) {
        const char *lf = memchr(text + at, '\n', len - at);

        if (!lf)
            return SIZE_MAX;
        at = (size_t)(lf + 1 - text);
    }
    return at;
}

static bool name_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

bool word_at(const char *text, size_t len, size_t at, size_t word_len)
{
    return (at == 0 || !name_char(text[at - 1])) &&
           (at + word_len >= len || !name_char(text[at + word_len]));
}
