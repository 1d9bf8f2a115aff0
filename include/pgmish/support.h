/*
 * support.h — what every room stands on: memory, strings, lists, maps,
 * diagnostics, messages, the terminal, redaction, JSON, embedded files.
 *
 * Nothing here knows PostgreSQL.  Out of memory ends the program with status 1
 * and "out of memory", as in psql; no function below returns NULL for it.
 */
#ifndef PGMISH_SUPPORT_H
#define PGMISH_SUPPORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED                 __attribute__((unused))
#define NEVER_NULL             __attribute__((returns_nonnull))
#else
#define PRINTF_LIKE(fmt, args)
#define UNUSED
#define NEVER_NULL
#endif

#define lengthof(array) (sizeof(array) / sizeof((array)[0]))

/* ---- memory --------------------------------------------------------------- */

_Noreturn void out_of_memory(void); /* what the functions below do when there is none */
/* All return memory that the caller frees with free(). */
NEVER_NULL void *xmalloc(size_t size);
NEVER_NULL void *xcalloc(size_t count, size_t size);
NEVER_NULL void *xrealloc(void *ptr, size_t size);
NEVER_NULL char *xstrdup(const char *s);              /* s must not be NULL */
char *xstrdup_null(const char *s);                    /* NULL gives NULL */
NEVER_NULL char *xstrndup(const char *s, size_t len); /* len bytes, plus a NUL */
NEVER_NULL char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* ---- StrBuf: a growing string --------------------------------------------- */

/*
 * Invariants: data is never NULL and data[len] is always NUL, also when empty.
 * The buffer may hold NUL bytes; len is the truth.  STRBUF_INIT needs no free
 * until something is appended, and strbuf_free leaves a usable empty buffer.
 */
typedef struct StrBuf {
    char *data;
    size_t len;
    size_t cap; /* 0 while data is the shared empty string */
} StrBuf;

extern char strbuf_empty[];
#define STRBUF_INIT                                                                            \
    {                                                                                          \
        strbuf_empty, 0, 0                                                                     \
    }

void strbuf_init(StrBuf *buf);
void strbuf_free(StrBuf *buf);
void strbuf_reset(StrBuf *buf);              /* length 0, memory kept */
void strbuf_grow(StrBuf *buf, size_t extra); /* room for extra more bytes + NUL */
void strbuf_add(StrBuf *buf, const char *s);
void strbuf_addn(StrBuf *buf, const char *s, size_t len);
void strbuf_addc(StrBuf *buf, char c);
void strbuf_addf(StrBuf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strbuf_vaddf(StrBuf *buf, const char *fmt, va_list args) PRINTF_LIKE(2, 0);
void strbuf_truncate(StrBuf *buf, size_t len); /* len <= buf->len */
NEVER_NULL char *strbuf_detach(StrBuf *buf);   /* caller frees; buf is empty again */
void strbuf_swap(StrBuf *a, StrBuf *b);
/* Reads the rest of a stream, or a whole file.  False: errno tells why. */
bool strbuf_read_stream(StrBuf *buf, FILE *stream);
bool strbuf_read_file(StrBuf *buf, const char *path);

/* Appends a number that is not negative with 1 to 6 decimals and a point, whatever LC_NUMERIC says: for
 * what programs read.  (printf's %f has a comma where the user's locale has.) */
void strbuf_add_decimal(StrBuf *buf, double number, int decimals);

/* ---- letters, whatever the locale ------------------------------------------------ */

/* As strcasecmp, strncasecmp and strcasestr, for keywords: A to Z are a to z, and nothing else. */
int ascii_casecmp(const char *a, const char *b);
int ascii_ncasecmp(const char *a, const char *b, size_t n);
const char *ascii_casestr(const char *text, const char *word); /* NULL: not in it */
/* A letter of an identifier or a keyword in the other case.  Bytes that are not ASCII: as the locale
 * has them, which for UTF-8 is as they are. */
char fold_lower(char c);
char fold_upper(char c);

/* ---- StrList: an owned list of strings -------------------------------------- */

typedef struct StrList {
    char **items; /* items[i] is owned, never NULL */
    size_t len;
    size_t cap;
} StrList;

#define STRLIST_INIT                                                                           \
    {                                                                                          \
        NULL, 0, 0                                                                             \
    }
void strlist_add(StrList *list, const char *s); /* copies */
void strlist_take(StrList *list, char *s);      /* takes ownership */
bool strlist_has(const StrList *list, const char *s);
void strlist_sort(StrList *list); /* by bytes */
void strlist_free(StrList *list);

/* ---- StrMap: string to pointer, ordered by the bytes of the key -------------- */

typedef struct StrMapEntry {
    char *key;
    void *value;
} StrMapEntry;

typedef struct StrMap {
    StrMapEntry *entries; /* sorted by strcmp of the key */
    size_t len;
    size_t cap;
    void (*free_value)(void *); /* may be NULL: values are not owned */
} StrMap;

void strmap_init(StrMap *map, void (*free_value)(void *));
void *strmap_get(const StrMap *map, const char *key); /* NULL: absent */
void strmap_set(StrMap *map, const char *key, void *value);
void strmap_free(StrMap *map);

/* ---- Diag: an error as a value ------------------------------------------------ */

/*
 * Errors travel upward as values until a room can tell the user.  `code` is the
 * exit status of session-contract section 14 (E1) that this cause stands for.
 * Message style is PostgreSQL's: lower case, no full stop, then DETAIL and HINT
 * (whole sentences).  Never put a secret or a parameter's value in here.
 */
enum {
    EXIT_PGMI_OK = 0,
    EXIT_PGMI_OTHER = 1,
    EXIT_PGMI_USAGE = 2,
    EXIT_PGMI_CRASH = 3,
    EXIT_PGMI_CONFIG = 10,
    EXIT_PGMI_CONNECTION = 11,
    EXIT_PGMI_APPROVAL = 12,
    EXIT_PGMI_EXECUTION = 13,
    EXIT_PGMI_NO_DEPLOY_SQL = 14,
    EXIT_PGMI_CONCURRENT = 15,
    EXIT_PGMI_TIMEOUT = 16,
    EXIT_PGMI_INTERRUPTED = 130,
};

/* Causes of one failure, as bits; several may hold at once. */
enum {
    CAUSE_OTHER = 1 << 0,
    CAUSE_USAGE = 1 << 1,
    CAUSE_CONFIG = 1 << 2,
    CAUSE_CONNECTION = 1 << 3,
    CAUSE_APPROVAL = 1 << 4,
    CAUSE_EXECUTION = 1 << 5,
    CAUSE_NO_DEPLOY_SQL = 1 << 6,
    CAUSE_CONCURRENT = 1 << 7,
    CAUSE_DEADLINE = 1 << 8, /* our own --timeout, not the server's statement_timeout */
    CAUSE_INTERRUPT = 1 << 9,
};
/* The exit status that these causes give together (contract E2); 0 for none. */
int pgmi_exit_code(unsigned causes);

typedef struct Diag {
    int code;         /* 0: no error */
    char *message;    /* owned; NULL when code is 0 */
    char *detail;     /* owned or NULL */
    char *hint;       /* owned or NULL */
    char *file;       /* owned or NULL: file the error is about, as shown to the user */
    int line;         /* 1-based, 0: unknown */
    int column;       /* 1-based in characters, 0: unknown */
    char sqlstate[6]; /* "" when the error is not the server's */
} Diag;

#define DIAG_INIT                                                                              \
    {                                                                                          \
        0, NULL, NULL, NULL, NULL, 0, 0, ""                                                    \
    }
/* Fills *diag (which must be empty or reset) and returns false, for `return diag_set(...)`. */
bool diag_set(Diag *diag, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool diag_detail(Diag *diag, const char *fmt, ...) PRINTF_LIKE(2, 3); /* returns false */
bool diag_hint(Diag *diag, const char *fmt, ...) PRINTF_LIKE(2, 3);   /* returns false */
bool diag_at(Diag *diag, const char *file, int line, int column);     /* returns false */
void diag_reset(Diag *diag);

typedef struct DiagList {
    Diag *items;
    size_t len;
    size_t cap;
} DiagList;

#define DIAGLIST_INIT                                                                          \
    {                                                                                          \
        NULL, 0, 0                                                                             \
    }
void diaglist_take(DiagList *list, Diag *diag); /* moves *diag, which is empty afterwards */
void diaglist_free(DiagList *list);

/* ---- Log: messages to the user, in psql's shape ------------------------------- */

typedef enum LogLevel { LOG_ERROR, LOG_WARNING, LOG_INFO } LogLevel;

/*
 * psql's rule: in a named file the prefix is "PROGRAM:FILE:LINE: error: "; with
 * terse set and no file only the bare text; otherwise "PROGRAM: error: ".
 * PG_COLOR and PG_COLORS add colours.  Everything goes to stderr; `before` is
 * called first so that stdout and \o files are flushed and interleave properly.
 */
typedef struct Log {
    const char *progname;   /* as typed (argv[0] without directories), not owned */
    bool terse;             /* no "PROGRAM:" and no "error:" */
    const char *input_file; /* name of the file being read, or NULL; not owned */
    uint64_t line;          /* current line in it; 0: not shown */
    void (*before)(void *ctx);
    void *ctx;
    const char *sgr_error; /* colour codes, NULL: no colour */
    const char *sgr_warning;
    const char *sgr_note;
    const char *sgr_locus;
    bool colour_severity; /* colour the word that a message of the server begins with */
} Log;

void log_init(Log *log, const char *argv0);
void log_error(Log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_error_hint(Log *log, const char *fmt, ...) PRINTF_LIKE(2, 3); /* "hint: " line */
void log_warning(Log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_info(Log *log, const char *fmt, ...) PRINTF_LIKE(2, 3); /* prefix, no level word */
/* Message, then file:line:column in front where known, then detail and hint lines. */
void log_diag(Log *log, const Diag *diag);

/* ---- terminal ------------------------------------------------------------------ */

/* fd is a terminal on which the cursor can go back (TERM is set, and not dumb). */
bool term_can_move(int fd);
/* ... and the user has nothing against colour: NO_COLOR (no-color.org) is unset or empty, PG_COLOR
 * is not "never". */
bool term_has_colour(int fd);
/* A line that says how something went: green or red where out has colour. */
void term_put_outcome(FILE *out, bool good, const char *line);
/* The same for a line that somebody else prints: owned. */
char *term_colour_outcome(bool good, const char *line);
/* False when fd is no terminal or its size is unknown.  Units: character cells. */
bool term_size(int fd, int *columns, int *rows);
/* Prompts on the controlling terminal (else stderr/stdin), echo off unless echo.
 * Returns an owned string, NULL at end of input or when *interrupted became true. */
char *term_read_secret(const char *prompt, bool echo, volatile bool *interrupted);

/* ---- redaction (session-contract E8, P9) ------------------------------------------ */

/* Owned copy of text with passwords replaced by [redacted]. */
char *redact(const char *text);
/* Owned copy of text with control characters as \xNN or \uNNNN, except those that lay out lines. */
char *harmless_text(const char *text);
/* True when a parameter of this name must never be shown: pattern
 * password|secret|token|key|credential|auth, ignoring case, anywhere in the name. */
bool secret_key(const char *key);

/* ---- JSON writer -------------------------------------------------------------------- */

/* Appends s as a JSON string with quotes; invalid UTF-8 bytes become U+FFFD. */
void json_add_string(StrBuf *out, const char *s);
void json_add_stringn(StrBuf *out, const char *s, size_t len);

/* ---- libxml2 ------------------------------------------------------------------------- */

/* A function of the library, and where its address goes. */
typedef struct XmlSymbol {
    const char *name;
    void *function; /* address of a function pointer */
} XmlSymbol;
/* Loads the library if need be and fills the pointers.  purpose: "read the metadata block". */
bool xml_library(const XmlSymbol *symbols, size_t count, const char *purpose, Diag *diag);

/* ---- UTF-8 ---------------------------------------------------------------------------- */

/* Length in bytes of the valid UTF-8 sequence at s (1 to 4), 0 if there is none.
 * Overlong forms, surrogates and values over U+10FFFF are invalid. */
size_t utf8_sequence(const unsigned char *s, size_t len);
/* Offset of the first byte that is not valid UTF-8; len when all is well. */
size_t utf8_valid_prefix(const char *s, size_t len);
/* Decodes one valid sequence; *used gets its length. */
uint32_t utf8_decode(const unsigned char *s, size_t len, size_t *used);

/* ---- hashes ----------------------------------------------------------------------------- */

/* Lower-case hex of SHA-256 into hex (65 bytes with NUL). */
void sha256_hex(const void *data, size_t len, char hex[65]);

/* ---- embedded files --------------------------------------------------------------------- */

/* Files that the build put into the binary: templates/, SQL of the session, help. */
typedef struct EmbeddedFile {
    const char *path; /* relative to the source tree, e.g. "templates/basic/deploy.sql" */
    const char *data; /* NUL-terminated behind len bytes */
    size_t len;
} EmbeddedFile;

extern const EmbeddedFile embedded_files[];          /* sorted by path, ends with path NULL */
const EmbeddedFile *embedded_file(const char *path); /* NULL: no such file */

/* ---- time -------------------------------------------------------------------------------- */

double monotonic_ms(void); /* milliseconds of a clock that never jumps */

#endif
