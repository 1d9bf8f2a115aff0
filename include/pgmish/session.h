/*
 * session.h — the pgmi session inside a database session: contract objects, load, plan, tests,
 * places of errors.
 *
 * Rules named S, P, L, G are those of the session contract.  The SQL lives in src/session/sql/ and is
 * embedded.  One Session belongs to one Shell and outlives reconnections; it knows what it has
 * loaded (a Project without contents) and whether the server still has it.
 */
#ifndef PGMISH_SESSION_H
#define PGMISH_SESSION_H

#include <libpq-fe.h>

#include "pgmish/project.h"
#include "pgmish/server.h"

typedef struct Session Session;

typedef enum SessionState {
    SESSION_EMPTY,  /* nothing loaded */
    SESSION_LOADED, /* objects are in the server's session */
    SESSION_LOST    /* loaded once; rolled back, discarded or disconnected since */
} SessionState;

Session *session_new(void);
void session_free(Session *session); /* NULL is fine; does not touch the server */

SessionState session_state(const Session *session);
const Project *session_project(const Session *session); /* NULL: never loaded */
const Params *session_params(const Session *session);   /* of the load, folded */
/* Parameters that every load starts from: --param, --params-file, \pgmi set. */
Params *session_user_params(Session *session);

typedef struct LoadReport {
    size_t files, tests, parameters;
    uint64_t bytes;
    double milliseconds;
    StrList added, changed, removed; /* reload: paths against the load before */
    StrList stale_settings;          /* pgmi.* settings that could only be emptied */
} LoadReport;

void load_report_free(LoadReport *report);

typedef struct LoadOptions {
    bool verbose; /* SET client_min_messages = debug */
    void (*progress)(void *ctx, uint64_t done, uint64_t total); /* bytes; may be NULL */
    void *progress_ctx;
    const volatile bool *cancelled; /* may be NULL */
} LoadOptions;

/* A transaction that tells its id raises it as an INFO of this SQLSTATE. */
#define SESSION_XID_SQLSTATE "PGMX1"
void session_await_xid(Session *session);
char *session_take_xid(Session *session); /* owned; NULL: it has not come */
/* To be asked by whoever receives notices of the session's connection: true when it must not be
 * shown. */
bool session_notice(Session *session, const PGresult *notice);

/*
 * Loads a scanned project: checks the server and the session first (aborted or read-only
 * transaction, hot standby, TEMPORARY privilege, owner of the tables, open cursors, version,
 * pooler), then creates or empties the objects and streams the files by COPY, all under a
 * savepoint or in its own transaction.  All or nothing.  On success the session owns project and
 * takes a copy of params; on failure the caller still owns project.
 */
bool session_load(Session *session, PGconn *conn, Project *project, const Params *params,
                  const LoadOptions *options, LoadReport *report, Diag *diag);
bool session_unload(Session *session, PGconn *conn, Diag *diag);
/* Sets one parameter now: row and setting.  KEY is folded and checked. */
bool session_set_param(Session *session, PGconn *conn, const char *key, const char *value,
                       Diag *diag);

/* Learns whether the load was rolled back or discarded.  To be called with the tag of every user
 * command, and with NULL once a message of the user's is through (also one that failed): while results are
 * still coming it only takes note, after that it asks the server, if there is reason to. */
void session_after_command(Session *session, PGconn *conn, const char *command_tag);
void session_connection_lost(Session *session);
/* False: *diag says that nothing is loaded, or what happened to it, and how to reload. */
bool session_require(const Session *session, Diag *diag);

/* MacroGenerator (sql.h): the suite's text from pg_temp.pgmi_test_generate().  ctx is a
 * SessionConn. */
typedef struct SessionConn {
    Session *session;
    PGconn *conn;
} SessionConn;
char *session_generate(void *ctx, const char *pattern, const char *callback, Diag *diag);

/* ---- the generated suite, taken apart (contract section 13) ------------------------------------- */

typedef enum StepKind {
    STEP_SUITE, /* start and end of the whole, or a text that only fails (G7) */
    STEP_FIXTURE,
    STEP_TEST,
    STEP_TEARDOWN
} StepKind;

typedef struct SuiteStep {
    StepKind kind;
    char *path;      /* owned; NULL unless a fixture or a test */
    char *directory; /* owned; "" for STEP_SUITE */
    char *savepoint; /* owned; where a failed fixture or test is rolled back to; NULL: none */
    size_t first, last; /* statements, both included */
    size_t run;         /* statement that runs the file; SIZE_MAX: none */
} SuiteStep;

typedef struct SuiteStatement {
    size_t start, end; /* bytes; the semicolon is inside */
    size_t step;       /* that it belongs to */
} SuiteStatement;

typedef struct Suite {
    char *text; /* as generated; owned */
    SuiteStatement *statements;
    size_t count, cap;
    SuiteStep *steps;
    size_t step_count, step_cap;
} Suite;

/* Reads what session_generate made; takes text over. */
Suite *suite_parse(char *text);
void suite_free(Suite *suite); /* NULL is fine */
/*
 * How a statement that runs a file is sent.  Timed: it gets two more columns, in front and behind, the
 * server's clock before and after; results come in bunches, so that no client's
 * clock could tell how long each test took.  Unguarded: without the handler that puts the path into
 * the message of an error, and that costs a subtransaction.
 */
enum { SUITE_TIMED = 1 << 0, SUITE_UNGUARDED = 1 << 1 };
/* Appends statement i; flags: SUITE_ bits. */
void suite_statement(const Suite *suite, size_t i, unsigned flags, StrBuf *out);
/* Appends all of it; statements stand on lines of their own.  Unguarded and not timed, a test whose events
 * go to the default callback is one statement together with them. */
void suite_text(const Suite *suite, unsigned flags, StrBuf *out);
/* Milliseconds between the two clocks of a timed statement's row; negative: it is none. */
double suite_duration(const PGresult *row);
/* The step that ends the directory of step i, where a run goes on after a failed fixture. */
size_t suite_teardown(const Suite *suite, size_t i);

/* Owned original content of a loaded file, from the server's tables; NULL: *diag. */
char *session_source(Session *session, PGconn *conn, const char *path, Diag *diag);
/* Loaded paths that start with prefix, for completion; adds to list. */
void session_paths(const Session *session, const char *prefix, StrList *list);
/* Files changed on disk since the load. */
void session_disk_changes(const Session *session, StrList *added, StrList *changed,
                          StrList *removed);

/* ---- places of errors ---------------------------------------------------------------------- */

typedef struct ErrorPlace {
    char *file;        /* "./migrations/002.sql" or "deploy.sql"; NULL: unknown */
    int line, column;  /* 0: unknown; column in characters */
    char *source_line; /* text of that line, without its end; NULL: unknown */
    StrList also;      /* other loaded files with the same text */
    /* The way there, outermost first, the place itself last: "deploy.sql:12", "./a.sql:3",
     * "./lib/f.sql:7 in app.f(integer)".  One entry or none: there is nothing to tell. */
    StrList chain;
    size_t statements; /* line 0: how many statements of the file it could be; 0: not counted */
} ErrorPlace;

void error_place_free(ErrorPlace *place);
void error_place_copy(ErrorPlace *to, const ErrorPlace *from);
/* The lines that are printed, each ended: "LABEL  FILE:LINE:COLUMN", the source line and a caret cut
 * to `width` cells (0: not cut), the chain.  label is "FILE:  ". */
void error_place_text(const ErrorPlace *place, const char *label, int width, StrBuf *out);

/* A text that was sent to the server, and where its bytes were read. */
typedef struct SentPiece {
    size_t at;     /* from this byte of the text on ... */
    size_t origin; /* ... it is the file's text from here on, */
    bool fixed;    /* or all of it stands for what is here: a macro's call, a variable */
} SentPiece;

typedef struct SentText {
    const char *text; /* borrowed, as everything here */
    size_t len;
    long done;        /* statements of the text that had succeeded; -1: unknown */
    const char *file; /* "deploy.sql" or a loaded path; NULL: typed, piped, another file */
    const char *file_text;
    size_t file_len;
    const SentPiece *pieces; /* sorted by at */
    size_t piece_count;
    bool data_elsewhere;  /* a COPY's data does not stand behind it */
    const char *running;  /* the test that the statement runs, by name; NULL: none */
    const StrList *outer; /* places of the \i that lead to the file; may be NULL */
} SentText;

/*
 * For an error of a generated suite ("Failed in PATH: ..."), with the transaction aborted and no result still
 * to come: goes back to the file's savepoint, runs the file once more without the handler that
 * swallows positions, and leaves the transaction aborted.  What is learned, session_locate tells
 * about errors with this message from then on.  suite is the text that was sent.
 */
void session_pinpoint(Session *session, PGconn *conn, const char *suite, const PGresult *error);
/* For a test or fixture that a suite's text runs without the handler, whose place has no line: goes
 * back as well and runs the file statement by statement.  False: nothing was learned. */
bool session_pinpoint_file(Session *session, PGconn *conn, const char *suite, const char *path,
                           const PGresult *error, ErrorPlace *place);
/* Finds the place in the loaded project that an error result talks about: deploy.sql or a loaded
 * file.  sent: the text that failed, NULL: unknown.  False: the error has nothing to do with the
 * project.  No query is sent; *place is to be freed in any case. */
bool session_locate(const Session *session, const PGresult *error, const SentText *sent,
                    ErrorPlace *place);

/* Owned copy of text without passwords and without values of parameters whose names look secret (shell.md
 * section 8): for everything that is kept or written somewhere. */
char *session_redact(const Session *session, const char *text);

#endif
