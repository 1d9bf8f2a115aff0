/*
 * test_project_connect.c — connection strings and their resolution beyond the vectors, and that
 * no message about them shows a secret.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pgmish/project.h"

/* ---- connection strings --------------------------------------------------------------------- */

typedef struct Expected {
    const char *text;
    const char *host;
    int port;
    const char *database, *username, *password;
} Expected;

static void assert_same(const char *text, const char *what, const char *got, const char *wanted)
{
    if (strcmp(got ? got : "", wanted ? wanted : "") != 0)
        fail_msg("%s: %s is \"%s\", not \"%s\"", text, what, got ? got : "", wanted);
}

static void forms(void **state)
{
    static const Expected cases[] = {
        {"host=h port=6543 dbname=d user=u password=p", "h", 6543, "d", "u", "p"},
        {"host = h  password = 'a b\\'c\\\\d'", "h", 5432, "postgres", "", "a b'c\\d"},
        {"dbname=x", "localhost", 5432, "x", "", ""},
        {"host='' user=u", "localhost", 5432, "postgres", "u", ""},
        {"password='a;b' host=h", "h", 5432, "postgres", "", "a;b"},
        {"host=/tmp dbname=d", "/tmp", 5432, "d", "", ""},
        {"postgresql://u@%2Ftmp/d", "/tmp", 5432, "d", "u", ""},
        {"postgresql:///d?host=/tmp&user=u&password=p&port=7", "/tmp", 7, "d", "u", "p"},
        {"postgres://u:p%40%3A@[::1]:99/d", "::1", 99, "d", "u", "p@:"},
        {"postgres://u:p@q@h/d", "h", 5432, "d", "u", "p@q"},
        {"postgres://h?dbname=d", "h", 5432, "d", "", ""},
        {"HOST=h;database=d;USER ID=u;PWD=p", "h", 5432, "d", "u", "p"},
        {"Host=h;;junk;Database=;Uid=u;", "h", 5432, "postgres", "u", ""},
        {"Server=h;Password=it's;Username=u", "h", 5432, "postgres", "u", "it's"},
        {"Host=h;Password=\"a\"\"b\" ;Username=u", "h", 5432, "postgres", "u", "a\"b"},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        const Expected *want = &cases[i];
        ConnectionString cs;
        Diag diag = DIAG_INIT;

        if (!connection_string_parse(want->text, &cs, &diag))
            fail_msg("%s: %s", want->text, diag.message);
        assert_same(want->text, "host", cs.host, want->host);
        assert_int_equal(cs.port, want->port);
        assert_same(want->text, "database", cs.database, want->database);
        assert_same(want->text, "user", cs.username, want->username);
        assert_same(want->text, "password", cs.password, want->password);
        connection_string_free(&cs);
    }
}

/* Several hosts, as libpq takes them. */
static void host_lists(void **state)
{
    static const struct {
        const char *text, *host;
        int port;
        const char *ports, *hostaddr;
    } cases[] = {
        {"host=a,b port=5432,5433", "a,b", 5432, "5432,5433", ""},
        {"host=a,b port=6000", "a,b", 6000, "", ""},
        {"host=a,b port=,6000", "a,b", 5432, ",6000", ""},
        {"hostaddr=127.0.0.1,::1 port=1,2", "", 1, "1,2", "127.0.0.1,::1"},
        {"Host=a,b;Port=1,2;Target Session Attrs=any", "a,b", 1, "1,2", ""},
        {"postgresql://u@a:1,b:2/db", "a,b", 1, "1,2", ""},
        {"postgresql://a,b/db", "a,b", 5432, "", ""},
        {"postgresql://a,b:7/db", "a,b", 5432, ",7", ""},
        {"postgresql://[::1]:1,%2Ftmp:2/db?target_session_attrs=read-write", "::1,/tmp", 1,
         "1,2", ""},
        {"postgresql:///db?host=a,b&port=1,2", "a,b", 1, "1,2", ""},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        ConnectionString cs;
        Diag diag = DIAG_INIT;

        if (!connection_string_parse(cases[i].text, &cs, &diag))
            fail_msg("%s: %s", cases[i].text, diag.message);
        assert_same(cases[i].text, "host", cs.host, cases[i].host);
        assert_int_equal(cs.port, cases[i].port);
        assert_same(cases[i].text, "ports", cs.ports, cases[i].ports);
        assert_same(cases[i].text, "hostaddr", strmap_get(&cs.other, "hostaddr"),
                    cases[i].hostaddr);
        connection_string_free(&cs);
    }
}

static void broken_strings(void **state)
{
    static const char *const bad[] = {
        "hunter2",
        "postgresql://u:hunter2@h:0/d",
        "postgresql://u:hunter2@h:99999/d",
        "postgresql://u:hunter2@h/d?x",
        "postgresql://u:hunter2@h/d?connect_timeout=-1",
        "postgresql://u:hunter2%zz@h/d",
        "postgresql://u:hunter2%@h/d",
        "postgresql://u:hunter2%4@h/d",
        "postgresql://u:hunter2%00@h/d",
        "postgresql://u:hunter2@[::1/d",
        "postgresql://u:hunter2@[::1]x/d",
        "postgresql://u:hunter2@a:1,b:x/d",
        "postgresql://u:hunter2@a,[::1/d",
        "host=a,b port=1,2,3 password=hunter2",
        "host=a port=1,2 password=hunter2",
        "host=a,b hostaddr=127.0.0.1 password=hunter2",
        "host=a,b port=1,0 password=hunter2",
        "postgresql://u:hunter2/x@h/d",
        "host=h password='hunter2",
        "host=h hunter2",
        "=hunter2",
        "host=h port=x password=hunter2",
        "Host=h;Password='hunter2",
        "Host=h;Password='hunter2'x;",
        "Host=h;Timeout=x;Password=hunter2",
    };

    (void)state;
    for (size_t i = 0; i < lengthof(bad); i++) {
        ConnectionString cs;
        Diag diag = DIAG_INIT;

        if (connection_string_parse(bad[i], &cs, &diag))
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(diag.code, EXIT_PGMI_CONFIG);
        assert_null(strstr(diag.message, "hunter2"));
        assert_non_null(diag.hint);
        diag_reset(&diag);
    }
}

/* ---- resolution --------------------------------------------------------------------------------- */

typedef struct Case {
    ConnectionFlags flags;
    StrMap env;
    ProjectConfig config;
    Resolved got;
    Diag diag;
} Case;

static void begin(Case *c)
{
    *c = (Case){.diag = DIAG_INIT};
    strmap_init(&c->env, free);
    project_config_init(&c->config);
}

static void set_env(Case *c, const char *name, const char *value)
{
    strmap_set(&c->env, name, xstrdup(value));
}

static bool resolve(Case *c)
{
    return connection_resolve(&c->flags, &c->env, &c->config, &c->got, &c->diag);
}

static void end(Case *c)
{
    resolved_free(&c->got);
    project_config_free(&c->config);
    strmap_free(&c->env);
    diag_reset(&c->diag);
}

static void assert_refused(Case *c, const char *words)
{
    if (resolve(c))
        fail_msg("accepted; expected \"%s\"", words);
    assert_int_equal(c->diag.code, EXIT_PGMI_CONFIG);
    if (!strstr(c->diag.message, words))
        fail_msg("\"%s\" does not say \"%s\"", c->diag.message, words);
    assert_non_null(c->diag.hint);
    end(c);
}

static void defaults(void **state)
{
    Case c;

    (void)state;
    begin(&c);
    set_env(&c, "PGDATABASE", "d");
    set_env(&c, "PGHOST", ""); /* set to nothing: not set */
    set_env(&c, "USERNAME", "w");
    assert_true(connection_resolve(&c.flags, &c.env, NULL, &c.got, &c.diag));
    assert_string_equal(c.got.host, "localhost");
    assert_string_equal(c.got.username, "w");
    assert_string_equal(c.got.application_name, "pgmi");
    assert_int_equal(c.got.connect_timeout, -1);
    assert_null(c.got.password);
    end(&c);
}

static void refusals(void **state)
{
    Case c;

    (void)state;
    begin(&c);
    assert_refused(&c, "no target database");
    begin(&c);
    c.flags = (ConnectionFlags){.connection = "postgresql://h", .username = "u"};
    assert_refused(&c, "--connection and --username");
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .sslmode = "maybe"};
    assert_refused(&c, "invalid sslmode \"maybe\"");
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .port = 70000};
    assert_refused(&c, "out of range");
    begin(&c);
    c.flags.database = "d";
    set_env(&c, "PGCONNECT_TIMEOUT", "-1");
    assert_refused(&c, "PGCONNECT_TIMEOUT");
    begin(&c);
    set_env(&c, "DATABASE_URL", "mysql://u:hunter2@h/d");
    assert_refused(&c, "invalid connection string");
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .aws = true, .google_instance = "a:b:c"};
    assert_refused(&c, "more than one cloud provider");
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .aws = true, .username = "u"};
    assert_refused(&c, "AWS needs a region");
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .google = true, .google_instance = "a:b"};
    assert_refused(&c, "project:region:instance");
}

/* Not looked at when the option is given (R3). */
static void pgport_is_ignored_beside_the_option(void **state)
{
    Case c;

    (void)state;
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .port = 1};
    set_env(&c, "PGPORT", "abc");
    assert_true(resolve(&c));
    assert_int_equal(c.got.port, 1);
    end(&c);
}

/* R1 forbids options beside --connection only; beside the environment's string they win. */
static void options_beside_the_environments_string(void **state)
{
    Case c;

    (void)state;
    begin(&c);
    c.flags = (ConnectionFlags){.host = "h2", .sslmode = "require"};
    set_env(&c, "DATABASE_URL", "postgresql://u:p@h:6000/d?options=-cx%3Dy");
    set_env(&c, "PGHOST", "eh");
    set_env(&c, "PGUSER", "eu");
    assert_true(resolve(&c));
    assert_string_equal(c.got.host, "h2");
    assert_int_equal(c.got.port, 6000);
    assert_string_equal(c.got.username, "u");
    assert_string_equal(c.got.sslmode, "require");
    assert_string_equal(c.got.target_database, "d");
    assert_string_equal(strmap_get(&c.got.other, "options"), "-cx=y");
    end(&c);
}

static void maintenance_database(void **state)
{
    Case c;

    (void)state;
    begin(&c); /* the key counts without -d as well (R6) */
    c.config.database = xstrdup("d");
    c.config.maintenance_database = xstrdup("admin");
    assert_true(resolve(&c));
    assert_string_equal(c.got.maintenance_database, "admin");
    end(&c);
    begin(&c); /* -d names the string's own database: no other target */
    c.flags = (ConnectionFlags){.connection = "postgresql://h/d", .database = "d"};
    c.config.maintenance_database = xstrdup("admin");
    assert_true(resolve(&c));
    assert_string_equal(c.got.maintenance_database, "admin");
    end(&c);
}

static void switch_wins_over_configuration(void **state)
{
    Case c;

    (void)state;
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d", .username = "u", .azure = true};
    c.config.auth_method = xstrdup("google");
    assert_true(resolve(&c));
    assert_int_equal(c.got.auth, AUTH_AZURE);
    assert_null(c.got.google_instance);
    end(&c);
    begin(&c);
    c.flags = (ConnectionFlags){.database = "d"};
    c.config.auth_method = xstrdup("kerberos");
    assert_true(resolve(&c));
    assert_int_equal(c.got.auth, AUTH_PASSWORD);
    end(&c);
}

static void assert_timeout(const char *flag, const char *yaml, int code, int64_t wanted)
{
    ProjectConfig config;
    Diag diag = DIAG_INIT;
    int64_t got;
    bool ok;

    project_config_init(&config);
    config.timeout = xstrdup_null(yaml);
    ok = timeout_resolve(flag, &config, &got, &diag);
    assert_int_equal(ok ? 0 : diag.code, code);
    if (ok)
        assert_true(got == wanted);
    diag_reset(&diag);
    project_config_free(&config);
}

static void timeouts(void **state)
{
    (void)state;
    assert_timeout(NULL, NULL, 0, 180000000000);
    assert_timeout(NULL, "1s", 0, 1000000000);
    assert_timeout("0", "1s", 0, 0);
    assert_timeout("5m", "nonsense", 0, 300000000000);
    assert_timeout("nonsense", NULL, EXIT_PGMI_USAGE, 0);
    assert_timeout(NULL, "90", EXIT_PGMI_CONFIG, 0);
    assert_timeout("-5s", NULL, EXIT_PGMI_CONFIG, 0);
    assert_timeout(NULL, "-5s", EXIT_PGMI_CONFIG, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(host_lists),
        cmocka_unit_test(broken_strings),
        cmocka_unit_test(defaults),
        cmocka_unit_test(refusals),
        cmocka_unit_test(pgport_is_ignored_beside_the_option),
        cmocka_unit_test(options_beside_the_environments_string),
        cmocka_unit_test(maintenance_database),
        cmocka_unit_test(switch_wins_over_configuration),
        cmocka_unit_test(timeouts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
