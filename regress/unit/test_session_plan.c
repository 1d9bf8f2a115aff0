/*
 * test_session_plan.c — pgmi_test_plan() and pgmi_test_generate() against a plain recursive reading of
 * contract sections 12 and 13, over random trees with names that sort in surprising ways.
 *
 * The server computes both without recursion over the tests, by sorting; this is the check that
 * sorting says the same as walking.
 */
#include "live.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The model's view of one project. */
typedef struct Model {
    const Project *project;
    const char *pattern; /* a plain piece of text here; NULL: none */
    StrBuf plan;         /* one line a step */
    StrBuf savepoints;   /* the savepoint statements of the suite */
    int ordinal, counter;
} Model;

static bool is_in(const ProjectFile *file, const char *directory)
{
    size_t len = (size_t)(strrchr(file->path, '/') + 1 - file->path);

    return strlen(directory) == len && strncmp(file->path, directory, len) == 0;
}

static bool matches(const Model *model, const ProjectFile *file)
{
    return file->role == FILE_TEST && (!model->pattern || strstr(file->path, model->pattern));
}

static bool is_child(const TestDirectory *directory, const char *parent)
{
    if (!parent || !directory->parent_path)
        return !parent && !directory->parent_path;
    return strcmp(directory->parent_path, parent) == 0;
}

/* L1: a matching test in it or below it. */
static bool relevant(const Model *model, const char *directory)
{
    for (size_t i = 0; i < model->project->file_count; i++)
        if (is_in(&model->project->files[i], directory) &&
            matches(model, &model->project->files[i]))
            return true;
    for (size_t i = 0; i < model->project->test_directory_count; i++)
        if (is_child(&model->project->test_directories[i], directory) &&
            relevant(model, model->project->test_directories[i].path))
            return true;
    return false;
}

static void step(Model *model, const char *kind, const char *path,
                 const TestDirectory *directory)
{
    strbuf_addf(&model->plan, "%d %s %s %s %d\n", ++model->ordinal, kind, path, directory->path,
                directory->depth);
}

static void walk_children(Model *model, const char *parent);

/* L3 and G1 for one directory.  Files and directories of a project are sorted by path, which within one
 * directory is the byte order of the names, and among siblings that of the paths with slash. */
static void walk(Model *model, const TestDirectory *directory)
{
    int own = 0, tests = 0;

    for (size_t i = 0; i < model->project->file_count; i++) {
        const ProjectFile *file = &model->project->files[i];

        if (file->role != FILE_FIXTURE || !is_in(file, directory->path))
            continue;
        step(model, "fixture", file->path, directory);
        strbuf_addf(&model->savepoints, "SAVEPOINT __pgmi_d%d__;\n", ++model->counter);
        own = own ? own : model->counter;
    }
    for (size_t i = 0; i < model->project->file_count; i++) {
        const ProjectFile *file = &model->project->files[i];

        if (!matches(model, file) || !is_in(file, directory->path))
            continue;
        step(model, "test", file->path, directory);
        if (!own)
            strbuf_addf(&model->savepoints, "SAVEPOINT __pgmi_d%d__;\n",
                        own = ++model->counter);
        if (!tests)
            strbuf_addf(&model->savepoints, "SAVEPOINT __pgmi_t%d__;\n",
                        tests = ++model->counter);
        strbuf_addf(&model->savepoints, "ROLLBACK TO SAVEPOINT __pgmi_t%d__;\n", tests);
    }
    walk_children(model, directory->path);
    step(model, "teardown", "-", directory);
    if (own)
        strbuf_addf(&model->savepoints,
                    "ROLLBACK TO SAVEPOINT __pgmi_d%d__;\nRELEASE SAVEPOINT __pgmi_d%d__;\n",
                    own, own);
}

static void walk_children(Model *model, const char *parent)
{
    for (size_t i = 0; i < model->project->test_directory_count; i++) {
        const TestDirectory *directory = &model->project->test_directories[i];

        if (is_child(directory, parent) && relevant(model, directory->path))
            walk(model, directory);
    }
}

/* ---- random trees ------------------------------------------------------------------------------------- */

static char *random_project(unsigned seed)
{
    static const char *const directories[] = {"a", "a-b",      "a.b", "a b",
                                              "A", "\xc3\xa9", "~",   "__test__"};
    static const char *const files[] = {"a.sql",  "a-b.sql",     "a.b.sql",    "B.sql",
                                        "10.sql", "9.sql",       "_setup.sql", "_Setup.psql",
                                        "README", "\xc3\xa9.sql"};
    char *project = live_project();

    srand(seed);
    for (int i = 3 + rand() % 30; i > 0; i--) {
        StrBuf path = STRBUF_INIT;

        if (rand() % 3 == 0)
            strbuf_addf(&path, "%s/", directories[rand() % 3]);
        strbuf_add(&path, rand() % 4 ? "__test__/" : "__tests__/");
        while (rand() % 3)
            strbuf_addf(&path, "%s/", directories[(size_t)rand() % lengthof(directories)]);
        strbuf_add(&path, files[(size_t)rand() % lengthof(files)]);
        tree_text(project, path.data, "SELECT 1;");
        strbuf_free(&path);
    }
    return project;
}

/* Lines of the suite that are about savepoints. */
static void keep_savepoints(const char *suite, StrBuf *out)
{
    for (const char *line = suite; *line;) {
        size_t len = strcspn(line, "\n");

        if (memmem(line, len, "SAVEPOINT", 9))
            strbuf_addf(out, "%.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
    }
}

static void compare(PGconn *conn, Session *session, const char *pattern)
{
    SessionConn with = {session, conn};
    Model model = {.project = session_project(session),
                   .pattern = pattern,
                   .plan = STRBUF_INIT,
                   .savepoints = STRBUF_INIT};
    StrBuf seen = STRBUF_INIT;
    Diag diag = DIAG_INIT;
    char *suite = session_generate(&with, pattern, NULL, &diag);
    PGresult *plan = PQexecParams(
        conn,
        "SELECT coalesce(string_agg(format(E'%s %s %s %s %s\\n', ordinal, step_type,"
        " coalesce(script_path, '-'), directory, depth), '' ORDER BY ordinal), '')"
        " FROM pg_temp.pgmi_test_plan($1)",
        1, NULL, &pattern, NULL, NULL, 0);

    walk_children(&model, NULL);
    assert_string_equal(PQgetvalue(plan, 0, 0), model.plan.data);
    keep_savepoints(suite, &seen);
    assert_string_equal(seen.data, model.savepoints.data);
    live_run(conn, "BEGIN");
    if (model.ordinal)
        live_run(conn, suite); /* every savepoint it names is there */
    else
        PQclear(live_fail(conn, suite, "P0002"));
    live_run(conn, "ROLLBACK");
    PQclear(plan);
    free(suite);
    strbuf_free(&seen);
    strbuf_free(&model.plan);
    strbuf_free(&model.savepoints);
}

static void random_trees(void **state)
{
    static const char *const databases[] = {"utf8", "latin1", "ascii"};
    static const char *const patterns[] = {NULL, "a-b", "/a/", "9", "nothing"};

    (void)state;
    for (size_t i = 0; i < lengthof(databases); i++) {
        PGconn *conn = live_connect(databases[i]);
        Session *session = session_new();

        for (unsigned seed = 1; seed <= 5; seed++) {
            char *project = random_project(seed * 3 + (unsigned)i);

            live_must_load(session, conn, project);
            for (size_t j = 0; j < lengthof(patterns); j++)
                compare(conn, session, patterns[j]);
            tree_delete(project);
        }
        session_free(session);
        PQfinish(conn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_trees)};

    return cmocka_run_group_tests(tests, live_start, live_stop);
}
