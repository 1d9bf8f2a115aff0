/*
 * lexer_private.h — what the parts of the shell's lexer share: its state and the stack of texts
 * it reads from.  Nobody outside src/sql/lexer*.c includes this.
 */
#ifndef PGMISH_LEXER_PRIVATE_H
#define PGMISH_LEXER_PRIVATE_H

#include "pgmish/sql.h"

/* What the scanner is inside of; survives from line to line. */
typedef enum LexState {
    IN_PLAIN,
    IN_STRING,     /* '...', U&'...': a doubled quote stays inside */
    IN_BITS,       /* B'...', X'...': no doubling */
    IN_ESCAPES,    /* E'...', and '...' without standard_conforming_strings */
    BEHIND_STRING, /* just behind a closing quote: the literal may go on in the next line */
    IN_IDENTIFIER, /* "...", U&"..." */
    IN_DOLLAR,     /* $tag$...$tag$ */
    IN_COMMENT     /* slash star, nested */
} LexState;

/*
 * One text being read: the line, or the value of a variable that is expanded in place.  In an
 * encoding where the later bytes of a character may look like ASCII, `text` is a copy with those
 * bytes masked (0xFF, an identifier character to the scanner); `orig` is what gets copied out.
 */
typedef struct LexSource {
    const char *text;
    const char *orig;
    size_t len;
    size_t pos;  /* next byte to look at */
    size_t run;  /* start of what was scanned and not yet copied to the query buffer */
    char *mask;  /* owned masked copy, NULL: text is orig */
    char *value; /* owned value of a variable, NULL for the line */
    char *name;  /* owned name of the variable, NULL for the line */
} LexSource;

struct Lexer {
    LexerHooks hooks;
    LexSource *sources; /* [0] is the line, above it the variables being expanded */
    size_t depth, cap;
    StrBuf *out; /* where text goes during a call */
    int encoding;
    bool safe_encoding; /* later bytes of a character never look like ASCII */
    bool std_strings;

    LexState state;
    LexState string_state; /* BEHIND_STRING: the kind of literal that was closed */
    int comment_depth;
    char *dollar_tag; /* owned, with both dollar signs */
    size_t dollar_len;
    LexerMark mark; /* parentheses, BEGIN bodies, leading words */

    uint64_t line;        /* number of the line that holds line_start, 0: unknown */
    size_t line_start;    /* offset in sources[0] */
    uint64_t end_line;    /* where the text copied last stood in the input, */
    size_t end_column;    /* just behind it, */
    size_t end_offset;    /* and the length of the query buffer then */
    size_t variable_at;   /* offset in the line of the variable being expanded */
    bool variable_placed; /* its place has been noted */
    LexPlace *places;
    size_t place_len, place_cap;
};

/* The text on top of the stack that still has something to read; drops the others.  NULL: all
 * of them are read to the end. */
LexSource *lexer_source(Lexer *lexer);
/* Starts reading value (owned from now on) in place of the variable whose name ends at the
 * current position.  Every LexSource pointer is stale afterwards. */
void lexer_push(Lexer *lexer, char *value, char *name);
/* True while the value of this variable is being read: it must not be expanded again. */
bool lexer_is_source(const Lexer *lexer, const char *name);
/* Copies the pending run to the query buffer and notes where it came from. */
void lexer_flush(Lexer *lexer, LexSource *src);
/* Appends the quoted value of the variable at `at`, which replaces it there. */
void lexer_put_value(Lexer *lexer, const LexSource *src, size_t at, const char *value);

bool lexer_active(const Lexer *lexer);
/* Owned value, NULL when unknown or in an inactive branch. */
char *lexer_lookup(Lexer *lexer, const char *name, VarQuote quote);

/* Variable names: ASCII letters, digits, underscore, any byte from 0x80. */
size_t lexer_variable_end(const LexSource *src, size_t at);
/* Length of :'name', :"name" or :{?name} at `at`, 0: it is none of them.  *name gets the owned
 * name, *form the character that opens it. */
size_t lexer_quoted_variable(const LexSource *src, size_t at, char **name, char *form);
/* What :'name', :"name" and :{?name} stand for; owned, NULL: leave the text as it is. */
char *lexer_quoted_value(Lexer *lexer, const char *name, char form);

#endif
