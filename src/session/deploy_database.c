/*
 * deploy_database.c — the target database comes to be (contract section 9): opened, created where it
 * is absent, dropped and made anew when the user has asked for that and approved.
 *
 * What belongs to the database itself and not to its content survives a recreation (O3).
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

typedef struct Work {
    const Resolved *to;
    const DatabaseOptions *database;
    const DeployOptions *options;
    PGconn *conn; /* to the maintenance database */
    unsigned *causes;
    Diag *diag;
} Work;

static bool fail(Work *work)
{
    unsigned stopped = deploy_stopped(work->options);

    *work->causes |= stopped ? stopped : deploy_cause(work->diag->code);
    return false;
}

/* A command of ours on the maintenance connection; Ctrl-C and the deadline cancel it. */
static bool command(Work *work, const char *sql)
{
    bool ok;

    if (deploy_stopped(work->options)) {
        diag_set(work->diag, EXIT_PGMI_OTHER, "stopped");
        return fail(work);
    }
    cancel_install(work->conn);
    ok = server_command(work->conn, sql, 0, NULL, work->diag);
    cancel_install(NULL);
    if (!ok)
        work->diag->code = EXIT_PGMI_OTHER;
    return ok || fail(work);
}

static PGconn *connect_to(Work *work, const char *name)
{
    PGconn *conn = deploy_connect(work->to, name, work->options, work->causes, work->diag);

    if (conn && work->database->prepare)
        work->database->prepare(work->database->ctx, conn);
    return conn;
}

/* NULL rows mean failure; *diag is set. */
static PGresult *ask(Work *work, const char *sql)
{
    const char *values[] = {work->to->target_database};
    PGresult *rows = server_query(work->conn, sql, 1, values);

    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    server_diag(rows, work->conn, work->diag);
    work->diag->code = EXIT_PGMI_OTHER;
    PQclear(rows);
    fail(work);
    return NULL;
}

/* ---- SQL text, quoted by libpq -------------------------------------------------------------- */

static void add_identifier(Work *work, StrBuf *sql, const char *name)
{
    char *quoted = PQescapeIdentifier(work->conn, name, strlen(name));

    strbuf_add(sql, quoted ? quoted : "\"\"");
    PQfreemem(quoted);
}

static void add_literal(Work *work, StrBuf *sql, const char *text, size_t len)
{
    char *quoted = PQescapeLiteral(work->conn, text, len);

    strbuf_add(sql, quoted ? quoted : "''");
    PQfreemem(quoted);
}

/* ---- create -------------------------------------------------------------------------------------- */

/* O5: somebody else was faster. */
static bool create(Work *work, const StrBuf *sql)
{
    if (command(work, sql->data))
        return true;
    if (strcmp(work->diag->sqlstate, "42P04") != 0 &&
        strcmp(work->diag->sqlstate, "23505") != 0)
        return false;
    diag_reset(work->diag);
    diag_set(work->diag, EXIT_PGMI_CONCURRENT,
             "another deployment has just created database \"%s\"", work->to->target_database);
    *work->causes |= CAUSE_CONCURRENT;
    return false;
}

static bool create_plain(Work *work)
{
    StrBuf sql = STRBUF_INIT;
    bool ok;

    strbuf_add(&sql, "CREATE DATABASE ");
    add_identifier(work, &sql, work->to->target_database);
    ok = create(work, &sql);
    if (ok)
        deploy_say(work->options, DEPLOY_SAY_PROGRESS, "Created database \"%s\"",
                   work->to->target_database);
    strbuf_free(&sql);
    return ok;
}

/* ---- recreate --------------------------------------------------------------------------------------- */

#define PROPERTIES                                                                                                         \
    "SELECT pg_catalog.pg_get_userbyid(d.datdba) AS owner," /* -2: what an interrupted DROP leaves behind */               \
    " greatest(d.datconnlimit, -1) AS datconnlimit,"                                                                       \
    " pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, d.datcollate, d.datctype,"                                   \
    " pg_catalog.to_jsonb(d) ->> 'datlocprovider' AS provider,"                                                            \
    " coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale',"                                                                    \
    "          pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,"                                                      \
    " pg_catalog.to_jsonb(d) ->> 'daticurules' AS icurules,"                                                               \
    " (d.encoding, d.datcollate, d.datctype, pg_catalog.to_jsonb(d) ->> 'datlocprovider',"                                 \
    "  coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale',"                                                                   \
    "           pg_catalog.to_jsonb(d) ->> 'daticulocale')) IS DISTINCT FROM"                                              \
    " (t.encoding, t.datcollate, t.datctype, pg_catalog.to_jsonb(t) ->> 'datlocprovider',"                                 \
    "  coalesce(pg_catalog.to_jsonb(t) ->> 'datlocale',"                                                                   \
    "           pg_catalog.to_jsonb(t) ->> 'daticulocale')) AS unlike,"                                                    \
    " pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,"                                                      \
    " d.datdba <> (SELECT r.oid FROM pg_catalog.pg_roles AS r"                                                             \
    "              WHERE r.rolname = current_user) AS other_owner,"                                                        \
    " (SELECT r.rolsuper OR r.rolcreatedb FROM pg_catalog.pg_roles AS r"                                                   \
    "   WHERE r.rolname = current_user) AS may_create," /* whom a database may be given to is another question since 16 */ \
    " pg_catalog.pg_has_role(d.datdba, CASE WHEN pg_catalog.current_setting("                                              \
    "   'server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) AS may_give"                                    \
    " FROM pg_catalog.pg_database AS d, pg_catalog.pg_database AS t"                                                       \
    " WHERE d.datname = $1 AND t.datname = 'template1'"

#define SETTINGS                                                                               \
    "SELECT pg_catalog.unnest(s.setconfig) FROM pg_catalog.pg_db_role_setting AS s"            \
    " JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase"                               \
    " WHERE d.datname = $1 AND s.setrole = 0"

static const char *column(const PGresult *row, const char *name)
{
    int field = PQfnumber(row, name);

    return PQgetisnull(row, 0, field) ? "" : PQgetvalue(row, 0, field);
}

static void add_option(Work *work, StrBuf *sql, const char *word, const char *text)
{
    if (!*text)
        return;
    strbuf_addf(sql, " %s ", word);
    add_literal(work, sql, text, strlen(text));
}

/* O3: encoding and locale are named only where template1 has others. */
static void create_like(Work *work, const PGresult *row, StrBuf *sql)
{
    bool icu = strcmp(column(row, "provider"), "i") == 0;

    strbuf_add(sql, "CREATE DATABASE ");
    add_identifier(work, sql, work->to->target_database);
    if (*column(row, "other_owner") == 't') {
        strbuf_add(sql, " OWNER ");
        add_identifier(work, sql, column(row, "owner"));
    }
    if (*column(row, "unlike") == 't') {
        strbuf_add(sql, " TEMPLATE template0");
        add_option(work, sql, "ENCODING", column(row, "encoding"));
        if (icu) {
            strbuf_add(sql, " LOCALE_PROVIDER icu");
            add_option(work, sql, "ICU_LOCALE", column(row, "locale"));
            add_option(work, sql, "ICU_RULES", column(row, "icurules"));
        } else if (strcmp(column(row, "provider"), "b") == 0) {
            strbuf_add(sql, " LOCALE_PROVIDER builtin");
            add_option(work, sql, "BUILTIN_LOCALE", column(row, "locale"));
        }
        add_option(work, sql, "LC_COLLATE", column(row, "datcollate"));
        add_option(work, sql, "LC_CTYPE", column(row, "datctype"));
    }
    strbuf_addf(sql, " CONNECTION LIMIT %s", column(row, "datconnlimit"));
}

/* Settings whose value is a list of names: the server keeps them quoted as SQL would be, and one
 * literal for the whole would make one name of it. */
static bool is_name_list(const char *setting, size_t len)
{
    static const char *const names[] = {
        "search_path",
        "temp_tablespaces",
        "session_preload_libraries",
        "local_preload_libraries",
        "shared_preload_libraries",
        "unix_socket_directories",
    };

    for (size_t i = 0; i < lengthof(names); i++)
        if (strlen(names[i]) == len && ascii_ncasecmp(names[i], setting, len) == 0)
            return true;
    return false;
}

/* The elements of a list as literals. */
static void add_name_list(Work *work, StrBuf *sql, const char *list)
{
    StrBuf name = STRBUF_INIT;
    bool quoted = false, first = true;

    for (const char *p = list;; p++) {
        if (*p == '"' && quoted && p[1] == '"')
            strbuf_addc(&name, *p++);
        else if (*p == '"')
            quoted = !quoted;
        else if (!*p || (*p == ',' && !quoted)) {
            if (!first)
                strbuf_add(sql, ", ");
            add_literal(work, sql, name.data, name.len);
            strbuf_reset(&name);
            first = false;
            if (!*p)
                break;
        } else if (*p != ' ' || quoted) {
            strbuf_addc(&name, *p);
        }
    }
    strbuf_free(&name);
}

static bool restore_setting(Work *work, const char *setting)
{
    const char *equals = strchr(setting, '=');
    size_t len = equals ? (size_t)(equals - setting) : 0;
    char *name = xstrndup(setting, len);
    StrBuf sql = STRBUF_INIT;
    bool ok = true;

    strbuf_add(&sql, "ALTER DATABASE ");
    add_identifier(work, &sql, work->to->target_database);
    strbuf_add(&sql, " SET ");
    add_identifier(work, &sql, name);
    strbuf_add(&sql, " TO ");
    if (equals && is_name_list(setting, len))
        add_name_list(work, &sql, equals + 1);
    else if (equals)
        add_literal(work, &sql, equals + 1, strlen(equals + 1));
    if (equals)
        ok = command(work, sql.data);
    free(name);
    strbuf_free(&sql);
    return ok;
}

static bool restore_comment(Work *work, const char *comment)
{
    StrBuf sql = STRBUF_INIT;
    bool ok = true;

    if (*comment) {
        strbuf_add(&sql, "COMMENT ON DATABASE ");
        add_identifier(work, &sql, work->to->target_database);
        strbuf_add(&sql, " IS ");
        add_literal(work, &sql, comment, strlen(comment));
        ok = command(work, sql.data);
    }
    strbuf_free(&sql);
    return ok;
}

static bool drop(Work *work)
{
    StrBuf sql = STRBUF_INIT;
    PGresult *ended = ask(work,
                          "SELECT pg_catalog.pg_terminate_backend(a.pid)"
                          " FROM pg_catalog.pg_stat_activity AS a"
                          " WHERE a.datname = $1 AND a.pid <> pg_catalog.pg_backend_pid()");
    bool ok = ended != NULL;

    strbuf_add(&sql, "DROP DATABASE ");
    add_identifier(work, &sql, work->to->target_database);
    ok = ok && command(work, sql.data);
    strbuf_free(&sql);
    PQclear(ended);
    return ok;
}

/* What would fail only once the database is gone is looked at before it is dropped. */
static bool may_recreate(Work *work, const PGresult *row)
{
    const char *target = work->to->target_database;

    if (*column(row, "may_create") != 't') {
        diag_set(work->diag, EXIT_PGMI_OTHER, "permission denied to create database");
        diag_detail(work->diag, "Database \"%s\" could be dropped, but not created again.",
                    target);
        diag_hint(work->diag, "Give the role CREATEDB; nothing has been dropped.");
        return fail(work);
    }
    if (*column(row, "may_give") == 't')
        return true;
    diag_set(work->diag, EXIT_PGMI_OTHER, "must be owner of database %s", target);
    diag_hint(work->diag, "Its owner is \"%s\"; nothing has been dropped.",
              column(row, "owner"));
    return fail(work);
}

static bool recreate(Work *work)
{
    PGresult *row = ask(work, PROPERTIES);
    PGresult *settings = row ? ask(work, SETTINGS) : NULL;
    StrBuf sql = STRBUF_INIT;
    bool ok = row && settings && PQntuples(row) == 1 && may_recreate(work, row) && drop(work);

    if (ok) {
        create_like(work, row, &sql);
        ok = create(work, &sql);
    }
    for (int i = 0; ok && i < PQntuples(settings); i++)
        ok = restore_setting(work, PQgetvalue(settings, i, 0));
    ok = ok && restore_comment(work, column(row, "comment"));
    if (ok)
        deploy_say(work->options, DEPLOY_SAY_PROGRESS, "Recreated database \"%s\"",
                   work->to->target_database);
    strbuf_free(&sql);
    PQclear(settings);
    PQclear(row);
    return ok;
}

/* ---- O2 ------------------------------------------------------------------------------------------------ */

/* The server would cut it off, and make, or drop, a database of another name. */
static bool name_fits(Work *work)
{
    enum { MOST_BYTES = 63 };

    if (strlen(work->to->target_database) <= MOST_BYTES)
        return true;
    diag_set(work->diag, EXIT_PGMI_CONFIG, "name of database \"%s\" is longer than %d bytes",
             work->to->target_database, MOST_BYTES);
    return fail(work);
}

static bool overwrite_allowed(Work *work)
{
    const char *target = work->to->target_database;

    if (!name_fits(work))
        return false;
    if (!*target) {
        diag_set(work->diag, EXIT_PGMI_CONFIG, "cannot overwrite the database of a service");
        diag_hint(work->diag, "Name it: --database.");
        return fail(work);
    }

    if (ascii_casecmp(target, work->to->maintenance_database) == 0) {
        diag_set(work->diag, EXIT_PGMI_CONFIG,
                 "cannot overwrite \"%s\": it is the maintenance database", target);
        diag_hint(work->diag, "Name another maintenance database, with "
                              "connection.maintenance_database in pgmi.yaml.");
        return fail(work);
    }
    if (strcmp(target, "template0") != 0 && strcmp(target, "template1") != 0)
        return true;
    diag_set(work->diag, EXIT_PGMI_CONFIG, "cannot overwrite the template database \"%s\"",
             target);
    return fail(work);
}

static bool overwrite(Work *work)
{
    PGresult *exists = ask(work, "SELECT FROM pg_catalog.pg_database WHERE datname = $1");
    bool ok = exists != NULL;

    if (ok && !PQntuples(exists))
        ok = create_plain(work);
    else if (ok)
        ok = work->database->approve(work->database->ctx, work->to->target_database,
                                     work->causes, work->diag) &&
             recreate(work);
    PQclear(exists);
    return ok;
}

static bool on_maintenance(Work *work, bool (*what)(Work *work))
{
    bool ok;

    work->conn = connect_to(work, work->to->maintenance_database);
    ok = work->conn && what(work);
    PQfinish(work->conn);
    work->conn = NULL;
    return ok;
}

PGconn *deploy_open_database(const Resolved *to, const DatabaseOptions *database,
                             const DeployOptions *options, unsigned *causes, Diag *diag)
{
    Work work = {to, database, options, NULL, causes, diag};
    PGconn *conn;

    if (database->overwrite) {
        if (!overwrite_allowed(&work) || !on_maintenance(&work, overwrite))
            return NULL;
        return connect_to(&work, to->target_database);
    }
    conn = connect_to(&work, to->target_database);
    /* a service names its database itself: there is no name to create it by */
    if (conn || strcmp(diag->sqlstate, "3D000") != 0 || !*to->target_database)
        return conn;
    /* O1: absent, so it is made */
    diag_reset(diag);
    *causes = 0;
    return name_fits(&work) && on_maintenance(&work, create_plain)
               ? connect_to(&work, to->target_database)
               : NULL;
}
