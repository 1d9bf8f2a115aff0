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

/* ---- fields -------------------------------------------------------------------------------------- */

static void put_text(Sending *sending, const char *value)
{
    copy_field(&sending->writer, value, value ? strlen(value) : 0);
}

static const char *base_name(const char *path)
{
    return strrchr(path, '/') + 1; /* D9: there is a slash */
}

/* Everything up to the last slash. */
static void put_directory(Sending *sending, const char *path)
{
    copy_field(&sending->writer, path, (size_t)(base_name(path) - path));
}

/* Reads the file again for its row; what changed since the scan aborts the load. */
static bool put_content(Sending *sending, const ProjectFile *file, Diag *diag)
{
    const LoadOptions *options = sending->options;

    if (options->cancelled && *options->cancelled)
        return diag_set(diag, EXIT_PGMI_INTERRUPTED, "load cancelled");
    strbuf_reset(&sending->content);
    if (!project_read(sending->project, file, &sending->content, diag))
        return false;
    copy_field(&sending->writer, sending->content.data, sending->content.len);
    sending->sent += file->size;
    if (options->progress)
        options->progress(options->progress_ctx, sending->sent, sending->project->total_bytes);
    return true;
}

/* ---- _pgmi_source --------------------------------------------------------------------------------- */

static StrList split_path(const char *path)
{
    StrList parts = STRLIST_INIT;

    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1)
        strlist_take(&parts, xstrndup(path, (size_t)(slash - path)));
    strlist_add(&parts, path);
    return parts;
}

static bool source_row(Sending *sending, size_t i, Diag *diag)
{
    const ProjectFile *file = &sending->project->files[i];
    CopyWriter *writer = &sending->writer;
    StrList parts = split_path(file->path);
    size_t depth = parts.len - 2; /* without the dot and the name */
    bool ok;

    copy_row(writer, 13);
    put_text(sending, file->path);
    put_text(sending, base_name(file->path));
    put_directory(sending, file->path);
    put_text(sending, file_extension(base_name(file->path)));
    copy_int(writer, (int32_t)depth);
    ok = put_content(sending, file, diag);
    copy_bigint(writer, (int64_t)file->size);
    put_text(sending, file->checksum);
    put_text(sending, file->pgmi_checksum);
    copy_text_array(writer, &parts);
    copy_bool(writer, file->is_sql);
    copy_bool(writer, false);
    put_text(sending, depth ? parts.items[depth] : NULL);
    strlist_free(&parts);
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

/* The 16 bytes of a UUID in canonical form. */
static void put_uuid(Sending *sending, const char *canonical)
{
    char bytes[16], digits[3] = "";

    for (size_t i = 0; i < sizeof(bytes); i++, canonical += 2) {
        canonical += *canonical == '-';
        memcpy(digits, canonical, 2);
        bytes[i] = (char)strtoul(digits, NULL, 16);
    }
    copy_field(&sending->writer, bytes, sizeof(bytes));
}

static bool metadata_row(Sending *sending, size_t i, Diag *diag UNUSED)
{
    const ProjectFile *file = &sending->project->files[i];
    const Metadata *meta = file->meta;

    copy_row(&sending->writer, 5);
    put_text(sending, file->path);
    put_uuid(sending, meta->id);
    copy_bool(&sending->writer, meta->idempotent);
    copy_text_array(&sending->writer, &meta->sort_keys);
    put_text(sending, meta->description);
    return true;
}

static bool has_metadata(const Project *project, size_t i)
{
    return is_source(project, i) && project->files[i].meta;
}

static bool directory_row(Sending *sending, size_t i, Diag *diag UNUSED)
{
    const TestDirectory *entry = &sending->project->test_directories[i];

    copy_row(&sending->writer, 3);
    put_text(sending, entry->path);
    put_text(sending, entry->parent_path);
    copy_int(&sending->writer, entry->depth);
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
    bool ok;

    copy_row(&sending->writer, 5);
    put_text(sending, file->path);
    put_directory(sending, file->path);
    put_text(sending, base_name(file->path));
    ok = put_content(sending, file, diag);
    copy_bool(&sending->writer, file->role == FILE_FIXTURE);
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
     " FROM STDIN WITH (FORMAT binary, ENCODING 'UTF8')",
     source_row, is_source, file_path, file_count},
    {"COPY pg_temp._pgmi_source_metadata (path, id, idempotent, sort_keys, description)"
     " FROM STDIN WITH (FORMAT binary, ENCODING 'UTF8')",
     metadata_row, has_metadata, file_path, file_count},
    {"COPY pg_temp._pgmi_test_directory (path, parent_path, depth)"
     " FROM STDIN WITH (FORMAT binary, ENCODING 'UTF8')",
     directory_row, every, directory_path, directory_count},
    {"COPY pg_temp._pgmi_test_source (path, directory, filename, content, is_fixture)"
     " FROM STDIN WITH (FORMAT binary, ENCODING 'UTF8')",
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
                       .content = STRBUF_INIT};
    bool ok = true;

    for (size_t i = 0; i < lengthof(tables) && ok; i++)
        ok = send_table(&sending, &tables[i], diag);
    strbuf_free(&sending.content);
    return ok;
}
