/*
 * help.h — \?, --help: made from the option rows, the special variables and the meta-commands'
 * own descriptors.
 */
#ifndef PGMISH_HELP_H
#define PGMISH_HELP_H

#include "pgmish/shell.h"

void help_options(Shell *shell, FILE *out);   /* --help, \? options */
void help_commands(Shell *shell, FILE *out);  /* \?, --help=commands */
void help_variables(Shell *shell, FILE *out); /* \? variables */
void help_pgmi(Shell *shell, FILE *out);      /* \? pgmi */
/* `\pgmi help NAME`; false: no such command. */
bool help_command(Shell *shell, const char *name, FILE *out);

#endif
