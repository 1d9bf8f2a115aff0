/*
 * tree.c — see tree.h.
 */
#include "tree.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pgmish/support.h"

char *tree_new(void)
{
    const char *tmp = getenv("TMPDIR");
    char *root = xasprintf("%s/pgmish-tree-XXXXXX", tmp && *tmp ? tmp : "/tmp");

    if (!mkdtemp(root))
        fail_msg("mkdtemp %s: %s", root, strerror(errno));
    return root;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

void tree_delete(char *root)
{
    nftw(root, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
    free(root);
}

char *tree_path(const char *root, const char *path)
{
    return xasprintf("%s/%s", root, path);
}

static void make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            fail_msg("mkdir %s: %s", path, strerror(errno));
        *slash = '/';
    }
}

void tree_directory(const char *root, const char *path)
{
    char *full = xasprintf("%s/%s/", root, path);

    make_parents(full);
    free(full);
}

void tree_file(const char *root, const char *path, const char *text, size_t len)
{
    char *full = tree_path(root, path);
    FILE *out;

    make_parents(full);
    out = fopen(full, "wb");
    if (!out || fwrite(text, 1, len, out) != len || fclose(out) != 0)
        fail_msg("write %s: %s", full, strerror(errno));
    free(full);
}

void tree_text(const char *root, const char *path, const char *text)
{
    tree_file(root, path, text, strlen(text));
}

void tree_link(const char *root, const char *path, const char *target)
{
    char *full = tree_path(root, path);

    make_parents(full);
    if (symlink(target, full) != 0)
        fail_msg("symlink %s: %s", full, strerror(errno));
    free(full);
}

void tree_remove(const char *root, const char *path)
{
    char *full = tree_path(root, path);

    if (unlink(full) != 0)
        fail_msg("unlink %s: %s", full, strerror(errno));
    free(full);
}
