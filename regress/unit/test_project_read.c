/*
 * test_project_read.c — files that are read again: the scan keeps no contents (project.h), so between
 * it and the load anything may have become of a file, and each of it must be told, never loaded.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/project/internal.h"
#include "pgmish/project.h"
#include "tree.h"

static void assert_read_fails(const Project *project, const char *words)
{
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    assert_false(project_read(project, project_file(project, "./m/a.sql"), &text, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
    assert_string_equal(diag.file, "./m/a.sql");
    if (!strstr(diag.message, words))
        fail_msg("\"%s\" does not say \"%s\"", diag.message, words);
    diag_reset(&diag);
    strbuf_free(&text);
}

static void files_that_change(void **state)
{
    char *root = tree_new(), *path = tree_path(root, "m/a.sql"), *dir = tree_path(root, "m");
    char *moved = tree_path(root, "moved");
    DiagList problems = DIAGLIST_INIT;
    Project *project;

    (void)state;
    tree_text(root, "deploy.sql", "select 1;\n");
    tree_text(root, "m/a.sql", "select 1;");
    project = project_scan(root, NULL, &problems);
    assert_non_null(project);
    tree_text(root, "m/a.sql", "select 2;"); /* same size */
    assert_read_fails(project, "has changed since");
    tree_text(root, "m/a.sql", "select 1; -- and much more");
    assert_read_fails(project, "has changed since");
    assert_int_equal(unlink(path), 0);
    assert_read_fails(project, "No such file");
    tree_link(root, "m/a.sql", "../deploy.sql");
    assert_read_fails(project, "symbolic link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_read_fails(project, "FIFO");
    assert_int_equal(unlink(path), 0);
    tree_text(root, "m/a.sql", "select 1;");
    assert_int_equal(rename(dir, moved), 0);
    tree_link(root, "m", "moved"); /* the directory is a link now */
    assert_read_fails(project, "could not open its directory");
    project_free(project);
    free(moved);
    free(dir);
    free(path);
    tree_delete(root);
}

/* Files of /proc say that they are empty and are not: what a file that grows looks like. */
static void file_that_grows_while_read(void **state)
{
    int fd = open("/proc/self/status", O_RDONLY);
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    (void)state;
    assert_true(fd >= 0);
    assert_false(project_read_fd(fd, 0, &text, &diag));
    assert_non_null(strstr(diag.message, "changed while it was being read"));
    assert_non_null(diag.hint);
    diag_reset(&diag);
    strbuf_free(&text);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_change),
        cmocka_unit_test(file_that_grows_while_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
