/*
 * locate.c — finds the place in the project that a server error is about (shell.md section 5).
 *
 * deploy.sql runs files with EXECUTE, and then the server knows only texts.  It tells them: the one
 * that was being run, and around it what called that.  Walked from the outside in:
 *
 *   the text that was sent      which of its statements: as many as had succeeded; or a position
 *   a DO block, line N          a block of that statement: the line
 *   a query                     a file's text; else one that stands in that block; else made of files
 *   a function, line N          its definition among the project's files: the line
 *
 * The innermost one that has a place is where it failed; those around it are the chain.  An error
 * that was caught and raised again as "Failed in PATH: ..." has lost all that; there the path is what
 * counts.  Everything is found in the error and the files on the disk: the transaction is
 * aborted, and nothing could be asked.
 */
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"
#include "pgmish/trace.h"

void error_place_free(ErrorPlace *place)
{
    free(place->file);
    free(place->source_line);
    strlist_free(&place->also);
    strlist_free(&place->chain);
    *place = (ErrorPlace){0};
}

static void list_copy(StrList *to, const StrList *from)
{
    for (size_t i = 0; i < from->len; i++)
        strlist_add(to, from->items[i]);
}

void error_place_copy(ErrorPlace *to, const ErrorPlace *from)
{
    *to = (ErrorPlace){
        .line = from->line, .column = from->column, .statements = from->statements};
    to->file = xstrdup_null(from->file);
    to->source_line = xstrdup_null(from->source_line);
    list_copy(&to->also, &from->also);
    list_copy(&to->chain, &from->chain);
}

/* Where the walk is: the next frame's text stands in the passage, in [from, to). */
typedef struct Scope {
    const Passage *passage; /* NULL: a text that is not known */
    size_t from, to;
} Scope;

/* A place that was found, and how well. */
typedef struct Spot {
    const Source *source; /* NULL: none */
    size_t offset;
    bool line, column; /* known */
    size_t candidates;
} Spot;

/* ---- the text that was sent ----------------------------------------------------------------- */

static Passage *passage_of_sent(Locator *loc, const SentText *sent)
{
    Passage *passage = passage_new(loc, sent->text, sent->len);
    const Source *source;

    if (!sent->file)
        return passage;
    source = strcmp(sent->file, SCRIPT_NAME) == 0
                 ? locator_script(loc)
                 : locator_add_source(loc, sent->file, sent->file_text, sent->file_len,
                                      project_file(loc->project, sent->file));
    for (size_t i = 0; source && i < sent->piece_count; i++)
        passage_map(passage, sent->pieces[i].at, source, sent->pieces[i].origin,
                    sent->pieces[i].fixed);
    return passage;
}

typedef struct NthWalk {
    const char *mask;
    long left;
    Scope *scope;
} NthWalk;

static bool note_nth(void *ctx, const char *text, size_t start, size_t end)
{
    NthWalk *walk = ctx;

    start += strspn(walk->mask + start, " \t\r\n\f\v");
    if (start >= end || statement_kind(text + start, end - start) == STATEMENT_EMPTY)
        return true;
    if (walk->left-- > 0)
        return true;
    walk->scope->from = start;
    walk->scope->to = end;
    return false;
}

/* The statement that failed: the one behind those that had succeeded. */
static Scope scope_of_sent(const SentText *sent, const Passage *passage)
{
    Scope scope = {passage, 0, passage->len};
    char *mask = sql_mask(passage->text, passage->len);
    NthWalk walk = {mask, sent->done < 0 ? 0 : sent->done, &scope};

    script_each_statement(passage->text, passage->len, note_nth, &walk);
    if (sent->done < 0)
        scope.to = passage->len;
    free(mask);
    return scope;
}

/* Byte of a position in characters. */
static bool offset_of(const char *text, size_t len, long position, size_t *offset)
{
    if (position < 1)
        return false;
    for (*offset = 0; --position > 0;) {
        size_t used;

        if (*offset >= len)
            return false;
        used = utf8_sequence((const unsigned char *)text + *offset, len - *offset);
        *offset += used ? used : 1;
    }
    return true;
}

/* ---- frames, from the outside in ------------------------------------------------------------ */

static const Frame *inner_of(const Locator *loc, const Frame *frame)
{
    return frame > loc->frames ? frame - 1 : NULL;
}

static const Frame *outer_of(const Locator *loc, const Frame *frame)
{
    return frame + 1 < loc->frames + loc->frame_count ? frame + 1 : NULL;
}

/* May the text be made of files?  What a function of the project builds for itself is not, unless it
 * is long. */
static bool runs_files(const Scope *scope, const char *text)
{
    const Source *source = NULL;
    size_t origin;

    if (!scope->passage || !passage_origin(scope->passage, scope->from, &source, &origin))
        return true;
    return !source->file || strlen(text) > 200;
}

static const Passage *passage_of_query(Locator *loc, const Frame *frame, const Scope *scope)
{
    const Passage *passage = NULL;

    if (frame->file)
        return passage_of_source(loc, frame->file);
    if (scope->passage)
        passage = passage_find(loc, scope->passage, scope->from, frame->text);
    if (!passage && runs_files(scope, frame->text))
        passage = passage_of_changed(loc, frame->text);
    return passage;
}

/* With trace on the last mark tells which statement of a file was running (or which few). */
static void narrow_by_mark(const Locator *loc, Frame *frame, Scope *scope)
{
    size_t from, to;
    bool exact;

    if (!frame->file || !trace_extent(loc->session, frame->file->path, &from, &to, &exact) ||
        from > scope->to)
        return;
    scope->from = from;
    if (to < scope->to)
        scope->to = to;
    if (exact) {
        frame->within = from;
        frame->narrowed = true;
    }
}

/* Which statement of a text with several: the one that the frame inside it tells. */
static void narrow_query(Locator *loc, Frame *frame)
{
    const Frame *inner = inner_of(loc, frame);
    const Passage *passage = frame->passage;
    bool exact = false;

    if (!inner) {
        frame->narrowed = statement_of_error(loc, passage->text, passage->len, &frame->within,
                                             &exact, &frame->candidates);
    } else if (inner->kind == FRAME_FUNCTION || inner->kind == FRAME_SQL_FUNCTION) {
        frame->narrowed = statement_of_call(passage->text, passage->len, inner->name,
                                            &frame->within);
    }
}

static void resolve_query(Locator *loc, Frame *frame, Scope *scope)
{
    const Passage *passage = passage_of_query(loc, frame, scope);

    frame->passage = passage;
    *scope = (Scope){passage, 0, passage ? passage->len : 0};
    if (!passage)
        return;
    if (offset_of(passage->text, passage->len, frame->position, &frame->within))
        frame->narrowed = frame->exact = true;
    else
        narrow_by_mark(loc, frame, scope);
    if (!frame->narrowed)
        narrow_query(loc, frame);
    if (frame->narrowed)
        frame->placed = passage_origin(passage, frame->within, &frame->source, &frame->offset);
}

/* The file that was running when a function was called, for definitions. */
static const Source *running_file(const Locator *loc, const Frame *frame)
{
    const Source *source;
    size_t origin;

    for (const Frame *outer = outer_of(loc, frame); outer; outer = outer_of(loc, outer))
        if (outer->kind == FRAME_QUERY && outer->passage &&
            passage_origin(outer->passage, 0, &source, &origin))
            return source;
    return NULL;
}

static void resolve_body(Locator *loc, Frame *frame, Scope *scope)
{
    Frame *outer = (Frame *)outer_of(loc, frame);
    size_t statement = 0;

    if (frame->kind != FRAME_BLOCK)
        body_resolve_function(loc, frame, inner_of(loc, frame), running_file(loc, frame));
    else if (scope->passage)
        body_resolve_block(loc, frame, scope->passage, scope->from, scope->to,
                           inner_of(loc, frame), &statement);
    /* the block tells which statement of the text around it was running */
    if (frame->kind == FRAME_BLOCK && frame->placed && outer && outer->kind == FRAME_QUERY &&
        !outer->narrowed) {
        outer->within = statement;
        outer->narrowed = true;
        outer->placed = passage_origin(outer->passage, statement, &outer->source,
                                       &outer->offset);
    }
    *scope = (Scope){frame->passage, frame->within, frame->passage ? frame->passage->len : 0};
}

static void resolve_frames(Locator *loc, Scope scope)
{
    for (size_t i = loc->frame_count; i-- > 0;) {
        if (loc->frames[i].kind == FRAME_QUERY)
            resolve_query(loc, &loc->frames[i], &scope);
        else
            resolve_body(loc, &loc->frames[i], &scope);
    }
}

/* ---- the place ------------------------------------------------------------------------------ */

/* Where a frame is, as far as it is known: a query that is a file's text has at least the file. */
static Spot spot_of(const Frame *frame)
{
    Spot spot = {0};
    size_t origin;

    if (frame->placed)
        return (Spot){frame->source, frame->offset, true, frame->exact, 0};
    if (frame->kind == FRAME_QUERY && frame->passage &&
        passage_origin(frame->passage, 0, &spot.source, &origin))
        spot.candidates = frame->candidates;
    else if (frame->kind == FRAME_QUERY && frame->passage && frame->passage->count) {
        spot.source = frame->passage->stretches[0].source;
        spot.candidates = frame->candidates;
    }
    return spot;
}

static Spot innermost_spot(const Locator *loc)
{
    for (size_t i = 0; i < loc->frame_count; i++) {
        Spot spot = spot_of(&loc->frames[i]);

        if (spot.source)
            return spot;
    }
    return (Spot){0};
}

static void set_place(ErrorPlace *place, const Spot *spot)
{
    const Source *source = spot->source;
    TextPlace at;

    place->file = xstrdup(source->path);
    place->statements = spot->candidates;
    if (!spot->line)
        return;
    text_place_at(source->text, source->len, spot->offset, &at);
    place->line = at.line;
    place->column = spot->column ? at.column : 0;
    place->source_line = xstrndup(source->text + at.line_start, at.line_length);
    place->statements = 0;
}

/* With trace on the last mark is the statement that was being run. */
static void take_mark(const Session *session, ErrorPlace *place)
{
    ErrorPlace mark = {0};
    bool exact = false;

    if (!place->line && trace_place(session, place->file, &mark, &exact) && exact) {
        place->line = mark.line;
        place->source_line = mark.source_line;
        place->statements = 0;
        mark.source_line = NULL;
    }
    error_place_free(&mark);
}

/* Names those with the same text; a path in the message decides which comes first. */
static void name_equal_files(const Project *project, const char *named, ErrorPlace *place)
{
    const ProjectFile *file = project_file(project, place->file);
    const ProjectFile *wanted = named ? project_file(project, named) : NULL;

    if (!file)
        return;
    if (wanted && wanted != file && strcmp(wanted->checksum, file->checksum) == 0) {
        file = wanted;
        free(place->file);
        place->file = xstrdup(file->path);
    }
    for (size_t i = 0; i < project->file_count; i++)
        if (&project->files[i] != file && project->files[i].role != FILE_TEST_OTHER &&
            strcmp(project->files[i].checksum, file->checksum) == 0)
            strlist_add(&place->also, project->files[i].path);
}

/* ---- the chain ------------------------------------------------------------------------------ */

/* A line of a file takes the place of the file alone. */
static void add_link(StrList *chain, const char *text)
{
    char **last = chain->len ? &chain->items[chain->len - 1] : NULL;
    size_t len = last ? strlen(*last) : 0;

    if (last && strcmp(*last, text) == 0)
        return;
    if (last && strncmp(*last, text, len) == 0 && text[len] == ':' && !strstr(text, " in ")) {
        free(*last);
        *last = xstrdup(text);
        return;
    }
    strlist_add(chain, text);
}

static char *link_text(const Spot *spot, const char *function)
{
    StrBuf text = STRBUF_INIT;
    TextPlace at;

    strbuf_add(&text, spot->source->path);
    if (spot->line) {
        text_place_at(spot->source->text, spot->source->len, spot->offset, &at);
        strbuf_addf(&text, ":%d", at.line);
    }
    if (function)
        strbuf_addf(&text, " in %s", function);
    return strbuf_detach(&text);
}

/* The session's own functions between deploy.sql and a test are of no interest. */
static bool is_plumbing(const char *function)
{
    const char *dot = strchr(function, '.');

    return strncmp(function, "pg_temp", 7) == 0 && dot &&
           (strncmp(dot + 1, "pgmi_", 5) == 0 || strncmp(dot + 1, "_pgmi_", 6) == 0);
}

/* Does this query stand in the body around it? */
static bool is_static(const Locator *loc, const Frame *frame)
{
    const Frame *outer = outer_of(loc, frame);

    return frame->kind == FRAME_QUERY && frame->placed && !frame->file && outer &&
           outer->kind != FRAME_QUERY && outer->placed && outer->source == frame->source;
}

/* Such a query adds nothing to the body, nor does one whose block comes next. */
static bool adds_nothing(const Locator *loc, const Frame *frame)
{
    const Frame *inner = inner_of(loc, frame);

    return is_static(loc, frame) ||
           (frame->kind == FRAME_QUERY && inner && inner->kind == FRAME_BLOCK && inner->placed);
}

static void add_frame_link(const Locator *loc, const Frame *frame, StrList *chain)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is one of loc->frames */
    bool function = frame->kind == FRAME_FUNCTION || frame->kind == FRAME_SQL_FUNCTION;
    const Frame *inner = inner_of(loc, frame);
    /* the line of the query that failed says more than the line of the statement it is in */
    Spot spot = spot_of(inner && is_static(loc, inner) && !inner_of(loc, inner) ? inner
                                                                                : frame);
    char *text;

    if (function && is_plumbing(frame->name))
        return;
    if (adds_nothing(loc, frame))
        return;
    if (spot.source)
        text = link_text(&spot, function ? frame->name : NULL);
    else if (function)
        text = frame->line ? xasprintf("%s:%d", frame->name, frame->line)
                           : xstrdup(frame->name);
    else
        return;
    add_link(chain, text);
    free(text);
}

static void make_chain(const Locator *loc, const Spot *sent, ErrorPlace *place)
{
    if (loc->sent && loc->sent->outer)
        list_copy(&place->chain, loc->sent->outer);
    if (sent->source) {
        char *text = link_text(sent, NULL);
        const Frame *first = loc->frame_count ? &loc->frames[loc->frame_count - 1] : NULL;

        /* the block's line says more than the line of its DO */
        if (!first || first->kind != FRAME_BLOCK || !first->placed)
            add_link(&place->chain, text);
        free(text);
    }
    for (size_t i = loc->frame_count; i-- > 0;)
        add_frame_link(loc, &loc->frames[i], &place->chain);
}

/* ---- "Failed in PATH: ..." ------------------------------------------------------------------ */

/* The original message behind the path and what separates it. */
static const char *original_message(const char *message, const char *path)
{
    const char *at = strstr(message, path);

    if (!at && strncmp(path, "./", 2) == 0)
        at = strstr(message, path + 2), path += 2;
    at = at ? at + strlen(path) : message;
    return at + strspn(at, " :-");
}

/* The statement that the message speaks of, in the file or in what the last mark leaves of it. */
static void spot_in_source(Locator *loc, const char *message, Spot *spot)
{
    const Source *source = spot->source;
    size_t from = 0, to = source->len, end;
    bool marked = false, exact = false;

    if (trace_extent(loc->session, source->path, &from, &end, &marked) && end < to)
        to = end;
    spot->line = statement_of_message(loc, message, source->text + from, to - from,
                                      &spot->offset, &exact, &spot->candidates);
    spot->column = spot->line && exact;
    spot->offset += from;
    if (marked && !spot->line) {
        spot->offset = from;
        spot->line = true;
    }
}

/* The file that a re-raised error names, and the statement where its message tells. */
static bool spot_of_message(Locator *loc, const char *path, Spot *spot)
{
    const ProjectFile *file = path ? project_file(loc->project, path) : NULL;
    const Source *source;
    const char *message;

    if (!file || file->role == FILE_TEST_OTHER)
        return false;
    source = locator_file(loc, (size_t)(file - loc->project->files));
    *spot = (Spot){0};
    if (!source) { /* changed on the disk: its name is still right */
        spot->source = locator_add_source(loc, file->path, "", 0, file);
        return true;
    }
    spot->source = source;
    message = original_message(loc->message, path);
    spot_in_source(loc, message, spot);
    /* "file PATH failed: ..." */
    if (!spot->line && (message = strstr(message, ": ")))
        spot_in_source(loc, message + 2, spot);
    return true;
}

/* A loaded path that stands in a message, however it is worded; the longest.  Owned; NULL: none. */
static char *path_in_message(const Project *project, const char *message)
{
    const char *found = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < project->file_count; i++) {
        const char *path = project->files[i].path,
                   *bare = path + (strncmp(path, "./", 2) ? 0 : 2);
        const char *at = strstr(message, bare);
        size_t len = strlen(bare);

        if (at && len > longest && project->files[i].role != FILE_TEST_OTHER &&
            word_at(message, strlen(message), (size_t)(at - message), len)) {
            longest = len;
            found = path;
        }
    }
    return xstrdup_null(found);
}

/* Does the line of the frame stand in a handler, behind EXCEPTION WHEN? */
static bool in_handler(const Frame *frame)
{
    static const char word[] = "exception";
    const Passage *body = frame->passage;

    for (size_t at = 0; body && at + sizeof(word) < frame->within; at++) {
        const char *behind = body->text + at + sizeof(word) - 1;

        if (ascii_ncasecmp(body->text + at, word, sizeof(word) - 1) == 0 &&
            ascii_ncasecmp(behind + strspn(behind, " \t\r\n"), "when", 4) == 0)
            return true;
    }
    return false;
}

/* The file that the script's own RAISE names: "Failed in PATH: ...", or in other words. */
static char *named_file(const Locator *loc)
{
    char *named = failed_file_in(loc->message);
    const Frame *first = loc->frame_count ? &loc->frames[0] : NULL;

    if (!named && first && first->kind != FRAME_QUERY && first->placed && first->source &&
        in_handler(first) && strcmp(first->word, "RAISE") == 0 &&
        strcmp(first->source->path, SCRIPT_NAME) == 0)
        named = path_in_message(loc->project, loc->message);
    return named;
}

/* Does any frame lie in this file?  Then nothing has been lost. */
static bool frame_in(const Locator *loc, const char *path)
{
    for (size_t i = 0; i < loc->frame_count; i++) {
        Spot spot = spot_of(&loc->frames[i]);

        if (spot.source && strcmp(spot.source->path, path) == 0)
            return true;
    }
    return false;
}

/* ---- all together --------------------------------------------------------------------------- */

static void read_fields(Locator *loc, const PGresult *error)
{
    static const int fields[] = {PG_DIAG_SCHEMA_NAME, PG_DIAG_TABLE_NAME, PG_DIAG_COLUMN_NAME,
                                 PG_DIAG_CONSTRAINT_NAME, PG_DIAG_DATATYPE_NAME};
    const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
    const char *routine = PQresultErrorField(error, PG_DIAG_SOURCE_FUNCTION);

    loc->state = state ? state : "";
    loc->message = message ? message : "";
    loc->detail = PQresultErrorField(error, PG_DIAG_MESSAGE_DETAIL);
    loc->routine = routine ? routine : "";
    for (size_t i = 0; i < lengthof(fields); i++)
        loc->names[i] = PQresultErrorField(error, fields[i]);
}

/* The number in "COPY t, line 2, column a: ..."; translated it is the first one behind a comma
 * (COPY t, Zeile 2; tのCOPY、行 2).  0: there is none. */
static int copy_line(const char *context)
{
    size_t len = context ? strcspn(context, "\n") : 0;
    const char *comma = len ? memmem(context, len, ", line ", 7) : NULL;

    if (len && !comma && !(comma = memmem(context, len, ", ", 2)))
        comma = memmem(context, len, "、", strlen("、"));
    if (!comma)
        return 0;
    for (; *comma && *comma != ':' && *comma != '\n'; comma++)
        if (*comma >= '0' && *comma <= '9')
            return atoi(comma);
    return 0;
}

static bool reads_stdin(const char *text, size_t len)
{
    Statements list = statements_of(text, len);
    bool reads = list.count && begins(&list, &list.items[0], "copy") &&
                 has_word(&list, &list.items[0], "stdin");

    statements_free(&list);
    return reads;
}

/* In-line data of a COPY counts its lines from behind the statement. */
static void take_copy_line(const Locator *loc, const PGresult *error, const Scope *scope,
                           Spot *spot)
{
    int number = copy_line(PQresultErrorField(error, PG_DIAG_CONTEXT));
    const char *statement = scope->passage->text + scope->from;
    const Source *source;
    size_t origin, at;
    TextPlace place;

    if (!number || loc->sent->data_elsewhere ||
        !reads_stdin(statement, scope->to - scope->from) ||
        !passage_origin(scope->passage, scope->to - 1, &source, &origin) ||
        source != spot->source)
        return;
    text_place_at(source->text, source->len, origin, &place);
    at = line_start(source->text, source->len, place.line + number);
    if (at != SIZE_MAX)
        spot->offset = at;
}

/* Where the failing statement of the sent text begins, or the very place. */
static Spot spot_of_sent(const Locator *loc, const PGresult *error, const Scope *scope)
{
    const char *field = PQresultErrorField(error, PG_DIAG_STATEMENT_POSITION);
    const Passage *passage = scope->passage;
    Spot spot = {0};
    size_t at = scope->from;

    if (!passage)
        return spot;
    if (field && offset_of(passage->text, passage->len, strtol(field, NULL, 10), &at))
        spot.column = true;
    else if (!loc->frame_count)
        at += statement_line(loc, passage->text + scope->from, scope->to - scope->from);
    spot.line = passage_origin(passage, at, &spot.source, &spot.offset);
    if (!field && spot.line && !loc->frame_count)
        take_copy_line(loc, error, scope, &spot);
    return spot;
}

static bool data_spot(Locator *loc, const PGresult *error, Spot *spot)
{
    Spot data = {.line = true};

    if (!spot_of_data(loc, PQresultErrorField(error, PG_DIAG_CONTEXT), &data.source,
                      &data.offset, &data.column))
        return false;
    *spot = data;
    return true;
}

static void add_spot_link(StrList *chain, const Spot *spot)
{
    char *text = link_text(spot, NULL);

    add_link(chain, text);
    free(text);
}

static void find_place(Locator *loc, const PGresult *error, ErrorPlace *place)
{
    char *named;
    Scope scope = {0};
    Spot sent, spot;

    if (loc->sent)
        scope = scope_of_sent(loc->sent, passage_of_sent(loc, loc->sent));
    sent = spot_of_sent(loc, error, &scope);
    resolve_frames(loc, scope);
    spot = innermost_spot(loc);
    named = named_file(loc);
    make_chain(loc, &sent, place);
    if (data_spot(loc, error, &spot)) {
        add_spot_link(&place->chain, &spot);
    } else if (named && !frame_in(loc, named) && spot_of_message(loc, named, &spot)) {
        add_spot_link(&place->chain, &spot);
    } else if (!spot.source) {
        spot = sent;
    }
    if (spot.source && spot.source->path)
        set_place(place, &spot);
    if (place->file)
        take_mark(loc->session, place);
    if (place->file)
        name_equal_files(loc->project,
                         loc->sent && loc->sent->running ? loc->sent->running : named, place);
    free(named);
}

/* A place that a second run has told begins its chain at the file; put in front what was sent. */
static void lead_to_pinned(Locator *loc, const PGresult *error, ErrorPlace *place)
{
    ErrorPlace lead = {0};
    Scope scope;
    Spot spot;

    if (!loc->sent)
        return;
    scope = scope_of_sent(loc->sent, passage_of_sent(loc, loc->sent));
    spot = spot_of_sent(loc, error, &scope);
    make_chain(loc, &spot, &lead);
    for (size_t i = 0; i < place->chain.len; i++)
        add_link(&lead.chain, place->chain.items[i]);
    strlist_free(&place->chain);
    place->chain = lead.chain;
    locator_free(loc);
}

bool session_locate(const Session *session, const PGresult *error, const SentText *sent,
                    ErrorPlace *place)
{
    Locator loc = {.session = session, .project = session_project(session), .sent = sent};

    *place = (ErrorPlace){0};
    if (!loc.project)
        return false;
    read_fields(&loc, error);
    if (session_pinned(session, loc.message, place)) {
        lead_to_pinned(&loc, error, place);
        return true;
    }
    frames_read(&loc, error);
    find_place(&loc, error, place);
    locator_free(&loc);
    if (place->file)
        return true;
    error_place_free(place);
    return false;
}
