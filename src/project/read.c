/*
 * read.c — reading a project's files without trusting them.
 *
 * Between listing a directory and reading a file anything may happen to it: it may become a link
 * that points out of the project, a FIFO that never answers, or be written to.  So every
 * component is opened relative to its directory with O_NOFOLLOW, nothing is opened that could
 * block, and a file whose size or time changes while it is read is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

uint64_t project_size_cap(void)
{
    const char *text = getenv("PGMI_MAX_FILE_SIZE");
    char *end;
    unsigned long long value;

    if (text && *text >= '0' && *text <= '9') {
        errno = 0;
        value = strtoull(text, &end, 10);
        if (!*end && !errno && value > 0)
            return value;
    }
    return 10485760; /* D6 */
}

static const char *kind_name(mode_t mode)
{
    if (S_ISDIR(mode))
        return "directory";
    if (S_ISLNK(mode))
        return "symbolic link";
    if (S_ISFIFO(mode))
        return "FIFO";
    if (S_ISSOCK(mode))
        return "socket";
    if (S_ISBLK(mode) || S_ISCHR(mode))
        return "device";
    return "special file";
}

/* Message for something that is no regular file; returns -1. */
static int refuse_kind(mode_t mode, Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "is a %s, not a regular file", kind_name(mode));
    if (S_ISLNK(mode))
        diag_hint(diag, "Links are never followed: put a copy of the file into the project, or "
                        "remove the link.");
    else
        diag_hint(diag,
                  "A project holds regular files and directories only: remove it, or hide "
                  "it with a name that starts with a dot.");
    return -1;
}

int project_open_at(int dirfd, const char *name, Diag *diag)
{
    struct stat st;
    int fd;

    /* Look before opening: opening alone makes some devices do things. */
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
        return refuse_kind(st.st_mode, diag);
    fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ELOOP)
        return refuse_kind(S_IFLNK, diag);
    if (fd < 0) {
        diag_set(diag, EXIT_PGMI_CONFIG, "could not open file: %s", strerror(errno));
        diag_hint(diag, "Check the file's permissions, or remove it from the project.");
        return -1;
    }
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
        close(fd);
        return refuse_kind(st.st_mode, diag);
    }
    return fd;
}

static bool too_large(uint64_t cap, Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "file is larger than %llu bytes", (unsigned long long)cap);
    return diag_hint(diag,
                     "Remove it from the project, or raise the limit with the environment "
                     "variable PGMI_MAX_FILE_SIZE.");
}

static bool read_failed(Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "could not read file: %s", strerror(errno));
    return diag_hint(diag, "Check the file and the disk it is on.");
}

static bool changed(Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "file changed while it was being read");
    return diag_hint(diag, "Wait until nothing writes to it and try again.");
}

/* Reads to the end, or to one byte more than `expected`. */
static bool read_bytes(int fd, uint64_t expected, StrBuf *content)
{
    strbuf_reset(content);
    strbuf_grow(content, (size_t)expected + 1);
    while (content->len <= expected) {
        ssize_t got = read(fd, content->data + content->len,
                           (size_t)expected + 1 - content->len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        strbuf_truncate(content, content->len + (size_t)got);
    }
    return true;
}

bool project_read_fd(int fd, uint64_t cap, StrBuf *content, Diag *diag)
{
    struct stat before, after;

    if (fstat(fd, &before) != 0)
        return read_failed(diag);
    if (cap && (uint64_t)before.st_size > cap)
        return too_large(cap, diag);
    if (!read_bytes(fd, (uint64_t)before.st_size, content) || fstat(fd, &after) != 0)
        return read_failed(diag);
    if (content->len != (uint64_t)before.st_size || after.st_size != before.st_size ||
        after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
        after.st_mtim.tv_nsec != before.st_mtim.tv_nsec)
        return changed(diag);
    return true;
}

int text_line_at(const char *text, size_t offset)
{
    int line = 1;

    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}

/* Windows editors write UTF-16 with its byte-order mark: worth saying what to do about. */
static bool looks_utf16(const StrBuf *content)
{
    return content->len >= 2 && (memcmp(content->data, "\xff\xfe", 2) == 0 ||
                                 memcmp(content->data, "\xfe\xff", 2) == 0);
}

bool project_check_text(const StrBuf *content, const char **text, size_t *len, Diag *diag)
{
    const char *nul;
    size_t bad;

    *text = content->data;
    *len = content->len;
    if (*len >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
        *text += 3;
        *len -= 3;
    }
    nul = memchr(*text, '\0', *len);
    if (nul) {
        bad = (size_t)(nul - *text);
        diag_set(diag, EXIT_PGMI_CONFIG, "file contains a zero byte at offset %zu", bad);
        diag_hint(diag, looks_utf16(content)
                            ? "The file looks like UTF-16: convert it to UTF-8."
                            : "Only text can be loaded: move the file out of the project, or "
                              "into a directory whose name starts with a dot.");
        return diag_at(diag, NULL, text_line_at(*text, bad), 0);
    }
    bad = utf8_valid_prefix(*text, *len);
    if (bad == *len)
        return true;
    diag_set(diag, EXIT_PGMI_CONFIG, "file is not valid UTF-8: byte 0x%02x at offset %zu",
             (unsigned char)(*text)[bad], bad);
    diag_hint(diag, looks_utf16(content)
                        ? "The file looks like UTF-16: convert it to UTF-8."
                        : "Convert the file to UTF-8, or move it out of the project.");
    return diag_at(diag, NULL, text_line_at(*text, bad), 0);
}

/* Puts the (printable) path on a message that has no file yet. */
static bool name_file(Diag *diag, const char *path)
{
    char *shown = project_show_path(path);

    diag_at(diag, shown, diag->line, diag->column);
    free(shown);
    return false;
}

int project_open_root(const char *dir, Diag *diag)
{
    char *shown = project_show_path(dir ? dir : "");
    int fd = -1;

    if (!dir || !*dir)
        diag_set(diag, EXIT_PGMI_CONFIG, "no project directory given");
    else if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 && errno == ENOTDIR)
        diag_set(diag, EXIT_PGMI_CONFIG, "project path \"%s\" is not a directory", shown);
    else if (fd < 0)
        diag_set(diag, EXIT_PGMI_CONFIG, "could not open project directory \"%s\": %s", shown,
                 strerror(errno));
    if (fd < 0)
        diag_hint(diag, "Give the path of the directory that holds the project.");
    free(shown);
    return fd;
}

/* Opens "./a/b.sql" below root, one component after the other, so that neither a link that
 * replaced a directory nor the system's limit on path length comes into play. */
static int open_beneath(const char *root, const char *path, Diag *diag)
{
    int dir = project_open_root(root, diag);
    char *copy = xstrdup(path + 2), *name = copy, *slash;
    int fd = -1;

    while (dir >= 0 && (slash = strchr(name, '/')) != NULL) {
        int next;

        *slash = '\0';
        next = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            diag_set(diag, EXIT_PGMI_CONFIG, "could not open its directory: %s",
                     strerror(errno));
        close(dir);
        dir = next;
        name = slash + 1;
    }
    if (dir >= 0) {
        fd = project_open_at(dir, name, diag);
        close(dir);
    }
    free(copy);
    return fd;
}

/* Drops a byte-order mark in place. */
static void drop_bom(StrBuf *content, const char *text, size_t len)
{
    if (text == content->data)
        return;
    memmove(content->data, text, len);
    strbuf_truncate(content, len);
}

static void changed_since_scan(Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "file has changed since the project was read");
    diag_hint(diag, "Load the project again.");
}

bool project_read(const Project *project, const ProjectFile *file, StrBuf *content, Diag *diag)
{
    const char *text;
    size_t len;
    char hex[65];
    bool ok = false;
    struct stat st;
    int fd = open_beneath(project->root_path, file->path, diag);

    if (fd < 0)
        goto done;
    /* The size first: a file that has become huge is not read at all.  3: byte-order mark. */
    if (fstat(fd, &st) == 0 && (uint64_t)st.st_size > file->size + 3) {
        changed_since_scan(diag);
        goto done;
    }
    if (!project_read_fd(fd, 0, content, diag) ||
        !project_check_text(content, &text, &len, diag))
        goto done;
    sha256_hex(text, len, hex);
    if (strcmp(hex, file->checksum) != 0) {
        changed_since_scan(diag);
        goto done;
    }
    drop_bom(content, text, len);
    ok = true;
done:
    if (fd >= 0)
        close(fd);
    return ok || name_file(diag, file->path);
}

bool project_read_deploy_sql(const char *root, StrBuf *content, Diag *diag)
{
    const char *text;
    size_t len;
    bool found;

    if (!project_read_root_file(root, "deploy.sql", content, &found, diag))
        return false;
    if (!found) {
        diag_set(diag, EXIT_PGMI_NO_DEPLOY_SQL, "deploy.sql not found in \"%s\"", root);
        return diag_hint(diag,
                         "Give the directory that holds deploy.sql; \"pgmi init\" makes a "
                         "new project.");
    }
    if (!project_check_text(content, &text, &len, diag))
        return name_file(diag, "./deploy.sql");
    drop_bom(content, text, len);
    return true;
}

bool project_read_root_file(const char *root, const char *name, StrBuf *content, bool *found,
                            Diag *diag)
{
    struct stat st;
    char *path = xasprintf("./%s", name);
    int dir = project_open_root(root, diag), fd = -1;
    bool ok = false;

    strbuf_reset(content);
    *found = false;
    if (dir < 0)
        goto done;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
        ok = true;
        goto done;
    }
    *found = true;
    fd = project_open_at(dir, name, diag);
    /* D6: only deploy.sql may be of any size */
    ok = fd >= 0 &&
         project_read_fd(fd, strcmp(name, "deploy.sql") == 0 ? 0 : project_size_cap(), content,
                         diag);
    if (!ok)
        name_file(diag, path);
done:
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    free(path);
    return ok;
}

bool project_is_deploy_sql(const char *root_path, const char *path)
{
    struct stat mine, theirs;
    char *deploy = xasprintf("%s/deploy.sql", root_path);
    bool same = stat(deploy, &mine) == 0 && stat(path, &theirs) == 0 &&
                mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;

    free(deploy);
    return same;
}
