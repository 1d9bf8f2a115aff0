/*
 * scratch_cluster.c — the cluster that a scratch server runs on: a copy of the cached one, a new
 * one by initdb, or the one that the user keeps in --scratch=DIR.
 *
 * Locale: C.UTF-8 where the system has it, else C, always with UTF8.  Both sort by code point,
 * so a project gives the same results on every machine, whatever its locale; C.UTF-8 also knows
 * letters beyond ASCII.
 */
#include "scratch_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER_FILE       "pgmish.user" /* in a kept cluster: its superuser */
#define INITDB_LIMIT_MS 300e3
#define LOCK_LIMIT_MS   3e3

/* newlocale knows what initdb will find, without our own locale being changed. */
static const char *cluster_locale(void)
{
    locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    if (unicode == (locale_t)0)
        return "C";
    freelocale(unicode);
    return "C.UTF-8";
}

/* Trust is for the socket alone, which only its owner's directory leads to; should the owner of
 * a kept cluster start it with TCP some day, nobody gets in that way before he changes it.
 * --no-sync: what is thrown away or can be made again need not survive a power failure. */
static bool run_initdb(Keeper *keeper, const char *user, bool sync, Diag *diag)
{
    char *locale = xasprintf("--locale=%s", cluster_locale());
    const char *argv[] = {keeper->request->programs.initdb,
                          "-D",
                          keeper->data,
                          "-U",
                          user,
                          "--encoding=UTF8",
                          locale,
                          "--auth-local=trust",
                          "--auth-host=reject",
                          sync ? NULL : "--no-sync",
                          NULL};
    bool ok = keeper_run(keeper, argv, INITDB_LIMIT_MS, diag);

    free(locale);
    return ok;
}

static bool prepare_throwaway(Keeper *keeper, bool use_cache, Diag *diag)
{
    keeper->from_cache = use_cache && cache_fetch(&keeper->cache, keeper->home_fd, SCRATCH_DATA,
                                                  &keeper->account);
    if (keeper->from_cache)
        return true;
    if (!run_initdb(keeper, keeper->user, false, diag))
        return false;
    cache_store(&keeper->cache, keeper->home_fd, SCRATCH_DATA);
    return true;
}

/* ---- a kept cluster -------------------------------------------------------------------- */

/* Superuser: the caller's name, written down, for the next caller may be someone else.  Removes
 * initdb's rests as well, when it was killed and could not do so itself. */
static bool new_kept_cluster(Keeper *keeper, int dir_fd, Diag *diag)
{
    const Account *account = &keeper->account;
    size_t len = strlen(keeper->user);
    bool ok = false;
    int fd = -1;

    if (account->drop && fchown(dir_fd, account->uid, account->gid) != 0)
        diag_set(diag, EXIT_PGMI_CONNECTION,
                 "could not give directory \"%s\" to account \"%s\": %s", keeper->data,
                 account->name, strerror(errno));
    else if (run_initdb(keeper, keeper->user, true, diag)) {
        fd = openat(dir_fd, USER_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0600);
        ok = fd >= 0 && write(fd, keeper->user, len) == (ssize_t)len &&
             (!account->drop || fchown(fd, account->uid, account->gid) == 0);
        if (!ok)
            diag_set(diag, EXIT_PGMI_CONNECTION, "could not write file \"%s/%s\": %s",
                     keeper->data, USER_FILE, strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    if (!ok)
        empty_directory(dir_fd); /* as it was before */
    return ok;
}

/* A small file of a cluster as an owned line of text, NULL: not there. */
static char *read_line_at(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    char text[256];
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text) : -1;

    if (fd >= 0)
        close(fd);
    if (len < 0)
        return NULL;
    for (ssize_t i = 0; i < len; i++)
        if (text[i] == '\n' || text[i] == '\0')
            len = i;
    return xstrndup(text, (size_t)len);
}

/* Root runs an existing cluster as the account that owns it. */
static bool use_owner(Keeper *keeper, const struct stat *st, Diag *diag)
{
    if (!keeper->account.drop || account_of_owner(&keeper->account, st->st_uid))
        return true;
    diag_set(diag, EXIT_PGMI_CONNECTION,
             "the cluster in \"%s\" belongs to no account that could run it", keeper->data);
    return diag_hint(diag, "PostgreSQL refuses to run as root; give the directory to another "
                           "account with chown -R.");
}

/* The server would refuse another major version too, but would not say what to do. */
static bool check_kept_cluster(Keeper *keeper, int dir_fd, const struct stat *st, char *version,
                               Diag *diag)
{
    int major = keeper->request->programs.major;
    char *user;

    if (atoi(version) != major) {
        diag_set(diag, EXIT_PGMI_CONNECTION,
                 "directory \"%s\" holds a cluster of PostgreSQL %s, but the server programs "
                 "found are version %d",
                 keeper->data, version, major);
        return diag_hint(
            diag,
            "Put the programs of PostgreSQL %s in front of PATH, or use another directory.",
            version);
    }
    if (!use_owner(keeper, st, diag))
        return false;
    user = read_line_at(dir_fd, USER_FILE);
    if (user && *user) {
        free(keeper->user);
        keeper->user = user;
    } else {
        free(user);
    }
    return true;
}

/* One scratch server for one directory.  A predecessor that was killed may still be stopping
 * its server: wait a little.  File systems that know no such locks leave it to postmaster.pid. */
static bool lock_directory(Keeper *keeper, int dir_fd, Diag *diag)
{
    double end = monotonic_ms() + LOCK_LIMIT_MS;

    while (flock(dir_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return true;
        if (monotonic_ms() > end) {
            diag_set(diag, EXIT_PGMI_CONNECTION,
                     "directory \"%s\" is in use by another scratch server", keeper->data);
            return diag_hint(diag, "End the other session, or use another directory.");
        }
        usleep(20000);
    }
    return true;
}

/* dir_lock stays open, and so the directory locked, until the keeper ends. */
static bool prepare_kept(Keeper *keeper, Diag *diag)
{
    struct stat st;
    char *version = NULL;
    bool ok = false;
    int fd;

    if (!make_directories(keeper->data) ||
        (fd = open(keeper->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
        fstat(fd, &st) != 0)
        return diag_set(diag, EXIT_PGMI_CONNECTION, "could not use directory \"%s\": %s",
                        keeper->data, strerror(errno));
    keeper->dir_lock = fd;
    if (!lock_directory(keeper, fd, diag))
        return false;
    version = read_line_at(fd, "PG_VERSION");
    if (version) {
        ok = check_kept_cluster(keeper, fd, &st, version, diag);
    } else if (directory_empty(fd)) {
        if (st.st_uid != 0 && keeper->account.drop)
            account_of_owner(&keeper->account, st.st_uid);
        ok = new_kept_cluster(keeper, fd, diag);
    } else {
        diag_set(diag, EXIT_PGMI_CONNECTION,
                 "directory \"%s\" holds something that is no PostgreSQL cluster",
                 keeper->data);
        diag_hint(diag, "Name an empty or new directory, or one that --scratch has made.");
    }
    free(version);
    return ok;
}

bool cluster_prepare(Keeper *keeper, bool use_cache, Diag *diag)
{
    bool ok = keeper->request->dir ? prepare_kept(keeper, diag)
                                   : prepare_throwaway(keeper, use_cache, diag);

    if (!ok && keeper->request->dir && keeper->account.drop && !diag->hint)
        diag_hint(
            diag,
            "The server runs as account \"%s\", which must be able to reach the directory.",
            keeper->account.name);
    return ok;
}
