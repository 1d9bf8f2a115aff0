/*
 * preflight.c — everything that can make a load impossible, asked before anything is changed.
 *
 * Each obstacle has one message of its own (shell.md section 4, "Loading"), instead of whatever
 * error PostgreSQL would come up with half-way through.
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

enum { OLDEST_SERVER = 110000 };

void preflight_free(Preflight *preflight)
{
    free(preflight->server_encoding);
    free(preflight->client_encoding);
    free(preflight->client_min_messages);
    free(preflight->search_path);
    free(preflight->std_strings);
    *preflight = (Preflight){0};
}

/* What libpq knows by itself. */
static bool check_connection(PGconn *conn, const char *doing, Preflight *preflight, Diag *diag)
{
    if (!conn || PQstatus(conn) != CONNECTION_OK)
        return diag_set(diag, EXIT_PGMI_CONNECTION, "cannot %s: not connected to a server",
                        doing);
    if (PQserverVersion(conn) < OLDEST_SERVER) {
        diag_set(diag, EXIT_PGMI_CONFIG, "cannot %s: server version %s is too old", doing,
                 PQparameterStatus(conn, "server_version"));
        return diag_hint(diag, "A pgmi session needs PostgreSQL 11 or newer.");
    }
    switch (PQtransactionStatus(conn)) {
    case PQTRANS_IDLE:
        return true;
    case PQTRANS_INTRANS:
        preflight->in_transaction = true;
        return true;
    case PQTRANS_INERROR:
        diag_set(diag, EXIT_PGMI_CONFIG, "cannot %s: the current transaction is aborted",
                 doing);
        return diag_hint(diag, "End it with ROLLBACK first.");
    default:
        return diag_set(diag, EXIT_PGMI_CONFIG, "cannot %s: another command is running", doing);
    }
}

static const char *column(const PGresult *row, const char *name)
{
    return PQgetvalue(row, 0, PQfnumber(row, name));
}

static bool is_true(const PGresult *row, const char *name)
{
    return column(row, name)[0] == 't';
}

static bool check_server(const PGresult *row, const char *doing, const Preflight *preflight,
                         Diag *diag)
{
    if (is_true(row, "in_recovery")) {
        diag_set(diag, EXIT_PGMI_CONFIG, "cannot %s: the server is a hot standby", doing);
        return diag_hint(diag,
                         "A session needs temporary tables; connect to the primary server.");
    }
    /* in a transaction of our own BEGIN READ WRITE overrides the default */
    if (preflight->in_transaction && strcmp(column(row, "read_only"), "on") == 0) {
        diag_set(diag, EXIT_PGMI_CONFIG, "cannot %s in a read-only transaction", doing);
        return diag_hint(diag, "End the transaction first.");
    }
    if (!is_true(row, "may_create")) {
        diag_set(diag, EXIT_PGMI_CONFIG,
                 "cannot %s: role \"%s\" may not create temporary tables in database \"%s\"",
                 doing, column(row, "role_name"), column(row, "database_name"));
        return diag_hint(diag,
                         "GRANT TEMPORARY ON DATABASE gives a role the privilege it needs.");
    }
    if (!PQgetisnull(row, 0, PQfnumber(row, "other_owner"))) {
        diag_set(diag, EXIT_PGMI_CONFIG,
                 "cannot %s: role \"%s\" does not own the session's tables", doing,
                 column(row, "role_name"));
        diag_detail(diag, "They belong to role \"%s\".", column(row, "other_owner"));
        return diag_hint(diag, "Go back to that role with SET ROLE or RESET ROLE first.");
    }
    return true;
}

bool preflight_check(PGconn *conn, const char *doing, Preflight *preflight, Diag *diag)
{
    const EmbeddedFile *sql = embedded_file("src/session/sql/preflight.sql");
    PGresult *row = NULL;
    bool ok = false;

    if (!check_connection(conn, doing, preflight, diag))
        return false;
    row = server_query(conn, sql->data, 0, NULL);
    if (PQresultStatus(row) != PGRES_TUPLES_OK) {
        server_diag(row, conn, diag);
        goto done;
    }
    if (!check_server(row, doing, preflight, diag))
        goto done;
    /* the same pid on both ends: nothing stands between us and the server */
    if (atoi(column(row, "backend_pid")) != PQbackendPID(conn) && !pooler_check(conn, diag))
        goto done;
    preflight->complete = is_true(row, "complete");
    preflight->has_type = is_true(row, "has_type");
    preflight->has_marks = is_true(row, "has_marks");
    preflight->has_temp_schema = is_true(row, "has_temp_schema");
    preflight->server_encoding = xstrdup(column(row, "server_encoding"));
    preflight->client_encoding = xstrdup(column(row, "client_encoding"));
    preflight->client_min_messages = xstrdup(column(row, "client_min_messages"));
    preflight->search_path = xstrdup(column(row, "search_path"));
    preflight->std_strings = xstrdup(column(row, "std_strings"));
    ok = true;
done:
    PQclear(row);
    return ok;
}
