/*
 * vectors.h — runs the conformance vectors: JSON files of cases, one check function per file.
 *
 * A test says  vectors_run("checksum.json", check_checksum)  inside a cmocka test.  Every case
 * of the file is run, every failure is printed with the name of its case, and the cmocka test
 * fails when one did.  A missing, unreadable or empty file is a failure as well, so that no rule
 * goes untested because of a wrong path.
 *
 * Where an expectation is {"any_of": [...]} the check is called for each alternative until one
 * holds.  With VECTORS_TALLY=FILE in the environment a line "NAME PASSED FAILED" is appended to
 * FILE for every vector file run (make check-vectors adds them up).
 */
#ifndef PGMISH_VECTORS_H
#define PGMISH_VECTORS_H

#include <jansson.h>

#include "pgmish/support.h"

/* True when what the code makes of `input` agrees with `expect`; else false, the reason in why. */
typedef bool (*VectorCheck)(const json_t *input, const json_t *expect, StrBuf *why);
void vectors_run(const char *file, VectorCheck check);

/* Owned bytes of the `text` or `b64` of an object; *len without the NUL behind them. */
char *vector_text(const json_t *object, size_t *len);
/* The same for any key that has no b64 twin; NULL when absent or null. */
const char *vector_string(const json_t *object, const char *key);

/*
 * Comparisons of one field.  A key that is absent from `expect` is not checked.  Each returns
 * false and adds "key: expected ..., got ..." to why when the field differs.
 */
bool want_string(const json_t *expect, const char *key, const char *got, StrBuf *why);
bool want_int(const json_t *expect, const char *key, long long got, StrBuf *why);
bool want_bool(const json_t *expect, const char *key, bool got, StrBuf *why);
bool want_strings(const json_t *expect, const char *key, const StrList *got, StrBuf *why);
/* `exit_code` or one of `exit_codes`. */
bool want_exit_code(const json_t *expect, int got, StrBuf *why);
/* `mentions` and `must_not_mention` against an error text (NULL reads as empty). */
bool want_mentions(const json_t *expect, const char *text, StrBuf *why);
/* All fields of `expect` must be in `got` with equal values, at every level; arrays element by
 * element and of equal length.  Fields that only `got` has do not matter. */
bool want_subset(const json_t *expect, const json_t *got, StrBuf *why);

#endif
