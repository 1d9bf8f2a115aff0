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

#endif
