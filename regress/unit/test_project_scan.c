/*
 * test_project_scan.c — hostile and unusual project trees: what the vectors cannot carry because
 * JSON has no FIFOs, no unreadable files and no names that are not text.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/project/internal.h"
#include "pgmish/project.h"
#include "tree.h"

#define BLOCK(id) "/* <pgmi-meta id=\"" id "\" idempotent=\"true\"/> */\n"
#define ID_A      "11111111-2222-4333-8444-55555555aaaa"
#define ID_B      "11111111-2222-4333-8444-55555555bbbb"

/* A new tree with a deploy.sql. */
static char *new_project(void)
{
    char *root = tree_new();

    tree_text(root, "deploy.sql", "select 1;\n");
    return root;
}

static Project *scan(const char *root, DiagList *problems)
{
    const ScanOptions options = {.require_deploy_sql = true};

    *problems = (DiagList)DIAGLIST_INIT;
    return project_scan(root, &options, problems);
}

static void assert_scans(const char *root, size_t files)
{
    DiagList problems;
    Project *project = scan(root, &problems);

    if (!project)
        fail_msg("%s: %s", problems.items[0].file ? problems.items[0].file : "",
                 problems.items[0].message);
    assert_int_equal(project->file_count, files);
    project_free(project);
    diaglist_free(&problems);
}

/* Exactly one problem, about this file, with these words and a hint. */
static void assert_problem(const char *root, const char *file, const char *words)
{
    DiagList problems;
    Project *project = scan(root, &problems);
    const Diag *diag = problems.items;

    assert_null(project);
    for (size_t i = 1; i < problems.len; i++)
        print_error("also: %s: %s\n", problems.items[i].file, problems.items[i].message);
    assert_int_equal(problems.len, 1);
    assert_int_equal(diag->code, EXIT_PGMI_CONFIG);
    if (file)
        assert_string_equal(diag->file, file);
    if (!strstr(diag->message, words))
        fail_msg("\"%s\" does not say \"%s\"", diag->message, words);
    assert_null(strchr(diag->message, '\n'));
    assert_non_null(diag->hint);
    diaglist_free(&problems);
}

/* Runs the function as a user who is not root, to whom permissions apply. */
static void as_nobody(const char *root, void (*run)(const char *root))
{
    bool is_root = geteuid() == 0;

    if (is_root && (chown(root, 65534, 65534) != 0 || seteuid(65534) != 0))
        fail_msg("seteuid: %s", strerror(errno));
    run(root);
    if (is_root && seteuid(0) != 0)
        fail_msg("seteuid back: %s", strerror(errno));
}

/* ---- the root ------------------------------------------------------------------------------- */

static void assert_root_refused(const char *dir, const char *words)
{
    DiagList problems;

    assert_null(scan(dir, &problems));
    assert_int_equal(problems.len, 1);
    assert_int_equal(problems.items[0].code, EXIT_PGMI_CONFIG);
    assert_non_null(strstr(problems.items[0].message, words));
    assert_non_null(problems.items[0].hint);
    diaglist_free(&problems);
}

static void root_must_be_a_directory(void **state)
{
    char *root = new_project();
    char *file = tree_path(root, "deploy.sql"), *none = tree_path(root, "none\x1b[1m");

    (void)state;
    assert_root_refused(NULL, "no project directory");
    assert_root_refused("", "no project directory");
    assert_root_refused(none, "none\\x1b[1m");
    assert_root_refused(file, "is not a directory");
    free(none);
    free(file);
    tree_delete(root);
}

static void root_through_a_link(void **state)
{
    char *root = tree_new();
    char *link, *real;
    DiagList problems;
    Project *project;

    (void)state;
    tree_text(root, "real/deploy.sql", "");
    tree_text(root, "real/a.sql", "select 1;");
    tree_link(root, "link", "real");
    link = tree_path(root, "link");
    real = realpath(link, NULL);
    project = scan(link, &problems);
    assert_non_null(project);
    assert_string_equal(project->root, link);
    assert_string_equal(project->root_path, real);
    assert_string_equal(project->name, "real");
    assert_non_null(project_file(project, "./a.sql"));
    assert_null(project_file(project, "./b.sql"));
    project_free(project);
    free(real);
    free(link);
    tree_delete(root);
}

static void relative_root(void **state)
{
    char *root = new_project();
    int here = open(".", O_RDONLY | O_DIRECTORY);

    (void)state;
    tree_text(root, "a.sql", "");
    assert_int_equal(chdir(root), 0);
    assert_scans(".", 1);
    assert_scans("./", 1);
    assert_int_equal(fchdir(here), 0);
    close(here);
    tree_delete(root);
}

/* ---- deploy.sql -------------------------------------------------------------------------------- */

static void deploy_sql_may_be_absent(void **state)
{
    char *root = tree_new();
    DiagList problems = DIAGLIST_INIT;
    Project *project;
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    (void)state;
    tree_text(root, "Deploy.sql", "x");
    project = project_scan(root, NULL, &problems);
    assert_non_null(project);
    assert_false(project->has_deploy_sql);
    assert_int_equal(project->file_count, 0);
    project_free(project);
    assert_null(scan(root, &problems));
    assert_int_equal(problems.items[0].code, EXIT_PGMI_NO_DEPLOY_SQL);
    assert_non_null(strstr(problems.items[0].message, "deploy.sql"));
    diaglist_free(&problems);
    assert_false(project_read_deploy_sql(root, &text, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_NO_DEPLOY_SQL);
    diag_reset(&diag);
    strbuf_free(&text);
    tree_delete(root);
}

static void deploy_sql_must_be_a_file(void **state)
{
    char *root = tree_new();

    (void)state;
    tree_text(root, "deploy.sql/x.sql", "x");
    assert_problem(root, "./deploy.sql", "is a directory");
    tree_delete(root);
    root = tree_new();
    tree_text(root, "real.sql", "x");
    tree_link(root, "deploy.sql", "real.sql");
    assert_problem(root, "./deploy.sql", "symbolic link");
    tree_delete(root);
}

static void assert_deploy_refused(const char *root, const char *words)
{
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    assert_false(project_read_deploy_sql(root, &text, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
    assert_string_equal(diag.file, "./deploy.sql");
    assert_non_null(strstr(diag.message, words));
    diag_reset(&diag);
    strbuf_free(&text);
}

static void deploy_sql_is_text(void **state)
{
    char *root = tree_new(), *path;
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    (void)state;
    tree_text(root, "deploy.sql", "\xef\xbb\xbfselect 1;");
    assert_true(project_read_deploy_sql(root, &text, &diag));
    assert_string_equal(text.data, "select 1;");
    strbuf_free(&text);
    tree_text(root, "deploy.sql", "select 1;\n-- \xe9\n");
    assert_deploy_refused(root, "byte 0xe9 at offset 13");
    tree_file(root, "deploy.sql", "a\0b", 3);
    assert_deploy_refused(root, "zero byte at offset 1");
    path = tree_path(root, "deploy.sql");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_deploy_refused(root, "FIFO");
    free(path);
    tree_delete(root);
}

static void recognises_deploy_sql(void **state)
{
    char *root = new_project();
    char *real = realpath(root, NULL), *link, *other, *mine;

    (void)state;
    tree_text(root, "sub/deploy.sql", "");
    tree_link(root, "sub/up", "..");
    link = tree_path(root, "sub/up/deploy.sql");
    other = tree_path(root, "sub/deploy.sql");
    mine = tree_path(root, "./deploy.sql");
    assert_true(project_is_deploy_sql(real, mine));
    assert_true(project_is_deploy_sql(real, link));
    assert_false(project_is_deploy_sql(real, other));
    assert_false(project_is_deploy_sql(real, "/nonexistent"));
    free(mine);
    free(other);
    free(link);
    free(real);
    tree_delete(root);
}

/* ---- what stands in a directory ---------------------------------------------------------------------- */

static void make_socket(const char *root, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *path = tree_path(root, name);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    free(path);
}

/* Nobody writes into the FIFO: opening it the ordinary way would block this test for ever. */
static void special_files(void **state)
{
    char *root = new_project(), *path = tree_path(root, "pipe.sql");

    (void)state;
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_problem(root, "./pipe.sql", "FIFO");
    assert_int_equal(unlink(path), 0);
    make_socket(root, "talk");
    assert_problem(root, "./talk", "socket");
    free(path);
    tree_delete(root);
}

static void devices(void **state)
{
    char *root = new_project(), *path = tree_path(root, "null");

    (void)state;
    if (mknod(path, S_IFCHR | 0666, 1 << 8 | 3) == 0)
        assert_problem(root, "./null", "device");
    else
        print_message("no permission to make a device: not tried\n");
    free(path);
    tree_delete(root);
}

static void links(void **state)
{
    char *root = new_project();

    (void)state;
    tree_link(root, "a/loop", "..");
    assert_problem(root, "./a/loop", "symbolic link");
    tree_delete(root);
    root = new_project();
    tree_link(root, "dangling.txt", "nowhere");
    assert_problem(root, "./dangling.txt", "symbolic link");
    tree_delete(root);
}

static void scan_one_file(const char *root)
{
    assert_scans(root, 1);
}

/* Nothing in an excluded tree is looked at, whatever it is. */
static void excluded_trees(void **state)
{
    char *root = new_project(), *path;

    (void)state;
    tree_link(root, ".git/loop", "/");
    tree_link(root, ".hidden", "/etc/passwd");
    tree_text(root, "node_modules/bad\xff", "\xff");
    tree_text(root, "m/__pycache__/__x__/a", "\xff");
    tree_directory(root, ".secret");
    path = tree_path(root, ".git/pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    free(path);
    path = tree_path(root, ".secret");
    assert_int_equal(chmod(path, 0), 0);
    free(path);
    tree_text(root, "m/node_modules", "plain file of that name");
    tree_text(root, "ok.sql", "x");
    as_nobody(root, scan_one_file);
    tree_delete(root);
}

static void scan_unreadable_file(const char *root)
{
    assert_problem(root, "./a.sql", "Permission denied");
}

static void scan_unreadable_directory(const char *root)
{
    assert_problem(root, "./locked/", "Permission denied");
}

static void unreadable(void **state)
{
    char *root = new_project(), *path = tree_path(root, "a.sql");

    (void)state;
    tree_text(root, "a.sql", "x");
    assert_int_equal(chmod(path, 0), 0);
    as_nobody(root, scan_unreadable_file);
    free(path);
    tree_delete(root);
    root = new_project();
    path = tree_path(root, "locked");
    tree_text(root, "locked/a.sql", "x");
    assert_int_equal(chmod(path, 0), 0);
    as_nobody(root, scan_unreadable_directory);
    assert_int_equal(chmod(path, 0700), 0);
    free(path);
    tree_delete(root);
}

/* ---- names -------------------------------------------------------------------------------------------------- */

static void names_that_are_no_text(void **state)
{
    char *root = new_project();

    (void)state;
    tree_text(root, "m/caf\xe9.sql", "x");
    assert_problem(root, "./m/caf\\xe9.sql", "not valid UTF-8");
    tree_delete(root);
    root = new_project();
    tree_text(root, "d\xff/a.sql", "x");
    tree_text(root, "d\xff/b.sql", "x");
    tree_text(root, "d\xff/e/f.sql", "x");
    assert_problem(root, "./d\\xff/a.sql", "name of directory is not valid UTF-8");
    tree_delete(root);
}

static void names_that_do_things_to_terminals(void **state)
{
    char *root = new_project();

    (void)state;
    tree_text(root, "a\x1b[31m\n\xe2\x80\xae.sql", "\xff");
    assert_problem(root, "./a\\x1b[31m\\x0a\\u202e.sql", "not valid UTF-8");
    tree_text(root, "a\x1b[31m\n\xe2\x80\xae.sql", "fine");
    assert_scans(root, 1);
    tree_delete(root);
}

static void names_the_tables_cannot_hold(void **state)
{
    char *root = new_project();

    (void)state;
    tree_text(root, "a\\b.sql", "x");
    assert_problem(root, "./a\\b.sql", "backslash");
    tree_delete(root);
    root = new_project();
    tree_text(root, "m/ ", "x");
    assert_problem(root, "./m/ ", "blank");
    tree_delete(root);
    root = new_project();
    tree_text(root, "trailing .sql ", "x");
    tree_text(root, "quo'te\"$$.sql", "x");
    assert_scans(root, 2);
    tree_delete(root);
}

static void dunder_directories(void **state)
{
    char *root = new_project();

    (void)state;
    tree_directory(root, "__empty__");
    tree_directory(root, "____");
    tree_text(root, "____/a", "x");
    tree_text(root, "__a__b__/a", "x");
    tree_text(root, "__a_/a", "x");
    assert_problem(root, "./__a__b__/a", "\"__a__b__\"");
    tree_delete(root);
    root = new_project();
    tree_text(root, "____/a", "x");
    tree_text(root, "__a_/a", "x");
    tree_directory(root, "__empty__");
    assert_scans(root, 2);
    tree_text(root, "__test__/__x__/t.sql", "x");
    assert_problem(root, "./__test__/__x__/t.sql", "\"__x__\"");
    tree_delete(root);
}

/* A tree of `levels` directories with one file at the bottom. */
static char *deep_project(int levels)
{
    StrBuf path = STRBUF_INIT;
    char *root = new_project();

    for (int i = 0; i < levels; i++)
        strbuf_add(&path, "d/");
    strbuf_add(&path, "a.sql");
    tree_text(root, path.data, "x");
    strbuf_free(&path);
    return root;
}

static void depth(void **state)
{
    char *root = deep_project(100);

    (void)state;
    assert_scans(root, 1);
    tree_delete(root);
    root = deep_project(101);
    assert_problem(root, NULL, "more than 100 levels");
    tree_delete(root);
}

/* Longer than any PATH_MAX. */
static void long_paths(void **state)
{
    char *root = new_project(), name[251];
    int dir = open(root, O_RDONLY | O_DIRECTORY), next;
    DiagList problems;
    Project *project;
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    (void)state;
    memset(name, 'n', 250);
    name[250] = '\0';
    for (int i = 0; i < 20; i++, dir = next) {
        assert_int_equal(mkdirat(dir, name, 0755), 0);
        next = openat(dir, name, O_RDONLY | O_DIRECTORY);
        close(dir);
    }
    next = openat(dir, "a.sql", O_CREAT | O_WRONLY, 0644);
    assert_int_equal(write(next, "deep", 4), 4);
    close(next);
    close(dir);
    project = scan(root, &problems);
    assert_non_null(project);
    assert_true(strlen(project->files[0].path) > 5000);
    assert_true(project_read(project, &project->files[0], &text, &diag));
    assert_string_equal(text.data, "deep");
    strbuf_free(&text);
    project_free(project);
    {
        char *command = xasprintf("rm -rf '%s'", root);

        assert_int_equal(system(command), 0);
        free(command);
    }
    free(root);
}

/* ---- content ---------------------------------------------------------------------------------------------------- */

static void size_cap(void **state)
{
    char *root = new_project();

    (void)state;
    tree_text(root, "deploy.sql", "select 'longer than the cap';");
    tree_text(root, "a.txt", "1234567890");
    setenv("PGMI_MAX_FILE_SIZE", "10", 1);
    assert_scans(root, 1);
    tree_text(root, "a.txt", "12345678901");
    assert_problem(root, "./a.txt", "larger than 10 bytes");
    for (const char *const *bad = (const char *const[]){"0", "-1", "x", "10x", "", NULL}; *bad;
         bad++) {
        setenv("PGMI_MAX_FILE_SIZE", *bad, 1);
        assert_scans(root, 1);
    }
    unsetenv("PGMI_MAX_FILE_SIZE");
    tree_delete(root);
}

static void encodings(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *words;
        int line;
    } cases[] = {
        {"a\nb\n\xc0\xaf", 6, "byte 0xc0 at offset 4", 3},      /* overlong slash */
        {"\xed\xa0\x80", 3, "byte 0xed at offset 0", 1},        /* surrogate */
        {"ok \xf4\x90\x80\x80", 7, "byte 0xf4 at offset 3", 1}, /* above U+10FFFF */
        {"cut \xe2\x82", 6, "byte 0xe2 at offset 4", 1},
        {"\xef\xbb\xbfx\n\0", 6, "zero byte at offset 2", 2},
        {"\xff\xfe"
         "a\0",
         4, "zero byte at offset 3", 1}, /* UTF-16 */
    };
    char *root = new_project();

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        DiagList problems;

        tree_file(root, "m/a.csv", cases[i].text, cases[i].len);
        assert_problem(root, "./m/a.csv", cases[i].words);
        assert_null(scan(root, &problems));
        assert_int_equal(problems.items[0].line, cases[i].line);
        diaglist_free(&problems);
    }
    tree_delete(root);
}

/* D7: one mark goes, a second one stays. */
static void byte_order_marks(void **state)
{
    char *root = new_project(), hex[65];
    DiagList problems;
    Project *project;
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    (void)state;
    tree_text(root, "a.sql", "\xef\xbb\xbf\xef\xbb\xbfx");
    project = scan(root, &problems);
    assert_non_null(project);
    assert_int_equal(project->files[0].size, 4);
    sha256_hex("\xef\xbb\xbfx", 4, hex);
    assert_string_equal(project->files[0].checksum, hex);
    assert_true(project_read(project, &project->files[0], &text, &diag));
    assert_string_equal(text.data, "\xef\xbb\xbfx");
    strbuf_free(&text);
    project_free(project);
    tree_delete(root);
}

static void counts(void **state)
{
    char *root = new_project();
    DiagList problems;
    Project *project;

    (void)state;
    tree_text(root, "a.sql", "12345");
    tree_text(root, "b.md", "12");
    tree_text(root, "__test__/_setup.sql", "1");
    tree_text(root, "__test__/t.sql", "123");
    tree_text(root, "__test__/data.csv", "1234567");
    project = scan(root, &problems);
    assert_non_null(project);
    assert_int_equal(project->file_count, 5);
    assert_int_equal(project->source_count, 2);
    assert_int_equal(project->sql_count, 1);
    assert_int_equal(project->test_count, 1);
    assert_int_equal(project->fixture_count, 1);
    assert_int_equal(project->total_bytes, 11);
    assert_true(project->has_deploy_sql);
    project_free(project);
    tree_delete(root);
}

/* One bad file does not hide the next. */
static void all_problems_are_told(void **state)
{
    char *root = tree_new();
    DiagList problems;

    (void)state;
    tree_text(root, "a.sql", "\xff");
    tree_link(root, "b.sql", "a.sql");
    tree_text(root, "c.sql", "/* <pgmi-meta id='x' idempotent='1'/> */");
    tree_text(root, "__x__/d.sql", "x");
    /* without deploy.sql it is no project, and its files are not looked at */
    assert_null(scan(root, &problems));
    assert_int_equal(problems.len, 1);
    assert_int_equal(problems.items[0].code, EXIT_PGMI_NO_DEPLOY_SQL);
    diaglist_free(&problems);
    tree_text(root, "deploy.sql", "select 1;");
    assert_null(scan(root, &problems));
    assert_int_equal(problems.len, 4);
    assert_string_equal(problems.items[0].file, "./__x__/d.sql");
    assert_string_equal(problems.items[1].file, "./a.sql");
    assert_string_equal(problems.items[2].file, "./b.sql");
    assert_string_equal(problems.items[3].file, "./c.sql");
    diaglist_free(&problems);
    tree_delete(root);
}

static void duplicate_ids(void **state)
{
    char *root = new_project();
    DiagList problems;

    (void)state;
    tree_text(root, "z.sql", BLOCK(ID_A));
    tree_text(root, "b/1.sql", BLOCK(ID_B));
    tree_text(root, "a.sql", BLOCK("{11111111-2222-4333-8444-55555555AAAA}"));
    tree_text(root, "c.sql", BLOCK("11111111222243338444-55555555bbbb"));
    assert_null(scan(root, &problems)); /* that spelling is none */
    assert_int_equal(problems.len, 2);
    diaglist_free(&problems);
    tree_text(root, "c.sql", BLOCK("1111111122224333844455555555BBBB"));
    tree_text(root, "m.sql", BLOCK(ID_A));
    tree_text(root, "__test__/t.sql", BLOCK(ID_A));
    assert_null(scan(root, &problems));
    assert_int_equal(problems.len, 1);
    assert_int_equal(problems.items[0].code, EXIT_PGMI_CONFIG);
    assert_string_equal(problems.items[0].message,
                        "duplicate metadata id: " ID_A " in ./a.sql, ./m.sql, ./z.sql; " ID_B
                        " in ./b/1.sql, ./c.sql");
    assert_non_null(problems.items[0].hint);
    diaglist_free(&problems);
    tree_delete(root);
}

/* ---- many ----------------------------------------------------------------------------------------- */

typedef struct Told {
    size_t calls, files;
    uint64_t bytes;
} Told;

static void remember(void *ctx, size_t files, uint64_t bytes)
{
    Told *told = ctx;

    assert_true(files >= told->files && bytes >= told->bytes);
    *told = (Told){told->calls + 1, files, bytes};
}

static void many_files_and_progress(void **state)
{
    Told told = {0, 0, 0};
    const ScanOptions options = {.progress = remember, .progress_ctx = &told};
    DiagList problems = DIAGLIST_INIT;
    char *root = new_project();
    Project *project;

    (void)state;
    for (int i = 0; i < 500; i++) {
        char *name = xasprintf("d%d/f%d.sql", i % 7, i);

        tree_text(root, name, "select 1;");
        free(name);
    }
    project = project_scan(root, &options, &problems);
    assert_non_null(project);
    assert_int_equal(project->file_count, 500);
    for (size_t i = 1; i < project->file_count; i++)
        assert_true(strcmp(project->files[i - 1].path, project->files[i].path) < 0);
    assert_true(told.calls >= 5);
    project_free(project);
    tree_delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_must_be_a_directory),
        cmocka_unit_test(root_through_a_link),
        cmocka_unit_test(relative_root),
        cmocka_unit_test(deploy_sql_may_be_absent),
        cmocka_unit_test(deploy_sql_must_be_a_file),
        cmocka_unit_test(deploy_sql_is_text),
        cmocka_unit_test(recognises_deploy_sql),
        cmocka_unit_test(special_files),
        cmocka_unit_test(devices),
        cmocka_unit_test(links),
        cmocka_unit_test(excluded_trees),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(names_that_are_no_text),
        cmocka_unit_test(names_that_do_things_to_terminals),
        cmocka_unit_test(names_the_tables_cannot_hold),
        cmocka_unit_test(dunder_directories),
        cmocka_unit_test(depth),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(size_cap),
        cmocka_unit_test(encodings),
        cmocka_unit_test(byte_order_marks),
        cmocka_unit_test(counts),
        cmocka_unit_test(all_problems_are_told),
        cmocka_unit_test(duplicate_ids),
        cmocka_unit_test(many_files_and_progress),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
