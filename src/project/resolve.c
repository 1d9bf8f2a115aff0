/*
 * resolve.c — which server, which database, as whom (contract section 8), from options,
 * environment and pgmi.yaml.  A pure function: nothing is read but the arguments, so that every
 * rule of precedence can be tested.
 *
 * There are two roads, never mixed: with a connection string (R2) the string is the base, and only
 * options that may stand beside it change it; without one each field is looked for by itself (R3), in the
 * order option, environment, pgmi.yaml, built-in default.  Certificates (R4) and sign-in at a cloud
 * provider (section 15) are the same for both and come last.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef struct Sources {
    const ConnectionFlags *flags;
    const StrMap *env;
    const ProjectConfig *config;
    const ConnectionString *string; /* NULL: fields come one by one (R3) */
} Sources;

/* A variable that is set to nothing counts as not set. */
static const char *env_get(const StrMap *env, const char *name)
{
    const char *value = strmap_get(env, name);

    return value && *value ? value : NULL;
}

/* The first that is given. */
static const char *first(const char *a, const char *b, const char *c, const char *d)
{
    return a && *a ? a : b && *b ? b : c && *c ? c : d;
}

static char *copy_first(const char *a, const char *b, const char *c, const char *d)
{
    return xstrdup_null(first(a, b, c, d));
}

bool sslmode_valid(const char *mode)
{
    static const char *const modes[] = {"disable", "allow",     "prefer",
                                        "require", "verify-ca", "verify-full"};

    for (size_t i = 0; i < lengthof(modes); i++)
        if (strcmp(mode, modes[i]) == 0)
            return true;
    return false;
}

/* Decimal digits only, in [low, high]; -1: anything else. */
static int env_number(const char *text, int low, int high)
{
    long value;

    if (!*text || strlen(text) > 9 || text[strspn(text, "0123456789")])
        return -1;
    value = strtol(text, NULL, 10);
    return value >= low && value <= high ? (int)value : -1;
}

/* ---- R1, R2: is there a connection string? ----------------------------------------------------- */

static bool check_conflict(const ConnectionFlags *flags, Diag *diag)
{
    const char *other = flags->host       ? "--host"
                        : flags->port     ? "--port"
                        : flags->username ? "--username"
                        : flags->sslmode  ? "--sslmode"
                                          : NULL;

    if (!flags->connection || !other)
        return true;
    diag_set(diag, EXIT_PGMI_CONFIG, "--connection and %s cannot be used together", other);
    return diag_hint(diag,
                     "Put it into the connection string, or give all of host, port and user "
                     "as options. --database and the certificate options may be added.");
}

/* The string in force (R2) and where it is from; NULL: none. */
static const char *find_string(const ConnectionFlags *flags, const StrMap *env,
                               const char **origin)
{
    *origin = "--connection";
    if (flags->connection)
        return flags->connection;
    *origin = "PGMI_CONNECTION_STRING";
    if (env_get(env, *origin))
        return env_get(env, *origin);
    *origin = "DATABASE_URL";
    return env_get(env, *origin);
}

/* ---- R3: field by field ---------------------------------------------------------------------------- */

static bool resolve_port(const Sources *from, Resolved *to, Diag *diag)
{
    const char *text = env_get(from->env, "PGPORT");

    if (from->flags->port) {
        to->port = from->flags->port;
        if (to->port > 0 && to->port <= 65535)
            return true;
        diag_set(diag, EXIT_PGMI_CONFIG, "port %d is out of range", to->port);
        return diag_hint(diag, "A port is a number from 1 to 65535.");
    }
    if (text) {
        to->port = env_number(text, 1, 65535);
        if (to->port > 0)
            return true;
        if (port_list_valid(text, &to->port)) {
            to->ports = xstrdup(text);
            return true;
        }
        diag_set(diag, EXIT_PGMI_CONFIG, "PGPORT is not a port");
        return diag_hint(diag, "Set PGPORT to a number from 1 to 65535, or unset it.");
    }
    to->port = from->config->port ? from->config->port : 5432;
    return true;
}

static bool resolve_connect_timeout(const Sources *from, Resolved *to, Diag *diag)
{
    const char *text = env_get(from->env, "PGCONNECT_TIMEOUT");

    to->connect_timeout = text ? env_number(text, 0, 999999999) : -1;
    if (!text || to->connect_timeout >= 0)
        return true;
    diag_set(diag, EXIT_PGMI_CONFIG, "PGCONNECT_TIMEOUT is not a number of seconds");
    return diag_hint(diag, "Set it to a whole number of seconds, or unset it.");
}

static bool resolve_fields(const Sources *from, Resolved *to, Diag *diag)
{
    const ConnectionFlags *flags = from->flags;
    const ProjectConfig *config = from->config;
    const StrMap *env = from->env;

    to->host = copy_first(flags->host, env_get(env, "PGHOST"), config->host, "localhost");
    to->username = copy_first(
        flags->username, env_get(env, "PGUSER"), config->username,
        first(env_get(env, "USER"), env_get(env, "USERNAME"), NULL, NULL));
    to->target_database = copy_first(flags->database, env_get(env, "PGDATABASE"),
                                     config->database, NULL);
    to->maintenance_database = copy_first(config->maintenance_database, NULL, NULL, "postgres");
    to->sslmode = copy_first(flags->sslmode, env_get(env, "PGSSLMODE"), config->sslmode,
                             "prefer");
    to->password = copy_first(env_get(env, "PGPASSWORD"), NULL, NULL, NULL);
    to->application_name = copy_first(env_get(env, "PGAPPNAME"), NULL, NULL, "pgmi");
    return resolve_port(from, to, diag) && resolve_connect_timeout(from, to, diag);
}

/* ---- R2: the string alone ------------------------------------------------------------------------------ */

/*
 * Options next to a string of the environment: R1 forbids them only beside --connection, and what
 * is typed is meant for this run, so it wins over the string.
 */
static bool resolve_string(const Sources *from, Resolved *to, Diag *diag)
{
    const ConnectionFlags *flags = from->flags;
    const ConnectionString *string = from->string;
    bool service = strmap_get(&string->other, "service") != NULL;
    bool other_target = flags->database && *string->database &&
                        strcmp(flags->database, string->database) != 0;

    to->host = copy_first(flags->host, string->host, NULL, NULL);
    to->port = flags->port ? flags->port : string->port;
    to->ports = flags->port || flags->host ? NULL : xstrdup_null(string->ports);
    to->username = copy_first(flags->username, string->username, NULL, NULL);
    to->password = copy_first(string->password, env_get(from->env, "PGPASSWORD"), NULL, NULL);
    to->sslmode = copy_first(flags->sslmode, string->sslmode, env_get(from->env, "PGSSLMODE"),
                             "prefer");
    to->application_name = copy_first(string->application_name, NULL, NULL, "pgmi");
    to->connect_timeout = string->connect_timeout;
    to->target_database = copy_first(flags->database, string->database, NULL, NULL);
    if (service) { /* libpq finds there what is not given */
        free(to->sslmode);
        to->sslmode = copy_first(flags->sslmode, string->sslmode, NULL, NULL);
        if (!to->target_database)
            to->target_database = xstrdup("");
    }
    /* R6 */
    if (other_target)
        to->maintenance_database = xstrdup(string->database);
    else if (flags->database)
        to->maintenance_database = copy_first(from->config->maintenance_database, NULL, NULL,
                                              "postgres");
    else
        to->maintenance_database = xstrdup("postgres");
    for (size_t i = 0; i < string->other.len; i++)
        strmap_set(&to->other, string->other.entries[i].key,
                   xstrdup(string->other.entries[i].value));
    if ((to->port > 0 && to->port <= 65535) || (service && !to->port))
        return true;
    diag_set(diag, EXIT_PGMI_CONFIG, "port %d is out of range", to->port);
    return diag_hint(diag, "A port is a number from 1 to 65535.");
}

/* R4, with or without a string. */
static void resolve_certificates(const Sources *from, Resolved *to)
{
    static const ConnectionString none = {.port = 0};
    const ConnectionFlags *flags = from->flags;
    const ConnectionString *string = from->string ? from->string : &none;
    const ProjectConfig *config = from->config;
    const StrMap *env = from->env;

    to->sslcert = copy_first(flags->sslcert, string->sslcert, env_get(env, "PGSSLCERT"),
                             config->sslcert);
    to->sslkey = copy_first(flags->sslkey, string->sslkey, env_get(env, "PGSSLKEY"),
                            config->sslkey);
    to->sslrootcert = copy_first(flags->sslrootcert, string->sslrootcert,
                                 env_get(env, "PGSSLROOTCERT"), config->sslrootcert);
    to->sslpassword = copy_first(string->sslpassword, env_get(env, "PGSSLPASSWORD"), NULL,
                                 NULL);
}

/* ---- section 15: sign-in at a cloud provider ---------------------------------------------------------------- */

static bool choose_auth(const Sources *from, Resolved *to, Diag *diag)
{
    const ConnectionFlags *flags = from->flags;
    const char *method = from->config->auth_method ? from->config->auth_method : "";
    bool azure = flags->azure || flags->azure_tenant_id || flags->azure_client_id;
    bool aws = flags->aws || flags->aws_region;
    bool google = flags->google || flags->google_instance;

    if (azure + aws + google > 1) {
        diag_set(diag, EXIT_PGMI_CONFIG, "options of more than one cloud provider given");
        return diag_hint(diag, "Use the options of one of --azure, --aws and --google only.");
    }
    /* a switch wins over the configuration */
    if (flags->azure || flags->aws || flags->google)
        to->auth = flags->azure ? AUTH_AZURE : flags->aws ? AUTH_AWS : AUTH_GOOGLE;
    else if (strcmp(method, "azure") == 0)
        to->auth = AUTH_AZURE;
    else if (strcmp(method, "aws") == 0)
        to->auth = AUTH_AWS;
    else if (strcmp(method, "google") == 0)
        to->auth = AUTH_GOOGLE;
    return true;
}

static bool missing(Diag *diag, const char *provider, const char *what, const char *hint)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "sign-in with %s needs %s", provider, what);
    return diag_hint(diag, "%s", hint);
}

/* The token is made for one region and one role of the database, so neither has a default. */
static bool resolve_aws(const Sources *from, Resolved *to, Diag *diag)
{
    to->aws_region = copy_first(from->flags->aws_region, env_get(from->env, "AWS_REGION"),
                                env_get(from->env, "AWS_DEFAULT_REGION"),
                                from->config->aws_region);
    if (!to->aws_region)
        return missing(diag, "AWS", "a region",
                       "Give --aws-region, AWS_REGION, or connection.aws_region in pgmi.yaml.");
    if (!to->username)
        return missing(diag, "AWS", "a user name", "Give --username, PGUSER, or pgmi.yaml's.");
    return true;
}

/* project:region:instance, nothing empty. */
static bool is_instance(const char *text)
{
    size_t colons = 0, run = 0;

    for (; *text; text++) {
        if (*text != ':') {
            run++;
        } else {
            if (!run)
                return false;
            colons++;
            run = 0;
        }
    }
    return colons == 2 && run > 0;
}

static bool resolve_google(const Sources *from, Resolved *to, Diag *diag)
{
    to->google_instance = copy_first(from->flags->google_instance,
                                     from->config->google_instance, NULL, NULL);
    if (!to->google_instance || !is_instance(to->google_instance))
        return missing(diag, "Google", "an instance of the form project:region:instance",
                       "Give --google-instance, or connection.google_instance in pgmi.yaml.");
    if (!to->username)
        return missing(diag, "Google", "a user name",
                       "Give --username, PGUSER, or pgmi.yaml's.");
    return true;
}

static void resolve_azure(const Sources *from, Resolved *to)
{
    const StrMap *env = from->env;

    to->azure_tenant_id = copy_first(from->flags->azure_tenant_id,
                                     env_get(env, "AZURE_TENANT_ID"),
                                     from->config->azure_tenant_id, NULL);
    to->azure_client_id = copy_first(from->flags->azure_client_id,
                                     env_get(env, "AZURE_CLIENT_ID"),
                                     from->config->azure_client_id, NULL);
    to->azure_client_secret = copy_first(env_get(env, "AZURE_CLIENT_SECRET"), NULL, NULL, NULL);
}

static bool resolve_auth(const Sources *from, Resolved *to, Diag *diag)
{
    if (!choose_auth(from, to, diag))
        return false;
    if (to->auth == AUTH_AZURE)
        resolve_azure(from, to);
    return (to->auth != AUTH_AWS || resolve_aws(from, to, diag)) &&
           (to->auth != AUTH_GOOGLE || resolve_google(from, to, diag));
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

/* R5 and the value of sslmode, wherever it came from. */
static bool check_result(const Resolved *to, Diag *diag)
{
    if (!to->target_database) {
        diag_set(diag, EXIT_PGMI_CONFIG, "no target database given");
        return diag_hint(diag,
                         "Give --database, set PGDATABASE, or write connection.database into "
                         "pgmi.yaml.");
    }
    if (to->sslmode && !sslmode_valid(to->sslmode)) {
        char *shown = project_show_path(to->sslmode);

        diag_set(diag, EXIT_PGMI_CONFIG, "invalid sslmode \"%.40s\"", shown);
        free(shown);
        return diag_hint(diag, SSLMODE_HINT);
    }
    return true;
}

static bool resolve_all(Sources *from, ConnectionString *string, Resolved *to, Diag *diag)
{
    const char *origin;
    const char *text = find_string(from->flags, from->env, &origin);
    bool ok;

    if (!check_conflict(from->flags, diag))
        return false;
    if (text) {
        if (!connection_string_parse(text, string, diag)) {
            diag_detail(diag, "The connection string is from %s.", origin);
            return false;
        }
        from->string = string;
        ok = resolve_string(from, to, diag);
    } else {
        ok = resolve_fields(from, to, diag);
    }
    if (!ok)
        return false;
    resolve_certificates(from, to);
    return resolve_auth(from, to, diag) && check_result(to, diag);
}

bool connection_resolve(const ConnectionFlags *flags, const StrMap *env,
                        const ProjectConfig *config, Resolved *resolved, Diag *diag)
{
    static const ProjectConfig none = {.port = 0};
    Sources from = {flags, env, config ? config : &none, NULL};
    ConnectionString string = {.connect_timeout = -1};
    bool ok;

    *resolved = (Resolved){.connect_timeout = -1};
    strmap_init(&resolved->other, free);
    ok = resolve_all(&from, &string, resolved, diag);
    if (from.string)
        connection_string_free(&string);
    if (!ok)
        resolved_free(resolved);
    return ok;
}

void resolved_free(Resolved *resolved)
{
    char *const texts[] = {resolved->host,
                           resolved->ports,
                           resolved->username,
                           resolved->password,
                           resolved->target_database,
                           resolved->maintenance_database,
                           resolved->sslmode,
                           resolved->application_name,
                           resolved->sslcert,
                           resolved->sslkey,
                           resolved->sslrootcert,
                           resolved->sslpassword,
                           resolved->azure_tenant_id,
                           resolved->azure_client_id,
                           resolved->azure_client_secret,
                           resolved->aws_region,
                           resolved->google_instance};

    for (size_t i = 0; i < lengthof(texts); i++)
        free(texts[i]);
    strmap_free(&resolved->other);
    *resolved = (Resolved){.connect_timeout = -1};
}

/* A bad option is the command line's fault (usage), a bad value in the file the configuration's; so the two
 * end with different statuses (E1). */
bool timeout_resolve(const char *flag, const ProjectConfig *config, int64_t *nanoseconds,
                     Diag *diag)
{
    const char *text = flag ? flag : config && config->timeout ? config->timeout : "3m";
    const char *name = flag ? "--timeout" : "timeout";
    char *shown;

    if (!flag && config && config->timeout_line)
        diag_at(diag, "./pgmi.yaml", config->timeout_line, config->timeout_column);
    if (duration_parse(text, nanoseconds)) {
        if (*nanoseconds >= 0) {
            diag_reset(diag);
            return true;
        }
        return diag_set(diag, EXIT_PGMI_CONFIG, "%s must not be negative", name);
    }
    shown = project_show_path(text);
    diag_set(diag, flag ? EXIT_PGMI_USAGE : EXIT_PGMI_CONFIG, "%s is not a duration: \"%.40s\"",
             name, shown);
    free(shown);
    return diag_hint(diag, "Write numbers with units, for example 90s, 5m or 1h30m; 0 means no "
                           "limit.");
}
