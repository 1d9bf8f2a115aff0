/*
 * internal.h — what the files of this room share and nobody else needs.
 */
#ifndef PGMISH_PROJECT_INTERNAL_H
#define PGMISH_PROJECT_INTERNAL_H

#include <sys/stat.h>

#include "pgmish/project.h"

#define SSLMODE_HINT "It is one of disable, allow, prefer, require, verify-ca and verify-full."

/* ---- paths.c: rules about names ------------------------------------------------------ */

/* D16 and the depth check of the source table (S1). */
enum { PROJECT_MAX_DEPTH = 100 };

/* (project_show_path, the printable form of a path, is in project.h.) */

/* D2 for one path component. */
bool project_name_excluded(const char *name);
/* D11. */
bool project_is_test_path(const char *path);
/* D15, for the last component. */
bool project_is_fixture_name(const char *name);
/* Last component of a path. */
const char *project_base_name(const char *path);
/* Compares without regard to the case of ASCII letters, whatever the locale is. */
bool ascii_same(const char *a, const char *b);
/*
 * What the contract refuses in the path of a discovered file: D10, D16, names that are not
 * UTF-8.  Fills *diag without a place; returns the length of the offending prefix (a directory
 * with its slash, or the whole path), 0 when all is well.
 */
size_t project_path_refused(const char *path, Diag *diag);

/* ---- project.c ---------------------------------------------------------------------------- */

/* Both expect files sorted by path. */
void project_find_test_directories(Project *project);
void project_check_ids(const Project *project, DiagList *problems);

/* ---- read.c: bytes from files that nobody may trust ------------------------------------ */

/* D6. */
uint64_t project_size_cap(void);
/*
 * Opens `name` in directory dirfd without following a link and without waiting for a FIFO's
 * writer; the result is a regular file.  -1: *diag has message and hint.
 */
int project_open_at(int dirfd, const char *name, Diag *diag);
/*
 * Reads all of an open regular file into content (emptied first), D6 applied when cap is not 0,
 * and notices when it is written to meanwhile.  Does not close fd.
 */
bool project_read_fd(int fd, uint64_t cap, StrBuf *content, Diag *diag);
/* D7, D8: where the text begins behind a byte-order mark; false: *diag says where it is not text
 * (its line is set, its file is not). */
bool project_check_text(const StrBuf *content, const char **text, size_t *len, Diag *diag);
/* 1-based line of the byte at offset. */
int text_line_at(const char *text, size_t offset);
/* D1: opens the root as it was typed; -1: *diag has message and hint. */
int project_open_root(const char *dir, Diag *diag);
/* Reads NAME of directory ROOT; a missing file is an empty text with *found false. */
bool project_read_root_file(const char *root, const char *name, StrBuf *content, bool *found,
                            Diag *diag);

/* ---- trim.c ------------------------------------------------------------------------------ */

/* Drops Unicode white space from both ends. */
void text_trim(const char **text, size_t *len);

/* ---- xml.c: libxml2 stays behind this ------------------------------------------------------ */

typedef struct XmlBlock {
    char *id;          /* attribute as written, NULL: absent */
    char *idempotent;  /* the same */
    char *description; /* own text of the last one, NULL: absent */
    StrList keys;
} XmlBlock;

/*
 * Parses the first element of text (M3); line is the line of the text's first byte in its file.
 * False: *diag has message and hint, and diag->line is a line of the file.
 */
bool xml_block_parse(const char *text, size_t len, int line, XmlBlock *block, Diag *diag);
void xml_block_free(XmlBlock *block);

/* connstr.c: a port for each of several hosts, as libpq takes it ("5432,5433", an empty one is 5432).
 * *first: the first of them.  False: not such a list. */
bool port_list_valid(const char *text, int *first);

#endif
