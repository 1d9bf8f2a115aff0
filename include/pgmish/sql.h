/*
 * sql.h — SQL as text: psql's lexer, the macro, masks, splitting, places.
 *
 * Needs no connection and no terminal; of libpq only PQmblen.  Offsets are bytes
 * from 0; lines and columns start at 1.  Rules named C, M, T, X, E are those of
 * the session contract (doc/session-api.md names them too).
 */
#ifndef PGMISH_SQL_H
#define PGMISH_SQL_H

#include "pgmish/support.h"

/* ---- the shell's lexer -------------------------------------------------------- */

/*
 * A line-fed scanner that behaves as psql's.  The owner feeds one line at a time
 * (lexer_feed), calls lexer_scan until it says LEX_EOL or LEX_INCOMPLETE, then
 * lexer_finish.  State that survives from line to line: kind of quote, comment
 * depth, dollar tag, parenthesis depth, BEGIN depth of a function body.
 * Text goes to the caller's query buffer as it is to be sent; variables are
 * substituted on the way.
 */
typedef struct Lexer Lexer;

typedef enum LexResult {
    LEX_SEMICOLON,  /* a complete statement, its ; included, is in the buffer */
    LEX_BACKSLASH,  /* a backslash command starts here */
    LEX_INCOMPLETE, /* end of line; the buffer is empty, or a quote, comment, parenthesis or
                     * function body is open */
    LEX_EOL         /* end of line, text in the buffer that SINGLELINE may send */
} LexResult;

/* What is open at the end of a line; chooses the prompt. */
typedef enum LexOpen {
    OPEN_NOTHING,
    OPEN_STATEMENT,
    OPEN_COMMENT,
    OPEN_SINGLE_QUOTE,
    OPEN_DOUBLE_QUOTE,
    OPEN_DOLLAR_QUOTE,
    OPEN_PAREN
} LexOpen;

typedef enum VarQuote {
    VAR_PLAIN,   /* :name */
    VAR_LITERAL, /* :'name' */
    VAR_IDENT,   /* :"name" */
    VAR_SHELL    /* :'name' inside backquotes */
} VarQuote;

typedef struct LexerHooks {
    /* Owned value of a variable, quoted as asked; NULL: unknown or not quotable, leave the
     * text as it is.  The hook prints its own message when quoting fails. */
    char *(*variable)(void *ctx, const char *name, VarQuote quote);
    /* False inside an inactive \if branch: no substitution, no backquotes. */
    bool (*active)(void *ctx);
    void (*warning)(void *ctx, const char *message);
    void (*error)(void *ctx, const char *message);
    /* Runs a backquoted command; appends its output to out. */
    void (*run_command)(void *ctx, const char *command, StrBuf *out);
    void *ctx;
} LexerHooks;

Lexer *lexer_new(const LexerHooks *hooks); /* hooks are copied */
/* For text that is only read: nothing is substituted, run or said. */
extern const LexerHooks lexer_plain_hooks;
void lexer_free(Lexer *lexer);

/* line is borrowed until lexer_finish.  encoding is libpq's client encoding id;
 * std_strings: standard_conforming_strings of the connection, read for each line.
 * line_number is the line's number in its file (0: unknown). */
void lexer_feed(Lexer *lexer, const char *line, size_t len, int encoding, bool std_strings,
                uint64_t line_number);
LexResult lexer_scan(Lexer *lexer, StrBuf *query, LexOpen *open);
void lexer_finish(Lexer *lexer);         /* forget the line, keep the state */
void lexer_reset(Lexer *lexer);          /* forget the state: a new statement begins */
bool lexer_in_quote(const Lexer *lexer); /* anything but plain text open (psql's in_quote) */

/* After LEX_BACKSLASH: column (bytes, from 1) of the backslash in the line that was fed. */
size_t lexer_column(const Lexer *lexer);

/* How many COPY ... FROM STDIN the statements in the query buffer hold, as psql guesses from
 * their leading words; their in-line data must be skipped where the server refused them.  Ask
 * when the buffer is about to be sent: the statement in progress counts as finished then. */
int lexer_count_copy_from_stdin(Lexer *lexer);

/* For \if: what the lexer knows of the statement so far, saved with the query text at the start
 * of a branch and put back when the branch turns out to be skipped.  A backslash command is
 * never inside a quote or a comment, so those are not part of it. */
typedef struct LexerMark {
    int paren_depth;
    int begin_depth;
    int copy_count;
    int word_count; /* leading words noted so far, at most lengthof(words) */
    char words[8];
} LexerMark;
LexerMark lexer_mark(const Lexer *lexer);
void lexer_restore(Lexer *lexer, const LexerMark *mark);

/* Where the text of the current statement came from: sorted pieces, each saying that the
 * buffer from `offset` on was read from this line and column (bytes) of the input.  Line feeds
 * between offset and the place one looks for count on from there (pieces that a plain count
 * gives are left out).  Used to say in which file, line and column a statement failed.  Valid
 * until the next statement. */
typedef struct LexPlace {
    size_t offset;    /* into the query buffer */
    uint64_t line;    /* 1-based, 0: unknown */
    size_t column;    /* 1-based, bytes */
    bool substituted; /* text of a variable: all of it stands at this place */
} LexPlace;
const LexPlace *lexer_places(const Lexer *lexer, size_t *count);

/* ---- backslash commands: name and arguments ------------------------------------- */

typedef enum SlashArg {
    SLASH_NORMAL,     /* words, quotes, backquotes, variables */
    SLASH_SQLID,      /* the same, then folded as an SQL identifier (\password) */
    SLASH_SQLIDHACK,  /* identifier without folding (\connect) */
    SLASH_FILEPIPE,   /* | takes the rest of the line (\g \o \w) */
    SLASH_WHOLE_LINE, /* verbatim to the end of the line (\copy \! \h \ef ...) */
    SLASH_NO_EVAL     /* parsed, nothing evaluated: surplus and inactive arguments */
} SlashArg;

/* After LEX_BACKSLASH: owned name of the command, without the backslash. */
char *lexer_slash_command(Lexer *lexer);
/* Owned text of the next argument, NULL when there is none.  *quote gets the kind of quote met
 * last (':' for a variable), 0: none.  strip_semicolons: drop unquoted trailing ones; of a whole
 * line them and blanks. */
char *lexer_slash_argument(Lexer *lexer, SlashArg kind, char *quote, bool strip_semicolons);
/* Eats `\\`, if that is what ended the arguments. */
void lexer_slash_end(Lexer *lexer);

/* ---- text: mask, normalised form, comments ---------------------------------------- */

/* Contract X4: owned copy of equal length, comments and the inside of quotes blanked. */
char *sql_mask(const char *text, size_t len);
/* Contract C2, both passes: appends the normalised text. */
void sql_normalise(const char *text, size_t len, StrBuf *out);
/* Next top-level block comment at or after *offset (M1, scanner of X4).  [*start, *end) is the
 * text between the delimiters; *offset moves behind the comment.  closed: false when the text
 * ends inside it. */
bool sql_next_block_comment(const char *text, size_t len, size_t *offset, size_t *start,
                            size_t *end, bool *closed);

/* Appends text with WHEN OTHERS in dollar-quoted bodies made into a condition that never comes; no line
 * moves.  False: there was none. */
bool sql_uncatch(const char *text, size_t len, StrBuf *out);

/* ---- the macro (section 11) ---------------------------------------------------------- */

typedef struct Macro {
    size_t start, end; /* [start, end) is what the expansion replaces */
    int line, column;  /* of the C of CALL; column in bytes (T5) */
    char *pattern;     /* owned; NULL: none */
    char *callback;    /* owned; NULL: default */
} Macro;

typedef struct MacroList {
    Macro *items;
    size_t len, cap;
} MacroList;

/*
 * Finds every macro in text.  substituted: variables may have been put in, so E'' literals and
 * doubled quotes in the arguments are accepted and decoded (shell.md section 3).  False: *diag
 * says why (macro inside BEGIN ATOMIC, invalid callback name).  A text without the word
 * pgmi_test costs one scan for it.
 */
bool macro_find(const char *text, size_t len, bool substituted, MacroList *list, Diag *diag);
void macro_list_free(MacroList *list);
/* Returns the owned suite text for one macro, NULL: *diag says why. */
typedef char *(*MacroGenerator)(void *ctx, const char *pattern, const char *callback,
                                Diag *diag);
bool macro_expand(const char *text, size_t len, const MacroList *list, MacroGenerator generate,
                  void *ctx, StrBuf *out, Diag *diag);
/* A stretch of the expanded text that stands for a macro; sorted. */
typedef struct MacroSpan {
    size_t start, end;     /* in the expanded text */
    size_t call, call_end; /* in the text as written */
} MacroSpan;
/* T7: one or two identifiers of ASCII letters, digits, underscore, joined by a dot. */
bool callback_name_valid(const char *name);

/* ---- statements of a script ---------------------------------------------------------- */

/* Contract X6: the head (one unit), then the tail's statements. */
typedef struct ScriptUnit {
    size_t start, end; /* surrounding blanks are outside */
    int line, column;  /* of the first character, column in characters */
} ScriptUnit;

typedef struct ScriptUnits {
    ScriptUnit *items;
    size_t len, cap;
    bool has_terminator; /* the head ends with COMMIT or its like */
} ScriptUnits;

void script_split(const char *text, size_t len, ScriptUnits *units);
void script_units_free(ScriptUnits *units);

/* First top-level statement kind, for the shell's own decisions.  Looks past blanks and
 * comments at the leading words. */
typedef enum StatementKind {
    STATEMENT_OTHER,
    STATEMENT_BEGIN, /* BEGIN, START TRANSACTION */
    STATEMENT_END,   /* COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION (not ROLLBACK TO) */
    STATEMENT_EMPTY
} StatementKind;
StatementKind statement_kind(const char *text, size_t len);
/* Calls fn for each top-level statement (comments in front included) until it returns false. */
typedef bool (*StatementFn)(void *ctx, const char *text, size_t start, size_t end);
void script_each_statement(const char *text, size_t len, StatementFn fn, void *ctx);

/* Words that psql looks at before AUTOCOMMIT's own BEGIN: true when the command is transaction
 * control or refuses to run in a transaction block. */
bool statement_manages_transaction(const char *text, int encoding);
/* True for what a rollback does not undo: VACUUM, CREATE DATABASE, ... CONCURRENTLY and the like. */
bool statement_irrevocable(const char *text, size_t len);
/* True for these, and for what may end the transaction itself where it stands alone: CALL, DO. */
bool statement_needs_no_block(const char *text, size_t len);
/* True for SELECT and VALUES behind comments and parentheses (FETCH_COUNT's rule). */
bool statement_is_select(const char *text, int encoding);

/* ---- places ---------------------------------------------------------------------------- */

typedef struct TextPlace {
    int line;           /* 1-based */
    int column;         /* 1-based, characters */
    size_t line_start;  /* bytes */
    size_t line_length; /* bytes, without the line end */
} TextPlace;

/* Server position (characters from 1) to a place; false for 0, negative or past the end. */
bool text_locate(const char *text, size_t len, long position, TextPlace *place);
/* Byte offset to a place. */
void text_place_at(const char *text, size_t len, size_t offset, TextPlace *place);

/* Contract E6, widened: owned path out of "Failed in PATH: ..." or
 * "[pgmi] Script failed: PATH - ...", NULL when there is none. */
char *failed_file_in(const char *message);

/* ---- marks (shell.md section 7) -------------------------------------------------------- */

/*
 * A marked text is a file's text with a call in front of each top-level statement that tells the
 * shell which statement begins: `SELECT pg_temp._pgmi_mark(FILE,STATEMENT);`.  No line feed is
 * added, so that every line keeps its number.
 */
typedef struct Mark {
    uint32_t
        offset; /* of the statement's first token; bytes.  Comments in front are not part of it */
    uint32_t line;   /* of that token */
    uint32_t column; /* in characters */
} Mark;

typedef struct MarkList {
    Mark *items; /* one for each statement that is not empty, in order */
    size_t len, cap;
} MarkList;

typedef enum MarkVerdict {
    MARKS_FOUND,
    MARKS_NONE, /* blanks, comments, empty statements: nothing to mark */
    MARKS_OPEN, /* the text ends inside a quote, a comment, a parenthesis, a function body */
    MARKS_BACKSLASH, /* a backslash command: not SQL alone */
    MARKS_COPY_DATA  /* COPY ... FROM STDIN: what follows may be data */
} MarkVerdict;

/* Finds the statements as the server will, which std_strings (standard_conforming_strings) has a
 * say in.  list is filled in any case; only MARKS_FOUND allows to put marks in. */
MarkVerdict marks_find(const char *text, size_t len, bool std_strings, MarkList *list);
void mark_list_free(MarkList *list);
/* Appends the text with a mark in front of statements first, first + every, ... below `last`.  `file`
 * is the number that the marks carry. */
void marks_put(const char *text, size_t len, const MarkList *list, uint32_t file, size_t first,
               size_t last, size_t every, StrBuf *out);
/* Appends text without the marks in it: any text that quotes a marked one, whole or in part.
 * position, where it is not NULL and not 0, is a server's position in text (characters from 1) and
 * becomes that in what was appended; one inside a mark becomes that of the statement behind it.
 * False: there was no mark. */
bool marks_remove(const char *text, size_t len, long *position, StrBuf *out);
/* True for a statement that hands back rows: one alone in its file may be run by FOR ... IN
 * EXECUTE or a cursor, which take a single statement, so that no mark may stand in front of it. */
bool statement_returns_rows(const char *text, size_t len);

#endif
