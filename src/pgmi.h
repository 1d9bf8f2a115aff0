/*
 * pgmi.h — what the files of pgmi's command line share.
 *
 * A command is one descriptor: its options, its help, what it does.  `--help`, the parser and the
 * completion scripts read the descriptors; there is no second list.
 */
#ifndef PGMISH_PGMI_H
#define PGMISH_PGMI_H

#include "pgmish/deploy.h"
#include "pgmish/project.h"

/* Values of every option of every command; texts are borrowed from argv. */
typedef struct PgmiArgs {
    ConnectionFlags connection;
    bool help, verbose, json, overwrite, force, write, dry_run, stop_on_failure;
    const char *timeout, *compat, *template, *idempotent, *lock_timeout, *targets;
    int lock_retries, jobs;
    StrList params, params_files, reports;
    const char *words[4]; /* what is no option */
    size_t word_count;
} PgmiArgs;

typedef struct Pgmi {
    const char *progname;
    PgmiArgs args;
} Pgmi;

typedef enum PgmiOptionKind { PGMI_FLAG, PGMI_TEXT, PGMI_NUMBER, PGMI_LIST } PgmiOptionKind;

typedef struct PgmiOption {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* 0: none */
    PgmiOptionKind kind;
    size_t offset;     /* into PgmiArgs */
    const char *value; /* placeholder in the help; NULL for flags */
    const char *help;
} PgmiOption;

typedef struct PgmiCommand {
    const char *name;     /* "deploy", "templates list" */
    const char *synopsis; /* behind the name: "PATH [OPTION]..." */
    const char *brief;
    const char *help;          /* further paragraphs; NULL: none */
    const PgmiOption *options; /* besides the global ones; NULL: none */
    size_t least, most;        /* words it takes */
    bool files;                /* its words are names of directories (completion) */
    int (*run)(Pgmi *pgmi);
} PgmiCommand;

extern const PgmiCommand *const pgmi_commands[]; /* ends with NULL */
extern const PgmiOption pgmi_global_options[];

/* The whole program under its name pgmi; returns the exit status. */
int pgmi_main(int argc, char **argv);

/* Reads the options of a command from argv (behind the command's name).  False: *diag, a usage
 * error; what was read before it stays in args. */
bool pgmi_parse(const PgmiCommand *command, int argc, char **argv, PgmiArgs *args, Diag *diag);
void pgmi_help(const PgmiCommand *command, FILE *out);

/* Owned copy of text for standard error: redacted, no control characters. */
char *pgmi_clean(const char *text);
/* "pgmi: error: ..." in the form of contract E4, on standard error, redacted. */
void pgmi_error(const Pgmi *pgmi, const Diag *diag);
/* Prints every problem; returns the exit status they give together, 0 for none. */
int pgmi_problems(const Pgmi *pgmi, const DiagList *problems);
/* Not a terminal on both sides, CI, or PGMI_NON_INTERACTIVE=1 (contract R8). */
bool pgmi_interactive(void);
/* The environment as a map of owned values, with the project's .env below it, which is also put
 * into the process's environment for libpq. */
void pgmi_environment(const Pgmi *pgmi, const char *root, StrMap *env);

/* A question; owned answer, the standard one for an empty line.  NULL: end of input. */
char *pgmi_ask(const char *question, const char *standard);
/* The same until the answer is good. */
char *pgmi_ask_until(const char *question, const char *standard, bool (*good)(const char *));

/* Asks for a connection and writes ROOT/pgmi.yaml.  False: *diag; cancelled is EXIT_PGMI_APPROVAL. */
bool pgmi_config_wizard(Pgmi *pgmi, const char *root, Diag *diag);

/* ---- the commands, each in its own file -------------------------------------------------- */
extern const PgmiCommand pgmi_command_deploy, pgmi_command_init, pgmi_command_templates_list,
    pgmi_command_templates_describe, pgmi_command_metadata_scaffold,
    pgmi_command_metadata_validate, pgmi_command_metadata_plan, pgmi_command_info,
    pgmi_command_config, pgmi_command_ai, pgmi_command_serve, pgmi_command_version,
    pgmi_command_completion;

#endif
