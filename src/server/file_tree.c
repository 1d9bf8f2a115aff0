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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool dot_or_dotdot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Fails with ENOTDIR for anything else, a link to a directory included. */
static int open_directory(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What is called for each entry: the directory and the name in it. */
typedef bool (*EntryFunction)(void *ctx, int dir_fd, const char *name);

/* Calls fn for each name in a directory; false when one call or the reading failed. */
static bool each_entry(int dir_fd, EntryFunction fn, void *ctx)
{
    /* opened anew, for a position of its own; closedir closes it, and the caller keeps his */
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
    if (ok && errno != 0) /* readdir's way to tell an error from the end */
        ok = false;
    saved = errno;
    closedir(dir);
    errno = saved;
    return ok;
}

static bool stop_at_first(void *ctx, int dir_fd UNUSED, const char *name UNUSED)
{
    bool *found = ctx;

    *found = true;
    return false;
}

bool directory_empty(int dir_fd)
{
    bool found = false;

    return each_entry(dir_fd, stop_at_first, &found) && !found;
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

bool empty_directory(int dir_fd)
{
    bool all = true;

    return each_entry(dir_fd, remove_entry, &all) && all;
}

bool remove_tree(int dir_fd, const char *name)
{
    bool all = true;

    remove_entry(&all, dir_fd, name);
    return all;
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
        for (ssize_t done = 0, w; done < n; done += w) /* a short write: a disk filling up */
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
    /* Once it has copied something it can do it; before that an error means that this pair of
     * file systems, or this kernel, cannot (EXDEV, EINVAL, ENOSYS). */
    if (done > 0 || (n < 0 && errno == ENOSPC))
        return n == 0;
#endif
    return copy_by_hand(in, out, bytes);
}

/* Mode: the server wants no access for others, and files that it can read and write. */
static bool copy_file(const Copy *copy, int dir_fd, const char *name)
{
    int in = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out = -1;
    bool ok;

    if (in >= 0)
        out = openat(copy->to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     0600);
    ok = out >= 0 && copy_content(in, out, &copy->size->bytes) && give_to(copy, out);
    copy->size->files++;
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0) /* where some file systems tell that the disk is full */
        ok = false;
    return ok;
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

/* Anything but files and directories is refused: a stopped cluster that initdb has made holds
 * no links, sockets or devices. */
static bool copy_entry(void *ctx, int dir_fd, const char *name)
{
    const Copy *copy = ctx;
    struct stat st;
    bool ok;
    int fd;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISREG(st.st_mode))
        return copy_file(copy, dir_fd, name);
    fd = open_directory(dir_fd, name);
    if (fd < 0)
        return false;
    ok = copy_directory(copy, fd, name);
    close(fd);
    return ok;
}

bool copy_tree(int from_fd, const char *from, int to_fd, const char *to, const Account *owner,
               TreeSize *size)
{
    Copy copy = {to_fd, owner, size};
    int fd = open_directory(from_fd, from);
    bool ok = fd >= 0 && copy_directory(&copy, fd, to);

    if (fd >= 0)
        close(fd);
    return ok;
}

/* ---- making ------------------------------------------------------------------------------ */

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
