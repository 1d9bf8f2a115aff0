/*
 * options.h — psql's command line and what pgmish adds to it.  Private to src/main.c and
 * src/options.c.
 */
#ifndef PGMISH_OPTIONS_H
#define PGMISH_OPTIONS_H

#include "pgmish/shell.h"

typedef enum ActionKind { ACTION_COMMAND, ACTION_BACKSLASH, ACTION_FILE } ActionKind;

typedef struct Action {
    ActionKind kind;
    const char *text; /* argument as given; NULL: standard input without a name */
} Action;

typedef struct Options {
    const char *dbname, *host, *port, *username, *log_file;
    Action *actions; /* -c and -f in order */
    size_t action_count;
    bool list_databases, no_psqlrc, single_transaction;
    /* pgmish's own */
    const char *load_dir; /* --load */
    StrList params, params_files;
    bool no_load, scratch;
    const char *scratch_dir; /* NULL: throwaway */
    StrList kept;            /* positional words, owned */
} Options;

/* Options act in order while they are parsed, as in psql.  False: *exit_code ends the program. */
bool options_parse(Shell *shell, int argc, char **argv, Options *options, int *exit_code);
void options_free(Options *options);
void options_add_action(Options *options, ActionKind kind, const char *text);

#endif
