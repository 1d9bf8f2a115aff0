/*
 * watch.c — tells which files of a project change, by inotify.
 *
 * inotify watches directories, one by one, and speaks of watch descriptors and names.  So the
 * watch keeps the path of each descriptor, adds the directories that appear, and walks the whole
 * tree again when the kernel's queue has overflowed: what was lost may have been a new directory.
 * A save is seen at its end: IN_CLOSE_WRITE for a file written in place, IN_MOVED_TO for one
 * that an editor writes beside the old one and renames over it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "internal.h"

enum {
    WATCHED = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
              IN_DELETE_SELF | IN_MOVE_SELF,
    HOW = IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK
};

struct ProjectWatch {
    int fd;
    char *root;
    char **dirs; /* by watch descriptor: "./a/", NULL: none */
    size_t cap;
    int root_wd;
};

/* ---- directories ---------------------------------------------------------------------------- */

static void keep_dir(ProjectWatch *watch, int wd, const char *dir)
{
    size_t i = (size_t)wd;

    if (i >= watch->cap) {
        size_t cap = watch->cap ? watch->cap : 64;

        while (cap <= i)
            cap *= 2;
        watch->dirs = xrealloc(watch->dirs, cap * sizeof(char *));
        memset(watch->dirs + watch->cap, 0, (cap - watch->cap) * sizeof(char *));
        watch->cap = cap;
    }
    free(watch->dirs[i]);
    watch->dirs[i] = xstrdup(dir);
}

static void forget_dir(ProjectWatch *watch, int wd)
{
    if ((size_t)wd < watch->cap) {
        free(watch->dirs[wd]);
        watch->dirs[wd] = NULL;
    }
}

static bool refuse(const char *dir, Diag *diag)
{
    char *shown = project_show_path(dir);

    if (errno == ENOSPC) {
        diag_set(diag, EXIT_PGMI_OTHER, "too many directories to watch, at \"%s\"", shown);
        diag_hint(diag, "Raise fs.inotify.max_user_watches with sysctl.");
    } else {
        diag_set(diag, EXIT_PGMI_OTHER, "could not watch directory \"%s\": %s", shown,
                 strerror(errno));
    }
    free(shown);
    return false;
}

/* A directory that has gone while we looked at it is no failure: its parent's event tells. */
static bool is_gone(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static bool add_tree(ProjectWatch *watch, const char *dir, StrList *found, Diag *diag);

static bool add_entries(ProjectWatch *watch, const char *path, const char *dir, StrList *found,
                        Diag *diag)
{
    DIR *stream = opendir(path);
    struct dirent *entry;
    bool ok = true;

    if (!stream)
        return is_gone(errno) || errno == EACCES || refuse(path, diag);
    while (ok && (entry = readdir(stream)) != NULL) {
        char *child;

        if (project_name_excluded(entry->d_name))
            continue;
        child = xasprintf("%s%s", dir, entry->d_name);
        if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) {
            char *inner = xasprintf("%s/", child);

            ok = add_tree(watch, inner, found, diag);
            free(inner);
        }
        if (found && entry->d_type == DT_REG)
            strlist_add(found, child);
        free(child);
    }
    closedir(stream);
    return ok;
}

/* Watches dir ("./a/") and what is below; the watch comes first, so that nothing is missed between
 * it and the look inside.  found: gets the files that are there already, NULL: not asked. */
static bool add_tree(ProjectWatch *watch, const char *dir, StrList *found, Diag *diag)
{
    char *path = xasprintf("%s/%s", watch->root, dir + strlen("./"));
    int wd = inotify_add_watch(watch->fd, path, WATCHED | HOW);
    bool ok;

    if (wd < 0) {
        ok = (strcmp(dir, "./") != 0 && (is_gone(errno) || errno == EACCES)) ||
             refuse(path, diag);
    } else {
        if (strcmp(dir, "./") == 0)
            watch->root_wd = wd;
        keep_dir(watch, wd, dir);
        ok = add_entries(watch, path, dir, found, diag);
    }
    free(path);
    return ok;
}

/* ---- events ------------------------------------------------------------------------------------ */

/* Names that only editors use, while they save: backups, and the file by which vim tries whether a
 * directory can be written to.  (Those with a leading dot are excluded anyway.) */
static bool is_editors_own(const char *name)
{
    size_t len = strlen(name);

    return len == 0 || name[len - 1] == '~' || (name[0] == '#' && name[len - 1] == '#') ||
           strcmp(name, "4913") == 0;
}

/* A link, hard or symbolic, appears without ever being written to and closed. */
static bool is_whole(const ProjectWatch *watch, const char *path)
{
    char *full = xasprintf("%s/%s", watch->root, path + strlen("./"));
    struct stat st;
    bool whole = lstat(full, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_nlink > 1);

    free(full);
    return whole;
}

static void note(StrList *changed, const char *path)
{
    if (!strlist_has(changed, path))
        strlist_add(changed, path);
}

static bool take_entry(ProjectWatch *watch, const struct inotify_event *event, const char *dir,
                       StrList *changed, Diag *diag)
{
    char *path;
    bool ok = true;

    if (project_name_excluded(event->name) || is_editors_own(event->name))
        return true;
    path = xasprintf("%s%s%s", dir, event->name, event->mask & IN_ISDIR ? "/" : "");
    if (!(event->mask & IN_ISDIR)) {
        /* a new file is told of when it is closed */
        if (!(event->mask & IN_CREATE) || is_whole(watch, path))
            note(changed, path);
    } else if (event->mask & (IN_CREATE | IN_MOVED_TO)) {
        ok = add_tree(watch, path, changed, diag);
    } else {
        note(changed, path);
    }
    free(path);
    return ok;
}

static bool take_event(ProjectWatch *watch, const struct inotify_event *event, StrList *changed,
                       Diag *diag)
{
    const char *dir = event->wd >= 0 && (size_t)event->wd < watch->cap ? watch->dirs[event->wd]
                                                                       : NULL;

    if (event->mask & IN_Q_OVERFLOW) {
        note(changed, "./");
        return add_tree(watch, "./", NULL, diag);
    }
    if (event->wd == watch->root_wd && (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF))) {
        diag_set(diag, EXIT_PGMI_OTHER, "the project's directory has been moved or removed");
        return false;
    }
    if (event->mask & IN_IGNORED) {
        forget_dir(watch, event->wd);
        return true;
    }
    if (dir && event->len)
        return take_entry(watch, event, dir, changed, diag);
    return true;
}

bool project_watch_read(ProjectWatch *watch, StrList *changed, Diag *diag)
{
    char buffer[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t got;

    while ((got = read(watch->fd, buffer, sizeof(buffer))) > 0) {
        for (char *p = buffer; p < buffer + got;) {
            const struct inotify_event *event = (const struct inotify_event *)p;

            if (!take_event(watch, event, changed, diag))
                return false;
            p += sizeof(*event) + event->len;
        }
    }
    return true;
}

/* ---- begin and end ------------------------------------------------------------------------------- */

ProjectWatch *project_watch_begin(const char *root, Diag *diag)
{
    ProjectWatch *watch = xcalloc(1, sizeof(*watch));

    watch->root = xstrdup(root);
    watch->root_wd = -1;
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd < 0)
        diag_set(diag, EXIT_PGMI_OTHER, "could not watch for changes: %s", strerror(errno));
    else if (add_tree(watch, "./", NULL, diag))
        return watch;
    project_watch_end(watch);
    return NULL;
}

void project_watch_end(ProjectWatch *watch)
{
    if (!watch)
        return;
    if (watch->fd >= 0)
        close(watch->fd);
    for (size_t i = 0; i < watch->cap; i++)
        free(watch->dirs[i]);
    free(watch->dirs);
    free(watch->root);
    free(watch);
}

int project_watch_fd(const ProjectWatch *watch)
{
    return watch->fd;
}
