/*
 * tree.h — directory trees for tests: made below a fresh directory, removed with all in it.
 * Everything fails the running cmocka test when the system refuses.
 */
#ifndef PGMISH_TEST_TREE_H
#define PGMISH_TEST_TREE_H

#include <stddef.h>

char *tree_new(void);         /* owned path of a new directory */
void tree_delete(char *root); /* removes it with its content, frees the path */
/* Paths are relative to root; directories above are made. */
void tree_directory(const char *root, const char *path);
void tree_file(const char *root, const char *path, const char *text, size_t len);
void tree_text(const char *root, const char *path, const char *text);
void tree_link(const char *root, const char *path, const char *target);
void tree_remove(const char *root, const char *path); /* one file */
char *tree_path(const char *root, const char *path);  /* owned */

#endif
