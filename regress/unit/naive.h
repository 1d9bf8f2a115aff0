/*
 * naive.h — contract C2 and X4 written down a second time, byte by byte and state by state as
 * their table has them, with no thought for speed: what the real scanner is compared with.
 */
#ifndef PGMISH_NAIVE_H
#define PGMISH_NAIVE_H

#include "pgmish/support.h"

void naive_normalise(const char *text, size_t len, StrBuf *out);
/* Equal length.  Only for texts whose characters outside ASCII are all letters, or all none. */
void naive_mask(const char *text, size_t len, bool letters, StrBuf *out);

#endif
