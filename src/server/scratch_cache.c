/*
 * scratch_cache.c — keeps an initialised cluster per server version, because initdb is most of
 * the time that a scratch server takes to start.
 *
 * An entry is a directory that appears whole, by rename, and is never changed afterwards, so
 * that any number of starts may copy it at once.  Its name holds a hash of all that makes it
 * what it is: server version, layout, superuser, time zone (initdb writes the zone into the
 * configuration).  The file KEY_FILE in it repeats the key and tells number and bytes of the
 * files, so that an entry which a power failure cut short is noticed.  Entries unused for a
 * month go away; only this needs a lock (shared: copying; exclusive: removing).
 * Without a cache directory of the user's own everything works, only slower.
 */
#include "scratch_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY_FILE      "pgmish.key"
#define KEEP_SECONDS  (30 * 24 * 3600)
#define STALE_SECONDS 3600 /* of an entry in the making: whoever made it is gone */

/* A directory of ours that nobody else can write to: what lies there decides what our server
 * does, so a cache in a place that belongs to someone else (sudo keeps HOME) is not used. */
static bool our_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

char *cache_directory(void)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *base = NULL, *dir = NULL;

    if (xdg && *xdg == '/') /* the XDG specification: relative paths are to be ignored */
        base = xstrdup(xdg);
    else if (home && *home == '/' && our_directory(home))
        base = xasprintf("%s/.cache", home);
    if (!base)
        return NULL;
    dir = xasprintf("%s/pgmish", base);
    if ((mkdir(base, 0700) != 0 && errno != EEXIST) || !our_directory(base) ||
        (mkdir(dir, 0700) != 0 && errno != EEXIST) || !our_directory(dir)) {
        free(dir);
        dir = NULL;
    }
    free(base);
    return dir;
}

/* What initdb takes for the time zone: TZ, else where the system's link points. */
static void add_time_zone(StrBuf *key)
{
    const char *zone = getenv("TZ");
    char link[PATH_MAX];
    ssize_t len;

    if (zone) {
        strbuf_add(key, zone);
    } else if ((len = readlink("/etc/localtime", link, sizeof link)) > 0) {
        strbuf_addn(key, link, (size_t)len);
    }
}

void cache_open(ClusterCache *cache, const char *dir, const ServerPrograms *programs,
                const char *user)
{
    StrBuf key = STRBUF_INIT;
    char hash[65];

    *cache = (ClusterCache){0};
    if (!dir)
        return;
    strbuf_addf(&key, "layout %d\nprogram %s\nversion %s\nuser %s\nzone ", SCRATCH_LAYOUT,
                programs->initdb, programs->version, user);
    add_time_zone(&key);
    strbuf_addc(&key, '\n');
    sha256_hex(key.data, key.len, hash);
    cache->dir = xstrdup(dir);
    cache->entry = xasprintf("%s/cluster-%d-%.16s", dir, programs->major, hash);
    cache->key = strbuf_detach(&key);
}

void cache_close(ClusterCache *cache)
{
    free(cache->dir);
    free(cache->entry);
    free(cache->key);
    *cache = (ClusterCache){0};
}

/* The descriptor that holds the lock, -1: could not be had at once. */
static int lock_cache(const ClusterCache *cache, int operation)
{
    int fd = open(cache->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && flock(fd, operation | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The key file's text: the key and what has been copied. */
static char *key_text(const ClusterCache *cache, const TreeSize *size)
{
    return xasprintf("%sfiles %llu\nbytes %llu\n", cache->key, (unsigned long long)size->files,
                     (unsigned long long)size->bytes);
}

bool cache_fetch(const ClusterCache *cache, const char *data, const Account *owner)
{
    StrBuf found = STRBUF_INIT;
    TreeSize size = {0};
    char *key_file, *copied_key, *expected;
    bool ok = false;
    int lock;

    if (!cache->dir || (lock = lock_cache(cache, LOCK_SH)) < 0)
        return false;
    key_file = xasprintf("%s/%s", cache->entry, KEY_FILE);
    copied_key = xasprintf("%s/%s", data, KEY_FILE);
    if (strbuf_read_file(&found, key_file) && copy_tree(cache->entry, data, owner, &size)) {
        size.files--; /* the key file itself */
        size.bytes -= found.len;
        expected = key_text(cache, &size);
        ok = strcmp(found.data, expected) == 0;
        free(expected);
        unlink(copied_key);
        utimensat(AT_FDCWD, key_file, NULL, 0); /* in use: keep it */
        if (!ok)
            remove_tree(data, true);
    } else {
        remove_tree(data, true);
    }
    free(copied_key);
    free(key_file);
    strbuf_free(&found);
    close(lock);
    return ok;
}

static bool write_key(const ClusterCache *cache, const char *dir, const TreeSize *size)
{
    char *path = xasprintf("%s/%s", dir, KEY_FILE), *text = key_text(cache, size);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t len = strlen(text);
    bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;

    if (fd >= 0 && close(fd) != 0)
        ok = false;
    free(path);
    free(text);
    return ok;
}

/* Removes what nobody has used for long.  Only entries of our own naming. */
static void prune(const ClusterCache *cache)
{
    int lock = lock_cache(cache, LOCK_EX);
    DIR *dir = lock >= 0 ? opendir(cache->dir) : NULL;
    time_t now = time(NULL);
    struct dirent *entry;
    struct stat st;

    while (dir && (entry = readdir(dir)) != NULL) {
        bool making = strncmp(entry->d_name, "new-", 4) == 0;
        char *path, *stamp;

        if (!making && strncmp(entry->d_name, "cluster-", 8) != 0)
            continue;
        path = xasprintf("%s/%s", cache->dir, entry->d_name);
        stamp = making ? xstrdup(path) : xasprintf("%s/%s", path, KEY_FILE);
        if (stat(stamp, &st) != 0 ||
            now - st.st_mtime > (making ? STALE_SECONDS : KEEP_SECONDS))
            remove_tree(path, true);
        free(stamp);
        free(path);
    }
    if (dir)
        closedir(dir);
    if (lock >= 0)
        close(lock);
}

void cache_store(const ClusterCache *cache, const char *data)
{
    TreeSize size = {0};
    char *making, *tree;

    if (!cache->dir)
        return;
    making = xasprintf("%s/new-XXXXXX", cache->dir);
    if (mkdtemp(making)) {
        tree = xasprintf("%s/cluster", making);
        /* the rename fails when another start was faster: theirs is as good */
        if (copy_tree(data, tree, NULL, &size) && write_key(cache, tree, &size))
            (void)rename(tree, cache->entry);
        remove_tree(making, true);
        free(tree);
        prune(cache);
    }
    free(making);
}

void cache_discard(const ClusterCache *cache)
{
    int lock = cache->dir ? lock_cache(cache, LOCK_EX) : -1;

    if (lock < 0)
        return;
    remove_tree(cache->entry, true);
    close(lock);
}
