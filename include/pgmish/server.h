/*
 * server.h — libpq and everything beside it: connecting, collecting results, COPY,
 * cancelling, pooler detection, the scratch server.
 *
 * All execution goes through PQsendQuery and a PQgetResult loop (PQexec loses the SQLSTATE of
 * a terminated backend).  Texts that come from a user never become SQL here: parameters and
 * libpq's quoting only.
 */
#ifndef PGMISH_SERVER_H
#define PGMISH_SERVER_H

#include <libpq-fe.h>

#include "pgmish/support.h"

/* ---- results of the program's own queries ------------------------------------------ */

/*
 * Sends one command (params may be NULL when n is 0; all are text) and collects the last
 * result; an error result is returned as such, with its fields.  Never NULL while memory lasts:
 * when nothing could be sent, the result is a PGRES_FATAL_ERROR made from PQerrorMessage.
 * Caller clears it.
 */
PGresult *server_query(PGconn *conn, const char *sql, int n, const char *const *params);
/* Same; true on PGRES_COMMAND_OK or PGRES_TUPLES_OK, else *diag is filled from the result. */
bool server_command(PGconn *conn, const char *sql, int n, const char *const *params,
                    Diag *diag);
/* Fills *diag (code EXIT_PGMI_EXECUTION, sqlstate, detail, hint) from an error result. */
bool server_diag(const PGresult *result, PGconn *conn, Diag *diag);

/* ---- COPY by the program itself ------------------------------------------------------- */

typedef struct CopyWriter {
    PGconn *conn;
    StrBuf buffer; /* rows not sent yet; sent in blocks of 64 kB or more */
    bool failed;
    uint64_t failed_row; /* after copy_finish failed: the row (from 1) that the server refused,
                          * 0: unknown.  The name of the table must have no digits */
} CopyWriter;

/* sql is a COPY ... FROM STDIN in binary format. */
bool copy_begin(CopyWriter *writer, PGconn *conn, const char *sql, Diag *diag);
/* Begins a row of so many fields; then one call for each of them, of the column's very type. */
void copy_row(CopyWriter *writer, int fields);
/* text in client_encoding, or the 16 bytes of a uuid; data NULL: NULL */
void copy_field(CopyWriter *writer, const char *data, size_t len);
void copy_int(CopyWriter *writer, int32_t number);
void copy_bigint(CopyWriter *writer, int64_t number);
void copy_bool(CopyWriter *writer, bool truth);
void copy_text_array(CopyWriter *writer, const StrList *items);
bool copy_end_row(CopyWriter *writer, Diag *diag);
bool copy_finish(CopyWriter *writer, Diag *diag); /* commits the COPY, collects its result */
void copy_abort(CopyWriter *writer, const char *reason); /* ends it with an error, frees */

/* ---- cancelling -------------------------------------------------------------------------- */

/* Async-signal-safe cancel of what runs on a connection: the handler calls cancel_now(). */
void cancel_install(PGconn *conn); /* NULL: nothing to cancel.  Call around running queries. */
bool cancel_now(void);             /* true when a request was sent and answered */

/* ---- poolers (shell.md section 4) ----------------------------------------------------------- */

/* False: transaction or statement pooling; *diag says what to do.  Opens a second connection
 * only where PQbackendPID() and pg_backend_pid() differ; gives up after 2 s (accepted). */
bool pooler_check(PGconn *conn, Diag *diag);
/* Another connection to where conn goes, or went; its notices are dropped.  NULL: it cannot be had, or not
 * until `end` (monotonic_ms()); *diag (may be NULL) says why. */
PGconn *server_connect_again(PGconn *conn, double end, Diag *diag);
/* Sends a command on such a connection.  False: there is no answer until `end`: behind a pooler it may be
 * waiting for a server session, and can only be closed. */
bool server_answers(PGconn *conn, const char *sql, double end);

/* ---- scratch server --------------------------------------------------------------------------- */

typedef struct ScratchServer ScratchServer;

/*
 * Starts a private PostgreSQL server: initdb (from a cached cluster where there is one), unix
 * socket only, directory 0700 under /tmp, as an unprivileged account when run by root.
 * dir NULL: throwaway, else the cluster is kept there and reused.  The server ends when this
 * process does, however it ends.  NULL: *diag says why.
 */
ScratchServer *scratch_start(const char *dir, Diag *diag);
const char *scratch_socket_dir(const ScratchServer *scratch); /* value for host= */
const char *scratch_port(const ScratchServer *scratch);       /* value for port= */
const char *scratch_user(const ScratchServer *scratch);       /* superuser's name */
/* Owned path of a new, empty directory beside the server's own, which goes when the server does; what
 * was there under that name is removed.  NULL: errno. */
char *scratch_new_directory(const ScratchServer *scratch, const char *name);
/* False when host, port or the -d argument (a name or a connection string; each may be NULL) ask
 * for another server. */
bool scratch_check_target(const char *host, const char *port, const char *dbname, Diag *diag);
/* Sets the process's environment so that libpq, here and in programs run from the shell, goes to
 * the scratch server (database postgres), whatever the caller's PG* variables said. */
void scratch_export(const ScratchServer *scratch);
void scratch_stop(ScratchServer *scratch); /* stops, removes, frees; NULL is fine */
/* For a signal handler that is about to end the process: async-signal-safe. */
void scratch_kill(ScratchServer *scratch);

#endif
