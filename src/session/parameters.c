/*
 * parameters.c — parameters as rows and as pgmi.* settings (contract P7).
 *
 * Keys and values travel as two bound arrays, so that no value is ever SQL text (P9) and any
 * number of parameters is one round trip.
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

/* Appends a text[] literal, every element quoted. */
static void array_literal(StrBuf *out, const char *const *items, size_t count)
{
    strbuf_addc(out, '{');
    for (size_t i = 0; i < count; i++) {
        strbuf_add(out, i ? ",\"" : "\"");
        for (const char *p = items[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                strbuf_addc(out, '\\');
            strbuf_addc(out, *p);
        }
        strbuf_addc(out, '"');
    }
    strbuf_addc(out, '}');
}

/* Puts the key whose value holds `bytes` into the message, which never shows the value (P6). */
static bool refuse_value(const Params *params, const char *bytes, const Preflight *preflight,
                         Diag *diag)
{
    const char *key = NULL;

    for (size_t i = 0; i < params->map.len && *bytes && !key; i++)
        if (strstr(params->map.entries[i].value, bytes))
            key = params->map.entries[i].key;
    diag_reset(diag);
    if (key)
        return diag_set(
            diag, EXIT_PGMI_CONFIG,
            "parameter \"%s\" has a character that the database's encoding %s cannot hold", key,
            preflight->server_encoding);
    return diag_set(diag, EXIT_PGMI_CONFIG,
                    "a parameter has a character that the database's encoding %s cannot hold",
                    preflight->server_encoding);
}

bool parameters_send(PGconn *conn, const Params *params, const Preflight *preflight, Diag *diag)
{
    static const char sql[] =
        "WITH given AS (SELECT key, value"
        " FROM unnest($1::text[], $2::text[]) AS g (key, value)),"
        " stored AS (INSERT INTO pg_temp._pgmi_parameter (key, value)"
        " SELECT key, value FROM given)"
        " SELECT count(set_config('pgmi.' || key, value, false)) FROM given";
    size_t count = params->map.len;
    const char **items = xcalloc(count + 1, sizeof(*items));
    StrBuf keys = STRBUF_INIT, values = STRBUF_INIT;
    const char *arrays[2];
    char bytes[8];
    bool ok = true;

    for (size_t i = 0; i < count; i++)
        items[i] = params->map.entries[i].key;
    array_literal(&keys, items, count);
    for (size_t i = 0; i < count; i++)
        items[i] = params->map.entries[i].value;
    array_literal(&values, items, count);
    arrays[0] = keys.data;
    arrays[1] = values.data;
    if (count)
        ok = server_command(conn, sql, 2, arrays, diag);
    if (!ok && encoding_refused(diag, bytes))
        refuse_value(params, bytes, preflight, diag);
    strbuf_free(&keys);
    strbuf_free(&values);
    free(items);
    return ok;
}

bool parameters_clear_stale(PGconn *conn, const Params *before, const Params *now,
                            StrList *stale, Diag *diag)
{
    StrBuf keys = STRBUF_INIT;
    const char *array[1];
    bool ok = true;

    for (size_t i = 0; i < before->map.len; i++)
        if (!now || !params_get(now, before->map.entries[i].key))
            strlist_add(stale, before->map.entries[i].key);
    if (stale->len) {
        array_literal(&keys, (const char *const *)stale->items, stale->len);
        array[0] = keys.data;
        ok = server_command(conn,
                            "SELECT count(set_config('pgmi.' || key, '', false))"
                            " FROM unnest($1::text[]) AS s (key)",
                            1, array, diag);
    }
    strbuf_free(&keys);
    return ok;
}

/* ---- one parameter, by hand ----------------------------------------------------------------------- */

static bool send_one(PGconn *conn, const char *key, const char *value, Diag *diag)
{
    const char *values[] = {key, value};

    return server_command(
        conn,
        "WITH stored AS ("
        "INSERT INTO pg_temp._pgmi_parameter (key, value) VALUES ($1, $2)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value)"
        " SELECT pg_catalog.set_config(pg_catalog.concat('pgmi.', $1::pg_catalog.text),"
        " $2::pg_catalog.text, false)",
        2, values, diag);
}

bool session_set_param(Session *session, PGconn *conn, const char *key, const char *value,
                       Diag *diag)
{
    Params one;
    char bytes[8];
    bool ok;

    params_init(&one);
    ok = params_set(&one, key, value, diag);
    if (ok && session_state(session) == SESSION_LOADED) {
        const StrMapEntry *entry = &one.map.entries[0];

        ok = send_one(conn, entry->key, entry->value, diag);
        if (!ok && encoding_refused(diag, bytes)) {
            Preflight preflight = {
                .server_encoding = (char *)PQparameterStatus(conn, "server_encoding")};

            refuse_value(&one, bytes, &preflight, diag);
        }
        if (ok)
            ok = params_set(&session_top(session)->params, key, value, diag);
    }
    /* every later load starts from it */
    ok = ok && params_set(&session->user_params, key, value, diag);
    params_free(&one);
    return ok;
}
