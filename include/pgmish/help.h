/*
 * help.h — \?, --help: made from the option rows, the special variables and the meta-commands'
 * own descriptors.
 */
#ifndef PGMISH_HELP_H
#define PGMISH_HELP_H

#include "pgmish/shell.h"

struct MetaCommand;

void help_options(Shell *shell, FILE *out);   /* --help, \? options */
void help_commands(Shell *shell, FILE *out);  /* \?, --help=commands */
void help_variables(Shell *shell, FILE *out); /* \? variables */
void help_pgmi(Shell *shell, FILE *out);      /* \? pgmi */
/* What \pgmi help NAME shows of one command. */
void help_descriptor(const struct MetaCommand *command, FILE *out);

/* What \h knows of one SQL command. */
typedef struct SqlTopic {
    char *command; /* "ALTER TABLE" */
    char *brief;   /* one line */
    char *url;     /* of its page in the documentation */
    char *syntax;  /* lines, the last without a newline */
} SqlTopic;

/* All of them, sorted by command; freed with sql_topics_free. */
SqlTopic *sql_topics(size_t *count);
void sql_topics_free(SqlTopic *topics, size_t count);

#endif
