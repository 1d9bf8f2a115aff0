/*
 * pset.h — \pset: setting, reporting and listing the printing options of a shell.
 */
#ifndef PGMISH_PSET_H
#define PGMISH_PSET_H

#include "pgmish/shell.h"

/*
 * Sets one option of shell->print as \pset does; value NULL: toggles, clears or only reports,
 * as the option has it.  Unless quiet the new setting is reported on stdout.  False: the message
 * is printed and nothing has changed.
 */
bool pset_set(Shell *shell, const char *name, const char *value, bool quiet);
/* \pset without arguments: all options and their values on stdout. */
void pset_list(Shell *shell);
/* Completion: names of options, and the values that an option takes. */
void pset_complete_name(const char *text, StrList *list);
void pset_complete_value(const char *name, const char *text, StrList *list);

#endif
