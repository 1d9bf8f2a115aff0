/* object_source.h — the CREATE command of a function or view, for \sf \sv \ef \ev. */
#ifndef PGMISH_OBJECT_SOURCE_H
#define PGMISH_OBJECT_SOURCE_H

#include "pgmish/shell.h"

/* Puts the command into out, in place of what it holds.  False: message printed. */
bool object_source(Shell *shell, const char *name, bool is_view, StrBuf *out);
/* True for the first line of a function's body, as pg_get_functiondef writes it. */
bool starts_function_body(const char *line);

#endif
