/*
 * live.h — a real server for tests of the session, and projects on disk for it to load.
 *
 * One scratch server for each program, with a database in every encoding that matters: "utf8",
 * "latin1", "ascii".  Everything is removed at the end, whatever the tests did.
 */
#ifndef PGMISH_LIVE_H
#define PGMISH_LIVE_H

#include <libpq-fe.h>

#include "pgmish/session.h"

/* Group fixtures for cmocka. */
int live_start(void **state);
int live_stop(void **state);

PGconn *live_connect(const char *database);
/* As another role (no password is asked for on the socket). */
PGconn *live_connect_as(const char *database, const char *role);
/* To a server of the test's own, as its superuser. */
PGconn *live_connect_to(const ScratchServer *server, const char *database);
/* Runs SQL that must succeed; the first value of the last result, "" where there is none.  Owned. */
char *live_ask(PGconn *conn, const char *sql);
void live_run(PGconn *conn, const char *sql);
void live_expect(PGconn *conn, const char *sql, const char *expected);
/* Runs SQL that must fail with this SQLSTATE; the result is the caller's. */
PGresult *live_fail(PGconn *conn, const char *sql, const char *sqlstate);

/* A session, a connection to "utf8" and a project that is not loaded yet: what most tests stand on.
 * Test fixtures for cmocka; the files of a project's own are added by a setup around live_open. */
typedef struct World {
    Session *session;
    PGconn *conn;
    char *project; /* live_project() */
} World;
int live_open(void **state);
int live_open_files(void **state); /* with ./a.sql, ./m/b.sql and ./__test__/t.sql */
int live_close(void **state);
void live_world_load(World *world); /* must work */

/* A new project directory (tree.h) with an empty deploy.sql; end it with tree_delete. */
char *live_project(void);

/* Scans and loads; on success *diag stays empty. */
bool live_load(Session *session, PGconn *conn, const char *project, const Params *params,
               LoadReport *report, Diag *diag);
/* The same, must succeed. */
void live_must_load(Session *session, PGconn *conn, const char *project);

#endif
