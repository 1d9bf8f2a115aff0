/*
 * scratch_cache.c — keeps an initialised cluster per server version, because initdb is most of
 * the time that a scratch server takes to start.
 *
 * An entry is a directory that appears whole, by rename, and is never changed afterwards, so
 * that any number of starts may copy it at once.  Its name holds a hash of all that makes it
 * what it is: server version, layout, superuser, time zone (initdb writes the zone into the
 * configuration).  In it are the cluster and the file KEY_FILE, which repeats the key and tells
 * number and bytes of the cluster's files, so that an entry which a power failure cut short is
 * noticed.  Entries unused for a month go away; only removing needs a lock (shared: copying;
 * exclusive: removing), which nobody waits for.
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

#define ENTRY         "cluster-" /* names in the cache begin with this, */
#define MAKING        "new-"     /* or with this while they are made */
#define CLUSTER       "data"     /* in an entry */
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
    cache->entry = xasprintf("%s/" ENTRY "%d-%.16s", dir, programs->major, hash);
    cache->key = strbuf_detach(&key);
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

/* True when the entry's key file says what it must of a cluster of this size. */
static bool key_matches(const ClusterCache *cache, const TreeSize *size)
{
    char *path = xasprintf("%s/%s", cache->entry, KEY_FILE), *expected = key_text(cache, size);
    StrBuf found = STRBUF_INIT;
    bool ok = strbuf_read_file(&found, path) && strcmp(found.data, expected) == 0;

    if (ok)
        utimensat(AT_FDCWD, path, NULL, 0); /* used just now: see prune */
    strbuf_free(&found);
    free(expected);
    free(path);
    return ok;
}

bool cache_fetch(const ClusterCache *cache, int dir_fd, const char *name, const Account *owner)
{
    TreeSize size = {0};
    char *cluster;
    bool ok;
    int lock;

    if (!cache->dir || (lock = lock_cache(cache, LOCK_SH)) < 0)
        return false;
    cluster = xasprintf("%s/%s", cache->entry, CLUSTER);
    /* checked behind copying: the sizes are those of what we have got */
    ok = copy_tree(AT_FDCWD, cluster, dir_fd, name, owner, &size) && key_matches(cache, &size);
    if (!ok)
        remove_tree(dir_fd, name);
    free(cluster);
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

/* True for an entry that nobody has used for long, or whose maker is gone. */
static bool is_stale(const ClusterCache *cache, const char *name)
{
    bool making = strncmp(name, MAKING, strlen(MAKING)) == 0;
    char *stamp;
    struct stat st;
    bool stale;

    if (!making && strncmp(name, ENTRY, strlen(ENTRY)) != 0)
        return false; /* not of our naming: not ours to remove */
    stamp = xasprintf("%s/%s%s", cache->dir, name, making ? "" : "/" KEY_FILE);
    stale = stat(stamp, &st) != 0 ||
            time(NULL) - st.st_mtime > (making ? STALE_SECONDS : KEEP_SECONDS);
    free(stamp);
    return stale;
}

static void prune(const ClusterCache *cache)
{
    int lock = lock_cache(cache, LOCK_EX);
    DIR *dir = lock >= 0 ? opendir(cache->dir) : NULL;
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL)
        if (is_stale(cache, entry->d_name))
            remove_tree(lock, entry->d_name);
    if (dir)
        closedir(dir);
    if (lock >= 0)
        close(lock);
}

void cache_store(const ClusterCache *cache, int dir_fd, const char *name)
{
    TreeSize size = {0};
    char *making, *cluster;

    if (!cache->dir)
        return;
    making = xasprintf("%s/" MAKING "XXXXXX", cache->dir);
    if (mkdtemp(making)) {
        cluster = xasprintf("%s/%s", making, CLUSTER);
        /* the rename fails when another start was faster: theirs is as good */
        if (!copy_tree(dir_fd, name, AT_FDCWD, cluster, NULL, &size) ||
            !write_key(cache, making, &size) || rename(making, cache->entry) != 0)
            remove_tree(AT_FDCWD, making);
        free(cluster);
        prune(cache);
    }
    free(making);
}

void cache_discard(const ClusterCache *cache)
{
    int lock = cache->dir ? lock_cache(cache, LOCK_EX) : -1;

    if (lock < 0)
        return; /* in use: the next one who finds it broken will try again */
    remove_tree(AT_FDCWD, cache->entry);
    close(lock);
}
