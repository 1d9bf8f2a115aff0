/*
 * locate_private.h — what the files that find the place of an error share.
 *
 * The server reports a failure as a stack: the innermost query, then one line of context for each
 * thing that was running around it.  locate_frames.c reads that into Frames; locate.c walks them
 * from the outside in, each inside the text of the one before.  Such a text is a Passage: what the
 * server ran, with the knowledge of where in the project's files its bytes stand.
 */
#ifndef PGMISH_LOCATE_PRIVATE_H
#define PGMISH_LOCATE_PRIVATE_H

#include "pgmish/sql.h"
#include "session_private.h"

#define SCRIPT_NAME "deploy.sql" /* how the project's orchestrator is called in places */

/* ---- texts (locate_text.c) ------------------------------------------------------------------ */

/* A file of the project. */
typedef struct Source {
    char *path; /* as shown */
    char *text;
    size_t len;
    const ProjectFile *file; /* NULL: deploy.sql, or not loaded */
} Source;

/* From byte `at` of a passage on, its text is source->text from `origin` on. */
typedef struct Stretch {
    size_t at;
    const Source *source; /* NULL: from nowhere that is known */
    size_t origin;
    bool fixed; /* all of it stands for what is at `origin` */
} Stretch;

typedef struct Passage {
    char *text;
    size_t len;
    Stretch *stretches; /* sorted by at; text in front of the first is from nowhere */
    size_t count, cap;
} Passage;

/* ---- the error (locate_frames.c) ------------------------------------------------------------ */

typedef enum FrameKind {
    FRAME_QUERY,       /* a text that was being run */
    FRAME_BLOCK,       /* a DO block */
    FRAME_FUNCTION,    /* PL/pgSQL */
    FRAME_SQL_FUNCTION /* LANGUAGE sql: `line` is the number of its statement */
} FrameKind;

typedef struct Frame {
    FrameKind kind;
    char *text;         /* of a query */
    const Source *file; /* the query is the whole text of this file */
    long position;      /* in the query, in characters; 0: none */
    char *name;         /* of a function: "app.f(integer)", or without arguments */
    int line;           /* in the body; 0: unknown */
    char word[24];      /* "at RAISE": what stands in that line; "": not known */

    /* what has been found out */
    const Passage *passage; /* the text itself, or the body; NULL: not found */
    size_t within; /* query: byte at which the failing statement starts in the passage */
    bool narrowed; /* ... which is known */
    bool placed;
    bool exact;           /* the column is known as well */
    const Source *source; /* where, when placed */
    size_t offset;
    size_t candidates; /* not narrowed: how many statements it could be */
} Frame;

typedef struct Locator {
    const Session *session;
    const Project *project;
    const SentText *sent;
    const char *state, *message, *detail;
    const char *routine;  /* of the server, that raised it: the same in every language; or "" */
    const char *names[5]; /* schema, table, column, constraint, data type; NULL: not named */
    Frame *frames;        /* innermost first */
    size_t frame_count, frame_cap;
    /* owned */
    Source **sources;
    size_t source_count, source_cap;
    Passage **passages;
    size_t passage_count, passage_cap;
    Source **file_sources; /* of project->files, as far as read; NULL: nothing read yet */
    Source *script;        /* deploy.sql, once asked for */
    bool script_read;
    struct Objects *objects; /* locate_objects.c; NULL: not asked for yet */
} Locator;

void frames_read(Locator *loc, const PGresult *error);
void frames_free(Locator *loc);

/* ---- locate_text.c -------------------------------------------------------------------------- */

Source *locator_add_source(Locator *loc, const char *path, const char *text, size_t len,
                           const ProjectFile *file);
/* Text of a loaded file as it is on the disk, if that is still what was loaded; else NULL. */
const Source *locator_file(Locator *loc, size_t index);
/* The project's deploy.sql; NULL: it cannot be read. */
const Source *locator_script(Locator *loc);
/* The loaded file of exactly this text, else NULL. */
const ProjectFile *file_of_text(const Project *project, const char *text, size_t len);
void locator_free(Locator *loc);

Passage *passage_new(Locator *loc, const char *text, size_t len);
void passage_map(Passage *passage, size_t at, const Source *source, size_t origin, bool fixed);
Passage *passage_of_source(Locator *loc, const Source *source);
/* A part of another passage. */
Passage *passage_cut(Locator *loc, const Passage *of, size_t from, size_t to);
/* The inside of a quote '...' with its doubled quotes undone. */
Passage *passage_unquote(Locator *loc, const Passage *of, size_t from, size_t to);
/* Where a byte of the passage stands. */
bool passage_origin(const Passage *passage, size_t offset, const Source **source,
                    size_t *origin);
/* A statement of PL/pgSQL or a dynamic one inside [from, to): first one behind `near`, else the
 * only one.  NULL: not there. */
Passage *passage_find(Locator *loc, const Passage *in, size_t near, const char *query);

/* ---- locate_body.c: DO blocks, functions ---------------------------------------------------- */

/* The quoted text whose quote comes first at or behind `from` in the statement [start, end).
 * *behind (may be NULL): what follows it.  NULL: none. */
Passage *body_of_statement(Locator *loc, const Passage *in, size_t from, size_t start,
                           size_t end, size_t *behind);
/* Fills in passage and place of a DO block or function; inner: the frame inside it, or NULL. */
void body_resolve_block(Locator *loc, Frame *frame, const Passage *in, size_t from, size_t to,
                        const Frame *inner, size_t *statement);
void body_resolve_function(Locator *loc, Frame *frame, const Frame *inner,
                           const Source *current);

typedef struct Body {
    Passage *passage;
    const Passage *in; /* where its statement stands */
    size_t start;      /* of the statement, in `in` */
    size_t rank;       /* of functions: in the order of the plan */
    bool in_current;   /* the running file defines it */
    bool later;        /* it stands in a file that comes behind the running one */
    bool same_types;   /* its arguments have the types that the frame names */
    uint32_t schema;   /* hash of the schema that it names; 0: none */
} Body;

typedef struct BodyList {
    Body *items;
    size_t len, cap;
} BodyList;

void body_add(BodyList *list, Body body);
/* Every definition of the function that a frame names, in the loaded files and the sent text. */
void definitions_find(Locator *loc, const Frame *frame, const Source *current, BodyList *list);

/* ---- locate_data.c -------------------------------------------------------------------------- */

/* The place in a file that is no SQL: JSON or XML that could not be read. */
bool spot_of_data(Locator *loc, const char *context, const Source **source, size_t *offset,
                  bool *column);

/* ---- locate_changed.c ----------------------------------------------------------------------- */

/* A text that is not one file's but was made of files: several of them, a part of one, one with
 * parameters put in.  NULL: it has nothing to do with them. */
Passage *passage_of_changed(Locator *loc, const char *text);

/* ---- locate_words.c: a text as statements, words and names ---------------------------------- */

typedef struct Statement {
    size_t start, end; /* start: the first word */
} Statement;

typedef struct Statements {
    const char *text;
    char *mask;
    size_t len;
    Statement *items;
    size_t count, cap;
} Statements;

Statements statements_of(const char *text, size_t len);
void statements_free(Statements *list);
/* Does the statement begin with one of these words (separated by |)? */
bool begins(const Statements *list, const Statement *statement, const char *words);
/* Is one of these words in its code, in whatever case? */
bool has_word(const Statements *list, const Statement *statement, const char *words);
/* Where a name stands in [from, to) of the code, as an identifier; SIZE_MAX: nowhere. */
size_t find_name(const Statements *list, size_t from, size_t to, const char *name);
bool names(const Statements *list, const Statement *statement, const char *name);
/* Owned name of what a CREATE makes, or of the table that INSERT, UPDATE, DELETE, MERGE, COPY,
 * ALTER TABLE works on, without its schema; NULL: none is seen. */
char *object_of(const Statements *list, const Statement *statement);
/* The texts that a message quotes, with the marks of whatever language. */
StrList quoted_names(const char *message);
/* Last part of a qualified name. */
const char *base_name(const char *name);
/* Owned.  permission denied for table orders; function f(integer) does not exist: names without
 * quotes. */
char *unquoted_name(const char *message);

/* Owned: the name that stands first in a part of a statement, without its schema; NULL: none. */
char *first_name(const Statements *list, const Statement *part);

/* ---- locate_objects.c: what definitions tell about the objects that a statement uses ------------- */

/* Does the code divide by anything but a number that is not zero? */
bool text_divides(const char *text, size_t len);
/* Does a statement name something whose definition divides? */
bool uses_division(Locator *loc, const Statements *list, const Statement *statement);
/* Does what is written to an object (a view, a partition's parent, a table with a rule) arrive in the
 * table? */
bool writes_through(Locator *loc, const char *object, const char *table);
void objects_free(Locator *loc);

/* ---- locate_culprit.c ----------------------------------------------------------------------- */

/* How many statements can have failed with this state and message; *found: the one, if one. */
size_t culprits(Locator *loc, const char *state, const char *message, const Statements *list,
                size_t *found);

/* ---- locate_statement.c --------------------------------------------------------------------- */

/* The one statement of a text that can have failed so, with no frame inside it.  *candidates: how
 * many are left.  exact: even the word is known. */
bool statement_of_error(Locator *loc, const char *text, size_t len, size_t *offset, bool *exact,
                        size_t *candidates);
/* Of one statement that failed: the byte whose line is to be shown. */
size_t statement_line(const Locator *loc, const char *text, size_t len);
/* The one statement that calls this function. */
bool statement_of_call(const char *text, size_t len, const char *function, size_t *offset);
/* The same for an error of which only the message is left (re-raised). */
bool statement_of_message(Locator *loc, const char *message, const char *text, size_t len,
                          size_t *offset, bool *exact, size_t *candidates);

/* ---- small things --------------------------------------------------------------------------- */

size_t line_start(const char *text, size_t len, int line); /* SIZE_MAX: no such line */
/* The word at text[at], as SQL sees it?  (no identifier character around it) */
bool word_at(const char *text, size_t len, size_t at, size_t word_len);
/* Does a RAISE in this line make the message?  -1: cannot be told, 0: no, 1: yes */
int raise_makes(const char *line, size_t len, const char *message);

#endif
