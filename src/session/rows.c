/*
 * rows.c — the files of a project as COPY rows.
 *
 * File by file: read, check the hash, send, forget; so memory is bounded by the largest file.
 * While the server stores one file the next is being read.  When the server refuses a row, the
 * number of the row tells the file: rows go out in the order of the project's lists, and a
 * Table says which of a list's entries it takes.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmish/sql.h"
#include "session_private.h"

typedef struct Sending {
    PGconn *conn;
    const Project *project;
    const Preflight *preflight;
    const LoadOptions *options;
    CopyWriter writer;
    StrBuf content; /* of the current file */
    StrBuf array;   /* of the current field */
    uint64_t sent;  /* bytes of contents so far */
} Sending;

typedef struct Table {
    const char *sql;
    /* Sends entry i as one row.  False: *diag. */
    bool (*row)(Sending *sending, size_t i, Diag *diag);
    bool (*takes)(const Project *project, size_t i);
    const char *(*path)(const Project *project, size_t i);
    size_t (*count)(const Project *project);
} Table;

void array_literal(StrBuf *out, const char *const *items, size_t count)
{
    strbuf_addc(out, '{');
    for (size_t i = 0; i < count; i++) {
        strbuf_add(out, i ? ",\"" : "\"");
        for (const char *p = items[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                strbuf_addc(out, '\\');
            strbuf_addc(out, *p);
        }
        strbuf_addc(out, '"');
    }
    strbuf_addc(out, '}');
}

/* ---- fields -------------------------------------------------------------------------------------- */

/* A field and the tab in front of it, but for the first of a row. */
static void first(Sending *sending, const char *text)
{
    copy_field(&sending->writer, text, text ? strlen(text) : 0);
}

static void next(Sending *sending, const char *text)
{
    copy_end_field(&sending->writer);
    first(sending, text);
}

static void next_part(Sending *sending, const char *text, size_t len)
{
    copy_end_field(&sending->writer);
    copy_field(&sending->writer, text, len);
}

static void next_number(Sending *sending, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    next(sending, text);
}

/* Reads the file again for its row; what changed since the scan aborts the load. */
static bool next_content(Sending *sending, const ProjectFile *file, Diag *diag)
{
    const LoadOptions *options = sending->options;

    if (options->cancelled && *options->cancelled)
        return diag_set(diag, EXIT_PGMI_INTERRUPTED, "load cancelled");
    strbuf_reset(&sending->content);
    if (!project_read(sending->project, file, &sending->content, diag))
        return false;
    next_part(sending, sending->content.data, sending->content.len);
    sending->sent += file->size;
    if (options->progress)
        options->progress(options->progress_ctx, sending->sent, sending->project->total_bytes);
    return true;
}

/* ---- _pgmi_source --------------------------------------------------------------------------------- */

/* path_parts; *depth gets the number of directories below the root, *parent the last one. */
static void split_path(StrBuf *array, const char *path, int *depth, StrBuf *parent)
{
    StrList parts = STRLIST_INIT;
    const char *start = path;

    for (const char *slash; (slash = strchr(start, '/')) != NULL; start = slash + 1)
        strlist_take(&parts, xstrndup(start, (size_t)(slash - start)));
    strlist_add(&parts, start);
    *depth = (int)parts.len - 2;
    if (*depth > 0)
        strbuf_add(parent, parts.items[parts.len - 2]);
    array_literal(array, (const char *const *)parts.items, parts.len);
    strlist_free(&parts);
}

static bool source_row(Sending *sending, size_t i, Diag *diag)
{
    const ProjectFile *file = &sending->project->files[i];
    const char *name = strrchr(file->path, '/') + 1;
    StrBuf parent = STRBUF_INIT;
    int depth;
    bool ok;

    strbuf_reset(&sending->array);
    split_path(&sending->array, file->path, &depth, &parent);
    first(sending, file->path);
    next(sending, name);
    next_part(sending, file->path, (size_t)(name - file->path));
    next(sending, file_extension(name));
    next_number(sending, (uint64_t)depth);
    ok = next_content(sending, file, diag);
    next_number(sending, file->size);
    next(sending, file->checksum);
    next(sending, file->pgmi_checksum);
    next_part(sending, sending->array.data, sending->array.len);
    next(sending, file->is_sql ? "t" : "f");
    next(sending, "f");
    next(sending, depth > 0 ? parent.data : NULL);
    strbuf_free(&parent);
    return ok;
}

static bool is_source(const Project *project, size_t i)
{
    return project->files[i].role == FILE_SOURCE;
}

static const char *file_path(const Project *project, size_t i)
{
    return project->files[i].path;
}

static size_t file_count(const Project *project)
{
    return project->file_count;
}

/* ---- the other tables -------------------------------------------------------------------------------- */

static bool metadata_row(Sending *sending, size_t i, Diag *diag UNUSED)
{
    const ProjectFile *file = &sending->project->files[i];
    const Metadata *meta = file->meta;

    strbuf_reset(&sending->array);
    array_literal(&sending->array, (const char *const *)meta->sort_keys.items,
                  meta->sort_keys.len);
    first(sending, file->path);
    next(sending, meta->id);
    next(sending, meta->idempotent ? "t" : "f");
    next_part(sending, sending->array.data, sending->array.len);
    next(sending, meta->description);
    return true;
}

static bool has_metadata(const Project *project, size_t i)
{
    return is_source(project, i) && project->files[i].meta;
}

static bool directory_row(Sending *sending, size_t i, Diag *diag UNUSED)
{
    const TestDirectory *directory = &sending->project->test_directories[i];

    first(sending, directory->path);
    next(sending, directory->parent_path);
    next_number(sending, (uint64_t)directory->depth);
    return true;
}

static bool every(const Project *project UNUSED, size_t i UNUSED)
{
    return true;
}

static const char *directory_path(const Project *project, size_t i)
{
    return project->test_directories[i].path;
}

static size_t directory_count(const Project *project)
{
    return project->test_directory_count;
}

static bool test_row(Sending *sending, size_t i, Diag *diag)
{
    const ProjectFile *file = &sending->project->files[i];
    const char *name = strrchr(file->path, '/') + 1;
    bool ok;

    first(sending, file->path);
    next_part(sending, file->path, (size_t)(name - file->path));
    next(sending, name);
    ok = next_content(sending, file, diag);
    next(sending, file->role == FILE_FIXTURE ? "t" : "f");
    return ok;
}

static bool is_test(const Project *project, size_t i)
{
    return project->files[i].role == FILE_TEST || project->files[i].role == FILE_FIXTURE;
}

/* In the order in which the tables refer to each other. */
static const Table tables[] = {
    {"COPY pg_temp._pgmi_source (path, name, directory, extension, depth, content, size_bytes,"
     " checksum, pgmi_checksum, path_parts, is_sql_file, is_test_file, parent_folder_name)"
     " FROM STDIN WITH (ENCODING 'UTF8')",
     source_row, is_source, file_path, file_count},
    {"COPY pg_temp._pgmi_source_metadata (path, id, idempotent, sort_keys, description)"
     " FROM STDIN WITH (ENCODING 'UTF8')",
     metadata_row, has_metadata, file_path, file_count},
    {"COPY pg_temp._pgmi_test_directory (path, parent_path, depth)"
     " FROM STDIN WITH (ENCODING 'UTF8')",
     directory_row, every, directory_path, directory_count},
    {"COPY pg_temp._pgmi_test_source (path, directory, filename, content, is_fixture)"
     " FROM STDIN WITH (ENCODING 'UTF8')",
     test_row, is_test, file_path, file_count},
};

/* ---- refusals --------------------------------------------------------------------------------------- */

/* Index of the entry that went out as row `row` (from 1); count when there is none. */
static size_t entry_of_row(const Table *table, const Project *project, uint64_t row)
{
    size_t count = table->count(project);

    for (size_t i = 0; i < count; i++)
        if (table->takes(project, i) && row-- == 1)
            return i;
    return count;
}

/* Where in the file the character stands that the encoding lacks. */
static TextPlace place_of_bytes(const Sending *sending, const char *path, const char *bytes)
{
    const ProjectFile *file = project_file(sending->project, path);
    StrBuf content = STRBUF_INIT;
    Diag ignored = DIAG_INIT;
    TextPlace place = {0};
    const char *found;

    if (file && *bytes && project_read(sending->project, file, &content, &ignored) &&
        (found = strstr(content.data, bytes)) != NULL)
        text_place_at(content.data, content.len, (size_t)(found - content.data), &place);
    diag_reset(&ignored);
    strbuf_free(&content);
    return place;
}

/* The server refused a row: says which file it was about. */
static bool refused(const Sending *sending, const Table *table, Diag *diag)
{
    size_t i = entry_of_row(table, sending->project, sending->writer.failed_row);
    TextPlace place = {0};
    char *shown, *reason;
    const char *path;
    char bytes[8];

    if (i == table->count(sending->project))
        return false;
    path = table->path(sending->project, i);
    shown = project_show_path(path);
    if (encoding_refused(diag, bytes)) {
        diag_reset(diag);
        diag_set(diag, EXIT_PGMI_CONFIG,
                 "file has a character that the database's encoding %s cannot hold",
                 sending->preflight->server_encoding);
        diag_hint(diag, "Change the file, or use a database with encoding UTF8.");
        place = place_of_bytes(sending, path, bytes);
    } else {
        /* the server's DETAIL would show the whole row */
        reason = xstrdup(diag->message);
        diag_reset(diag);
        diag_set(diag, EXIT_PGMI_CONFIG, "file cannot be loaded: %s", reason);
        free(reason);
    }
    diag_at(diag, shown, place.line, place.column);
    free(shown);
    return false;
}

static bool send_table(Sending *sending, const Table *table, Diag *diag)
{
    const Project *project = sending->project;
    size_t count = table->count(project), i = 0;
    bool open = false;

    for (; i < count; i++) {
        if (!table->takes(project, i))
            continue;
        if (!open && !(open = copy_begin(&sending->writer, sending->conn, table->sql, diag)))
            return false;
        if (!table->row(sending, i, diag)) {
            copy_abort(&sending->writer, "load abandoned");
            return false;
        }
        if (!copy_end_row(&sending->writer, diag)) {
            copy_abort(&sending->writer, "connection trouble");
            return false;
        }
    }
    if (open && !copy_finish(&sending->writer, diag))
        return refused(sending, table, diag);
    return true;
}

bool rows_send(PGconn *conn, const Project *project, const Preflight *preflight,
               const LoadOptions *options, Diag *diag)
{
    Sending sending = {.conn = conn,
                       .project = project,
                       .preflight = preflight,
                       .options = options,
                       .content = STRBUF_INIT,
                       .array = STRBUF_INIT};
    bool ok = true;

    for (size_t i = 0; i < lengthof(tables) && ok; i++)
        ok = send_table(&sending, &tables[i], diag);
    strbuf_free(&sending.content);
    strbuf_free(&sending.array);
    return ok;
}
