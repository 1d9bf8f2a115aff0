/*
 * literal.h — reads the quoted literals that the macro takes as arguments.
 */
#ifndef PGMISH_SQL_LITERAL_H
#define PGMISH_SQL_LITERAL_H

#include "pgmish/support.h"

/* Owned value of the quoted literal whose inside is [text, text + len): doubled quotes are single
 * ones, and with `escapes` backslashes mean what they mean in E''.  NULL: it holds a NUL. */
char *literal_decode(const char *text, size_t len, bool escapes);

#endif
