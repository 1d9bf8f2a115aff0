/*
 * describe_arguments.h — types as patterns: \dT, and the argument types behind \df and \do.
 */
#ifndef PGMISH_DESCRIBE_ARGUMENTS_H
#define PGMISH_DESCRIBE_ARGUMENTS_H

#include "pgmish/describe.h"

/* The name that the catalog's names are compared with: "int" is "integer" there.  Borrowed: the
 * pattern itself or static. */
const char *describe_type_pattern(const char *pattern);
/* Appends the condition that `column`, an oid of a type, stands for a type the pattern names; "-"
 * means no such argument, that is, `absent` holds.  False: not allowed, message printed. */
bool describe_argument(Shell *shell, StrBuf *where, const char *column, const char *absent,
                       const char *pattern);

#endif
