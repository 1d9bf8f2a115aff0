/*
 * pgmi_deploy.h — one `pgmi deploy`, as its files see it.
 */
#ifndef PGMISH_PGMI_DEPLOY_H
#define PGMISH_PGMI_DEPLOY_H

#include "pgmi.h"
#include "pgmish/output.h"

typedef struct PgmiDeploy {
    Pgmi *pgmi;
    double start;    /* of monotonic_ms() */
    int64_t timeout; /* nanoseconds, 0: none */
    StrMap env;
    ProjectConfig config;
    Params params;
    Resolved to;
    bool resolved;    /* to holds something */
    Session *session; /* while it runs */
    Project *project; /* NULL once the session has it */
    DeployScript *script;
    DeployOptions options;
    Progress *bar; /* of the load; NULL: not begun, or done */
    DeployResult result;
} PgmiDeploy;

/* Section 15: is this way to sign in built in? */
bool pgmi_check_cloud(const Resolved *to, Diag *diag);
/* Connects, deploys, fills deploy->result. */
void pgmi_deploy_one(PgmiDeploy *deploy);
/* Error text and last line on standard error. */
void pgmi_deploy_report(const PgmiDeploy *deploy);
/*
 * --targets: everything but the project is each target's own.  True: all is done and said, *code is
 * the exit status; false: the result holds an error that was found before any target was begun.
 */
bool pgmi_deploy_targets(PgmiDeploy *deploy, const volatile bool *interrupted, int *code);

#endif
