/*
 * connstr.c — the connection strings that the pgmi command line takes (contract R7): URI,
 * semicolon form, and libpq's keyword form as psql does.
 *
 * A string holds a password, so no message quotes any part of it but the names of its keys.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static bool malformed(Diag *diag, const char *what)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "invalid connection string: %s", what);
    return diag_hint(diag, "Accepted are postgresql://user@host:port/database, "
                           "\"Host=...;Database=...\" and \"host=... dbname=...\".");
}

/* ---- fields by name -------------------------------------------------------------------------- */

/* Whole decimal number in [low, high]; -1: not one. */
static int whole_number(const char *text, int low, int high)
{
    long value = 0;

    if (!*text || strlen(text) > 9)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        value = value * 10 + (*text - '0');
    }
    return value >= low && value <= high ? (int)value : -1;
}

bool port_list_valid(const char *text, int *first)
{
    bool good = strchr(text, ',') != NULL;

    *first = 0;
    for (const char *p = text; good; p += strcspn(p, ",") + 1) {
        size_t len = strcspn(p, ",");
        char *one = xstrndup(p, len);
        int port = len ? whole_number(one, 1, 65535) : 5432;

        free(one);
        good = port > 0;
        if (!*first)
            *first = port;
        if (!p[len])
            break;
    }
    return good;
}

/* Takes ownership of value. */
static void set_field(char **field, char *value)
{
    free(*field);
    *field = value;
}

/* Where a text key in libpq's spelling goes; NULL: none of ours. */
static char **text_field(ConnectionString *cs, const char *key)
{
    const struct {
        const char *key;
        char **field;
    } fields[] = {
        {"host", &cs->host},
        {"dbname", &cs->database},
        {"user", &cs->username},
        {"password", &cs->password},
        {"sslmode", &cs->sslmode},
        {"sslcert", &cs->sslcert},
        {"sslkey", &cs->sslkey},
        {"sslrootcert", &cs->sslrootcert},
        {"sslpassword", &cs->sslpassword},
        {"application_name", &cs->application_name},
    };

    for (size_t i = 0; i < lengthof(fields); i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].field;
    return NULL;
}

/* Takes ownership of value. */
static bool set_port(ConnectionString *cs, char *value, Diag *diag)
{
    set_field(&cs->ports, NULL);
    if (port_list_valid(value, &cs->port)) {
        set_field(&cs->ports, value);
        return true;
    }
    cs->port = whole_number(value, 1, 65535);
    free(value);
    return cs->port > 0 || malformed(diag, "port must be a number from 1 to 65535");
}

/* One key (libpq's spelling) and its owned value, taken in any case. */
static bool set_key(ConnectionString *cs, const char *key, char *value, Diag *diag)
{
    char **field = text_field(cs, key);
    bool ok = true;

    if (field) {
        set_field(field, value);
        return true;
    }
    if (strcmp(key, "port") == 0)
        return set_port(cs, value, diag);
    if (strcmp(key, "connect_timeout") == 0) {
        cs->connect_timeout = whole_number(value, 0, 999999999);
        ok = cs->connect_timeout >= 0 ||
             malformed(diag, "connect timeout must be a whole number of seconds");
    } else {
        strmap_set(&cs->other, key, value);
        return true;
    }
    free(value);
    return ok;
}

/* ---- URI --------------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Owned, %XX decoded; NULL: *diag says why. */
static char *decode(const char *text, size_t len, Diag *diag)
{
    StrBuf out = STRBUF_INIT;

    for (size_t i = 0; i < len; i++) {
        int high, low;

        if (text[i] != '%') {
            strbuf_addc(&out, text[i]);
            continue;
        }
        high = i + 2 < len ? hex_value(text[i + 1]) : -1;
        low = i + 2 < len ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            malformed(diag, "a percent sign is not followed by two hexadecimal digits");
            strbuf_free(&out);
            return NULL;
        }
        strbuf_addc(&out, (char)(high * 16 + low));
        i += 2;
    }
    return strbuf_detach(&out);
}

/* Empty parts of a URI count as absent. */
static bool set_decoded(ConnectionString *cs, const char *key, const char *text, size_t len,
                        Diag *diag)
{
    char *value;

    if (!len)
        return true;
    value = decode(text, len, diag);
    return value && set_key(cs, key, value, diag);
}

/* user[:password]@, when there is an @; returns what follows, NULL: error. */
static const char *parse_user(ConnectionString *cs, const char *p, const char *end, Diag *diag)
{
    const char *at = memrchr(p, '@', (size_t)(end - p));
    const char *colon;

    if (!at)
        return p;
    colon = memchr(p, ':', (size_t)(at - p));
    if (!set_decoded(cs, "user", p, (size_t)((colon ? colon : at) - p), diag) ||
        (colon && !set_decoded(cs, "password", colon + 1, (size_t)(at - colon - 1), diag)))
        return NULL;
    return at + 1;
}

/* host[:port], with brackets around an IPv6 address; both are appended, decoded. */
static bool parse_host(const char *p, const char *end, StrBuf *hosts, StrBuf *ports, Diag *diag)
{
    const char *host = p, *host_end = memchr(p, ':', (size_t)(end - p));
    char *text;

    if (p < end && *p == '[') {
        host++;
        host_end = memchr(p, ']', (size_t)(end - p));
        if (!host_end || (host_end + 1 < end && host_end[1] != ':'))
            return malformed(diag, "IPv6 address is not closed with \"]\"");
        p = host_end + 1;
    } else {
        p = host_end = host_end ? host_end : end;
    }
    text = decode(host, (size_t)(host_end - host), diag);
    if (!text)
        return false;
    strbuf_add(hosts, text);
    free(text);
    text = p < end ? decode(p + 1, (size_t)(end - p - 1), diag) : xstrdup("");
    if (!text)
        return false;
    strbuf_add(ports, text);
    free(text);
    return true;
}

/* host[:port],host[:port]...: two lists, as libpq makes of them.  What is empty counts as absent. */
static bool parse_hosts(ConnectionString *cs, const char *p, const char *end, Diag *diag)
{
    StrBuf hosts = STRBUF_INIT, ports = STRBUF_INIT;
    bool ok = true;

    for (;;) {
        const char *comma = memchr(p, ',', (size_t)(end - p));

        ok = parse_host(p, comma ? comma : end, &hosts, &ports, diag);
        if (!ok || !comma)
            break;
        strbuf_addc(&hosts, ',');
        strbuf_addc(&ports, ',');
        p = comma + 1;
    }
    if (ok && hosts.len)
        set_field(&cs->host, xstrdup(hosts.data));
    if (ok && ports.len && ports.data[strspn(ports.data, ",")])
        ok = set_port(cs, xstrdup(ports.data), diag);
    strbuf_free(&hosts);
    strbuf_free(&ports);
    return ok;
}

/* key=value&key=value.  Host, user and so on may be given here too, as in libpq. */
static bool parse_query(ConnectionString *cs, const char *p, Diag *diag)
{
    while (*p) {
        size_t len = strcspn(p, "&");
        const char *equals = memchr(p, '=', len);
        char *key, *value;
        bool ok;

        if (!equals)
            return !len ? malformed(diag, "empty query parameter")
                        : malformed(diag, "a query parameter has no \"=\"");
        key = decode(p, (size_t)(equals - p), diag);
        value = key ? decode(equals + 1, len - (size_t)(equals + 1 - p), diag) : NULL;
        ok = value && set_key(cs, key, value, diag);
        free(key);
        if (!ok)
            return false;
        p += len + (p[len] == '&');
    }
    return true;
}

static bool parse_uri(ConnectionString *cs, const char *text, Diag *diag)
{
    const char *rest = strstr(text, "://") + 3;
    const char *end = rest + strcspn(rest, "/?");
    const char *at, *query;

    at = parse_user(cs, rest, end, diag);
    if (!at || !parse_hosts(cs, at, end, diag))
        return false;
    query = strchr(end, '?');
    if (*end == '/' &&
        !set_decoded(cs, "dbname", end + 1,
                     (size_t)((query ? query : end + strlen(end)) - end - 1), diag))
        return false;
    return !query || parse_query(cs, query + 1, diag);
}

/* ---- semicolon form --------------------------------------------------------------------------------- */

/* libpq's name for a key of the semicolon form; NULL: as it is, in lower case. */
static const char *semicolon_key(const char *key)
{
    static const struct {
        const char *from, *to;
    } names[] = {
        {"server", "host"},
        {"database", "dbname"},
        {"initialcatalog", "dbname"},
        {"username", "user"},
        {"userid", "user"},
        {"uid", "user"},
        {"pwd", "password"},
        {"sslcertificate", "sslcert"},
        {"rootcertificate", "sslrootcert"},
        {"applicationname", "application_name"},
        {"timeout", "connect_timeout"},
        {"connecttimeout", "connect_timeout"},
    };
    static const char *const same[] = {"host",
                                       "port",
                                       "user",
                                       "password",
                                       "sslmode",
                                       "sslcert",
                                       "sslkey",
                                       "sslrootcert",
                                       "sslpassword",
                                       "dbname",
                                       "application_name",
                                       "connect_timeout"};

    for (size_t i = 0; i < lengthof(names); i++)
        if (strcmp(names[i].from, key) == 0)
            return names[i].to;
    for (size_t i = 0; i < lengthof(same); i++)
        if (strcmp(same[i], key) == 0)
            return same[i];
    return NULL;
}

/* Lower case; without_blanks: blanks inside dropped ("SSL Mode"). */
static char *fold_key(const char *text, size_t len, bool without_blanks)
{
    StrBuf out = STRBUF_INIT;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (!without_blanks || c != ' ')
            strbuf_addc(&out, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
    return strbuf_detach(&out);
}

/* Value behind "=" at *p: quoted with doubled quotes inside, or up to the semicolon. */
static char *semicolon_value(const char **p, Diag *diag)
{
    StrBuf out = STRBUF_INIT;
    const char *value;
    size_t len;
    char quote;

    *p += strspn(*p, " \t\r\n");
    quote = **p;
    if (quote != '\'' && quote != '"') {
        value = *p;
        len = strcspn(value, ";");
        *p += len;
        text_trim(&value, &len);
        return xstrndup(value, len);
    }
    for ((*p)++; **p && (**p != quote || (*p)[1] == quote); (*p)++) {
        if (**p == quote)
            (*p)++;
        strbuf_addc(&out, **p);
    }
    if (**p)
        (*p)++;
    else
        malformed(diag, "a quoted value is not closed");
    *p += strspn(*p, " \t\r\n");
    if (**p && **p != ';' && !diag->code)
        malformed(diag, "text follows a quoted value");
    if (diag->code) {
        strbuf_free(&out);
        return NULL;
    }
    return strbuf_detach(&out);
}

/* key=value at *p; moves behind it. */
static bool semicolon_pair(ConnectionString *cs, const char **p, size_t key_len, Diag *diag)
{
    const char *key_text = *p;
    char *squeezed, *value;
    const char *known;
    bool ok;

    *p += key_len + 1;
    text_trim(&key_text, &key_len);
    value = semicolon_value(p, diag);
    if (!value)
        return false;
    squeezed = fold_key(key_text, key_len, true);
    known = semicolon_key(squeezed);
    if (!*value || !key_len) {
        free(value); /* nothing given */
        ok = true;
    } else if (known) {
        ok = set_key(cs, known, value, diag);
    } else {
        char *folded = fold_key(key_text, key_len, false);

        strmap_set(&cs->other, folded, value);
        free(folded);
        ok = true;
    }
    free(squeezed);
    return ok;
}

static bool parse_semicolons(ConnectionString *cs, const char *text, Diag *diag)
{
    const char *p = text;

    while (*p) {
        size_t key_len = strcspn(p, "=;");

        if (p[key_len] != '=')
            p += key_len; /* a token without "=" is skipped */
        else if (!semicolon_pair(cs, &p, key_len, diag))
            return false;
        if (*p == ';')
            p++;
    }
    return true;
}

/* ---- libpq's keyword form ------------------------------------------------------------------------------ */

/* Value of key = value: single quotes and backslashes as PQconninfoParse has them. */
static char *keyword_value(const char **p, Diag *diag)
{
    StrBuf out = STRBUF_INIT;
    bool quoted = **p == '\'';

    if (quoted)
        (*p)++;
    while (**p && (quoted ? **p != '\'' : !strchr(" \t\r\n\f\v", **p))) {
        if (**p == '\\' && (*p)[1])
            (*p)++;
        strbuf_addc(&out, *(*p)++);
    }
    if (quoted && **p != '\'') {
        malformed(diag, "a quoted value is not closed");
        strbuf_free(&out);
        return NULL;
    }
    *p += quoted;
    return strbuf_detach(&out);
}

static bool parse_keywords(ConnectionString *cs, const char *text, Diag *diag)
{
    static const char blanks[] = " \t\r\n\f\v";
    const char *p = text + strspn(text, blanks);

    while (*p) {
        size_t len = strcspn(p, " \t\r\n\f\v=");
        char *key = xstrndup(p, len), *value;
        bool ok;

        p += len;
        p += strspn(p, blanks);
        ok = len && *p == '=';
        if (!ok) {
            malformed(diag, "a key has no \"=\"");
        } else {
            p++;
            p += strspn(p, blanks);
            value = keyword_value(&p, diag);
            /* an empty value is the default, as in libpq */
            ok = value && (*value ? set_key(cs, key, value, diag) : (free(value), true));
        }
        free(key);
        if (!ok)
            return false;
        p += strspn(p, blanks);
    }
    return true;
}

/* ---- which form, defaults -------------------------------------------------------------------------------- */

/* The semicolon form has a semicolon outside of quotes; a quote opens only behind "=". */
static bool has_separator(const char *text)
{
    char quote = 0, before = 0;

    for (; *text; text++) {
        if (quote) {
            if (*text == quote)
                quote = 0;
        } else if (*text == ';') {
            return true;
        } else if ((*text == '\'' || *text == '"') && before == '=') {
            quote = *text;
        }
        if (*text != ' ')
            before = *text;
    }
    return false;
}

static bool is_uri(const char *text)
{
    return strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0;
}

static size_t list_length(const char *text)
{
    size_t count = 1;

    for (; *text; text++)
        count += *text == ',';
    return count;
}

/* libpq refuses it too, but only when it is to connect. */
static bool check_lists(const ConnectionString *cs, Diag *diag)
{
    const char *address = strmap_get(&cs->other, "hostaddr");
    const char *host = cs->host && *cs->host ? cs->host : NULL;
    size_t hosts = address ? list_length(address) : host ? list_length(host) : 1;

    if (address && host && list_length(host) != hosts)
        return malformed(diag, "host and hostaddr have not the same number of entries");
    if (cs->ports && list_length(cs->ports) != hosts)
        return malformed(diag, "there are not as many ports as hosts");
    return true;
}

bool connection_string_parse(const char *text, ConnectionString *cs, Diag *diag)
{
    bool ok;

    *cs = (ConnectionString){.connect_timeout = -1};
    strmap_init(&cs->other, free);
    if (is_uri(text))
        ok = parse_uri(cs, text, diag);
    else if (!strchr(text, '='))
        ok = malformed(diag, *text ? "it is neither a URI nor a list of keys and values"
                                   : "it is empty");
    else if (has_separator(text))
        ok = parse_semicolons(cs, text, diag);
    else
        ok = parse_keywords(cs, text, diag);
    if (!ok || !check_lists(cs, diag)) {
        connection_string_free(cs);
        return false;
    }
    /* R2: what a string leaves out takes the built-in default, or libpq finds it at the service */
    if (!cs->database)
        cs->database = xstrdup(strmap_get(&cs->other, "service") ? "" : "postgres");
    if (strmap_get(&cs->other, "service"))
        return true;
    if (!cs->host)
        cs->host = xstrdup(strmap_get(&cs->other, "hostaddr") ? "" : "localhost");
    if (!cs->port)
        cs->port = 5432;
    return true;
}

void connection_string_free(ConnectionString *cs)
{
    char *const texts[] = {cs->host,        cs->database,         cs->username, cs->password,
                           cs->sslmode,     cs->sslcert,          cs->sslkey,   cs->sslrootcert,
                           cs->sslpassword, cs->application_name, cs->ports};

    for (size_t i = 0; i < lengthof(texts); i++)
        free(texts[i]);
    strmap_free(&cs->other);
    *cs = (ConnectionString){.connect_timeout = -1};
}
