/*
 * scratch_help.h — what the tests of scratch servers share.  Failures are cmocka's.
 */
#ifndef SCRATCH_HELP_H
#define SCRATCH_HELP_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../../src/server/scratch_internal.h"

/* How long what must happen may take; only ends what hangs. */
#define SCRATCH_DEADLINE_MS 60000

typedef struct ScratchFixture {
    char base[64]; /* our directory; searchable, for root's server runs as someone else */
    char cache[96];
} ScratchFixture;

/* A directory and an empty cluster cache in it, for one test. */
int scratch_set_up(void **state);
int scratch_tear_down(void **state);
/* The same for a group: the user's own cache is left alone; tests without one share this. */
int scratch_set_up_group(void **state);

ScratchServer *must_start(const char *dir);
PGconn *must_connect(const ScratchServer *scratch);
/* The one value that a query gives, owned; "" for none. */
char *ask_server(PGconn *conn, const char *sql);
void expect_answer(PGconn *conn, const char *sql, const char *expected);

bool path_exists(const char *path);
bool process_running(pid_t pid);
int count_open_fds(void);
/* Process id of the server that runs on a cluster. */
pid_t postmaster_of(const char *data);
pid_t scratch_postmaster(const ScratchServer *scratch);
/* Polls until the directory and the process have gone. */
void await_nothing(const char *dir, pid_t pid);
/* Names in a directory that begin with prefix. */
int count_names(const char *dir, const char *prefix);
void write_text(const char *path, const char *text);

#endif
