/*
 * road.h — between the lexer and the server: what a statement becomes before it is sent.
 * Private to src/shell.
 */
#ifndef PGMISH_ROAD_H
#define PGMISH_ROAD_H

#include "pgmish/shell.h"

/* What to do with one result of the message. */
typedef enum ResultUse {
    RESULT_SHOW, /* the user's own statement */
    RESULT_HIDE, /* part of an expansion: errors only */
    RESULT_CALL  /* last statement of an expansion: prints the tag CALL */
} ResultUse;

typedef struct ResultPlan {
    ResultUse use;
    unsigned suite; /* number of the expansion that it belongs to, from 1; 0: none */
} ResultPlan;

/* One expansion. */
typedef struct Expansion {
    Suite *suite;
    char *pattern; /* NULL: all tests */
} Expansion;

typedef struct Outgoing {
    const char *sql;  /* what is sent: the user's own text (borrowed), or text.data */
    StrBuf text;      /* a text that had to be made; empty: none */
    bool expanded;    /* it holds an expanded macro */
    bool wrapped;     /* BEGIN was put in front, COMMIT behind */
    bool watch;       /* a round of \watch: no cursor, and no result variables */
    uint64_t rows;    /* of the last table shown */
    MacroSpan *spans; /* what was put in: expansions, BEGIN in front */
    size_t span_count;
    ResultPlan *plan; /* one per statement; only when expanded */
    size_t planned;
    Expansion *expansions;
    size_t expansion_count;
} Outgoing;

/* Fills *out from sql.  False: a macro could not be expanded; the message is printed and an open
 * transaction block is left aborted (shell.md section 3). */
bool road_prepare(Shell *shell, const char *sql, bool substituted, Outgoing *out);
void road_release(Outgoing *out);
/* Hints that the shell adds to an error of the server: forgotten load, macro in a DO block. */
void road_hint(Shell *shell, const char *sql, const PGresult *error);

#endif
