/*
 * pgmi_deploy.h — one `pgmi deploy`, as its files see it.
 */
#ifndef PGMISH_PGMI_DEPLOY_H
#define PGMISH_PGMI_DEPLOY_H

#include "pgmi.h"
#include "pgmish/output.h"
#include "pgmish/testing.h"

/* Of --report; pgmi_deploy_tests.c. */
typedef struct PgmiReports {
    Shell shell; /* no more of one than the recorder of tests needs */
    DeployTests tests;
} PgmiReports;

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
    PgmiReports reports;
} PgmiDeploy;

/* Opens the files of --report and has the tests recorded.  False: *diag. */
bool pgmi_reports_open(PgmiDeploy *deploy, Diag *diag);
/* A notice may belong to a test. */
void pgmi_reports_notice(PgmiDeploy *deploy, const PGresult *notice);
/* False: a report is not complete, which has been said. */
bool pgmi_reports_close(PgmiDeploy *deploy);

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
