/*
 * check.c — \pgmi check: what can be said about a project before a server is asked.
 *
 * The scan finds what cannot be loaded.  This adds what can be loaded and will surprise: a test
 * macro where it is never expanded, a configuration that does not parse.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "pgmish/sql.h"

typedef struct Check {
    DiagList *problems, *warnings;
    const char *path; /* of the file that is looked at */
} Check;

static void add(DiagList *list, Diag *diag, const char *path)
{
    if (path && !diag->file) {
        char *shown = project_show_path(path);

        diag_at(diag, shown, diag->line, diag->column);
        free(shown);
    }
    diaglist_take(list, diag);
}

/* ---- the macro ---------------------------------------------------------------------------------- */

/* Length of the dollar-quote delimiter at p, 0: none.  In a mask (X4) only delimiters are left
 * of dollar quotes, so a loose check is enough. */
static size_t delimiter_at(const char *p, const char *end)
{
    const char *q = p + 1;

    if (*p != '$' || q >= end || (*q >= '0' && *q <= '9'))
        return 0;
    while (q < end && *q != '$') {
        unsigned char c = (unsigned char)*q;

        if (c < 0x80 && c != '_' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
            !(c >= 'A' && c <= 'Z'))
            return 0;
        q++;
    }
    return q < end ? (size_t)(q - p) + 1 : 0;
}

/* A call in a DO block or function body: opaque to the macro, unknown to the server (T2). */
static void check_body(Check *check, const char *text, size_t start, size_t end)
{
    MacroList macros = {0};
    Diag diag = DIAG_INIT;

    if (macro_find(text + start, end - start, false, &macros, &diag) && macros.len) {
        size_t at = start + macros.items[0].start;

        diag_set(&diag, EXIT_PGMI_CONFIG,
                 "CALL pgmi_test inside a quoted body is not expanded and fails when it runs");
        diag_hint(&diag, "Put CALL pgmi_test() at the top level of deploy.sql.");
        diag_at(&diag, NULL, text_line_at(text, at), 0);
        add(check->warnings, &diag, check->path);
    }
    diag_reset(&diag);
    macro_list_free(&macros);
}

/* Every dollar-quoted body of the script. */
static void check_bodies(Check *check, const char *text, size_t len)
{
    char *mask = sql_mask(text, len);
    const char *end = mask + len;

    for (const char *p = mask; (p = memchr(p, '$', (size_t)(end - p))) != NULL;) {
        size_t size = delimiter_at(p, end);
        const char *close = size ? memmem(p + size, (size_t)(end - p) - size, p, size) : NULL;

        if (!close) {
            p++;
            continue;
        }
        check_body(check, text, (size_t)(p - mask) + size, (size_t)(close - mask));
        p = close + size;
    }
    free(mask);
}

static bool mentions_macro(const char *text, size_t len)
{
    static const char word[] = "pgmi_test";
    const size_t size = sizeof word - 1;

    for (size_t i = 0; i + size <= len; i++)
        if ((text[i] == 'p' || text[i] == 'P') && ascii_ncasecmp(text + i, word, size) == 0)
            return true;
    return false;
}

/* script: deploy.sql, whose top-level macros are expanded; other files reach the server as they
 * are. */
static void check_macros(Check *check, const char *text, size_t len, bool script)
{
    MacroList macros = {0};
    Diag diag = DIAG_INIT;

    if (!mentions_macro(text, len))
        return;
    if (!macro_find(text, len, false, &macros, &diag)) {
        diag.code = EXIT_PGMI_CONFIG;
        add(check->problems, &diag, check->path);
    } else if (macros.len && !script) {
        diag_set(
            &diag, EXIT_PGMI_CONFIG,
            "CALL pgmi_test is expanded in deploy.sql only, not when this file is executed");
        diag_hint(&diag, "Move the call to deploy.sql.");
        diag_at(&diag, NULL, macros.items[0].line, 0);
        add(check->warnings, &diag, check->path);
    }
    macro_list_free(&macros);
    if (script)
        check_bodies(check, text, len);
}

/* ---- files --------------------------------------------------------------------------------------------- */

static void check_deploy_sql(Check *check, const char *dir)
{
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    check->path = "./deploy.sql";
    if (project_read_deploy_sql(dir, &text, &diag))
        check_macros(check, text.data, text.len, true);
    else
        add(check->problems, &diag, NULL);
    strbuf_free(&text);
}

static void check_sql_files(Check *check, const Project *project)
{
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;

    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];

        if (!file->is_sql)
            continue;
        check->path = file->path;
        if (project_read(project, file, &text, &diag))
            check_macros(check, text.data, text.len, false);
        else
            add(check->problems, &diag, NULL);
    }
    strbuf_free(&text);
}

/* ---- configuration ----------------------------------------------------------------------------------- */

static void check_values(Check *check, const ProjectConfig *config)
{
    static const char *const methods[] = {"password", "azure", "aws", "google"};
    Diag diag = DIAG_INIT;
    int64_t ignored;
    bool known = !config->auth_method;

    if (!timeout_resolve(NULL, config, &ignored, &diag))
        add(check->problems, &diag, check->path);
    for (size_t i = 0; !known && i < lengthof(methods); i++)
        known = strcmp(config->auth_method, methods[i]) == 0;
    if (!known) {
        diag_set(&diag, EXIT_PGMI_CONFIG,
                 "connection.auth_method is unknown and means a password");
        diag_hint(&diag, "Known methods are azure, aws and google.");
        add(check->warnings, &diag, check->path);
    }
}

static void check_config(Check *check, const char *dir)
{
    ProjectConfig config;
    Diag diag = DIAG_INIT;

    check->path = "./pgmi.yaml";
    project_config_init(&config);
    if (project_config_read(&config, dir, &diag))
        check_values(check, &config);
    else
        add(check->problems, &diag, check->path);
    project_config_free(&config);
}

/* 7.1: a file that does not parse is ignored as a whole, which deserves a warning. */
static void check_dotenv(Check *check, const char *dir)
{
    StrMap env;
    Diag diag = DIAG_INIT;

    strmap_init(&env, free);
    if (!dotenv_read(dir, &env, &diag))
        add(check->warnings, &diag, NULL);
    strmap_free(&env);
}

/* Two steps may find the same fault (an unreadable pgmi.yaml is also a project file). */
static bool already_named(const DiagList *list, size_t from, const char *file)
{
    for (size_t i = from; i < list->len; i++)
        if (list->items[i].file && strcmp(list->items[i].file, file) == 0)
            return true;
    return false;
}

void project_check(const char *dir, DiagList *problems, DiagList *warnings, Project **project)
{
    Check check = {problems, warnings, NULL};
    size_t before = problems->len;
    Project *scanned = project_scan(dir, NULL, problems);
    struct stat st;

    if (dir && stat(dir, &st) == 0 && S_ISDIR(st.st_mode)) {
        if (!already_named(problems, before, "./deploy.sql"))
            check_deploy_sql(&check, dir);
        if (!already_named(problems, before, "./pgmi.yaml"))
            check_config(&check, dir);
        check_dotenv(&check, dir);
    }
    if (scanned)
        check_sql_files(&check, scanned);
    if (problems->len > before) {
        project_free(scanned);
        scanned = NULL;
    }
    if (project)
        *project = scanned;
    else
        project_free(scanned);
}
