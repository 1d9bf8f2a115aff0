/*
 * scratch_internal.h — what the files that make up the scratch server tell each other.
 *
 * scratch.c (the caller's side) forks the keeper (scratch_keeper.c), a child that does all the
 * work and outlives its parent by just the time it takes to clean up.  The keeper prepares the
 * cluster (scratch_cluster.c, scratch_cache.c, file_tree.c), with programs that
 * server_programs.c found and child.c runs.  Unit tests include this header too.
 */
#ifndef PGMISH_SCRATCH_INTERNAL_H
#define PGMISH_SCRATCH_INTERNAL_H

#include <sys/types.h>

#include "pgmish/server.h"

/* Part of the cache's key: change it when clusters are to be made in another way. */
#define SCRATCH_LAYOUT 1
/* The socket stands in a directory of its own, so any port will do: take the usual one. */
#define SCRATCH_PORT "5432"
/* The throwaway cluster, in the private directory. */
#define SCRATCH_DATA "data"

/* ---- the account that the server runs under --------------------------------------------- */

typedef struct Account {
    bool drop; /* we are root: children change to this account */
    uid_t uid;
    gid_t gid;
    char name[64]; /* "" when not dropping */
} Account;

/* The caller's own account, or for root: postgres, else nobody. */
bool account_choose(Account *account, Diag *diag);
/* For root and an existing cluster: the account that owns it.  False: there is none. */
bool account_of_owner(Account *account, uid_t uid);

/* ---- child processes (child.c) ------------------------------------------------------------ */

/*
 * Starts a program in a process group of its own: stdin /dev/null, stdout and stderr to
 * `output`, default signals, dropped to account (NULL: as we are).  death_signal is sent to it
 * when the calling process dies (Linux; 0: none).  -1: could not fork.  That it could not be
 * executed is told on its stderr, status 127.
 */
pid_t child_start(const Account *account, const char *const argv[], int output,
                  int death_signal);
/* Runs a program to its end and collects its stdout.  False: not run or status not 0. */
bool child_capture(const char *const argv[], StrBuf *output);

/* ---- where initdb and postgres are (server_programs.c) -------------------------------------- */

typedef struct ProgramSearch {
    const char *path; /* PATH, for pg_config and the programs; NULL: none */
    const char *const
        *patterns; /* glob patterns of directories, ends with NULL; * is a version */
} ProgramSearch;

typedef struct ServerPrograms {
    char *initdb;
    char *postgres;
    char *version; /* what `postgres -V` prints */
    int major;
} ServerPrograms;

/* search NULL: the environment's PATH and the usual directories. */
bool server_programs_find(const ProgramSearch *search, ServerPrograms *programs, Diag *diag);
void server_programs_free(ServerPrograms *programs);

/* ---- whole directory trees (file_tree.c) ------------------------------------------------------ */

typedef struct TreeSize {
    uint64_t files, bytes;
} TreeSize;

/*
 * Names are relative to an open directory (or AT_FDCWD), so that root does not walk through
 * directories that somebody else can exchange for a link meanwhile.
 *
 * Copies a tree of files and directories to the new directory `to`, for owner (NULL: ours), and
 * adds to *size what was copied.  False: `to` may be half there.
 */
bool copy_tree(int from_fd, const char *from, int to_fd, const char *to, const Account *owner,
               TreeSize *size);
/* Removes a file or a directory with all in it, never following a link.  False: something is
 * left.  Nothing there is fine. */
bool remove_tree(int dir_fd, const char *name);
bool empty_directory(int dir_fd); /* the same for what is in it */
bool directory_empty(int dir_fd); /* false also when it cannot be read */
/* mkdir -p, every new directory with mode 0700. */
bool make_directories(const char *path);

/* ---- the cache of initialised clusters (scratch_cache.c) ---------------------------------------- */

typedef struct ClusterCache {
    char *dir;   /* NULL: no cache, all functions do nothing */
    char *entry; /* dir/cluster-MAJOR-HASH */
    char *key;   /* full text that the entry must have been made for */
} ClusterCache;

/* Owned path of the user's cache directory for pgmish, NULL: none to be had. */
char *cache_directory(void);
void cache_open(ClusterCache *cache, const char *dir, const ServerPrograms *programs,
                const char *user);
/* Copies the cached cluster to `name` in a directory, for owner.  False: there is none, or it
 * could not be had; nothing is left then. */
bool cache_fetch(const ClusterCache *cache, int dir_fd, const char *name, const Account *owner);
/* Puts a copy of a cluster, not running, into the cache, if that can be done. */
void cache_store(const ClusterCache *cache, int dir_fd, const char *name);
void cache_discard(const ClusterCache *cache); /* the entry is no good */

/* ---- the keeper ---------------------------------------------------------------------------------- */

typedef struct ScratchRequest {
    const char *dir;       /* absolute; NULL: throwaway */
    const char *cache_dir; /* NULL: no cache */
    const char *user;      /* superuser of a new cluster */
    ServerPrograms programs;
} ScratchRequest;

typedef struct Keeper {
    const ScratchRequest *request;
    Account account;
    int life;      /* read end of a pipe whose other end only the parent holds */
    int status;    /* where the outcome is told */
    int dir_lock;  /* lock on request->dir, -1: none */
    char home[32]; /* the private directory; "": not made yet */
    int home_fd;   /* the same, open */
    char *data;    /* the cluster */
    char *user;    /* its superuser */
    ClusterCache cache;
    bool from_cache; /* data was copied from there */
    pid_t server;    /* 0: not running */
} Keeper;

/* Never returns.  Tells on `status` either "R" home NUL user NUL or
 * "E" message NUL detail NUL hint NUL, and closes it. */
void keeper_main(const ScratchRequest *request, int life, int status) __attribute__((noreturn));

/* Runs initdb or the like to its end; false when it fails, when time is up, or when the parent
 * has gone (it is ended then). */
bool keeper_run(Keeper *keeper, const char *const argv[], double limit_ms, Diag *diag);
/* Makes keeper->data a cluster that can be started, and sets keeper->user. */
bool cluster_prepare(Keeper *keeper, bool use_cache, Diag *diag);

/* ---- for tests -------------------------------------------------------------------------------------- */

typedef struct ScratchOptions {
    const char *dir;             /* as for scratch_start */
    const ProgramSearch *search; /* NULL: the usual one */
    bool no_cache;
} ScratchOptions;

ScratchServer *scratch_start_with(const ScratchOptions *options, Diag *diag);

#endif
