/*
 * yaml.c — pgmi.yaml (contract 7.2).
 *
 * libyaml's events are consumed one by one by functions that know what may come next, so that
 * every error has a line and a column, a key can neither be misspelt nor repeated unnoticed,
 * and nothing is built that a hostile file could make large.  There is deliberately no key for
 * a secret.  The library is loaded when the first file is read, by this file alone: a shell that
 * loads no project does not pay for it at start.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "internal.h"

typedef struct Scalar {
    char *text; /* owned; may be followed by bytes after a NUL, see len */
    size_t len;
    bool plain; /* written without quotes: may be null or a number */
} Scalar;

#define LIBYAML_SONAME "libyaml-0.so.2"

/* What is used of libyaml. */
typedef struct Library {
    int (*initialize)(yaml_parser_t *);
    void (*set_encoding)(yaml_parser_t *, yaml_encoding_t);
    void (*set_input)(yaml_parser_t *, const unsigned char *, size_t);
    int (*parse)(yaml_parser_t *, yaml_event_t *);
    void (*delete_event)(yaml_event_t *);
    void (*release)(yaml_parser_t *);
} Library;

typedef struct Reader {
    Library library;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    bool have_event;
    yaml_mark_t key_mark; /* of the key whose value is being read */
    const char *name;     /* of the file, for messages */
    const char *text;
    size_t len;
    StrMap anchors; /* name -> Scalar: aliases of scalars work */
    ProjectConfig *config;
    Diag *diag;
} Reader;

/* ---- the library -------------------------------------------------------------------------- */

static bool resolve(void *handle, const char *name, void *function, Diag *diag)
{
    void *found = dlsym(handle, name);

    memcpy(function, &found, sizeof found); /* POSIX's way to get a function out of dlsym */
    return found ||
           diag_set(diag, EXIT_PGMI_OTHER, "%s has no function %s", LIBYAML_SONAME, name);
}

static bool load_library(Library *library, Diag *diag)
{
    /* Cheap when it is loaded already; RTLD_NODELETE lets us forget the handle. */
    void *handle = dlopen(LIBYAML_SONAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool ok;

    if (!handle) {
        diag_set(diag, EXIT_PGMI_OTHER, "could not load %s to read pgmi.yaml", LIBYAML_SONAME);
        return diag_hint(diag,
                         "Install libyaml (package libyaml-0-2 on Debian and Ubuntu, libyaml "
                         "on RHEL and Fedora).");
    }
    ok = resolve(handle, "yaml_parser_initialize", &library->initialize, diag) &&
         resolve(handle, "yaml_parser_set_encoding", &library->set_encoding, diag) &&
         resolve(handle, "yaml_parser_set_input_string", &library->set_input, diag) &&
         resolve(handle, "yaml_parser_parse", &library->parse, diag) &&
         resolve(handle, "yaml_event_delete", &library->delete_event, diag) &&
         resolve(handle, "yaml_parser_delete", &library->release, diag);
    dlclose(handle);
    return ok;
}

static void free_scalar(void *scalar)
{
    if (scalar)
        free(((Scalar *)scalar)->text);
    free(scalar);
}

/* ---- errors ------------------------------------------------------------------------------- */

static void place_at(Reader *reader, const yaml_mark_t *mark)
{
    char *shown = project_show_path(reader->name);

    diag_at(reader->diag, shown, (int)mark->line + 1, (int)mark->column + 1);
    free(shown);
}

static void set_message(Diag *diag, const char *fmt, va_list args)
{
    StrBuf text = STRBUF_INIT;

    strbuf_vaddf(&text, fmt, args);
    diag_set(diag, EXIT_PGMI_CONFIG, "%s", text.data);
    strbuf_free(&text);
}

static bool fail_here(Reader *reader, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool fail_at_key(Reader *reader, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* An error at the current event; returns false. */
static bool fail_here(Reader *reader, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_message(reader->diag, fmt, args);
    va_end(args);
    place_at(reader, &reader->event.start_mark);
    return false;
}

/* An error at the key whose value is current; returns false. */
static bool fail_at_key(Reader *reader, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_message(reader->diag, fmt, args);
    va_end(args);
    place_at(reader, &reader->key_mark);
    return false;
}

static bool hint(Reader *reader, const char *text)
{
    return diag_hint(reader->diag, "%s", text);
}

/* Line and column (characters) of a byte offset, for errors below the level of tokens. */
static yaml_mark_t mark_at(const char *text, size_t len, size_t offset)
{
    yaml_mark_t mark = {offset, 0, 0};

    for (size_t i = 0; i < offset && i < len; i++) {
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    return mark;
}

/* What libyaml says; its texts are lower case and without values. */
static bool syntax_error(Reader *reader)
{
    yaml_parser_t *parser = &reader->parser;
    yaml_mark_t mark = parser->problem_mark;

    if (parser->error == YAML_READER_ERROR)
        mark = mark_at(reader->text, reader->len, parser->problem_offset);
    if (parser->context && parser->error != YAML_READER_ERROR)
        diag_set(reader->diag, EXIT_PGMI_CONFIG, "invalid YAML: %s %s", parser->problem,
                 parser->context);
    else
        diag_set(reader->diag, EXIT_PGMI_CONFIG, "invalid YAML: %s",
                 parser->problem ? parser->problem : "out of memory");
    hint(reader,
         "Indent with blanks (never tabs), and put text with special characters in quotes.");
    place_at(reader, &mark);
    return false;
}

/* ---- events --------------------------------------------------------------------------------- */

static bool next_event(Reader *reader)
{
    if (reader->have_event)
        reader->library.delete_event(&reader->event);
    reader->have_event = reader->library.parse(&reader->parser, &reader->event) == 1;
    return reader->have_event || syntax_error(reader);
}

static bool at(const Reader *reader, yaml_event_type_t type)
{
    return reader->event.type == type;
}

static bool known_tag(const char *tag)
{
    static const char *const tags[] = {"str", "int", "float", "bool", "null", "timestamp"};
    static const char prefix[] = "tag:yaml.org,2002:";

    if (strcmp(tag, "!") == 0)
        return true;
    if (strncmp(tag, prefix, sizeof prefix - 1) != 0)
        return false;
    for (size_t i = 0; i < lengthof(tags); i++)
        if (strcmp(tag + sizeof prefix - 1, tags[i]) == 0)
            return true;
    return false;
}

static Scalar copy_scalar(const Scalar *from)
{
    Scalar to = {xmalloc(from->len + 1), from->len, from->plain};

    memcpy(to.text, from->text, from->len);
    to.text[to.len] = '\0';
    return to;
}

static bool take_alias(Reader *reader, Scalar *scalar)
{
    const char *anchor = (const char *)reader->event.data.alias.anchor;
    const Scalar *known = strmap_get(&reader->anchors, anchor);

    if (!known) {
        fail_here(reader, "alias \"%.60s\" does not name an earlier value", anchor);
        return false;
    }
    *scalar = copy_scalar(known);
    return true;
}

/* The current event as a scalar (what: for the message); does not move on. */
static bool take_scalar(Reader *reader, const char *what, Scalar *scalar)
{
    const yaml_event_t *event = &reader->event;
    const char *tag = (const char *)event->data.scalar.tag;
    Scalar here;

    if (at(reader, YAML_ALIAS_EVENT))
        return take_alias(reader, scalar);
    if (!at(reader, YAML_SCALAR_EVENT)) {
        fail_here(reader, "%s must be a single value, not a %s", what,
                  at(reader, YAML_SEQUENCE_START_EVENT) ? "list" : "map");
        hint(reader, "Lists and maps are not allowed here; put text with brackets or braces "
                     "in quotes.");
        return false;
    }
    if (tag && !known_tag(tag)) {
        fail_here(reader, "%s has a tag that is not supported", what);
        return false;
    }
    here = (Scalar){(char *)event->data.scalar.value, event->data.scalar.length,
                    event->data.scalar.plain_implicit &&
                        event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE};
    *scalar = copy_scalar(&here);
    if (event->data.scalar.anchor) {
        Scalar *kept = xmalloc(sizeof *kept);

        *kept = copy_scalar(&here);
        strmap_set(&reader->anchors, (const char *)event->data.scalar.anchor, kept);
    }
    return true;
}

/* A YAML null is an empty text (P6). */
static bool is_null(const Scalar *scalar)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

    for (size_t i = 0; scalar->plain && i < lengthof(nulls); i++)
        if (strcmp(scalar->text, nulls[i]) == 0 && strlen(nulls[i]) == scalar->len)
            return true;
    return false;
}

/* ---- maps --------------------------------------------------------------------------------------- */

/* Handles the value of one key; the value's first event is current.  Must consume exactly the
 * value (leave its last event current). */
typedef bool (*ValueFn)(Reader *reader, const char *key);

/* The current event as a key that has not been seen in this map.  NULL: *diag says why. */
static char *take_key(Reader *reader, const char *where, StrMap *seen)
{
    Scalar key = {NULL, 0, false};
    char *shown;
    bool repeated;

    if (!take_scalar(reader, "a key", &key))
        return NULL;
    reader->key_mark = reader->event.start_mark;
    repeated = strmap_get(seen, key.text) != NULL;
    if (!repeated && strlen(key.text) == key.len) {
        strmap_set(seen, key.text, seen);
        return key.text;
    }
    shown = project_show_path(key.text);
    fail_here(reader, repeated ? "duplicate key \"%.80s\" %s" : "invalid key \"%.80s\" %s",
              shown, where);
    hint(reader, repeated ? "Keep one of them." : "A key is plain text.");
    free(shown);
    free(key.text);
    return NULL;
}

/* A map, or null for an empty one; where: "at the top level", "in connection". */
static bool read_map(Reader *reader, const char *what, const char *where, ValueFn value)
{
    StrMap seen;
    bool ok = false;
    char *key = NULL;

    if (at(reader, YAML_SCALAR_EVENT)) {
        Scalar scalar = {NULL, 0, false};

        if (!take_scalar(reader, what, &scalar))
            return false;
        ok = is_null(&scalar);
        free(scalar.text);
        if (ok)
            return true;
    }
    if (!at(reader, YAML_MAPPING_START_EVENT)) {
        fail_here(reader, "%s must be a map of keys and values", what);
        return hint(reader, "Write one \"key: value\" per line, indented alike.");
    }
    strmap_init(&seen, NULL);
    while ((ok = next_event(reader)) && !at(reader, YAML_MAPPING_END_EVENT)) {
        ok = (key = take_key(reader, where, &seen)) != NULL && next_event(reader) &&
             value(reader, key);
        free(key);
        if (!ok)
            break;
    }
    strmap_free(&seen);
    return ok;
}

/* ---- connection ----------------------------------------------------------------------------------- */

/* Where a text key of `connection` is kept; NULL: no such key. */
static char **text_field(ProjectConfig *config, const char *key)
{
    const struct {
        const char *key;
        char **field;
    } fields[] = {
        {"host", &config->host},
        {"username", &config->username},
        {"database", &config->database},
        {"maintenance_database", &config->maintenance_database},
        {"sslmode", &config->sslmode},
        {"sslcert", &config->sslcert},
        {"sslkey", &config->sslkey},
        {"sslrootcert", &config->sslrootcert},
        {"auth_method", &config->auth_method},
        {"azure_tenant_id", &config->azure_tenant_id},
        {"azure_client_id", &config->azure_client_id},
        {"aws_region", &config->aws_region},
        {"google_instance", &config->google_instance},
    };

    for (size_t i = 0; i < lengthof(fields); i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].field;
    return NULL;
}

static bool unknown_key(Reader *reader, const char *key, const char *where)
{
    char *shown = project_show_path(key);

    fail_at_key(reader, "unknown key \"%.80s\" %s", shown, where);
    free(shown);
    if (secret_key(key))
        return hint(reader,
                    "Secrets do not belong into this file: use PGPASSWORD, the password "
                    "file, or the environment.");
    return hint(reader,
                "Known keys are connection (host, port, username, database, "
                "maintenance_database, sslmode, sslcert, sslkey, sslrootcert, auth_method, "
                "azure_tenant_id, azure_client_id, aws_region, google_instance), params "
                "and timeout.");
}

/* 0 and null leave the port unset. */
static bool read_port(Reader *reader)
{
    Scalar scalar = {NULL, 0, false};
    char *end;
    long port;
    bool good;

    if (!take_scalar(reader, "port", &scalar))
        return false;
    port = strtol(scalar.text, &end, 10);
    good = scalar.plain && !*end && scalar.len == strspn(scalar.text, "0123456789") &&
           port >= 0 && port <= 65535;
    if (is_null(&scalar))
        good = true;
    free(scalar.text);
    if (!good) {
        fail_here(reader, "port must be a whole number from 1 to 65535, without quotes");
        return hint(reader, "For example port: 5432.");
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): project_config_parse has set it */
    reader->config->port = (int)port;
    return true;
}

static bool take_text(Reader *reader, const char *key, char **field)
{
    Scalar scalar = {NULL, 0, false};

    if (!take_scalar(reader, key, &scalar))
        return false;
    if (strlen(scalar.text) != scalar.len) {
        free(scalar.text);
        return fail_here(reader, "%s contains a zero byte", key);
    }
    if (is_null(&scalar) || !scalar.len) {
        free(scalar.text);
        return true;
    }
    free(*field);
    *field = scalar.text;
    return true;
}

static bool connection_value(Reader *reader, const char *key)
{
    char **field = text_field(reader->config, key);

    if (field == &reader->config->sslmode) {
        if (!take_text(reader, key, field))
            return false;
        if (!*field || sslmode_valid(*field))
            return true;
        fail_here(reader, "invalid sslmode");
        return hint(reader, SSLMODE_HINT);
    }
    if (field)
        return take_text(reader, key, field);
    if (strcmp(key, "port") == 0)
        return read_port(reader);
    return unknown_key(reader, key, "in connection");
}

/* ---- params and the top level ------------------------------------------------------------------------ */

static bool param_value(Reader *reader, const char *key)
{
    Scalar scalar = {NULL, 0, false};
    char *what = xasprintf("parameter \"%.63s\"", key);
    Params one;
    bool ok = take_scalar(reader, what, &scalar);

    free(what);
    if (!ok)
        return false;
    if (is_null(&scalar))
        scalar.len = 0;
    params_init(&one);
    ok = params_set_text(&one, key, scalar.text, scalar.len, reader->diag);
    if (!ok)
        place_at(reader, &reader->key_mark);
    else if (params_get(&reader->config->params, one.map.entries[0].key))
        ok = fail_at_key(reader, "duplicate key \"%.63s\" in params: case does not matter",
                         key);
    else
        params_set_text(&reader->config->params, key, scalar.text, scalar.len, reader->diag);
    params_free(&one);
    free(scalar.text);
    return ok;
}

static bool top_value(Reader *reader, const char *key)
{
    if (strcmp(key, "connection") == 0)
        return read_map(reader, "connection", "in connection", connection_value);
    if (strcmp(key, "params") == 0)
        return read_map(reader, "params", "in params", param_value);
    if (strcmp(key, "timeout") == 0) {
        reader->config->timeout_line = (int)reader->event.start_mark.line + 1;
        reader->config->timeout_column = (int)reader->event.start_mark.column + 1;
        return take_text(reader, key, &reader->config->timeout);
    }
    return unknown_key(reader, key, "at the top level");
}

/* Stream start, document start, the value, document end; later documents do not count. */
static bool read_document(Reader *reader)
{
    if (!next_event(reader)) /* the start of the stream */
        return false;
    if (!next_event(reader))
        return false;
    if (at(reader, YAML_STREAM_END_EVENT))
        return true; /* empty, or only comments */
    return next_event(reader) && read_map(reader, "the file", "at the top level", top_value) &&
           next_event(reader);
}

bool project_config_parse(ProjectConfig *config, const char *name, const char *text, size_t len,
                          Diag *diag)
{
    Reader reader = {.name = name, .config = config, .diag = diag};
    bool ok;

    /* libyaml takes the mark for the end of the stream when it is told the encoding, and might
     * take the file for UTF-16 when it is not */
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    reader.text = text;
    reader.len = len;
    if (!load_library(&reader.library, diag))
        return false;
    /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): filled in by load_library */
    if (!reader.library.initialize(&reader.parser))
        return diag_set(diag, EXIT_PGMI_OTHER, "out of memory");
    strmap_init(&reader.anchors, free_scalar);
    reader.library.set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    reader.library.set_input(&reader.parser, (const unsigned char *)text, len);
    ok = read_document(&reader);
    if (reader.have_event)
        reader.library.delete_event(&reader.event);
    reader.library.release(&reader.parser);
    strmap_free(&reader.anchors);
    return ok;
}
