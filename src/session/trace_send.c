/*
 * trace_send.c — the marked texts of a load: made from the files, kept beside the originals.
 *
 * The files are read a second time (from the system's cache, right behind a load) and go to the
 * server by COPY like the originals, one at a time in memory.  A file that has changed on disk since it was
 * loaded is asked back from the server instead.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmish/sql.h"
#include "session_private.h"

/*
 * Every INFO carries its context, and with it the whole text that EXECUTE was given: n marks in a
 * text of m bytes cost n * m bytes on the way.  So a text gets no more marks than this allows; in
 * a file of 100 kB that is one for each of 300 statements, in one of 1 MB one for every
 * n / 32 of them.
 */
enum { MOST_BYTES = 32 * 1024 * 1024, LEAST_MARKS = 8 };

typedef struct Marking {
    PGconn *conn;
    const Project *project;
    TraceMode mode;
    bool std_strings;
    uint32_t base;
    Trace *trace;
    StrBuf content, marked; /* of the current file */
} Marking;

static void list_files(Marking *marking)
{
    const Project *project = marking->project;
    Trace *trace = marking->trace;

    trace->base = marking->base;
    trace->files = xcalloc(project->file_count + 1, sizeof(*trace->files));
    for (size_t i = 0; i < project->file_count; i++)
        if (project->files[i].role == FILE_SOURCE && project->files[i].is_sql)
            trace->files[trace->count++] = (TraceFile){.file = &project->files[i]};
}

/* FOR ... IN EXECUTE and cursors take a single statement, which must stay single (shell.md: files with
 * more than one statement).  One that hands back no rows can be meant for EXECUTE only. */
static bool may_be_marked(const Marking *marking, const TraceFile *file)
{
    const StrBuf *content = &marking->content;
    size_t start;

    if (file->verdict != MARKS_FOUND)
        return false;
    if (marking->mode == TRACE_STEP || file->marks.len > 1)
        return true;
    start = file->marks.items[0].offset;
    return !statement_returns_rows(content->data + start, content->len - start);
}

static uint32_t spacing(size_t statements, size_t size)
{
    size_t most = size ? MOST_BYTES / size : statements;

    if (most < LEAST_MARKS)
        most = LEAST_MARKS;
    return (uint32_t)((statements + most - 1) / most);
}

/* Marks the text in content.  False: it is to stay as it is. */
static bool mark_text(Marking *marking, TraceFile *file)
{
    const StrBuf *content = &marking->content;
    uint32_t number = marking->base + (uint32_t)(file - marking->trace->files);

    mark_list_free(&file->marks);
    file->verdict = marks_find(content->len ? content->data : "", content->len,
                               marking->std_strings, &file->marks);
    file->marked = may_be_marked(marking, file);
    if (!file->marked)
        return false;
    marking->trace->marked++;
    file->every = spacing(file->marks.len, content->len);
    strbuf_reset(&marking->marked);
    marks_put(content->data, content->len, &file->marks, number, 0, file->marks.len,
              file->every, &marking->marked);
    return true;
}

/* Sends what can be read from disk; lists the others' indexes in `late`. */
static bool copy_marked(Marking *marking, size_t *late, size_t *late_count, Diag *diag)
{
    CopyWriter writer;

    if (!copy_begin(&writer, marking->conn,
                    "COPY pg_temp._pgmi_marked (path, content)"
                    " FROM STDIN WITH (FORMAT binary, ENCODING 'UTF8')",
                    diag))
        return false;
    for (size_t i = 0; i < marking->trace->count; i++) {
        TraceFile *file = &marking->trace->files[i];
        Diag ignored = DIAG_INIT;

        strbuf_reset(&marking->content);
        if (!project_read(marking->project, file->file, &marking->content, &ignored)) {
            late[(*late_count)++] = i;
        } else if (mark_text(marking, file)) {
            copy_row(&writer, 2);
            copy_field(&writer, file->file->path, strlen(file->file->path));
            copy_field(&writer, marking->marked.data, marking->marked.len);
            if (!copy_end_row(&writer, diag)) {
                copy_abort(&writer, "connection trouble");
                return false;
            }
        }
        diag_reset(&ignored);
    }
    return copy_finish(&writer, diag);
}

/* A file whose text only the server still has. */
static bool insert_marked(Marking *marking, TraceFile *file, Diag *diag)
{
    char *content = content_fetch(marking->conn, file->file->path, diag);
    const char *values[2] = {file->file->path};

    if (!content)
        return false;
    strbuf_reset(&marking->content);
    strbuf_add(&marking->content, content);
    free(content);
    if (!mark_text(marking, file))
        return true;
    values[1] = marking->marked.data;
    return server_command(marking->conn,
                          "INSERT INTO pg_temp._pgmi_marked (path, content) VALUES ($1, $2)",
                          lengthof(values), values, diag);
}

static bool send_marked(Marking *marking, Diag *diag)
{
    size_t *late = xcalloc(marking->trace->count + 1, sizeof(*late)), late_count = 0;
    bool ok = copy_marked(marking, late, &late_count, diag);

    for (size_t i = 0; i < late_count && ok; i++)
        ok = insert_marked(marking, &marking->trace->files[late[i]], diag);
    free(late);
    return ok && server_command(marking->conn, "ANALYZE pg_temp._pgmi_marked", 0, NULL, diag);
}

bool trace_send(PGconn *conn, const Project *project, const Preflight *preflight,
                TraceMode mode, uint32_t base, Trace *trace, Diag *diag)
{
    Marking marking = {.conn = conn,
                       .project = project,
                       .mode = mode,
                       .std_strings = strcmp(preflight->std_strings, "off") != 0,
                       .base = base,
                       .trace = trace,
                       .content = STRBUF_INIT,
                       .marked = STRBUF_INIT};
    StrBuf sql = STRBUF_INIT;
    bool ok;

    list_files(&marking);
    work_sql(&sql, mode == TRACE_STEP ? "step_mark.sql" : "trace_mark.sql");
    work_sql(&sql, "trace.sql");
    ok = server_command(conn, sql.data, 0, NULL, diag) && send_marked(&marking, diag);
    strbuf_free(&sql);
    strbuf_free(&marking.content);
    strbuf_free(&marking.marked);
    return ok;
}

bool trace_withdraw(PGconn *conn, const Preflight *preflight, Diag *diag)
{
    StrBuf sql = STRBUF_INIT;
    bool ok;

    if (!preflight->has_marks)
        return true;
    work_sql(&sql, "views.sql");
    work_sql(&sql, "trace_off.sql");
    ok = server_command(conn, sql.data, 0, NULL, diag);
    strbuf_free(&sql);
    return ok;
}
