/*
 * test_project_text.c — metadata blocks, parameters, pgmi.yaml, .env and durations beyond the
 * vectors: places of errors, hostile input, messages that must not give secrets away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pgmish/project.h"
#include "tree.h"

#define ID    "3f2b8c1e-6d4a-4f70-9b1e-2a7c5d8e9f01"
#define ATTRS "id='" ID "' idempotent='1'"

/* ---- metadata --------------------------------------------------------------------------- */

static Metadata *parse(const char *text)
{
    Metadata *meta = NULL;
    Diag diag = DIAG_INIT;

    if (metadata_parse("./m/f.sql", text, strlen(text), &meta, &diag) != METADATA_OK)
        fail_msg("%s: %s", text, diag.message ? diag.message : "no block");
    return meta;
}

static void assert_block_refused(const char *text, int line, const char *words)
{
    Metadata *meta = NULL;
    Diag diag = DIAG_INIT;

    if (metadata_parse("./m/f.sql", text, strlen(text), &meta, &diag) != METADATA_ERROR)
        fail_msg("accepted: %s", text);
    assert_null(meta);
    assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
    assert_string_equal(diag.file, "./m/f.sql");
    if (!strstr(diag.message, words) || diag.line != line)
        fail_msg("line %d: \"%s\"; expected line %d and \"%s\"", diag.line, diag.message, line,
                 words);
    assert_null(strchr(diag.message, '\n'));
    assert_null(strstr(diag.message, "f.sql"));
    assert_non_null(diag.hint);
    diag_reset(&diag);
}

/* Lines are those of the file, not of the block. */
static void metadata_lines(void **state)
{
    Metadata *meta = parse("\n\n/*\n\n  <pgmi-meta " ATTRS "/>\n*/");

    (void)state;
    assert_int_equal(meta->line, 5);
    metadata_free(meta);
    assert_block_refused("select 1;\n/*\n<pgmi-meta " ATTRS
                         ">\n<description>x\n</pgmi-meta>\n*/",
                         5, "description line 4 and pgmi-meta");
    assert_block_refused("select 1;\n\n/* <pgmi-meta id=5/> */", 3,
                         "attribute value is not in quotes");
    assert_block_refused("\n/* <pgmi-meta " ATTRS
                         "/> */ select '\n';\n/*\n<pgmi-meta a='1'/> */",
                         5, "second metadata block in one file (the first is on line 2)");
    assert_block_refused("/* <pgmi-meta " ATTRS "/> */\n/* see <pgmi-meta > */", 2, "second");
    assert_block_refused("/* <pgmi-meta " ATTRS "/> */\n/*\n< pgmi:meta > */", 3, "old form");
    assert_block_refused("\n/* <pgmi-meta idempotent='1'/> */", 2, "id is missing");
    assert_block_refused("\n/* <pgmi-meta " ATTRS "/>", 2, "not closed");
}

static void metadata_words(void **state)
{
    (void)state;
    assert_block_refused("/* <pgmi-meta id='x' idempotent='maybe'/> */", 1, "id is not a UUID");
    assert_block_refused("/* <pgmi-meta id=' " ID "' idempotent='1'/> */", 1,
                         "id is not a UUID");
    assert_block_refused("/* <pgmi-meta id='" ID "' idempotent=''/> */", 1, "idempotent is");
    assert_block_refused(
        "/* <pgmi-meta ><description> </description><sortKeys><key/>"
        "<key>x</key><key> </key></sortKeys></pgmi-meta> */",
        1,
        "(1) id is missing; (2) idempotent is missing; (3) description is blank; "
        "(4) sortKeys[0] is blank; (5) sortKeys[2] is blank");
    assert_block_refused("/* <x/> <pgmi-meta " ATTRS "/> */", 1, "element <x>");
    assert_block_refused("/* a & b <pgmi-meta " ATTRS "/> */", 1, "written &amp;");
    assert_block_refused("/* 1 < 2 <pgmi-meta " ATTRS "/> */", 1, "written &lt;");
    assert_block_refused("/* < pgmi-meta " ATTRS "/> */", 1, "malformed XML");
    assert_block_refused("/* </comment><pgmi-meta " ATTRS "/> */", 1, "malformed XML");
    assert_block_refused("/* <pgmi-meta id='" ID "' id='" ID "' idempotent='1'/> */", 1,
                         "redefined");
    assert_block_refused("/* <pgmi-meta " ATTRS "> */", 1, "an element is not closed");
    assert_block_refused("/* <pgmi-meta " ATTRS "><description>x\n\n */", 1,
                         "an element is not closed");
}

/* No DTD, no entity but the five, no file and no network. */
static void metadata_attacks(void **state)
{
    StrBuf deep = STRBUF_INIT;

    (void)state;
    assert_block_refused("/* <!DOCTYPE x [<!ENTITY a 'b'>]><pgmi-meta " ATTRS
                         "><description>&a;</description></pgmi-meta> */",
                         1, "\"<!\" may only begin a comment or a CDATA section");
    assert_block_refused("/* <!DOCTYPE x SYSTEM 'file:///etc/passwd'><pgmi-meta " ATTRS "/> */",
                         1, "malformed XML");
    assert_block_refused("/* <pgmi-meta " ATTRS
                         "><description>&x;</description></pgmi-meta> */",
                         1, "malformed XML");
    assert_block_refused("/* <?xml version='1.0' encoding='latin1'?><pgmi-meta " ATTRS "/> */",
                         1, "encoding");
    assert_block_refused("/* <pgmi-meta " ATTRS
                         "><description>\x01</description></pgmi-meta> */",
                         1, "character U+0001 is not allowed in XML");
    assert_block_refused("/* <pgmi-meta " ATTRS
                         "><description>&#27;[31m</description></pgmi-meta> */",
                         1, "character U+001B is not allowed in XML");
    strbuf_add(&deep, "/* <pgmi-meta " ATTRS ">");
    for (int i = 0; i < 1500; i++)
        strbuf_add(&deep, "<a><b>");
    strbuf_add(&deep, "*/");
    assert_block_refused(deep.data, 1, "malformed XML");
    strbuf_free(&deep);
}

static void assert_description(const char *text, const char *description)
{
    Metadata *meta = parse(text);

    assert_string_equal(meta->id, ID);
    assert_string_equal(meta->description, description);
    metadata_free(meta);
}

static void metadata_freedom(void **state)
{
    (void)state;
    assert_description("/* <?xml version='1.0' encoding='UTF-8'?><pgmi-meta " ATTRS "/> */",
                       "");
    assert_description("/* <!-- note --><?pi x?> text <pgmi-meta " ATTRS "/> 1 < 2 & 3 <x> */",
                       "");
    assert_description("/*<m:pgmi-meta id='x'/>*/ /*<pgmi-meta xmlns:x='u' x:y='1' " ATTRS
                       "><x:description>d</x:description></pgmi-meta>*/",
                       "d");
    assert_description("/*<pgmi-meta " ATTRS "><u:description>d</u:description></pgmi-meta>*/",
                       "d");
    assert_description("/*<pgmi-meta " ATTRS "><description>a</description>"
                       "<description>b<i>no</i>c</description></pgmi-meta>*/",
                       "bc");
    assert_description("/*<pgmi-meta " ATTRS "><x><description>deep</description></x>"
                       "<sortKeys><description>no</description></sortKeys></pgmi-meta>*/",
                       "");
    assert_description("/*<pgmi-meta " ATTRS "><description>a\r\nb</description></pgmi-meta>*/",
                       "a\nb");
    assert_description("/*<pgmi-meta id='urn:uuid:" ID "' idempotent='\tT\n'/>*/", "");
    assert_description("/*<pgmi-meta id='{" ID "}' idempotent='f'/>*/", "");
}

static void metadata_keys(void **state)
{
    Metadata *meta = parse("/*<pgmi-meta " ATTRS "><key>no</key><sortKeys><key> a </key>"
                           "<x><key>no</key></x></sortKeys><sortKeys><key>b<i>x</i>c</key>"
                           "</sortKeys></pgmi-meta>*/");

    (void)state;
    assert_int_equal(meta->sort_keys.len, 2);
    assert_string_equal(meta->sort_keys.items[0], " a ");
    assert_string_equal(meta->sort_keys.items[1], "bc");
    metadata_free(meta);
}

/* ---- parameters -------------------------------------------------------------------------------- */

static void params_keep_secrets(void **state)
{
    static const char *const bad[] = {"hunter2",     "=hunter2",      "a\n=hunter2\n",
                                      "a-b=hunter2", "a=hunter2\xff", "export a=hunter2"};
    Params params;

    (void)state;
    params_init(&params);
    for (size_t i = 0; i < lengthof(bad); i++) {
        Diag diag = DIAG_INIT;

        assert_false(params_parse(&params, "p.env", bad[i], strlen(bad[i]), &diag));
        assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
        assert_string_equal(diag.file, "p.env");
        assert_true(diag.line > 0);
        assert_null(strstr(diag.message, "hunter2"));
        assert_non_null(diag.hint);
        diag_reset(&diag);
        assert_false(params_set_pair(&params, bad[i], &diag));
        assert_null(strstr(diag.message, "hunter2"));
        diag_reset(&diag);
    }
    params_free(&params);
}

/* P4: a letter or underscore, then these and digits; tried with every byte, in both places. */
static void params_key_bytes(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        const char first[] = {(char)c, 'k', '\0'}, second[] = {'k', (char)c, '\0'};
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool digit = c >= '0' && c <= '9';
        Diag diag = DIAG_INIT;
        Params params;

        params_init(&params);
        assert_int_equal(params_set(&params, first, "v", &diag), letter);
        diag_reset(&diag);
        assert_int_equal(params_set(&params, second, "v", &diag), letter || digit);
        diag_reset(&diag);
        params_free(&params);
    }
}

static void params_files(void **state)
{
    static const char text[] =
        "\xef\xbb\xbf A=1\r\n\xc2\xa0# note\n\n b = ' x '\nC='\nlast=\"\"";
    char *root = tree_new(), *path = tree_path(root, "p.env"), *none = tree_path(root, "none");
    Params params, copy;
    Diag diag = DIAG_INIT;

    (void)state;
    params_init(&params);
    tree_text(root, "p.env", text);
    assert_true(params_read_file(&params, path, &diag));
    params_copy(&copy, &params);
    assert_int_equal(copy.map.len, 4);
    assert_string_equal(params_get(&copy, "a"), "1");
    assert_string_equal(params_get(&copy, "b"), " x ");
    assert_string_equal(params_get(&copy, "c"), "'");
    assert_string_equal(params_get(&copy, "last"), "");
    assert_null(params_get(&copy, "A"));
    assert_false(params_read_file(&params, none, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
    assert_string_equal(diag.file, none);
    diag_reset(&diag);
    params_free(&params);
    params_free(&copy);
    free(none);
    free(path);
    tree_delete(root);
}

/* ---- pgmi.yaml ------------------------------------------------------------------------------------ */

static void assert_yaml_refused(const char *text, size_t len, int line, int column,
                                const char *words)
{
    ProjectConfig config;
    Diag diag = DIAG_INIT;

    project_config_init(&config);
    if (project_config_parse(&config, "./pgmi.yaml", text, len, &diag))
        fail_msg("accepted: %s", text);
    assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
    assert_string_equal(diag.file, "./pgmi.yaml");
    if (diag.line != line || diag.column != column || !strstr(diag.message, words))
        fail_msg("%d:%d: \"%s\"; expected %d:%d \"%s\"", diag.line, diag.column, diag.message,
                 line, column, words);
    assert_null(strchr(diag.message, '\n'));
    diag_reset(&diag);
    project_config_free(&config);
}

#define REFUSED(text, line, column, words)                                                     \
    assert_yaml_refused(text, sizeof(text) - 1, line, column, words)

static void yaml_places(void **state)
{
    (void)state;
    REFUSED("connection:\n  hots: a\n", 2, 3, "unknown key \"hots\" in connection");
    REFUSED("timeout: 3m\noverwrite: true\n", 2, 1,
            "unknown key \"overwrite\" at the top level");
    REFUSED("params:\n  a: 1\n  b: 2\n  a: 3\n", 4, 3, "duplicate key \"a\" in params");
    REFUSED("params:\n  Env: 1\n  env: 2\n", 3, 3, "duplicate key \"env\"");
    REFUSED("params: {a: 1}\ntimeout: 1s\nparams: {b: 1}\n", 3, 1, "duplicate key \"params\"");
    REFUSED("params:\n  a-b: 1\n", 2, 3, "invalid parameter name");
    REFUSED("params:\n  a: [1]\n", 2, 6, "must be a single value, not a list");
    REFUSED("params:\n  a: {b: 1}\n", 2, 6, "not a map");
    REFUSED("params: [a]\n", 1, 9, "params must be a map");
    REFUSED("connection: x\n", 1, 13, "connection must be a map");
    REFUSED("connection:\n  port: 70000\n", 2, 9, "port must be");
    REFUSED("connection:\n  port: -1\n", 2, 9, "port must be");
    REFUSED("connection:\n  port: '5432'\n", 2, 9, "port must be");
    REFUSED("connection:\n\thost: a\n", 2, 1, "invalid YAML");
    REFUSED("connection:\n  host: a\n port: 1\n", 3, 2, "invalid YAML");
    REFUSED("- a\n", 1, 1, "must be a map");
    REFUSED("hello\n", 1, 1, "must be a map");
    REFUSED("? [a]\n: b\n", 1, 3, "a key must be a single value");
    REFUSED("params:\n  \xc3\xa9t\xc3\xa9: 1\n", 2, 3, "invalid parameter name");
    REFUSED("params:\n  a: '\xc3\xa9' b\n", 2, 10, "invalid YAML");
    REFUSED("params:\n  a: x\n  b: \xff\n", 3, 6, "invalid YAML");
}

static void yaml_attacks(void **state)
{
    StrBuf nested = STRBUF_INIT;

    (void)state;
    REFUSED("params:\n  a: \"x\\0y\"\n", 2, 3, "not valid UTF-8 text");
    REFUSED("connection:\n  host: \"x\\0y\"\n", 2, 9, "zero byte");
    REFUSED("params:\n  a: *b\n", 2, 6, "alias \"b\"");
    REFUSED("params: &p {a: 1}\nconnection: *p\n", 2, 13, "connection must be a map");
    REFUSED("params:\n  a: !!binary aGk=\n", 2, 6, "tag");
    REFUSED("connection:\n  password: hunter2\n", 2, 3, "unknown key \"password\"");
    for (int i = 0; i < 10000; i++)
        strbuf_addc(&nested, '[');
    assert_yaml_refused(nested.data, nested.len, 1, 1, "must be a map");
    strbuf_free(&nested);
}

static void yaml_values(void **state)
{
    static const char text[] =
        "\xef\xbb\xbf"
        "connection: {host: ~, port: 0, username: \"\", sslmode: null}\n"
        "params:\n  A: &x yes\n  b: *x\n  c: '~'\n  d: !!str ~\n  e: Null\n"
        "  f: |\n    two\n    lines\n"
        "timeout: 5m\n---\n[ignored\n";
    ProjectConfig config;
    Diag diag = DIAG_INIT;

    (void)state;
    project_config_init(&config);
    if (!project_config_parse(&config, "pgmi.yaml", text, sizeof text - 1, &diag))
        fail_msg("%d:%d %s", diag.line, diag.column, diag.message);
    assert_null(config.host);
    assert_null(config.username);
    assert_null(config.sslmode);
    assert_int_equal(config.port, 0);
    assert_string_equal(params_get(&config.params, "a"), "yes");
    assert_string_equal(params_get(&config.params, "b"), "yes");
    assert_string_equal(params_get(&config.params, "c"), "~");
    assert_string_equal(params_get(&config.params, "d"), "~");
    assert_string_equal(params_get(&config.params, "e"), "");
    assert_string_equal(params_get(&config.params, "f"), "two\nlines\n");
    assert_string_equal(config.timeout, "5m");
    project_config_free(&config);
}

static void assert_config_refused(const char *root, const char *words)
{
    ProjectConfig config;
    Diag diag = DIAG_INIT;

    project_config_init(&config);
    assert_false(project_config_read(&config, root, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
    assert_string_equal(diag.file, "./pgmi.yaml");
    assert_non_null(strstr(diag.message, words));
    diag_reset(&diag);
    project_config_free(&config);
}

static void yaml_file(void **state)
{
    char *root = tree_new(), *path = tree_path(root, "pgmi.yaml");
    ProjectConfig config;
    Diag diag = DIAG_INIT;

    (void)state;
    project_config_init(&config);
    assert_true(project_config_read(&config, root, &diag));
    assert_null(config.host);
    tree_text(root, "pgmi.yaml", "connection:\n  host: h\n");
    assert_true(project_config_read(&config, root, &diag));
    assert_string_equal(config.host, "h");
    project_config_free(&config);
    setenv("PGMI_MAX_FILE_SIZE", "10", 1);
    assert_config_refused(root, "larger than 10 bytes");
    unsetenv("PGMI_MAX_FILE_SIZE");
    assert_int_equal(unlink(path), 0);
    tree_link(root, "pgmi.yaml", "/etc/hostname");
    assert_config_refused(root, "symbolic link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_config_refused(root, "FIFO");
    assert_int_equal(unlink(path), 0);
    tree_directory(root, "pgmi.yaml");
    assert_config_refused(root, "directory");
    free(path);
    tree_delete(root);
}

/* ---- .env -------------------------------------------------------------------------------------------- */

static void assert_env(const char *text, const char *key, const char *value)
{
    StrMap env;
    const char *got;

    strmap_init(&env, free);
    if (!dotenv_parse(text, strlen(text), &env))
        fail_msg("refused: %s", text);
    got = strmap_get(&env, key);
    if (!got || strcmp(got, value) != 0)
        fail_msg("%s: %s is \"%s\", not \"%s\"", text, key, got ? got : "(none)", value);
    strmap_free(&env);
}

static void dotenv_values(void **state)
{
    (void)state;
    assert_env("\xef\xbb\xbf"
               "A = x y \n",
               "A", "x y");
    assert_env("A= # only a comment", "A", "");
    assert_env("A=#x", "A", "#x");
    assert_env("A=x#y # z", "A", "x#y");
    assert_env("A='two\nlines' # c\nB=2", "A", "two\nlines");
    assert_env("A='two\nlines' # c\nB=2", "B", "2");
    assert_env("A=\"a\\\"b\\\\c\\$D\\r\"", "A", "a\"b\\c$D\r");
    assert_env("A=1\nB='${A}'\n", "B", "${A}");
    assert_env("B=${A}x$A.\nA=1", "B", "x.");
    assert_env("A=1\nB=$a ${a} $ ${A", "B", "$a ${a} $ ${A");
    assert_env("A=1\nA=2\nB=\"$A\"", "B", "2");
    assert_env("  export\tA.b_1=x", "A.b_1", "x");
    assert_env("export=x", "export", "x");
    assert_env("A=it's", "A", "it's");
}

static void dotenv_refusals(void **state)
{
    static const char *const bad[] = {"A",          "=x",          "A B=1",   "A-B=1",
                                      "A='x",       "A=\"x",       "A='x' y", "A=\"x\" B=2",
                                      "\xc3\xa9=1", "A=1\nexport", "export A"};
    StrMap env;

    (void)state;
    strmap_init(&env, free);
    for (size_t i = 0; i < lengthof(bad); i++)
        if (dotenv_parse(bad[i], strlen(bad[i]), &env))
            fail_msg("accepted: %s", bad[i]);
    assert_false(dotenv_parse("A=1\0", 4, &env));
    strmap_free(&env);
}

static void dotenv_file(void **state)
{
    char *root = tree_new(), *path = tree_path(root, ".env");
    StrMap env;
    Diag diag = DIAG_INIT;

    (void)state;
    strmap_init(&env, free);
    assert_true(dotenv_read(root, &env, &diag));
    tree_text(root, "secrets", "A=1\n");
    tree_link(root, ".env", "secrets"); /* excluded from the project, so a link is fine */
    assert_true(dotenv_read(root, &env, &diag));
    assert_string_equal(strmap_get(&env, "A"), "1");
    tree_text(root, "secrets", "B=2\nhunter2\n");
    assert_false(dotenv_read(root, &env, &diag));
    assert_int_equal(env.len, 0);
    assert_string_equal(diag.file, "./.env");
    assert_null(strstr(diag.message, "hunter2"));
    diag_reset(&diag);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(dotenv_read(root, &env, &diag));
    diag_reset(&diag);
    strmap_free(&env);
    free(path);
    tree_delete(root);
}

/* ---- durations, ids, extensions, shown paths ---------------------------------------------------------- */

static void durations(void **state)
{
    static const struct {
        const char *text;
        int64_t nanoseconds;
    } good[] = {
        {"1\xc2\xb5s", 1000},
        {"1\xce\xbcs", 1000},
        {"-2562047h47m16.854775808s", INT64_MIN},
        {"0.999999999999999999999999s", 999999999},
        {"+0", 0},
        {"1.5m0.5s", 90500000000},
    };
    static const char *const bad[] = {"2562047h47m16.854775808s",
                                      "-2562047h47m16.854775809s",
                                      "99999999999999999999999999999999999999999h",
                                      ".s",
                                      "1.",
                                      "-",
                                      "+",
                                      "0x1s",
                                      "1e3s",
                                      "00",
                                      "1s "};
    int64_t got;

    (void)state;
    for (size_t i = 0; i < lengthof(good); i++) {
        if (!duration_parse(good[i].text, &got) || got != good[i].nanoseconds)
            fail_msg("%s: %lld", good[i].text, (long long)got);
    }
    for (size_t i = 0; i < lengthof(bad); i++)
        if (duration_parse(bad[i], &got))
            fail_msg("accepted: %s", bad[i]);
}

/* RFC 1321's own test values, as UUIDs. */
static void ids(void **state)
{
    static const char *const cases[][2] = {
        {"", "d41d8cd9-8f00-b204-e980-0998ecf8427e"},
        {"abc", "90015098-3cd2-4fb0-d696-3f7d28e17f72"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "d174ab98-d277-d9f5-a561-1c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a2-2be3-c955-ac49-da2e2107b67a"},
    };
    char uuid[37];

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        generic_id(cases[i][0], uuid);
        assert_string_equal(uuid, cases[i][1]);
    }
}

static void extensions(void **state)
{
    (void)state;
    assert_true(has_sql_extension("./a.b/x.SqL"));
    assert_true(has_sql_extension(".sql"));
    assert_false(has_sql_extension("./dir.sql/x"));
    assert_false(has_sql_extension("x.sql.bak"));
    assert_false(has_sql_extension("sql"));
    assert_string_equal(file_extension("./a.b/x"), "");
    assert_string_equal(file_extension("a.tar.gz"), ".gz");
    assert_string_equal(file_extension("a.b-c"), "");
    assert_string_equal(file_extension("notes."), "");
    assert_string_equal(file_extension("a.\xc3\xa9"), "");
    assert_string_equal(file_extension(".env"), ".env");
    assert_string_equal(file_extension(""), "");
}

static void shown_paths(void **state)
{
    static const char *const cases[][2] = {
        {"./a \xc3\xa9.sql", "./a \xc3\xa9.sql"},
        {"a\tb\x7f", "a\\x09b\\x7f"},
        {"\xc2\x9b[0m", "\\u009b[0m"},
        {"\xff\xc3", "\\xff\\xc3"},
        {"\xef\xbb\xbfx", "\\ufeffx"},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        char *shown = project_show_path(cases[i][0]);

        assert_string_equal(shown, cases[i][1]);
        free(shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_lines),
        cmocka_unit_test(metadata_words),
        cmocka_unit_test(metadata_attacks),
        cmocka_unit_test(metadata_freedom),
        cmocka_unit_test(metadata_keys),
        cmocka_unit_test(params_keep_secrets),
        cmocka_unit_test(params_key_bytes),
        cmocka_unit_test(params_files),
        cmocka_unit_test(yaml_places),
        cmocka_unit_test(yaml_attacks),
        cmocka_unit_test(yaml_values),
        cmocka_unit_test(yaml_file),
        cmocka_unit_test(dotenv_values),
        cmocka_unit_test(dotenv_refusals),
        cmocka_unit_test(dotenv_file),
        cmocka_unit_test(durations),
        cmocka_unit_test(ids),
        cmocka_unit_test(extensions),
        cmocka_unit_test(shown_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
