/*
 * deploy.h — one deployment: deploy.sql with pgmi's semantics over an open connection, and what
 * comes before it: connecting, creating or recreating the database.
 *
 * Rules named O, X, E are those of the session contract.  Nothing here writes to a terminal: what is
 * to be said while it runs goes to a callback, what came of it into a DeployResult.
 */
#ifndef PGMISH_DEPLOY_H
#define PGMISH_DEPLOY_H

#include "pgmish/session.h"
#include "pgmish/sql.h"

/* ---- deploy.sql, read and checked without a server ----------------------------------- */

typedef struct DeployScript DeployScript;

/*
 * Reads ROOT/deploy.sql and makes every check that needs no server: encoding (X1), macros (T7), no
 * backslash commands.  NULL: *diag.
 */
DeployScript *deploy_script_read(const char *root, Diag *diag);
void deploy_script_free(DeployScript *script); /* NULL is fine */
/* Takes away the handlers that catch every error (sql_uncatch), so that an error says where it came
 * from.  False: there are none. */
bool deploy_script_uncatch(DeployScript *script);

/* ---- how it is to be done ------------------------------------------------------------- */

/* Who wants to know of the test runs in a deployment: each generated suite, then its results in
 * order (row: a row of the statement, or its result), an error at most, and its end. */
typedef struct DeployTests {
    void (*begin)(void *ctx, const Suite *suite, const char *pattern);
    void (*result)(void *ctx, const PGresult *row);
    void (*error)(void *ctx, const PGresult *error, const ErrorPlace *place);
    void (*end)(void *ctx);
    void *ctx;
} DeployTests;

typedef enum DeploySay { DEPLOY_SAY_PROGRESS, DEPLOY_SAY_WARNING } DeploySay;

typedef struct DeployOptions {
    bool dry_run;     /* roll the head back, do not run the tail */
    bool own_session; /* the shell's connection: release only our own lock at the end */
    bool verbose;     /* SET client_min_messages = debug */
    bool uncatch;     /* without the handlers that catch every error (deploy_script_uncatch) */
    bool skip_tests;  /* CALL pgmi_test() expands to nothing: see before_rollback */
    int64_t lock_timeout_ms;          /* 0: the server's setting stands */
    int lock_retries;                 /* of a head that failed for want of a lock */
    double deadline;                  /* of monotonic_ms(); 0: no limit */
    const char *timeout_text;         /* for the message about it; may be NULL */
    const volatile bool *interrupted; /* Ctrl-C was pressed; may be NULL */
    const DeployTests *tests;         /* NULL: nobody; durations are asked for otherwise */
    /* One line for the user, without its end; may be NULL. */
    void (*say)(void *ctx, DeploySay kind, const char *text);
    /* So many bytes of the project's files have been sent; may be NULL. */
    void (*load_progress)(void *ctx, uint64_t done, uint64_t total);
    /* Dry run: called once the head has worked, in its transaction, before that is rolled back; may be NULL. */
    void (*before_rollback)(void *ctx);
    void *ctx;
} DeployOptions;

/* ---- what came of it ---------------------------------------------------------------------- */

typedef enum CommitOutcome {
    COMMIT_NOT_ASKED, /* the connection was not lost at a commit */
    COMMIT_COMMITTED,
    COMMIT_ROLLED_BACK,
    COMMIT_UNKNOWN
} CommitOutcome;

typedef struct DeployError {
    char *message; /* NULL: no error.  This and the next ones are owned */
    char *detail, *hint, *where;
    char sqlstate[6];
    char *failed_file;          /* "./migrations/002.sql" */
    int file_line, file_column; /* in failed_file; 0: unknown */
    ErrorPlace
        place;    /* everything that is known of an error of the server; file NULL: nothing */
    char *script; /* "deploy.sql" when the statement that failed stands there */
    int line, column; /* in deploy.sql as it is written (of the CALL for an expanded text) */
    int sent_line, sent_column; /* the same in the expanded text */
    char *source_line;
} DeployError;

typedef struct DeployResult {
    unsigned causes; /* CAUSE_ bits; 0: success */
    bool attempted;  /* a deployment was begun: the counts below mean something */
    bool executing;  /* deploy.sql was begun */
    bool uncaught;   /* options->uncatch found handlers to take away */
    size_t files, parameters, macros;
    size_t units, units_committed;
    bool in_tail; /* of a failure */
    bool dry_run;
    size_t tail_skipped; /* dry run: messages of the tail that were listed only */
    bool left_open;      /* X10: the script ended inside a transaction */
    CommitOutcome outcome;
    double milliseconds;
    char *database; /* owned; NULL: unknown */
    char *target;   /* owned; name of one of several targets, NULL: there is only one */
    DeployError error;
} DeployResult;

void deploy_result_free(DeployResult *result);
/* The CAUSE_ bit of a stop, 0: go on. */
unsigned deploy_stopped(const DeployOptions *options);
/* Puts the words for a stop (Ctrl-C, time limit) in front of what it has led to. */
void deploy_explain_stop(DeployResult *result, const DeployOptions *options);
/* Takes *diag over as the error of the result. */
void deploy_result_fail(DeployResult *result, unsigned causes, Diag *diag);
/* The CAUSE_ bit that a Diag's code stands for. */
unsigned deploy_cause(int code);
/* Contract E7, pretty-printed, redacted; `indent` blanks in front of every line but the first. */
void deploy_result_json(const DeployResult *result, int indent, StrBuf *out);
/* The final line of contract X12, without its end; NO_COLOR decides between marks and words. */
void deploy_result_summary(const DeployResult *result, StrBuf *out);
/* Contract E4 behind "PROGRAM: error: ", redacted. */
void deploy_error_text(const DeployResult *result, StrBuf *out);

/*
 * The deployment from the lock on (contract section 1, steps 8 to 16).  conn must be idle.  Takes
 * *project over (and clears it) when it could be loaded.
 */
void deploy_run(Session *session, PGconn *conn, Project **project, const Params *params,
                DeployScript *script, const DeployOptions *options, DeployResult *result);

/* ---- connecting, creating the database (sections 9, 16) ----------------------------------------- */

/* Connects with retries (section 16).  NULL: *diag is a friendly message (E9) with the server's
 * SQLSTATE, *causes says why. */
PGconn *deploy_connect(const Resolved *to, const char *database, const DeployOptions *options,
                       unsigned *causes, Diag *diag);

typedef struct DatabaseOptions {
    bool overwrite;
    /* O4: may this existing database be dropped?  False: *diag, and 130's cause when interrupted. */
    bool (*approve)(void *ctx, const char *database, unsigned *causes, Diag *diag);
    void *ctx;
    void (*prepare)(void *ctx, PGconn *conn); /* called with each new connection; may be NULL */
} DatabaseOptions;

/* Section 9: returns a connection to the target database, made or made anew where need be. */
PGconn *deploy_open_database(const Resolved *to, const DatabaseOptions *database,
                             const DeployOptions *options, unsigned *causes, Diag *diag);

#endif
