/*
 * test_vectors_session.c — the conformance vectors of the session, on a real server: what a load
 * puts into the tables, the plan, the test plan, and what the generated suite really does.
 *
 * All of it runs in databases of three encodings.  A vector whose names or contents do not exist in
 * LATIN1 must be refused there, by name.
 */
#include "live.h"
#include "tree.h"
#include "vectors.h"

#include "pgmish/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static PGconn *conn; /* of the test that runs */

/* One value of a query as JSON. */
static json_t *ask_json(const char *sql)
{
    char *text = live_ask(conn, sql);
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);

    if (!value)
        fail_msg("%s: %s", sql, error.text);
    free(text);
    return value;
}

/* True when diag is a proper refusal of text that the database's encoding cannot hold. */
static bool refused_by_encoding(const Diag *diag)
{
    return strcmp(PQparameterStatus(conn, "server_encoding"), "LATIN1") == 0 && diag->file &&
           strncmp(diag->file, "./", 2) == 0 && strstr(diag->message, "LATIN1");
}

/* ---- discovery.json ---------------------------------------------------------------------------- */

static void write_entry(const char *project, const json_t *entry)
{
    const char *path = json_string_value(json_object_get(entry, "path"));
    const char *type = json_string_value(json_object_get(entry, "type"));
    const char *fill = json_string_value(json_object_get(entry, "fill"));
    StrBuf text = STRBUF_INIT;
    size_t len;
    char *given;

    if (type && strcmp(type, "directory") == 0) {
        tree_directory(project, path);
    } else if (type) {
        tree_link(project, path, json_string_value(json_object_get(entry, "target")));
    } else if (fill) {
        for (json_int_t i = json_integer_value(json_object_get(entry, "count")); i > 0; i--)
            strbuf_add(&text, fill);
        tree_file(project, path, text.data, text.len);
    } else {
        given = vector_text(entry, &len);
        tree_file(project, path, given, len);
        free(given);
    }
    strbuf_free(&text);
}

static char *write_tree(const json_t *files)
{
    char *project = tree_new();
    const json_t *entry;
    size_t i;

    json_array_foreach(files, i, entry)
    {
        write_entry(project, entry);
    }
    return project;
}

static const char tables_as_json[] =
    "SELECT pg_catalog.json_build_object("
    "'source', (SELECT coalesce(json_agg(row_to_json(s) ORDER BY convert_to(path, 'UTF8')), "
    "'[]')"
    " FROM pgmi_source_view AS s),"
    "'metadata', (SELECT coalesce(json_agg(row_to_json(m) ORDER BY convert_to(path, 'UTF8')), "
    "'[]')"
    " FROM pgmi_source_metadata_view AS m),"
    "'test_directories', (SELECT coalesce(json_agg(row_to_json(d) ORDER BY convert_to(path,"
    " 'UTF8')), '[]') FROM pgmi_test_directory_view AS d),"
    "'test_sources', (SELECT coalesce(json_agg(row_to_json(t) ORDER BY convert_to(path,"
    " 'UTF8')), '[]') FROM pgmi_test_source_view AS t))";

static bool check_problems(const json_t *expect, const DiagList *problems, StrBuf *why)
{
    const json_t *error = json_object_get(expect, "error");
    StrBuf text = STRBUF_INIT;
    bool ok;

    for (size_t i = 0; i < problems->len; i++) {
        const Diag *diag = &problems->items[i];

        strbuf_addf(&text, "%s: %s %s\n", diag->file ? diag->file : "", diag->message,
                    diag->detail ? diag->detail : "");
    }
    if (!error) {
        strbuf_addf(why, "unexpected error: %s", text.data);
        ok = false;
    } else {
        ok = want_mentions(error, text.data, why) &&
             want_exit_code(error, problems->items[0].code, why);
    }
    strbuf_free(&text);
    return ok;
}

static bool check_tables(Project *project, const json_t *expect, StrBuf *why)
{
    Session *session = session_new();
    LoadReport report = {0};
    Diag diag = DIAG_INIT;
    Params none;
    bool ok;

    params_init(&none);
    if (session_load(session, conn, project, &none, NULL, &report, &diag)) {
        json_t *got = ask_json(tables_as_json);

        json_object_set_new(got, "files_loaded", json_integer((json_int_t)report.files));
        ok = want_subset(expect, got, why);
        json_decref(got);
    } else {
        ok = refused_by_encoding(&diag);
        strbuf_addf(why, "%s: %s", diag.file ? diag.file : "", diag.message);
        project_free(project);
    }
    diag_reset(&diag);
    load_report_free(&report);
    params_free(&none);
    session_free(session);
    return ok;
}

static bool check_discovery(const json_t *input, const json_t *expect, StrBuf *why)
{
    char *dir = write_tree(json_object_get(input, "files"));
    ScanOptions options = {.require_deploy_sql = true};
    DiagList problems = DIAGLIST_INIT;
    const char *name;
    json_t *value;
    Project *project;
    bool ok;

    json_object_foreach(json_object_get(input, "env"), name, value)
    {
        setenv(name, json_string_value(value), 1);
    }
    project = project_scan(dir, &options, &problems);
    json_object_foreach(json_object_get(input, "env"), name, value)
    {
        unsetenv(name);
    }
    if (!project)
        ok = check_problems(expect, &problems, why);
    else if (json_object_get(expect, "error")) {
        strbuf_add(why, "expected an error");
        project_free(project);
        ok = false;
    } else
        ok = check_tables(project, expect, why);
    diaglist_free(&problems);
    tree_delete(dir);
    return ok;
}

/* ---- plan_order.json ------------------------------------------------------------------------------ */

static void add_escaped(StrBuf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("<>&\"", *text))
            strbuf_addf(out, "&#%d;", *text);
        else
            strbuf_addc(out, *text);
    }
}

/* A metadata block that says what the vector gives in parsed form. */
static void add_metadata(StrBuf *out, const json_t *meta)
{
    const json_t *key;
    size_t i;

    strbuf_addf(out, "/* <pgmi-meta id=\"%s\" idempotent=\"%s\">",
                json_string_value(json_object_get(meta, "id")),
                json_is_true(json_object_get(meta, "idempotent")) ? "true" : "false");
    if (json_string_length(json_object_get(meta, "description"))) {
        strbuf_add(out, "<description>");
        add_escaped(out, json_string_value(json_object_get(meta, "description")));
        strbuf_add(out, "</description>");
    }
    strbuf_add(out, "<sortKeys>");
    json_array_foreach(json_object_get(meta, "sort_keys"), i, key)
    {
        strbuf_add(out, "<key>");
        add_escaped(out, json_string_value(key));
        strbuf_add(out, "</key>");
    }
    strbuf_add(out, "</sortKeys></pgmi-meta> */\n");
}

static bool check_plan_order(const json_t *input, const json_t *expect, StrBuf *why)
{
    char *dir = live_project();
    Session *session = session_new();
    Diag diag = DIAG_INIT;
    const json_t *file;
    size_t i;
    bool ok;

    json_array_foreach(json_object_get(input, "files"), i, file)
    {
        const json_t *meta = json_object_get(file, "meta");
        StrBuf text = STRBUF_INIT;

        if (json_is_object(meta))
            add_metadata(&text, meta);
        strbuf_add(&text, "SELECT 1;\n");
        tree_file(dir, json_string_value(json_object_get(file, "path")), text.data, text.len);
        strbuf_free(&text);
    }
    if (live_load(session, conn, dir, NULL, NULL, &diag)) {
        json_t *got = ask_json("SELECT json_build_object('rows', coalesce(json_agg("
                               "row_to_json(p) ORDER BY execution_order), '[]'))"
                               " FROM pgmi_plan_view AS p");

        ok = want_subset(expect, got, why);
        json_decref(got);
    } else {
        ok = refused_by_encoding(&diag);
        strbuf_addf(why, "%s: %s", diag.file ? diag.file : "", diag.message);
    }
    diag_reset(&diag);
    session_free(session);
    tree_delete(dir);
    return ok;
}

/* ---- test_plan.json ---------------------------------------------------------------------------------- */

/* What the suite did, in the order in which it happened. */
typedef struct Recording {
    json_t *actions;
    Diag failure;
} Recording;

static void record(json_t *actions, const char *what, const char *key, const char *value)
{
    json_array_append_new(actions, json_pack("{s:s, s:s}", "do", what, key, value));
}

/* Events and runs announce themselves by INFO, which no setting hides. */
static void record_notice(void *arg, const PGresult *result)
{
    Recording *recording = arg;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    json_t *event;

    if (!severity || strcmp(severity, "INFO") != 0)
        return;
    if (strncmp(message, "run ", 4) == 0) {
        record(recording->actions, "run", "path", message + 4);
        return;
    }
    event = json_loads(message, 0, NULL);
    json_object_set_new(event, "do", json_string("event"));
    json_array_append_new(recording->actions, event);
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* Executes one statement of the suite; false: it failed. */
static bool run_statement(void *ctx, const char *text, size_t start, size_t end)
{
    static const struct {
        const char *words, *action;
    } savepoints[] = {{"SAVEPOINT ", "savepoint"},
                      {"ROLLBACK TO SAVEPOINT ", "rollback_to"},
                      {"RELEASE SAVEPOINT ", "release"}};
    Recording *recording = ctx;
    char *sql = xstrndup(text + start, end - start);
    char *begin = sql + strspn(sql, " \n");
    bool ok = !*begin || server_command(conn, begin, 0, NULL, &recording->failure);

    for (size_t i = 0; i < lengthof(savepoints) && ok; i++) {
        size_t len = strlen(savepoints[i].words);

        if (strncmp(begin, savepoints[i].words, len) == 0) {
            begin[strcspn(begin, ";")] = '\0';
            record(recording->actions, savepoints[i].action, "name", begin + len);
            break;
        }
    }
    free(sql);
    return ok;
}

/* Really runs the suite in a transaction with a callback that records. */
static void run_suite(const char *suite, Recording *recording)
{
    live_run(conn, "BEGIN");
    live_run(conn, "CREATE OR REPLACE FUNCTION pg_temp.recorder(e pg_temp.pgmi_test_event)"
                   " RETURNS void LANGUAGE plpgsql AS"
                   " $$BEGIN RAISE INFO '%', row_to_json(e); END$$");
    PQsetNoticeReceiver(conn, record_notice, recording);
    script_each_statement(suite, strlen(suite), run_statement, recording);
    PQsetNoticeReceiver(conn, ignore_notice, NULL);
    live_run(conn, "ROLLBACK");
}

static bool check_run(const json_t *expect, const Recording *recording, StrBuf *why)
{
    const char *run = json_string_value(json_object_get(expect, "run"));
    const json_t *actions = json_object_get(expect, "actions");
    const Diag *failure = &recording->failure;

    if (!run) {
        json_t *got = json_pack("{s:O}", "actions", recording->actions);
        json_t *wanted = json_pack("{s:O}", "actions", actions ? actions : recording->actions);
        bool ok = !failure->code && want_subset(wanted, got, why);

        if (failure->code)
            strbuf_addf(why, "suite failed: %s", failure->message);
        json_decref(got);
        json_decref(wanted);
        return ok;
    }
    if (!failure->code || json_array_size(recording->actions)) {
        strbuf_add(why, "the suite did something");
        return false;
    }
    if (!strstr(failure->message, strcmp(run, "no_tests") == 0 ? "no tests were discovered"
                                                               : "no tests matched")) {
        strbuf_addf(why, "message is: %s", failure->message);
        return false;
    }
    return failure->hint && want_string(expect, "sqlstate", failure->sqlstate, why);
}

static json_t *plan_steps(const char *pattern)
{
    PGresult *result = PQexecParams(
        conn,
        "SELECT coalesce(json_agg(row_to_json(p) ORDER BY ordinal), '[]')"
        " FROM pg_temp.pgmi_test_plan($1) AS p",
        1, NULL, &pattern, NULL, NULL, 0);
    json_t *steps = PQntuples(result) ? json_loads(PQgetvalue(result, 0, 0), 0, NULL) : NULL;

    PQclear(result);
    return steps;
}

static bool check_test_plan_of(Session *session, const char *pattern, const json_t *expect,
                               StrBuf *why)
{
    SessionConn with = {session, conn};
    Recording recording = {json_array(), DIAG_INIT};
    Diag diag = DIAG_INIT;
    char *suite = session_generate(&with, pattern, "pg_temp.recorder", &diag);
    const json_t *error = json_object_get(expect, "error");
    json_t *steps = plan_steps(pattern);
    bool ok;

    if (error) {
        ok = !suite && !steps && want_mentions(error, diag.message, why) && diag.hint;
    } else if (!suite || !steps) {
        strbuf_addf(why, "no suite: %s", diag.message);
        ok = false;
    } else {
        json_t *got = json_pack("{s:O}", "steps", steps);
        json_t *wanted = json_pack("{s:O}", "steps", json_object_get(expect, "steps"));

        run_suite(suite, &recording);
        ok = want_subset(wanted, got, why) && check_run(expect, &recording, why);
        json_decref(got);
        json_decref(wanted);
    }
    json_decref(recording.actions);
    diag_reset(&recording.failure);
    diag_reset(&diag);
    json_decref(steps);
    free(suite);
    return ok;
}

static bool check_test_plan(const json_t *input, const json_t *expect, StrBuf *why)
{
    char *dir = live_project();
    Session *session = session_new();
    const char *pattern = vector_string(input, "pattern");
    const json_t *path;
    size_t i;
    bool ok;

    json_array_foreach(json_object_get(input, "files"), i, path)
    {
        char *text = xasprintf("DO $do$BEGIN RAISE INFO '%%', $p$run %s$p$; END$do$;",
                               json_string_value(path));

        tree_text(dir, json_string_value(path), text);
        free(text);
    }
    live_must_load(session, conn, dir);
    ok = check_test_plan_of(session, pattern, expect, why);
    session_free(session);
    tree_delete(dir);
    return ok;
}

/* ---- callbacks.json ----------------------------------------------------------------------------------- */

static bool check_callback(const json_t *input, const json_t *expect, StrBuf *why)
{
    Session *session = session_new();
    char *dir = live_project();
    SessionConn with = {session, conn};
    const char *callback = json_string_value(json_object_get(input, "callback"));
    const char *calls = json_string_value(json_object_get(expect, "calls"));
    bool wanted = json_is_true(json_object_get(expect, "ok")), ok;
    Diag diag = DIAG_INIT;
    char *suite, *call;

    tree_text(dir, "__test__/t.sql", "SELECT 1;");
    live_must_load(session, conn, dir);
    suite = session_generate(&with, NULL, callback, &diag);
    ok = wanted == (suite != NULL);
    if (!ok)
        strbuf_addf(why, "%s", suite ? "accepted" : diag.message);
    if (ok && wanted) {
        call = strchr(calls, '.') ? xasprintf("SELECT %s(ROW(", calls)
                                  : xasprintf("SELECT pg_temp._pgmi_notify('%s', ROW(", calls);
        ok = strncmp(suite, call, strlen(call)) == 0;
        if (!ok)
            strbuf_addf(why, "suite begins %.80s", suite);
        free(call);
    } else if (ok && *callback) {
        /* the SQL function refuses it by itself as well */
        PGresult *result = PQexecParams(conn, "SELECT pg_temp.pgmi_test_generate(NULL, $1)", 1,
                                        NULL, &callback, NULL, NULL, 0);
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

        ok = state && strcmp(state, "22023") == 0 && strcmp(diag.sqlstate, "22023") == 0;
        if (!ok)
            strbuf_add(why, "SQL function accepts it");
        PQclear(result);
    }
    diag_reset(&diag);
    free(suite);
    session_free(session);
    tree_delete(dir);
    return ok;
}

/* ---- three databases ------------------------------------------------------------------------------------ */

static void run_in(const char *database, const char *vectors, VectorCheck check)
{
    conn = live_connect(database);
    vectors_run(vectors, check);
    PQfinish(conn);
    conn = NULL;
}

#define IN_DATABASE(name, database, vectors, check)                                            \
    static void name##_##database(void **state)                                                \
    {                                                                                          \
        (void)state;                                                                           \
        run_in(#database, vectors, check);                                                     \
    }
#define IN_ALL_DATABASES(name, vectors, check)                                                 \
    IN_DATABASE(name, utf8, vectors, check)                                                    \
    IN_DATABASE(name, latin1, vectors, check)                                                  \
    IN_DATABASE(name, ascii, vectors, check)

IN_ALL_DATABASES(discovery, "discovery.json", check_discovery)
IN_ALL_DATABASES(plan_order, "plan_order.json", check_plan_order)
IN_ALL_DATABASES(test_plan, "test_plan.json", check_test_plan)
IN_ALL_DATABASES(callbacks, "callbacks.json", check_callback)

#define UNIT_TESTS(name)                                                                       \
    cmocka_unit_test(name##_utf8), cmocka_unit_test(name##_latin1),                            \
        cmocka_unit_test(name##_ascii)

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT_TESTS(discovery), UNIT_TESTS(plan_order),
                                       UNIT_TESTS(test_plan), UNIT_TESTS(callbacks)};

    return cmocka_run_group_tests(tests, live_start, live_stop);
}
