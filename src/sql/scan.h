/*
 * scan.h — cuts SQL text into plain text, comments and quotes.
 *
 * Not psql's lexer (that is the Lexer of sql.h): this is the scanner of the contract's rules C2
 * (hashes) and X4 (macro, splitting, metadata).  Those two differ in what may stand in a dollar
 * tag and before an E prefix, and in nothing else: the ScanRules in scan.c name it.
 */
#ifndef PGMISH_SQL_SCAN_H
#define PGMISH_SQL_SCAN_H

#include "pgmish/sql.h"

typedef struct ScanRules ScanRules;
extern const ScanRules scan_rules_hash; /* C2 */
extern const ScanRules scan_rules_text; /* X4 */

typedef enum SpanKind {
    SPAN_PLAIN,
    SPAN_LINE_COMMENT,  /* without the LF or CR LF that ends it, which is plain text */
    SPAN_BLOCK_COMMENT, /* nested ones included */
    SPAN_STRING,
    SPAN_ESCAPE_STRING, /* E'...', the E itself being plain text */
    SPAN_IDENTIFIER,
    SPAN_DOLLAR
} SpanKind;

/* [start, end) of the text; the spans of a text follow each other without gaps. */
typedef struct Span {
    SpanKind kind;
    size_t start, end;
    size_t inner, inner_end; /* what stands between the delimiters */
    bool closed;             /* false: the text ends inside it */
} Span;

typedef struct Scan {
    const ScanRules *rules;
    const char *text;
    size_t len;
    size_t at; /* where the next span starts */
} Scan;

void scan_init(Scan *scan, const ScanRules *rules, const char *text, size_t len);
bool scan_next(Scan *scan, Span *span); /* false: end of text */

/* letters.c */
bool unicode_letter(uint32_t code);
bool unicode_digit(uint32_t code);

/* ---- words and statements of a mask (statements.c) -------------------------------------- */

typedef struct Word {
    size_t start, len;
} Word;

/* Next word at or after *at and before end; moves *at behind it.  A word is a run of ASCII
 * letters, digits, _, $ and bytes from 0x80 that does not start with a digit or $. */
bool mask_word(const char *mask, size_t end, size_t *at, Word *word);
bool word_is(const char *text, const Word *word, const char *lower);
/* The words of a statement that ends the current transaction (X6): COMMIT and its like. */
bool words_end_transaction(const char *text, const Word *words, size_t count);

/* One statement of a mask. */
typedef struct Piece {
    size_t start, end;               /* `end` is behind the semicolon, where there is one */
    size_t atomic_start, atomic_end; /* the body of BEGIN ATOMIC; equal: none */
    bool terminator;                 /* ends a transaction at top level */
    bool blank;                      /* nothing but blanks and a semicolon in the mask */
} Piece;

/* The statement that starts at *at; moves *at to the next.  False: no text left. */
bool mask_statement(const char *mask, size_t len, size_t *at, Piece *piece);

/* The C library's own tests depend on the locale. */
static inline bool ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* SPACE TAB LF CR (X6) */
static inline bool sql_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A line and column that move forward through a text (place.c). */
typedef struct PlaceCursor {
    const char *text;
    size_t offset;
    int line;   /* 1-based */
    int column; /* 1-based, characters */
} PlaceCursor;
void place_advance(PlaceCursor *cursor, size_t offset); /* offset >= cursor->offset */

#endif
