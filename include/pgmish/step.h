/*
 * step.h — \step: one script, statement by statement, with a live prompt in between (shell.md
 * section 6), and the breakpoints of \break.
 *
 * The script is read by the ordinary loop from an Input of its own, so that everything a script
 * may hold works as it does without stepping; the loop asks here before it runs an item (a
 * statement, or a backslash command) and tells what became of it.  Going back means to move that
 * Input back.  The prompt is a loop too, over the input that \step itself came from.
 */
#ifndef PGMISH_STEP_H
#define PGMISH_STEP_H

#include "pgmish/shell.h"

/* ---- what may be typed at the step prompt ------------------------------------------------- */

typedef enum StepVerb {
    STEP_OTHER, /* none of the words: SQL or a backslash command */
    STEP_NEXT,
    STEP_CONTINUE,
    STEP_UNTIL,
    STEP_FINISH,
    STEP_SKIP,
    STEP_BACK,
    STEP_RETRY,
    STEP_EDIT,
    STEP_LIST,
    STEP_PLAN,
    STEP_BREAK,
    STEP_DELETE,
    STEP_HELP,
    STEP_QUIT
} StepVerb;

typedef struct StepCommand {
    StepVerb verb;
    int count; /* of next, skip, back: 1 unless given; of delete: number of a breakpoint, 0: all */
    char *file; /* owned; of until, break, edit: NULL: the file one stands in */
    int line;   /* of until, break, edit; 0: not given */
} StepCommand;

/* Takes a line of the step prompt apart.  False: it is one of the words, used wrongly: *diag. */
bool step_command_parse(const char *line, StepCommand *command, Diag *diag);
/* True when the line begins with one of the words. */
bool step_is_word(const char *line);
void step_command_free(StepCommand *command);
/* FILE:LINE, or LINE alone.  False: neither; then nothing is owned. */
bool step_place_parse(const char *text, char **file, int *line);
/* The words, for completion. */
extern const char *const step_words[]; /* ends with NULL */

/* ---- breakpoints ---------------------------------------------------------------------------- */

typedef struct Breakpoint {
    int number;
    char *file; /* as breakpoint_file has it */
    int line;
} Breakpoint;

typedef struct Breakpoints {
    Breakpoint *items;
    size_t len, cap;
    int last; /* number given last: numbers are not used again */
} Breakpoints;

void breakpoints_free(Breakpoints *breaks); /* NULL is fine */
/* Number of the breakpoint there, which may have been there before. */
int breakpoints_add(Breakpoints *breaks, const char *file, int line);
bool breakpoints_delete(Breakpoints *breaks, int number); /* 0: all of them */
/* Owned: the one name under which a file is known here: "deploy.sql", the path of a loaded file
 * with its "./", else the path without detours. */
char *step_file_name(Shell *shell, const char *typed);
/* The lines on which the statements of such a file begin, from 1; owned by the caller. */
size_t step_statement_lines(Shell *shell, const char *file, uint64_t **lines);
/* Candidates for FILE:LINE that start with text. */
void step_complete_place(Shell *shell, const char *text, StrList *list);
/* What \break and the word break do: set, list, delete; they print.  False: refused. */
bool step_break(Shell *shell, const char *file, int line);
void step_break_list(Shell *shell);
bool step_break_delete(Shell *shell, int number);

/* ---- the session ------------------------------------------------------------------------------ */

/* Steps through a script: NULL is deploy.sql of the loaded project.  False: refused, or ended by a
 * failure; the message is printed. */
bool step_run(Shell *shell, const char *file);
/* True while \step is under way. */
bool step_active(const Shell *shell);

/* ---- what the loop, and whoever runs statements, asks -------------------------------------------- */

/* What the loop is about to run. */
typedef struct StepItem {
    uint64_t line;    /* where it begins in the input, from 1 */
    size_t column;    /* bytes, from 1 */
    const char *text; /* query text, NULL: a backslash command without one */
    int copies;       /* COPY FROM STDIN in it */
    CondStack *cond;  /* of the loop: put back to what it was when the loop goes back */
} StepItem;

typedef enum StepAction {
    STEP_DO_RUN,
    STEP_DO_SKIP, /* not to be run */
    STEP_DO_JUMP, /* the input has been moved: forget this line */
    STEP_DO_LEAVE /* the script is done with */
} StepAction;

StepAction step_before(Shell *shell, const Input *input, const StepItem *item);
/* complete: nothing of the item is left (\bind, say, only prepares it).  May change *ok: what failed
 * is for the user to put right.  JUMP as above, else RUN. */
StepAction step_after(Shell *shell, const Input *input, const StepItem *item, bool complete,
                      bool *ok);
/* True when this input is the script being stepped through. */
bool step_reads(const Shell *shell, const Input *input);
/* True: Ctrl-C was pressed while the script ran on: it stops there, and does not end. */
bool step_interrupt(Shell *shell, const Input *input);
/* False while the text of a project file is stepped through: it is SQL as EXECUTE would see it, in
 * which no variable stands. */
bool step_substitutes(const Shell *shell);
/* Around a message of the user's whose results are waited for with step_wait before each of them: marks
 * may stop it in between. */
void step_statement_begin(Shell *shell, const char *sql);
void step_statement_end(Shell *shell);
void step_wait(Shell *shell);
/* From here on no mark stops this message: nobody will wait (COPY data). */
void step_no_marks(Shell *shell);
/* After a message of the user's: a rollback of what a script left open may have brought marks and settings
 * back. */
void step_settle(Shell *shell);
/* True: the user himself has ended the statement at the step prompt, so its error is no news. */
bool step_cancelled(const Shell *shell, const PGresult *error);
/* True when whoever steps sits at a terminal. */
bool step_interactive(const Shell *shell);

#endif
