/*
 * scratch_target.c — makes sure that what is meant for a scratch server reaches it and no other.
 *
 * libpq lets PGHOSTADDR win over a given host, and a connection string over both.  With those
 * in force, a deployment tried out on a "scratch" server would run on the real one.
 */
#include <stdlib.h>
#include <string.h>

#include "scratch_internal.h"

/* What names a server, in a connection string. */
static const char *const target_keywords[] = {"host", "hostaddr", "port", "service"};

/* What names a server in the environment, or asks of it what a scratch server does not offer
 * (another owner of the socket, encryption, being a standby). */
static const char *const target_variables[] = {
    "PGHOSTADDR", "PGSERVICE",        "PGREQUIREPEER",      "PGTARGETSESSIONATTRS",
    "PGSSLMODE",  "PGCHANNELBINDING", "PGGSSENCMODE",       "PGREQUIREAUTH",
    "PGPASSWORD", "PGPASSFILE",       "PGLOADBALANCEHOSTS",
};

/* The keyword in a connection string that names a server, NULL: none.  A string that libpq
 * cannot read names none: connecting will tell. */
static const char *target_in(const char *string)
{
    PQconninfoOption *options;
    const char *found = NULL;

    if (!strchr(string, '=') && !strstr(string, "://"))
        return NULL; /* a database's name: as libpq tells them apart */
    options = PQconninfoParse(string, NULL);
    for (PQconninfoOption *option = options; option && option->keyword; option++)
        for (size_t i = 0; i < lengthof(target_keywords); i++)
            if (option->val && *option->val && strcmp(option->keyword, target_keywords[i]) == 0)
                found = target_keywords[i];
    PQconninfoFree(options);
    return found;
}

bool scratch_check_target(const char *host, const char *port, const char *dbname, Diag *diag)
{
    const char *clash = host ? "host" : port ? "port" : dbname ? target_in(dbname) : NULL;

    if (!clash)
        return true;
    diag_set(diag, EXIT_PGMI_USAGE, "--scratch cannot be combined with a %s to connect to",
             clash);
    return diag_hint(diag,
                     "A scratch server is always the one that is started for this session.");
}

void scratch_export(const ScratchServer *scratch)
{
    for (size_t i = 0; i < lengthof(target_variables); i++)
        unsetenv(target_variables[i]);
    setenv("PGHOST", scratch_socket_dir(scratch), 1);
    setenv("PGPORT", scratch_port(scratch), 1);
    setenv("PGUSER", scratch_user(scratch), 1);
    setenv("PGDATABASE", "postgres", 1);
}
