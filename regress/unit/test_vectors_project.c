/*
 * test_vectors_project.c — the conformance vectors of everything that a project is without a
 * server: discovery, metadata, parameters, configuration, order.
 */
#include "vectors.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tree.h"
#include "pgmish/project.h"

/* What a user would read: place, message, detail, hint. */
static char *diag_text(const Diag *diag)
{
    return xasprintf("%s:%d:%d: %s\n%s\n%s", diag->file ? diag->file : "", diag->line,
                     diag->column, diag->message ? diag->message : "",
                     diag->detail ? diag->detail : "", diag->hint ? diag->hint : "");
}

/* Checks a refusal: exit code, mentions, line. */
static bool check_refusal(const json_t *expect, Diag *diag, StrBuf *why)
{
    char *text = diag_text(diag);
    bool ok = want_exit_code(expect, diag->code, why) && want_mentions(expect, text, why) &&
              want_int(expect, "line", diag->line, why);

    if (!diag->message) {
        strbuf_add(why, " refused without a message");
        ok = false;
    }
    free(text);
    return ok;
}

/* Compares with the expected `ok`; on a refusal also the message.  *go_on: compare the result. */
static bool check_ok(const json_t *expect, bool got, Diag *diag, bool *go_on, StrBuf *why)
{
    *go_on = got;
    if (!want_bool(expect, "ok", got, why)) {
        strbuf_addf(why, " (%s)", diag->message ? diag->message : "no message");
        *go_on = false;
        return false;
    }
    return got || check_refusal(expect, diag, why);
}

static json_t *map_json(const StrMap *map)
{
    json_t *object = json_object();

    for (size_t i = 0; i < map->len; i++)
        json_object_set_new(object, map->entries[i].key, json_string(map->entries[i].value));
    return object;
}

/* The whole object must be equal, not only contain what is expected. */
static bool want_map(const json_t *expect, const char *key, const StrMap *map, StrBuf *why)
{
    const json_t *wanted = json_object_get(expect, key);
    json_t *got = map_json(map);
    bool ok = !wanted || json_equal(wanted, got);

    if (!ok) {
        char *text = json_dumps(got, JSON_COMPACT);

        strbuf_addf(why, "%s: got %s", key, text);
        free(text);
    }
    json_decref(got);
    return ok;
}

/* ---- discovery ---------------------------------------------------------------------------- */

static void build_entry(const char *root, const json_t *entry)
{
    const char *path = vector_string(entry, "path"), *type = vector_string(entry, "type");
    const char *fill = vector_string(entry, "fill");

    if (type && !strcmp(type, "symlink")) {
        tree_link(root, path, vector_string(entry, "target"));
    } else if (type && !strcmp(type, "directory")) {
        tree_directory(root, path);
    } else if (fill) {
        StrBuf text = STRBUF_INIT;
        json_int_t count = json_integer_value(json_object_get(entry, "count"));

        for (json_int_t i = 0; i < count; i++)
            strbuf_add(&text, fill);
        tree_file(root, path, text.data, text.len);
        strbuf_free(&text);
    } else {
        size_t len;
        char *text = vector_text(entry, &len);

        tree_file(root, path, text, len);
        free(text);
    }
}

static json_t *source_row(const ProjectFile *file)
{
    json_t *row = json_object(), *parts = json_array();
    const char *name = strrchr(file->path, '/') + 1;
    const char *part = file->path;
    const char *parent = NULL;
    size_t parent_len = 0, count = 0, len;

    for (;; part += len + 1) {
        len = strcspn(part, "/");
        json_array_append_new(parts, json_stringn(part, len));
        if (!part[len])
            break;
        if (count++) {
            parent = part;
            parent_len = len;
        }
    }
    json_object_set_new(row, "path", json_string(file->path));
    json_object_set_new(row, "name", json_string(name));
    json_object_set_new(row, "directory",
                        json_stringn(file->path, (size_t)(name - file->path)));
    json_object_set_new(row, "extension", json_string(file_extension(name)));
    json_object_set_new(row, "depth", json_integer((json_int_t)count - 1));
    json_object_set_new(row, "size_bytes", json_integer((json_int_t)file->size));
    json_object_set_new(row, "checksum", json_string(file->checksum));
    json_object_set_new(row, "pgmi_checksum", json_string(file->pgmi_checksum));
    json_object_set_new(row, "path_parts", parts);
    json_object_set_new(row, "is_sql_file", json_boolean(file->is_sql));
    json_object_set_new(row, "is_test_file", json_false());
    json_object_set_new(row, "parent_folder_name",
                        parent ? json_stringn(parent, parent_len) : json_null());
    return row;
}

static json_t *test_row(const ProjectFile *file)
{
    const char *name = strrchr(file->path, '/') + 1;
    json_t *row = json_object();

    json_object_set_new(row, "path", json_string(file->path));
    json_object_set_new(row, "directory",
                        json_stringn(file->path, (size_t)(name - file->path)));
    json_object_set_new(row, "filename", json_string(name));
    json_object_set_new(row, "is_fixture", json_boolean(file->role == FILE_FIXTURE));
    return row;
}

static json_t *metadata_row(const ProjectFile *file)
{
    json_t *row = json_object(), *keys = json_array();

    for (size_t i = 0; i < file->meta->sort_keys.len; i++)
        json_array_append_new(keys, json_string(file->meta->sort_keys.items[i]));
    json_object_set_new(row, "path", json_string(file->path));
    json_object_set_new(row, "id", json_string(file->meta->id));
    json_object_set_new(row, "idempotent", json_boolean(file->meta->idempotent));
    json_object_set_new(row, "sort_keys", keys);
    json_object_set_new(row, "description", json_string(file->meta->description));
    return row;
}

static json_t *project_json(const Project *project)
{
    json_t *result = json_object(), *source = json_array(), *tests = json_array();
    json_t *metadata = json_array(), *directories = json_array();

    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];

        if (file->role == FILE_SOURCE)
            json_array_append_new(source, source_row(file));
        else if (file->role != FILE_TEST_OTHER)
            json_array_append_new(tests, test_row(file));
        if (file->meta)
            json_array_append_new(metadata, metadata_row(file));
    }
    for (size_t i = 0; i < project->test_directory_count; i++) {
        const TestDirectory *directory = &project->test_directories[i];
        json_t *row = json_object();

        json_object_set_new(row, "path", json_string(directory->path));
        json_object_set_new(row, "parent_path",
                            directory->parent_path ? json_string(directory->parent_path)
                                                   : json_null());
        json_object_set_new(row, "depth", json_integer(directory->depth));
        json_array_append_new(directories, row);
    }
    json_object_set_new(result, "source", source);
    json_object_set_new(result, "test_sources", tests);
    json_object_set_new(result, "metadata", metadata);
    json_object_set_new(result, "test_directories", directories);
    json_object_set_new(result, "files_loaded", json_integer((json_int_t)project->file_count));
    return result;
}

static bool check_scanned(const json_t *expect, const Project *project,
                          const DiagList *problems, StrBuf *why)
{
    const json_t *error = json_object_get(expect, "error");
    json_t *got;
    bool ok;

    if (!project) {
        if (!error) {
            strbuf_addf(why, "refused: %s", problems->items[0].message);
            return false;
        }
        return check_refusal(error, &problems->items[0], why);
    }
    if (error) {
        strbuf_add(why, "expected a refusal");
        return false;
    }
    got = project_json(project);
    ok = want_subset(expect, got, why);
    json_decref(got);
    return ok;
}

static bool check_discovery(const json_t *input, const json_t *expect, StrBuf *why)
{
    const ScanOptions options = {.require_deploy_sql = true};
    const json_t *files = json_object_get(input, "files");
    json_t *env = json_object_get(input, "env"), *value;
    char *root = tree_new();
    DiagList problems = DIAGLIST_INIT;
    Project *project;
    const char *key;
    bool ok;

    for (size_t i = 0; i < json_array_size(files); i++)
        build_entry(root, json_array_get(files, i));
    json_object_foreach(env, key, value) setenv(key, json_string_value(value), 1);
    project = project_scan(root, &options, &problems);
    json_object_foreach(env, key, value) unsetenv(key);
    ok = check_scanned(expect, project, &problems, why);
    project_free(project);
    diaglist_free(&problems);
    tree_delete(root);
    return ok;
}

/* ---- metadata --------------------------------------------------------------------------------- */

static bool check_metadata(const json_t *input, const json_t *expect, StrBuf *why)
{
    static const char *const names[] = {"none", "ok", "error"};
    const char *path = vector_string(input, "path");
    size_t len;
    char *text = vector_text(input, &len);
    Metadata *meta = NULL;
    Diag diag = DIAG_INIT;
    MetadataStatus status = metadata_parse(path, text, len, &meta, &diag);
    bool ok = want_string(expect, "status", names[status], why);

    if (!ok && diag.message)
        strbuf_addf(why, " (%s)", diag.message);
    if (ok && status == METADATA_OK)
        ok = want_string(expect, "id", meta->id, why) &&
             want_bool(expect, "idempotent", meta->idempotent, why) &&
             want_string(expect, "description", meta->description, why) &&
             want_strings(expect, "sort_keys", &meta->sort_keys, why);
    if (ok && status == METADATA_ERROR)
        ok = check_refusal(expect, &diag, why);
    if (ok && status == METADATA_ERROR && (!diag.line || strstr(diag.message, path))) {
        strbuf_add(why, "the message must name the file once and give a line");
        ok = false;
    }
    metadata_free(meta);
    diag_reset(&diag);
    free(text);
    return ok;
}

/* ---- parameters -------------------------------------------------------------------------------- */

static bool set_pairs(Params *params, const json_t *pairs, Diag *diag)
{
    for (size_t i = 0; i < json_array_size(pairs); i++)
        if (!params_set_pair(params, json_string_value(json_array_get(pairs, i)), diag))
            return false;
    return true;
}

static bool merge_sources(Params *params, const json_t *input, Diag *diag)
{
    const json_t *files = json_object_get(input, "files");
    json_t *value;
    const char *key;

    json_object_foreach(json_object_get(input, "yaml"), key, value)
    {
        if (!params_set(params, key, json_string_value(value), diag))
            return false;
    }
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *text = json_string_value(json_array_get(files, i));

        if (!params_parse(params, "params", text, strlen(text), diag))
            return false;
    }
    return set_pairs(params, json_object_get(input, "cli"), diag);
}

/* The syntax of a params file alone: keys are judged later (P3, P4). */
static bool keep_pair(void *ctx, const char *key, const char *value, size_t len, Diag *diag)
{
    (void)diag;
    strmap_set(&((Params *)ctx)->map, key, xstrndup(value, len));
    return true;
}

/* The one value of `op` key, value and row. */
static bool set_one(Params *params, const json_t *input, Diag *diag)
{
    const json_t *b64 = json_object_get(input, "value_b64");
    const char *key = vector_string(input, "key"), *value = vector_string(input, "value");
    json_t *wrapped;
    char *bytes;
    size_t len;
    bool ok;

    if (!b64)
        return params_set(params, key, value ? value : "v", diag);
    wrapped = json_pack("{s:O}", "b64", b64);
    bytes = vector_text(wrapped, &len);
    ok = params_set_text(params, key, bytes, len, diag);
    free(bytes);
    json_decref(wrapped);
    return ok;
}

static bool run_params(Params *params, const json_t *input, Diag *diag)
{
    const char *op = vector_string(input, "op");
    size_t len;
    char *text;
    bool ok;

    if (!strcmp(op, "pairs"))
        return set_pairs(params, json_object_get(input, "pairs"), diag);
    if (!strcmp(op, "merge"))
        return merge_sources(params, input, diag);
    if (strcmp(op, "params_file") != 0)
        return set_one(params, input, diag);
    text = vector_text(input, &len);
    ok = params_file_pairs("params", text, len, keep_pair, params, diag);
    free(text);
    return ok;
}

static bool check_one_param(const json_t *input, const json_t *expect, const Params *params,
                            StrBuf *why)
{
    const json_t *row = json_object_get(expect, "row");
    const char *key = params->map.entries[0].key, *value = params->map.entries[0].value;
    char *setting = xasprintf("pgmi.%s", key);
    bool of_key = !strcmp(vector_string(input, "op"), "key");
    bool ok = want_string(expect, "stored", of_key ? key : value, why) &&
              want_string(expect, "setting", setting, why) &&
              want_string(expect, "setting_value", value, why) &&
              (!row ||
               (want_string(row, "key", key, why) && want_string(row, "value", value, why)));

    free(setting);
    return ok;
}

static bool check_params(const json_t *input, const json_t *expect, StrBuf *why)
{
    const char *op = vector_string(input, "op");
    Params params;
    Diag diag = DIAG_INIT;
    bool go_on, ok;

    params_init(&params);
    ok = run_params(&params, input, &diag);
    ok = check_ok(expect, ok, &diag, &go_on, why);
    if (go_on)
        ok = want_map(expect, "params", &params.map, why);
    if (go_on && ok && (!strcmp(op, "key") || !strcmp(op, "value") || !strcmp(op, "row")))
        ok = check_one_param(input, expect, &params, why);
    params_free(&params);
    diag_reset(&diag);
    return ok;
}

/* ---- pgmi.yaml ------------------------------------------------------------------------------------ */

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value && *value)
        json_object_set_new(object, key, json_string(value));
}

static json_t *config_json(const ProjectConfig *config)
{
    json_t *connection = json_object();

    set_text(connection, "host", config->host);
    set_text(connection, "username", config->username);
    set_text(connection, "database", config->database);
    set_text(connection, "maintenance_database", config->maintenance_database);
    set_text(connection, "sslmode", config->sslmode);
    set_text(connection, "sslcert", config->sslcert);
    set_text(connection, "sslkey", config->sslkey);
    set_text(connection, "sslrootcert", config->sslrootcert);
    set_text(connection, "auth_method", config->auth_method);
    set_text(connection, "azure_tenant_id", config->azure_tenant_id);
    set_text(connection, "azure_client_id", config->azure_client_id);
    set_text(connection, "aws_region", config->aws_region);
    set_text(connection, "google_instance", config->google_instance);
    if (config->port)
        json_object_set_new(connection, "port", json_integer(config->port));
    return json_pack("{s:o,s:o,s:s}", "connection", connection, "params",
                     map_json(&config->params.map), "timeout",
                     config->timeout ? config->timeout : "");
}

static bool check_yaml(const json_t *input, const json_t *expect, StrBuf *why)
{
    ProjectConfig config;
    Diag diag = DIAG_INIT;
    size_t len;
    char *text = vector_text(input, &len);
    bool go_on, ok;

    project_config_init(&config);
    ok = project_config_parse(&config, "pgmi.yaml", text, len, &diag);
    ok = check_ok(expect, ok, &diag, &go_on, why);
    if (!go_on && ok && (!diag.line || !diag.column || !diag.file)) {
        strbuf_add(why, "no file, line and column");
        ok = false;
    }
    if (go_on) {
        json_t *got = config_json(&config);
        char *dump = json_dumps(got, JSON_COMPACT);

        ok = json_equal(json_object_get(expect, "config"), got);
        if (!ok)
            strbuf_addf(why, "got %s", dump);
        free(dump);
        json_decref(got);
    }
    project_config_free(&config);
    diag_reset(&diag);
    free(text);
    return ok;
}

/* ---- the order of the plan -------------------------------------------------------------------------- */

static void fill_file(ProjectFile *file, const json_t *input)
{
    const json_t *meta = json_object_get(input, "meta");
    const json_t *keys = json_object_get(meta, "sort_keys");

    *file = (ProjectFile){.path = xstrdup(vector_string(input, "path")), .role = FILE_SOURCE};
    if (!json_is_object(meta))
        return;
    file->meta = xcalloc(1, sizeof(Metadata));
    file->meta->id = xstrdup(vector_string(meta, "id"));
    file->meta->idempotent = json_is_true(json_object_get(meta, "idempotent"));
    file->meta->description = xstrdup(vector_string(meta, "description"));
    for (size_t i = 0; i < json_array_size(keys); i++)
        strlist_add(&file->meta->sort_keys, json_string_value(json_array_get(keys, i)));
}

static json_t *plan_json(const Project *project)
{
    size_t count;
    PlanRow *rows = project_plan(project, &count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const ProjectFile *file = rows[i].file;
        const Metadata *meta = file->meta;
        char id[37];

        generic_id(file->path, id);
        json_array_append_new(list, json_pack("{s:I,s:s,s:s,s:s?,s:s,s:b,s:s}",
                                              "execution_order", (json_int_t)i + 1, "path",
                                              file->path, "sort_key", rows[i].sort_key, "id",
                                              meta ? meta->id : NULL, "generic_id", id,
                                              "idempotent", meta ? meta->idempotent : 1,
                                              "description", meta ? meta->description : ""));
    }
    free(rows);
    return list;
}

static bool check_plan_order(const json_t *input, const json_t *expect, StrBuf *why)
{
    const json_t *files = json_object_get(input, "files");
    Project *project = xcalloc(1, sizeof *project);
    json_t *got;
    bool ok;

    project->file_count = json_array_size(files);
    project->files = xcalloc(project->file_count + 1, sizeof(ProjectFile));
    for (size_t i = 0; i < project->file_count; i++)
        fill_file(&project->files[i], json_array_get(files, i));
    got = json_pack("{s:o}", "rows", plan_json(project));
    ok = want_subset(expect, got, why);
    json_decref(got);
    project_free(project);
    return ok;
}

/* ---- .env, durations -------------------------------------------------------------------------------- */

static bool check_dotenv(const json_t *input, const json_t *expect, StrBuf *why)
{
    StrMap env;
    size_t len;
    char *text = vector_text(input, &len);
    bool ok, got;

    strmap_init(&env, free);
    got = dotenv_parse(text, len, &env);
    ok = want_bool(expect, "ok", got, why) && (!got || want_map(expect, "env", &env, why));
    strmap_free(&env);
    free(text);
    return ok;
}

static bool check_durations(const json_t *input, const json_t *expect, StrBuf *why)
{
    int64_t nanoseconds;
    bool got = duration_parse(vector_string(input, "text"), &nanoseconds);
    char *text = xasprintf("%lld", (long long)nanoseconds);
    bool ok = want_bool(expect, "ok", got, why) &&
              (!got || want_string(expect, "ns", text, why));

    free(text);
    return ok;
}

/* ---- connections ------------------------------------------------------------------------------------- */

/* NULL reads as empty text. */
static bool want_text(const json_t *expect, const char *key, const char *got, StrBuf *why)
{
    return want_string(expect, key, got ? got : "", why);
}

static bool check_connstr(const json_t *input, const json_t *expect, StrBuf *why)
{
    const json_t *wanted = json_object_get(expect, "config");
    ConnectionString cs;
    Diag diag = DIAG_INIT;
    bool go_on;
    bool ok = connection_string_parse(vector_string(input, "text"), &cs, &diag);

    ok = check_ok(expect, ok, &diag, &go_on, why);
    if (go_on) {
        ok = want_text(wanted, "host", cs.host, why) &&
             want_int(wanted, "port", cs.port, why) &&
             want_text(wanted, "database", cs.database, why) &&
             want_text(wanted, "username", cs.username, why) &&
             want_text(wanted, "password", cs.password, why) &&
             want_text(wanted, "sslmode", cs.sslmode, why) &&
             want_text(wanted, "sslcert", cs.sslcert, why) &&
             want_text(wanted, "sslkey", cs.sslkey, why) &&
             want_text(wanted, "sslrootcert", cs.sslrootcert, why) &&
             want_text(wanted, "sslpassword", cs.sslpassword, why) &&
             want_text(wanted, "application_name", cs.application_name, why) &&
             want_int(wanted, "connect_timeout", cs.connect_timeout, why) &&
             want_map(wanted, "other", &cs.other, why);
        if (ok && !json_object_get(wanted, "other") && cs.other.len) {
            strbuf_add(why, "unexpected keys passed through");
            ok = false;
        }
    }
    connection_string_free(&cs);
    diag_reset(&diag);
    return ok;
}

/* A NULL for a flag that is not given. */
static ConnectionFlags read_flags(const json_t *flags)
{
    return (ConnectionFlags){
        .connection = vector_string(flags, "connection"),
        .host = vector_string(flags, "host"),
        .username = vector_string(flags, "username"),
        .database = vector_string(flags, "database"),
        .sslmode = vector_string(flags, "sslmode"),
        .sslcert = vector_string(flags, "sslcert"),
        .sslkey = vector_string(flags, "sslkey"),
        .sslrootcert = vector_string(flags, "sslrootcert"),
        .port = (int)json_integer_value(json_object_get(flags, "port")),
        .azure = json_is_true(json_object_get(flags, "azure")),
        .aws = json_is_true(json_object_get(flags, "aws")),
        .google = json_is_true(json_object_get(flags, "google")),
        .azure_tenant_id = vector_string(flags, "azure_tenant_id"),
        .azure_client_id = vector_string(flags, "azure_client_id"),
        .aws_region = vector_string(flags, "aws_region"),
        .google_instance = vector_string(flags, "google_instance"),
    };
}

/* The yaml part is written as YAML and read back: one path more that is tested. */
static void read_config(const json_t *yaml, ProjectConfig *config)
{
    const json_t *connection = json_object_get(yaml, "connection");
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;
    const char *key;
    json_t *value;

    strbuf_add(&text, "connection:\n");
    json_object_foreach((json_t *)connection, key, value)
    {
        if (json_is_integer(value))
            strbuf_addf(&text, "  %s: %d\n", key, (int)json_integer_value(value));
        else
            strbuf_addf(&text, "  %s: \"%s\"\n", key, json_string_value(value));
    }
    project_config_init(config);
    if (!project_config_parse(config, "pgmi.yaml", text.data, text.len, &diag))
        fail_msg("%s", diag.message);
    strbuf_free(&text);
}

static void put_text(json_t *object, const char *key, const char *value)
{
    if (value)
        json_object_set_new(object, key, json_string(value));
}

static json_t *resolved_json(const Resolved *resolved)
{
    static const char *const methods[] = {"password", "azure", "aws", "google"};
    json_t *got = json_object();

    put_text(got, "host", resolved->host);
    json_object_set_new(got, "port", json_integer(resolved->port));
    put_text(got, "username", resolved->username ? resolved->username : "");
    put_text(got, "password", resolved->password);
    put_text(got, "target_database", resolved->target_database);
    put_text(got, "maintenance_database", resolved->maintenance_database);
    put_text(got, "sslmode", resolved->sslmode);
    put_text(got, "application_name", resolved->application_name);
    put_text(got, "sslcert", resolved->sslcert);
    put_text(got, "sslkey", resolved->sslkey);
    put_text(got, "sslrootcert", resolved->sslrootcert);
    put_text(got, "sslpassword", resolved->sslpassword);
    put_text(got, "auth", methods[resolved->auth]);
    put_text(got, "azure_tenant_id", resolved->azure_tenant_id);
    put_text(got, "azure_client_id", resolved->azure_client_id);
    put_text(got, "azure_client_secret", resolved->azure_client_secret);
    put_text(got, "aws_region", resolved->aws_region);
    put_text(got, "google_instance", resolved->google_instance);
    if (resolved->connect_timeout >= 0)
        json_object_set_new(got, "connect_timeout", json_integer(resolved->connect_timeout));
    return got;
}

/* Fields that appear only when set must not appear otherwise. */
static bool want_resolved(const json_t *wanted, json_t *got, StrBuf *why)
{
    const char *key;
    json_t *value;

    json_object_foreach(got, key, value)
    {
        if (!json_object_get(wanted, key) && strcmp(key, "application_name") != 0) {
            strbuf_addf(why, "%s should not be set", key);
            return false;
        }
    }
    return want_subset(wanted, got, why);
}

static bool check_resolve(const json_t *input, const json_t *expect, StrBuf *why)
{
    ConnectionFlags flags = read_flags(json_object_get(input, "flags"));
    ProjectConfig config;
    StrMap env;
    Resolved resolved;
    Diag diag = DIAG_INIT;
    bool go_on, ok;
    const char *key;
    json_t *value;

    strmap_init(&env, free);
    json_object_foreach(json_object_get(input, "env"), key, value)
        strmap_set(&env, key, xstrdup(json_string_value(value)));
    read_config(json_object_get(input, "yaml"), &config);
    ok = connection_resolve(&flags, &env, &config, &resolved, &diag);
    ok = check_ok(expect, ok, &diag, &go_on, why);
    if (go_on) {
        json_t *got = resolved_json(&resolved);

        ok = want_resolved(json_object_get(expect, "resolved"), got, why);
        json_decref(got);
    }
    resolved_free(&resolved);
    project_config_free(&config);
    strmap_free(&env);
    diag_reset(&diag);
    return ok;
}

/* ---- all ------------------------------------------------------------------------------------------------ */

#define VECTOR_TEST(name)                                                                      \
    static void name(void **state)                                                             \
    {                                                                                          \
        (void)state;                                                                           \
        vectors_run(#name ".json", check_##name);                                              \
    }

VECTOR_TEST(discovery)
VECTOR_TEST(metadata)
VECTOR_TEST(params)
VECTOR_TEST(yaml)
VECTOR_TEST(plan_order)
VECTOR_TEST(dotenv)
VECTOR_TEST(durations)
VECTOR_TEST(connstr)
VECTOR_TEST(resolve)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discovery), cmocka_unit_test(metadata),   cmocka_unit_test(params),
        cmocka_unit_test(yaml),      cmocka_unit_test(plan_order), cmocka_unit_test(dotenv),
        cmocka_unit_test(durations), cmocka_unit_test(connstr),    cmocka_unit_test(resolve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
