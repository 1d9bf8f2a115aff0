/*
 * test_project_watch.c — which changes of a tree the watch tells of.
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

#include "pgmish/project.h"
#include "tree.h"

typedef struct Place {
    char *root;
    ProjectWatch *watch;
} Place;

static int set_up(void **state)
{
    Place *place = calloc(1, sizeof(*place));
    Diag diag = DIAG_INIT;

    place->root = tree_new();
    tree_text(place->root, "deploy.sql", "SELECT 1;\n");
    tree_text(place->root, "migrations/001.sql", "SELECT 1;\n");
    tree_directory(place->root, ".git/objects");
    place->watch = project_watch_begin(place->root, &diag);
    assert_non_null(place->watch);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    Place *place = *state;

    project_watch_end(place->watch);
    tree_delete(place->root);
    free(place);
    return 0;
}

/* The paths told of since the last call, sorted, with blanks between. */
static void assert_changed(Place *place, const char *expected)
{
    StrList changed = STRLIST_INIT;
    Diag diag = DIAG_INIT;
    char text[1000] = "";

    assert_true(project_watch_read(place->watch, &changed, &diag));
    strlist_sort(&changed);
    for (size_t i = 0; i < changed.len; i++) {
        strcat(text, i ? " " : "");
        strcat(text, changed.items[i]);
    }
    strlist_free(&changed);
    assert_string_equal(text, expected);
}

static void move(Place *place, const char *from, const char *to)
{
    char *a = tree_path(place->root, from), *b = tree_path(place->root, to);

    assert_int_equal(rename(a, b), 0);
    free(a);
    free(b);
}

static void drop(Place *place, const char *path)
{
    char *full = tree_path(place->root, path);

    assert_int_equal(remove(full), 0);
    free(full);
}

static void test_written_in_place(void **state)
{
    assert_changed(*state, "");
    tree_text(((Place *)*state)->root, "migrations/001.sql", "SELECT 2;\n");
    tree_text(((Place *)*state)->root, "deploy.sql", "SELECT 2;\n");
    assert_changed(*state, "./deploy.sql ./migrations/001.sql");
    assert_changed(*state, "");
}

/* As vim does: try the directory, back up, write anew, drop the backup. */
static void test_renaming_editors(void **state)
{
    Place *place = *state;

    tree_text(place->root, "migrations/4913", "");
    drop(place, "migrations/4913");
    move(place, "migrations/001.sql", "migrations/001.sql~");
    tree_text(place->root, "migrations/001.sql", "SELECT 2;\n");
    drop(place, "migrations/001.sql~");
    assert_changed(place, "./migrations/001.sql");
    tree_text(place->root, "migrations/.001.sql.tmp", "SELECT 3;\n");
    move(place, "migrations/.001.sql.tmp", "migrations/001.sql");
    assert_changed(place, "./migrations/001.sql");
}

static void test_left_lying_about(void **state)
{
    Place *place = *state;

    tree_text(place->root, "migrations/.001.sql.swp", "x");
    tree_text(place->root, "migrations/001.sql~", "x");
    tree_text(place->root, "#deploy.sql#", "x");
    tree_text(place->root, ".git/index", "x");
    tree_text(place->root, "node_modules/a.sql", "x");
    assert_changed(place, "");
}

static void test_new_directories(void **state)
{
    Place *place = *state;

    /* the file is there before anybody could have watched its directory */
    tree_text(place->root, "api/v1/view.sql", "SELECT 1;\n");
    assert_changed(place, "./api/v1/view.sql");
    tree_text(place->root, "api/v1/table.sql", "SELECT 1;\n");
    assert_changed(place, "./api/v1/table.sql");
    move(place, "api", "rest");
    assert_changed(place, "./api/ ./rest/v1/table.sql ./rest/v1/view.sql");
    tree_text(place->root, "rest/v1/view.sql", "SELECT 2;\n");
    assert_changed(place, "./rest/v1/view.sql");
}

static void test_deleted(void **state)
{
    Place *place = *state;

    drop(place, "migrations/001.sql");
    assert_changed(place, "./migrations/001.sql");
    drop(place, "migrations");
    assert_changed(place, "./migrations/");
}

static void test_links(void **state)
{
    Place *place = *state;

    tree_link(place->root, "migrations/002.sql", "001.sql");
    assert_changed(place, "./migrations/002.sql");
}

static void test_overflow(void **state)
{
    Place *place = *state;
    StrList changed = STRLIST_INIT;
    Diag diag = DIAG_INIT;
    char *a = tree_path(place->root, "deploy.sql");
    char *b = tree_path(place->root, "migrations/001.sql");
    int limit = 0;
    FILE *setting = fopen("/proc/sys/fs/inotify/max_queued_events", "r");

    assert_non_null(setting);
    assert_int_equal(fscanf(setting, "%d", &limit), 1);
    fclose(setting);
    for (int i = 0; i <= limit; i++)
        close(open(i % 2 ? a : b, O_WRONLY | O_CLOEXEC));
    tree_directory(place->root, "late");
    assert_true(project_watch_read(place->watch, &changed, &diag));
    assert_true(strlist_has(&changed, "./"));
    strlist_free(&changed);
    tree_text(place->root, "late/x.sql", "SELECT 1;\n"); /* its directory was found after all */
    assert_changed(place, "./late/x.sql");
    free(a);
    free(b);
}

static void test_root_removed(void **state)
{
    Place *place = *state;
    StrList changed = STRLIST_INIT;
    Diag diag = DIAG_INIT;
    char *elsewhere = tree_new();
    char *to = tree_path(elsewhere, "moved");

    assert_int_equal(rename(place->root, to), 0);
    assert_false(project_watch_read(place->watch, &changed, &diag));
    assert_non_null(strstr(diag.message, "moved or removed"));
    diag_reset(&diag);
    assert_int_equal(rename(to, place->root), 0);
    strlist_free(&changed);
    free(to);
    tree_delete(elsewhere);
}

static void test_no_directory(void **state)
{
    Diag diag = DIAG_INIT;

    (void)state;
    assert_null(project_watch_begin("/nonexistent/pgmish", &diag));
    assert_non_null(strstr(diag.message, "could not watch directory \"/nonexistent/pgmish"));
    diag_reset(&diag);
}

#define WATCH_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_written_in_place),
        WATCH_TEST(test_renaming_editors),
        WATCH_TEST(test_left_lying_about),
        WATCH_TEST(test_new_directories),
        WATCH_TEST(test_deleted),
        WATCH_TEST(test_links),
        WATCH_TEST(test_overflow),
        WATCH_TEST(test_root_removed),
        cmocka_unit_test(test_no_directory),
    };

    return cmocka_run_group_tests_name("project_watch", tests, NULL, NULL);
}
