/*
 * tutorial.h — \pgmi tutorial: a course at the real prompt.
 *
 * The course is data: one file for each step in src/shell/tutorial/, embedded in the binary, in the
 * order of their names; doc/tutorial.md is made of the same files.  A step file is sections, each
 * begun by a line "@KEYWORD ...":
 *
 *   @title TEXT        heading
 *   @needs COMMAND     the step exists only where this backslash command does
 *   @unset NAME ...    variables of the shell that the step begins without
 *   @file PATH         a file that is written when the step begins
 *   @text              what the learner reads
 *   @check CONDITION   all of them must hold for the step to be done
 *   @wrong CONDITION   a remark when they do not hold but this does; :NAME in it is a variable
 *   @hint              one more hint
 *   @answer            lines that do it, as they would be typed
 *   @done              what is said when it is done
 *
 * A CONDITION looks at the state of shell, server and files, never at what was typed:
 *
 *   var NAME [= TEXT | ~ REGEX]   a variable is set, has this value, matches
 *   same NAME SQL                 a variable has the value that the query gives
 *   sql SQL                       the query gives true (and does not fail)
 *   txn idle|open|failed          state of the connection's transaction
 *   file PATH ~ REGEX             a file below the course's directory has a matching line
 *
 * Going back, skipping and restarting make the state anew: files, database, then the answers of all
 * steps in front.  So an answer is more than a help, it is what the next steps stand on.
 */
#ifndef PGMISH_TUTORIAL_H
#define PGMISH_TUTORIAL_H

#include "pgmish/shell.h"

/* ---- the course (tutorial_course.c) --------------------------------------------------------- */

typedef enum TutorialKind {
    TUTORIAL_VAR,
    TUTORIAL_SAME,
    TUTORIAL_SQL,
    TUTORIAL_TXN,
    TUTORIAL_FILE
} TutorialKind;

typedef struct TutorialCondition {
    TutorialKind kind;
    char *name;   /* variable, file or state; NULL for sql */
    char compare; /* '=', '~', or 0: is set */
    char *value;  /* text, regular expression or SQL; NULL: none */
    char *remark; /* of @wrong; NULL for @check */
} TutorialCondition;

typedef struct TutorialFile {
    char *path, *text;
} TutorialFile;

typedef struct TutorialStep {
    char *title, *needs, *text, *answer, *done; /* needs may be NULL */
    StrList unset, hints;
    TutorialFile *files;
    size_t file_count;
    TutorialCondition *checks, *wrongs;
    size_t check_count, wrong_count;
} TutorialStep;

typedef struct TutorialCourse {
    const char *begin, *end; /* texts before and behind the steps; borrowed, embedded */
    TutorialStep *steps;
    size_t count;
} TutorialCourse;

/* Reads the embedded course; steps whose command does not exist are left out unless all. */
void tutorial_course_read(TutorialCourse *course, bool all);
void tutorial_course_free(TutorialCourse *course);
/* One step from the text of its file.  False: *diag names the line.  Freed by the caller either
 * way. */
bool tutorial_step_read(TutorialStep *step, const char *text, Diag *diag);
void tutorial_step_free(TutorialStep *step);

/* ---- conditions (tutorial_check.c) ----------------------------------------------------------- */

/* All its @check conditions hold.  Leaves an open transaction as it was; asks the server nothing in a
 * failed one. */
bool tutorial_done(Shell *shell, const TutorialStep *step);
/* The remark of the first @wrong that holds, variables put in; owned, NULL: none. */
char *tutorial_remark(Shell *shell, const TutorialStep *step);

/* ---- the place where it happens (tutorial_place.c) --------------------------------------------- */

/*
 * A scratch server, a directory on it, and a shell connected to it, which is not the user's: his
 * connection, session, variables, settings and history cannot change.  The process's working
 * directory and PG* variables are moved there, so that programs started with \! find it too, and
 * are put back by tutorial_leave.
 */
typedef struct TutorialPlace {
    Shell shell;
    char *directory;   /* of the course's files */
    int outer_cwd;     /* open directory to go back to, -1: none */
    StrList outer_env; /* NAME=VALUE of the PG* variables that were set */
    bool entered;
} TutorialPlace;

bool tutorial_enter(TutorialPlace *place, Shell *outer);
void tutorial_leave(TutorialPlace *place, Shell *outer);
/* Files, database and session as they are when step `index` begins.  False: message printed. */
bool tutorial_rebuild(TutorialPlace *place, const TutorialCourse *course, size_t index);
/* Writes the step's files, unsets its variables. */
bool tutorial_prepare(TutorialPlace *place, const TutorialStep *step);
/* False: the learner has connected to another server. */
bool tutorial_at_home(const TutorialPlace *place);

/* ---- the course itself (tutorial.c) -------------------------------------------------------------- */

/* Runs it to its end, or until the learner leaves.  False: it could not begin; message printed. */
bool tutorial_run(Shell *outer);

#endif
