/*
 * scan.c — walks a project's tree and says what is in it (contract section 2).
 *
 * One pass: each file is read into one reused buffer, checked, hashed, parsed for metadata and
 * forgotten, so memory is bounded by the largest file.  A problem of one file does not end the
 * walk; the user gets all of them at once.  Everything is opened relative to its directory, so
 * the working directory and the length of paths do not matter.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "pgmish/sql.h"

typedef struct Scan {
    Project *project;
    const ScanOptions *options;
    DiagList *problems;
    StrBuf path;      /* of what is being looked at, "./..." */
    StrBuf content;   /* of one file, reused */
    StrBuf normal;    /* its normalised form, reused */
    char *refused;    /* directory that has been refused: its other files need no message */
    uint64_t cap;     /* D6 */
    size_t file_cap;  /* allocated entries of project->files */
    uint64_t seen;    /* bytes read so far, for progress */
    bool deploy_seen; /* something named deploy.sql stands at the root */
} Scan;

/* Moves a message to the list, with the (printable) path of what is being looked at. */
static void report(Scan *scan, Diag *diag)
{
    char *shown = project_show_path(scan->path.data);

    diag_at(diag, shown, diag->line, diag->column);
    free(shown);
    diaglist_take(scan->problems, diag);
}

/* ---- files ------------------------------------------------------------------------------ */

static ProjectFile *add_file(Scan *scan)
{
    Project *project = scan->project;
    ProjectFile *file;

    if (project->file_count == scan->file_cap) {
        scan->file_cap = scan->file_cap ? scan->file_cap * 2 : 64;
        project->files = xrealloc(project->files, scan->file_cap * sizeof(ProjectFile));
    }
    file = &project->files[project->file_count++];
    *file = (ProjectFile){.path = xstrdup(scan->path.data)};
    return file;
}

/* D11, D12, D14, D15. */
static FileRole role_of(const char *path)
{
    if (!project_is_test_path(path))
        return FILE_SOURCE;
    if (!has_sql_extension(path))
        return FILE_TEST_OTHER;
    return project_is_fixture_name(project_base_name(path)) ? FILE_FIXTURE : FILE_TEST;
}

static void count_file(Project *project, const ProjectFile *file)
{
    project->source_count += file->role == FILE_SOURCE;
    project->test_count += file->role == FILE_TEST;
    project->fixture_count += file->role == FILE_FIXTURE;
    project->sql_count += file->role == FILE_SOURCE && file->is_sql;
    if (file->role != FILE_TEST_OTHER)
        project->total_bytes += file->size;
}

/* Records a file whose text is known to be good: hashes (C1), metadata (section 4; source files
 * only, D11). */
static void take_file(Scan *scan, const char *text, size_t len)
{
    ProjectFile *file = add_file(scan);
    Diag diag = DIAG_INIT;

    file->role = role_of(file->path);
    file->is_sql = has_sql_extension(file->path);
    file->size = len;
    sha256_hex(text, len, file->checksum);
    if (file->role == FILE_SOURCE) {
        strbuf_reset(&scan->normal);
        sql_normalise(text, len, &scan->normal);
        sha256_hex(scan->normal.data, scan->normal.len, file->pgmi_checksum);
        if (file->is_sql &&
            metadata_parse(file->path, text, len, &file->meta, &diag) == METADATA_ERROR)
            report(scan, &diag);
    }
    count_file(scan->project, file);
}

/* True when the path may be loaded.  A bad directory is reported with the first file found in
 * it and once only: an empty one leaves no trace (D4). */
static bool path_allowed(Scan *scan)
{
    Diag diag = DIAG_INIT;
    size_t bad = project_path_refused(scan->path.data, &diag);

    if (!bad)
        return true;
    if (scan->refused && strncmp(scan->refused, scan->path.data, strlen(scan->refused)) == 0) {
        diag_reset(&diag);
        return false;
    }
    if (bad < scan->path.len) {
        free(scan->refused);
        scan->refused = xstrndup(scan->path.data, bad);
    }
    report(scan, &diag);
    return false;
}

static void tell_progress(Scan *scan)
{
    const ScanOptions *options = scan->options;

    if (options && options->progress && scan->project->file_count % 64 == 0)
        options->progress(options->progress_ctx, scan->project->file_count, scan->seen);
}

static void scan_file(Scan *scan, int dirfd, const char *name)
{
    Diag diag = DIAG_INIT;
    const char *text;
    size_t len;
    int fd;

    if (!path_allowed(scan))
        return;
    fd = project_open_at(dirfd, name, &diag);
    if (fd >= 0 && project_read_fd(fd, scan->cap, &scan->content, &diag) &&
        project_check_text(&scan->content, &text, &len, &diag)) {
        take_file(scan, text, len);
        scan->seen += len;
        tell_progress(scan);
    } else {
        report(scan, &diag);
    }
    if (fd >= 0)
        close(fd);
}

/* ---- directories ---------------------------------------------------------------------------- */

/* Names of a directory without the excluded ones (D2: not even looked at), sorted by bytes. */
static bool read_names(int fd, StrList *names)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;
    int error;

    if (!dir) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0)
        if (!project_name_excluded(entry->d_name))
            strlist_add(names, entry->d_name);
    error = errno;
    closedir(dir);
    errno = error;
    strlist_sort(names);
    return error == 0;
}

static void report_errno(Scan *scan, const char *what)
{
    Diag diag = DIAG_INIT;

    diag_set(&diag, EXIT_PGMI_CONFIG, "could not read %s: %s", what, strerror(errno));
    diag_hint(&diag, "Check its permissions, or move it out of the project.");
    report(scan, &diag);
}

static void scan_directory(Scan *scan, int fd, int depth);

static void enter_directory(Scan *scan, int dirfd, const char *name, int depth)
{
    Diag diag = DIAG_INIT;
    int fd;

    strbuf_addc(&scan->path, '/');
    if (depth > PROJECT_MAX_DEPTH) {
        diag_set(&diag, EXIT_PGMI_CONFIG, "directory is more than %d levels deep",
                 PROJECT_MAX_DEPTH);
        diag_hint(&diag, "Flatten the tree, or move the directory out of the project.");
        report(scan, &diag);
        return;
    }
    fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        report_errno(scan, "directory");
        return;
    }
    scan_directory(scan, fd, depth);
    close(fd);
}

/* D3: what the root's deploy.sql, in any spelling, may be.  True: it is not to be loaded. */
static bool is_orchestrator(Scan *scan, const char *name, mode_t mode)
{
    Diag diag = DIAG_INIT;
    bool exact = strcmp(name, "deploy.sql") == 0;

    if (!ascii_same(name, "deploy.sql"))
        return false;
    scan->deploy_seen |= exact;
    if (S_ISREG(mode)) {
        scan->project->has_deploy_sql |= exact;
        return true;
    }
    if (!exact || !S_ISDIR(mode))
        return false; /* a link or the like is refused as everywhere */
    diag_set(&diag, EXIT_PGMI_CONFIG, "is a directory, not a regular file");
    diag_hint(&diag, "deploy.sql at the root is the script that a deployment runs; rename the "
                     "directory.");
    report(scan, &diag);
    return true;
}

static void scan_entry(Scan *scan, int dirfd, const char *name, int depth)
{
    struct stat st;
    Diag diag = DIAG_INIT;

    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT) /* gone since it was listed: as if it had never been there */
            report_errno(scan, "file");
        return;
    }
    if (depth == 0 && is_orchestrator(scan, name, st.st_mode))
        return;
    if (S_ISDIR(st.st_mode)) {
        enter_directory(scan, dirfd, name, depth + 1);
    } else if (S_ISREG(st.st_mode)) {
        scan_file(scan, dirfd, name);
    } else {
        int fd = project_open_at(dirfd, name, &diag); /* for its message: D5 and other kinds */

        if (fd >= 0)
            close(fd);
        else
            report(scan, &diag);
    }
}

/* All entries of one directory, whose path (with its slash) stands in scan->path. */
static void scan_directory(Scan *scan, int fd, int depth)
{
    StrList names = STRLIST_INIT;
    size_t base = scan->path.len;

    if (!read_names(fd, &names))
        report_errno(scan, "directory");
    for (size_t i = 0; i < names.len; i++) {
        strbuf_truncate(&scan->path, base);
        strbuf_add(&scan->path, names.items[i]);
        scan_entry(scan, fd, names.items[i], depth);
    }
    strbuf_truncate(&scan->path, base);
    strlist_free(&names);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* D1.  Returns an open directory and fills root, root_path and name. */
static int open_root(Project *project, const char *dir, DiagList *problems)
{
    Diag diag = DIAG_INIT;
    int fd = project_open_root(dir, &diag);

    if (fd >= 0 && (project->root_path = realpath(dir, NULL)) == NULL) {
        diag_set(&diag, EXIT_PGMI_CONFIG,
                 "could not find the path of the project directory: %s", strerror(errno));
        close(fd);
        fd = -1;
    }
    if (fd < 0) {
        diaglist_take(problems, &diag);
        return -1;
    }
    project->root = xstrdup(dir);
    project->name = xstrdup(project->root_path[1] ? project_base_name(project->root_path)
                                                  : "/");
    return fd;
}

static void require_deploy_sql(Scan *scan)
{
    Diag diag = DIAG_INIT;
    char *shown;

    if (scan->project->has_deploy_sql || scan->deploy_seen)
        return; /* what is wrong with it has been said */
    shown = project_show_path(scan->project->root);
    diag_set(&diag, EXIT_PGMI_NO_DEPLOY_SQL, "deploy.sql not found in \"%s\"", shown);
    diag_hint(&diag,
              "Give the directory that holds deploy.sql (spelt exactly so); \"pgmi init\" "
              "makes a new project.");
    diaglist_take(scan->problems, &diag);
    free(shown);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const ProjectFile *)a)->path, ((const ProjectFile *)b)->path);
}

Project *project_scan(const char *dir, const ScanOptions *options, DiagList *problems)
{
    Project *project = xcalloc(1, sizeof *project);
    size_t before = problems->len;
    Scan scan = {.project = project,
                 .options = options,
                 .problems = problems,
                 .path = STRBUF_INIT,
                 .content = STRBUF_INIT,
                 .normal = STRBUF_INIT,
                 .cap = project_size_cap()};
    int fd = open_root(project, dir, problems);

    if (fd < 0)
        goto done;
    if (options && options->require_deploy_sql &&
        faccessat(fd, "deploy.sql", F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
        require_deploy_sql(&scan); /* not a project: no look at its files (section 1, step 3) */
        close(fd);
        goto done;
    }
    strbuf_add(&scan.path, "./");
    scan_directory(&scan, fd, 0);
    close(fd);
    if (project->file_count)
        qsort(project->files, project->file_count, sizeof(ProjectFile), compare_files);
    if (!options || !options->allow_duplicate_ids)
        project_check_ids(project, problems);
    if (options && options->require_deploy_sql)
        require_deploy_sql(&scan); /* spelt Deploy.SQL, say; other codes go first (E2) */
    project_find_test_directories(project);
done:
    strbuf_free(&scan.path);
    strbuf_free(&scan.content);
    strbuf_free(&scan.normal);
    free(scan.refused);
    if (problems->len > before) {
        project_free(project);
        return NULL;
    }
    return project;
}
