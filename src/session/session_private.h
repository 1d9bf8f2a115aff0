/*
 * session_private.h — what the files of the session's room share.
 *
 * A session keeps a history of loads, because a load can be undone: each is a Generation, named by
 * the file node of _pgmi_source.  Every load gives that table a new file node (CREATE or TRUNCATE),
 * and PostgreSQL takes it back together with the rows when the transaction, or a savepoint
 * in it, is rolled back.  So one cheap query tells which load the server holds right now.
 */
#ifndef PGMISH_SESSION_PRIVATE_H
#define PGMISH_SESSION_PRIVATE_H

#include "pgmish/session.h"
#include "pgmish/trace.h"

/* What trace knows of a load (trace.c). */
typedef struct Trace {
    TraceFile *files; /* its SQL files in the project's order; NULL: not traced */
    size_t count;
    size_t marked; /* how many of them have marks */
    uint32_t base; /* the number that the marks of files[0] carry; the others follow */
} Trace;

typedef struct Generation {
    Project *project; /* NULL: this is an unload */
    Trace trace;
    Params params;      /* of the load, with what \pgmi set changed since */
    uint32_t file_node; /* of _pgmi_source; 0: the server has no such table (unload) */
} Generation;

typedef enum LostReason {
    LOST_NOT, /* the server has the newest generation */
    LOST_ROLLBACK,
    LOST_DISCARD,
    LOST_CONNECTION
} LostReason;

/* Marks as they arrive (trace.c).  The last one is kept as numbers: its load may be forgotten. */
typedef struct TraceState {
    TraceMode mode;
    uint32_t next_number; /* of the next file to be marked: no two loads share one */
    bool known;           /* a mark has arrived in this message */
    bool running;         /* and the time of its statement is still to be noted */
    uint32_t number, statement;
    double at;
    size_t begun; /* files that have begun in this run */
    size_t fresh; /* bytes of notices since the last trace_tick; 0: no mark came */
    bool hushed;  /* no notice is to be shown now (pinpoint.c) */
    void (*listener)(void *ctx, const TraceMark *mark);
    void *listener_ctx;
} TraceState;

struct Session {
    Params user_params;
    Generation *generations; /* oldest first; more than one only while a transaction is open */
    size_t count, cap;
    LostReason lost;
    bool unsettled;       /* the open transaction changed what is loaded: its end decides */
    char *pinned_message; /* of the failed test whose place is known (pinpoint.c), or NULL */
    ErrorPlace pinned_place;
    bool awaits_xid;    /* a deployment's head will tell its transaction's id */
    char *xid;          /* it has, NULL: not yet */
    LostReason suspect; /* why the load may be gone: ask the server as soon as it can answer */
    TraceState trace;
};

/* The newest generation, NULL when nothing was ever loaded. */
Generation *session_top(const Session *session);
/* Puts a generation on top and settles it when no transaction is open.  Takes project over,
 * copies params (NULL: none). */
void session_push(Session *session, PGconn *conn, Project *project, const Params *params,
                  uint32_t file_node);

/* ---- preflight.c: may this be done here and now? ---------------------------------------------- */

typedef struct Preflight {
    bool in_transaction;  /* a block of the user's is open: work under a savepoint */
    bool complete;        /* every object of an earlier load is there */
    bool has_type;        /* the event type at least */
    bool has_marks;       /* the views show marked texts */
    bool has_temp_schema; /* false: nothing can be there, nothing need be dropped */
    char *server_encoding;
    /* settings to put back where no end of transaction does it */
    char *client_encoding, *client_min_messages, *search_path, *std_strings;
} Preflight;

void preflight_free(Preflight *preflight);
/* Asks the server; `doing` ("load a project") goes into the messages. */
bool preflight_check(PGconn *conn, const char *doing, Preflight *preflight, Diag *diag);

/* ---- work.c: a piece of work that happens whole or not at all ------------------------------------ */

/* BEGIN READ WRITE, or a savepoint in the user's transaction; then settings under which the session's SQL
 * means what it says: search_path, client_encoding, no notices. */
bool work_begin(PGconn *conn, const Preflight *preflight, Diag *diag);
/* Puts the settings back and commits (or releases). */
bool work_commit(PGconn *conn, const Preflight *preflight, Diag *diag);
/* Undoes everything; never fails visibly, as there is an error to be told already. */
void work_rollback(PGconn *conn, const Preflight *preflight);
/* Appends an embedded file of src/session/sql/. */
void work_sql(StrBuf *sql, const char *name);

/* ---- rows.c: the project as COPY rows ------------------------------------------------------------- */

bool rows_send(PGconn *conn, const Project *project, const Preflight *preflight,
               const LoadOptions *options, Diag *diag);
/* ---- parameters.c --------------------------------------------------------------------------------- */

/* Fills _pgmi_parameter and the pgmi.* settings; inside a piece of work. */
bool parameters_send(PGconn *conn, const Params *params, const Preflight *preflight,
                     Diag *diag);
/* Empties the settings of `before` that `now` does not have; lists their names. */
bool parameters_clear_stale(PGconn *conn, const Params *before, const Params *now,
                            StrList *stale, Diag *diag);

/* ---- trace.c, trace_send.c ---------------------------------------------------------------------------- */

void trace_free(Trace *trace);
/* A load is on top: takes *trace over and forgets what arrived before. */
void trace_take(Session *session, Trace *trace);
/* Makes the marked texts of a load and the objects that show them; inside a piece of work.  False:
 * *diag; *trace is to be freed in any case. */
bool trace_send(PGconn *conn, const Project *project, const Preflight *preflight,
                TraceMode mode, uint32_t base, Trace *trace, Diag *diag);
/* Takes the marked texts away, where there are any. */
bool trace_withdraw(PGconn *conn, const Preflight *preflight, Diag *diag);

/* ---- encoding.c ------------------------------------------------------------------------------------- */

/* True when diag says that the database's encoding cannot hold a character; its UTF-8 bytes go
 * to bytes (NUL-terminated) when the message names them, else bytes is "". */
bool encoding_refused(const Diag *diag, char bytes[8]);

/* ---- suite.c -------------------------------------------------------------------------------------------- */

/* A test together with its events, for the default callback (sql/test_suite.sql). */
#define SUITE_RUN_TEST "pg_temp._pgmi_run_test"
/* The server's clock as eight bytes (suite_clock reads them): of all expressions that give microseconds
 * whatever DateStyle and extra_float_digits are, the one that costs the server least to parse. */
#define SUITE_CLOCK "pg_catalog.timestamptz_send(pg_catalog.clock_timestamp())"

/* ---- pinpoint.c ---------------------------------------------------------------------------------------- */

void session_forget_pin(Session *session);
/* Fills *place when this message's place has been learned. */
bool session_pinned(const Session *session, const char *message, ErrorPlace *place);

/* ---- content.c --------------------------------------------------------------------------------------- */

/* Owned content of a loaded file as the server's tables have it. */
char *content_fetch(PGconn *conn, const char *path, Diag *diag);

/* Paths of `now` against `before`, by checksum. */
void project_compare(const Project *before, const Project *now, StrList *added,
                     StrList *changed, StrList *removed);

#endif
