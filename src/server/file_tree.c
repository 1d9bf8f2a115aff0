/*
 * file_tree.c — copies and removes whole directory trees, for the scratch server's clusters.
 *
 * Works on descriptors of directories and never follows a link: root removes and copies trees
 * that belong to an unprivileged account, which must not be able to point it elsewhere.
 */
#include "scratch_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool dot_or_dotdot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int open_directory(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Calls fn for each name in a directory; false when one call or the reading failed. */
static bool each_entry(int dir_fd, bool (*fn)(void *ctx, int dir_fd, const char *name),
                       void *ctx)
{
    int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0); /* closedir closes it; the caller keeps his */
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    bool ok = dir != NULL;
    int saved;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (ok && (errno = 0, entry = readdir(dir)) != NULL)
        if (!dot_or_dotdot(entry->d_name))
            ok = fn(ctx, dir_fd, entry->d_name);
    if (ok && errno != 0)
        ok = false;
    saved = errno;
    closedir(dir);
    errno = saved;
    return ok;
}

/* ---- removing ------------------------------------------------------------------------ */

/* Goes on after a failure, so that as much as possible is gone; *ctx becomes false. */
static bool remove_entry(void *ctx, int dir_fd, const char *name)
{
    bool *all = ctx;
    int fd = open_directory(dir_fd, name);

    if (fd >= 0) {
        each_entry(fd, remove_entry, all);
        close(fd);
        if (unlinkat(dir_fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
            *all = false;
    } else if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT) {
        *all = false;
    }
    return true;
}

bool remove_tree(const char *path, bool itself)
{
    int fd = open_directory(AT_FDCWD, path);
    bool all = true;

    if (fd < 0)
        return errno == ENOENT;
    each_entry(fd, remove_entry, &all);
    close(fd);
    return all && (!itself || rmdir(path) == 0);
}

/* ---- copying --------------------------------------------------------------------------- */

typedef struct Copy {
    int to; /* directory that gets the copies */
    const Account *owner;
    TreeSize *size;
} Copy;

static bool give_to(const Copy *copy, int fd)
{
    return !copy->owner || !copy->owner->drop ||
           fchown(fd, copy->owner->uid, copy->owner->gid) == 0;
}

static bool copy_by_hand(int in, int out, uint64_t *bytes)
{
    char chunk[65536];
    ssize_t n;

    while ((n = read(in, chunk, sizeof chunk)) > 0) {
        for (ssize_t done = 0, w; done < n; done += w)
            if ((w = write(out, chunk + done, (size_t)(n - done))) < 0)
                return false;
        *bytes += (uint64_t)n;
    }
    return n == 0;
}

/* On Linux inside the kernel, which shares the blocks where the file system can. */
static bool copy_content(int in, int out, uint64_t *bytes)
{
#ifdef __linux__
    uint64_t done = 0;
    ssize_t n;

    while ((n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0)
        done += (uint64_t)n;
    *bytes += done;
    if (done > 0 || (n < 0 && errno == ENOSPC))
        return n == 0;
#endif
    return copy_by_hand(in, out, bytes); /* also: an empty file, a file system that cannot */
}

static bool copy_file(const Copy *copy, int dir_fd, const char *name, mode_t mode)
{
    int in = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int out = in < 0
                  ? -1
                  : openat(copy->to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                           mode & 0700);
    bool ok = out >= 0 && copy_content(in, out, &copy->size->bytes) && give_to(copy, out);

    copy->size->files++;
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0)
        ok = false;
    return ok;
}

static bool copy_link(const Copy *copy, int dir_fd, const char *name)
{
    char target[PATH_MAX];
    ssize_t len = readlinkat(dir_fd, name, target, sizeof target - 1);

    if (len < 0)
        return false;
    target[len] = '\0';
    return symlinkat(target, copy->to, name) == 0 &&
           (!copy->owner || !copy->owner->drop ||
            fchownat(copy->to, name, copy->owner->uid, copy->owner->gid, AT_SYMLINK_NOFOLLOW) ==
                0);
}

static bool copy_entry(void *ctx, int dir_fd, const char *name);

static bool copy_directory(const Copy *copy, int from, const char *name)
{
    Copy below = *copy;
    bool ok = mkdirat(copy->to, name, 0700) == 0 &&
              (below.to = open_directory(copy->to, name)) >= 0;

    if (ok) {
        ok = each_entry(from, copy_entry, &below) && give_to(&below, below.to);
        close(below.to);
    }
    return ok;
}

static bool copy_entry(void *ctx, int dir_fd, const char *name)
{
    const Copy *copy = ctx;
    struct stat st;
    bool ok;
    int fd;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISREG(st.st_mode))
        return copy_file(copy, dir_fd, name, st.st_mode);
    if (S_ISLNK(st.st_mode))
        return copy_link(copy, dir_fd, name);
    fd = open_directory(dir_fd, name);
    if (fd < 0)
        return false; /* a socket, a device: nothing that belongs into a stopped cluster */
    ok = copy_directory(copy, fd, name);
    close(fd);
    return ok;
}

bool copy_tree(const char *from, const char *to, const Account *owner, TreeSize *size)
{
    Copy copy = {AT_FDCWD, owner, size};
    int fd = open_directory(AT_FDCWD, from);
    bool ok = fd >= 0 && copy_directory(&copy, fd, to);
    int saved = errno;

    if (fd >= 0)
        close(fd);
    errno = saved;
    return ok;
}

bool make_directories(const char *path)
{
    char *copy = xstrdup(path);
    int made;

    for (char *p = copy + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(copy, 0700); /* most are there; the last mkdir tells what matters */
            *p = '/';
        }
    made = mkdir(path, 0700);
    free(copy);
    return made == 0 || errno == EEXIST;
}
