/*
 * deploy_private.h — what the files of a deployment share.
 */
#ifndef PGMISH_DEPLOY_PRIVATE_H
#define PGMISH_DEPLOY_PRIVATE_H

#include "pgmish/deploy.h"
#include "pgmish/trace.h"

/* ---- deploy_script.c: the text, expanded and cut ---------------------------------------- */

struct DeployScript {
    StrBuf text; /* as written */
    MacroList macros;
    StrBuf sent;       /* expanded */
    MacroSpan *spans;  /* one for each macro */
    Suite **suites;    /* what each of them became; NULL: not expanded yet */
    ScriptUnits units; /* of the expanded text */
};

/* T6: expands every macro against the tables as loaded and cuts the result (X6). */
bool deploy_script_expand(DeployScript *script, MacroGenerator generate, void *ctx, bool timed,
                          Diag *diag);
/* The span that an offset of the expanded text lies in, NULL: none. */
const MacroSpan *deploy_script_span(const DeployScript *script, size_t offset);
/* Offset in the text as written for one in the expanded text. */
size_t deploy_script_origin(const DeployScript *script, size_t offset);

/* What is known about the head before it runs. */
typedef struct HeadShape {
    size_t start, end; /* in the expanded text; equal: nothing to run */
    bool begins;       /* holds BEGIN at top level */
    bool wants_begin;  /* section 19, row 1: a macro, and no BEGIN in front of it */
    size_t terminator; /* where the statement that ends the transaction begins; end: none */
} HeadShape;

HeadShape deploy_script_head(const DeployScript *script);

/* ---- deploy_suite.c: the generated suite, run without its handler ------------------------- */

/* The file that the statement behind so many others of this text ran when it failed with `error`; NULL:
 * it runs none, or the error is the callback's.  Owned. */
char *deploy_suite_path(const char *text, size_t len, size_t statements_before,
                        const PGresult *error);

/* ---- deploy_tests.c: telling of test runs --------------------------------------------------- */

/* Where the message under way stands among the suites. */
typedef struct TestFollow {
    const MacroSpan *span; /* of the run that has begun; NULL: none */
    size_t *starts; /* of the message's statements in the expanded text; NULL: not followed */
    size_t count, cap, base;
    PGresult *row; /* of the statement in progress; NULL: none yet */
} TestFollow;

struct DeployRun;
void deploy_tests_message(struct DeployRun *run, size_t start,
                          size_t end);          /* about to be sent */
void deploy_tests_pause(struct DeployRun *run); /* its last result has come */
/* A result has come; it is still the caller's. */
void deploy_tests_result(struct DeployRun *run, PGresult *result, bool complete);
void deploy_tests_error(struct DeployRun *run, const PGresult *error, const ErrorPlace *place);
void deploy_tests_end(struct DeployRun *run); /* of the script */

/* ---- one deployment -------------------------------------------------------------------------- */

typedef struct LockWatch {
    PGconn *conn;  /* the second connection; NULL: not opened yet */
    bool given_up; /* it could not be had */
    double next;   /* when to look again */
    char *seen;    /* blockers named last; NULL: none */
} LockWatch;

typedef struct DeployRun {
    Session *session;
    PGconn *conn;
    const DeployOptions *options;
    DeployScript *script;
    DeployResult *result;
    LockWatch watch;
    char *backend;    /* the server's process id; NULL: not asked yet */
    char *lock_key;   /* text of the bigint; NULL: not taken */
    char *server_id;  /* system identifier and timeline, NULL: unknown */
    char *xid;        /* of the transaction about to commit, NULL: unknown */
    bool lock_failed; /* the last failure was 55P03 */
    bool
        unfinished; /* the message failed before its end: its transaction was never committed */
    bool alone;     /* the message is a statement of the tail that commits by itself */
    size_t completed; /* statements of the message under way that are done */
    TestFollow follow;
} DeployRun;

/* ---- deploy_send.c: one message and the wait for it --------------------------------------------- */

/*
 * Sends sql and waits for its end; notices arrive meanwhile, a stop (Ctrl-C, deadline) cancels it.
 * Returns NULL on success, else the error, to be cleared by the caller.  limit: end of patience
 * in monotonic_ms() whatever else happens, 0: none; with a limit a stop is not looked at (cleaning
 * up).  rows: gets the last rows, to be cleared by the caller; NULL: they are dropped as they come.
 */
PGresult *deploy_send(DeployRun *run, const char *sql, double limit, PGresult **rows);
/* For a question of our own: true when it gave a row; *rows is to be cleared in any case. */
bool deploy_ask(DeployRun *run, const char *sql, double limit, PGresult **rows);
/* Says so through the callback; printf's format. */
void deploy_say(const DeployOptions *options, DeploySay kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* ---- deploy_blockers.c ----------------------------------------------------------------------------- */

void deploy_watch(DeployRun *run, double since); /* who blocks; called while a message runs */
void deploy_watch_end(DeployRun *run);

/* ---- deploy_error.c --------------------------------------------------------------------------------- */

/* Fills the result's error.  [start, end): what of the expanded text had been sent. */
void deploy_error_take(DeployRun *run, const PGresult *result, size_t start, size_t end);

/* ---- deploy_lock.c ------------------------------------------------------------------------------------ */

bool deploy_lock(DeployRun *run); /* X2; false: the result says why */
void deploy_unlock(DeployRun *run);

/* ---- deploy_outcome.c ----------------------------------------------------------------------------------- */

void deploy_outcome_prepare(DeployRun *run); /* before anything runs: who is this server? */
void deploy_outcome_note(DeployRun *run);    /* right before a commit: the transaction's id */
void deploy_outcome_ask(DeployRun *run);     /* the connection was lost at that commit */

/* ---- deploy_implicit.c ------------------------------------------------------------------------------------ */

/* The head as one message that brings its transaction's id; returns as deploy_send does. */
PGresult *deploy_send_implicit(DeployRun *run, const HeadShape *head);

/* ---- deploy_units.c -------------------------------------------------------------------------------------- */

bool deploy_head(DeployRun *run);
bool deploy_tail(DeployRun *run);

#endif
