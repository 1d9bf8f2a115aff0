/*
 * trace.c — marks as they arrive, and what they tell: which statement runs, how long each took.
 *
 * The interface is trace.h.  A statement lasts from its mark to the next one, or to the end of the
 * message; so the last statement of a file also has what deploy.sql does before it runs
 * the next file, which is little.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "session_private.h"

void trace_free(Trace *trace)
{
    for (size_t i = 0; i < trace->count; i++) {
        mark_list_free(&trace->files[i].marks);
        free(trace->files[i].times);
    }
    free(trace->files);
    *trace = (Trace){0};
}

/* ---- what is known of the load on top -------------------------------------------------------- */

TraceMode trace_mode(const Session *session)
{
    return session->trace.mode;
}

void trace_set_mode(Session *session, TraceMode mode)
{
    session->trace.mode = mode;
}

void trace_take(Session *session, Trace *trace)
{
    TraceState *state = &session->trace;
    Generation *top = session_top(session);

    state->known = state->running = false;
    state->begun = 0;
    if (!top)
        return;
    trace_free(&top->trace);
    top->trace = *trace;
    if (trace->count)
        state->next_number = trace->base + (uint32_t)trace->count;
    *trace = (Trace){0};
}

const TraceFile *trace_files(const Session *session, size_t *count)
{
    const Generation *top = session_top(session);

    *count = top ? top->trace.count : 0;
    return *count ? top->trace.files : NULL;
}

const TraceFile *trace_file(const Session *session, const char *path)
{
    size_t count;
    const TraceFile *files = trace_files(session, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].file->path, path) == 0)
            return files[i].marked ? &files[i] : NULL;
    return NULL;
}

/* The file whose marks carry this number, when the load on top has it. */
static TraceFile *file_of_number(const Session *session, uint32_t number)
{
    const Generation *top = session_top(session);
    const Trace *trace = top ? &top->trace : NULL;

    if (!trace || number < trace->base || number - trace->base >= trace->count)
        return NULL;
    return &trace->files[number - trace->base];
}

/* ---- turning it on and off for what is loaded ------------------------------------------------ */

static bool mark_loaded(Session *session, PGconn *conn, TraceMode mode,
                        const Preflight *preflight, Trace *trace, Diag *diag)
{
    if (mode == TRACE_OFF)
        return trace_withdraw(conn, preflight, diag);
    return trace_send(conn, session_project(session), preflight, mode,
                      session->trace.next_number, trace, diag);
}

bool trace_apply(Session *session, PGconn *conn, TraceMode mode, Diag *diag)
{
    const char *doing = mode == TRACE_OFF ? "end the trace" : "trace the loaded files";
    Preflight preflight = {0};
    Trace trace = {0};
    bool ok = false;

    if (session_state(session) != SESSION_LOADED) {
        session->trace.mode = mode;
        return true;
    }
    if (!preflight_check(conn, doing, &preflight, diag) || !work_begin(conn, &preflight, diag))
        goto done;
    ok = mark_loaded(session, conn, mode, &preflight, &trace, diag) &&
         work_commit(conn, &preflight, diag);
    if (!ok) {
        work_rollback(conn, &preflight);
        goto done;
    }
    session->trace.mode = mode;
    if (mode != TRACE_OFF) /* the times of the run before can still be looked at */
        trace_take(session, &trace);
done:
    trace_free(&trace);
    preflight_free(&preflight);
    return ok;
}

/* ---- marks ------------------------------------------------------------------------------------- */

/* Notes how long the statement of the last mark took. */
static void close_statement(Session *session, double now)
{
    TraceState *state = &session->trace;
    TraceFile *file = state->running ? file_of_number(session, state->number) : NULL;
    struct TraceTimes *times;

    state->running = false;
    if (!file || state->statement >= file->marks.len)
        return;
    if (!file->times)
        file->times = xcalloc(file->marks.len, sizeof(*file->times));
    times = &file->times[state->statement];
    times->calls++;
    times->total += now - state->at;
    if (now - state->at > times->longest)
        times->longest = now - state->at;
}

/* "17,3" */
static bool read_mark(const char *message, uint32_t *number, uint32_t *statement)
{
    char *end;
    unsigned long long file = strtoull(message, &end, 10), index;

    if (end == message || *end != ',')
        return false;
    message = end + 1;
    index = strtoull(message, &end, 10);
    if (end == message || *end || file > UINT32_MAX || index > UINT32_MAX)
        return false;
    *number = (uint32_t)file;
    *statement = (uint32_t)index;
    return true;
}

/*
 * The server sends every mark at once and so wakes whoever waits for it.  Where quick statements follow
 * each other that costs more than the marks themselves; so after marks the shell does not listen for
 * a moment.  A statement that takes longer than that is still timed from its own mark's arrival.
 * Not where the texts quoted in the marks' context might fill the socket, which would stop the
 * server.
 */
static void rest(TraceState *state)
{
    enum { REST_NS = 2000000, MUCH = 16 * 1024 };
    size_t fresh = state->fresh;

    state->fresh = 0;
    if (fresh && fresh < MUCH)
        nanosleep(&(struct timespec){0, REST_NS}, NULL);
}

/* The last mark since trace_begin; also after trace_end.  False: none. */
static bool last_mark(const Session *session, TraceMark *mark)
{
    const TraceState *state = &session->trace;
    const TraceFile *file = state->known ? file_of_number(session, state->number) : NULL;

    if (!file || state->statement >= file->marks.len)
        return false;
    *mark = (TraceMark){file, state->statement, state->at, session_top(session)->trace.marked,
                        state->begun};
    return true;
}

static void tell(Session *session)
{
    const TraceState *state = &session->trace;
    TraceMark mark;

    if (state->listener && state->running && last_mark(session, &mark))
        state->listener(state->listener_ctx, &mark);
}

bool trace_notice(Session *session, const PGresult *notice)
{
    TraceState *state = &session->trace;
    const char *code = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY), *context;
    uint32_t number, statement;
    double now = monotonic_ms();
    TraceFile *file;

    if (!code || strcmp(code, TRACE_SQLSTATE) != 0 || !message ||
        !read_mark(message, &number, &statement))
        return state->hushed;
    close_statement(session, now);
    file = file_of_number(session, number);
    state->known = state->running = file != NULL && statement < file->marks.len;
    if (!state->known)
        return true;
    state->number = number;
    state->statement = statement;
    state->at = now;
    state->begun += !file->begun;
    file->begun = true;
    context = PQresultErrorField(notice, PG_DIAG_CONTEXT);
    state->fresh += 1 + (context ? strlen(context) : 0);
    tell(session);
    return true;
}

void trace_listen(Session *session, void (*fn)(void *ctx, const TraceMark *mark), void *ctx)
{
    session->trace.listener = fn;
    session->trace.listener_ctx = ctx;
}

void trace_hush(Session *session, bool hushed)
{
    session->trace.hushed = hushed;
}

void trace_tick(Session *session)
{
    rest(&session->trace);
    tell(session);
}

void trace_run(Session *session)
{
    Generation *top = session_top(session);

    for (size_t i = 0; top && i < top->trace.count; i++)
        top->trace.files[i].begun = false;
    session->trace.begun = 0;
}

void trace_begin(Session *session)
{
    session->trace.known = session->trace.running = false;
}

void trace_end(Session *session)
{
    close_statement(session, monotonic_ms());
}

bool trace_extent(const Session *session, const char *path, size_t *from, size_t *to,
                  bool *exact)
{
    const TraceFile *file;
    TraceMark mark;
    size_t next;

    if (!last_mark(session, &mark) || strcmp(mark.file->file->path, path) != 0)
        return false;
    file = mark.file;
    next = mark.statement + file->every;
    *from = file->marks.items[mark.statement].offset;
    *to = next < file->marks.len ? file->marks.items[next].offset : SIZE_MAX;
    *exact = file->every == 1 || mark.statement + 1 == file->marks.len;
    return true;
}

/* ---- as a place ---------------------------------------------------------------------------------- */

/* The line's text, when the file on disk is still the one that was loaded: in an aborted transaction
 * the server cannot be asked. */
static char *line_of_file(const Session *session, const ProjectFile *file, size_t offset)
{
    StrBuf content = STRBUF_INIT;
    Diag ignored = DIAG_INIT;
    char *line = NULL;
    TextPlace at;

    if (project_read(session_project(session), file, &content, &ignored)) {
        text_place_at(content.data, content.len, offset, &at);
        line = xstrndup(content.data + at.line_start, at.line_length);
    }
    diag_reset(&ignored);
    strbuf_free(&content);
    return line;
}

bool trace_place(const Session *session, const char *path, ErrorPlace *place, bool *exact)
{
    const Mark *begins;
    TraceMark mark;

    *place = (ErrorPlace){0};
    if (!last_mark(session, &mark) || (path && strcmp(mark.file->file->path, path) != 0))
        return false;
    begins = &mark.file->marks.items[mark.statement];
    place->file = xstrdup(mark.file->file->path);
    place->line = (int)begins->line;
    place->column = (int)begins->column;
    place->source_line = line_of_file(session, mark.file->file, begins->offset);
    if (exact)
        *exact = mark.file->every == 1 || mark.statement + 1 == mark.file->marks.len;
    return true;
}
