/*
 * step_private.h — what the files of \step share: the script, its history, the prompt.
 * Private to src/shell/step*.c.
 */
#ifndef PGMISH_STEP_PRIVATE_H
#define PGMISH_STEP_PRIVATE_H

#include "pgmish/hold.h"
#include "pgmish/step.h"
#include "pgmish/trace.h"

/* ---- step_script.c: a text and the items in it -------------------------------------------------- */

/* What the lexer finds at one look, with no variable substituted; \if and relatives are none. */
typedef struct ScriptItem {
    size_t start;             /* bytes */
    uint64_t line, last_line; /* from 1 */
} ScriptItem;

typedef struct StepScript {
    char *shown; /* name, fit for a terminal */
    char *name;  /* as breakpoints name it */
    char *path;  /* on disk; NULL: the text is that of a loaded file */
    char *text;  /* owned; a byte order mark is gone */
    size_t len;
    ScriptItem *items;
    size_t item_count, item_cap;
} StepScript;

/* Reads the text (again).  False: *diag, and the script is as it was. */
bool step_script_read(Shell *shell, StepScript *script, Diag *diag);
void step_script_free(StepScript *script);
/* Item that begins at this offset or next behind it; item_count: none. */
size_t step_script_find(const StepScript *script, size_t offset);
/* The item at which a breakpoint on this line holds; item_count: none. */
size_t step_script_at_line(const StepScript *script, int line);
size_t step_script_offset(const StepScript *script, uint64_t line, size_t column);
/* Prints lines around [first, last], the first one marked. */
void step_show_lines(const char *text, uint64_t first, uint64_t last);
/* Number of the line that holds this offset, from 1. */
uint64_t step_line_of(const char *text, size_t offset);
/* The project that is stepped through, also while the prompt has another connection; NULL: none. */
const Project *step_project(const Shell *shell);
/* Owned: where a file of step_file_name is on disk. */
char *step_disk_path(Shell *shell, const char *name);
/* Owned: file of the place one stands at, NULL: not stepping. */
char *step_current_file(Shell *shell);

/* ---- step_history.c: what was run, and the way back ---------------------------------------------- */

/* One item that was run or skipped, and what state there was before it. */
typedef struct StepPast {
    size_t start; /* in the script */
    bool skipped;
    bool in_block;      /* a transaction was open before it */
    unsigned block;     /* number of that transaction, or of the one that it began; 0: none */
    unsigned savepoint; /* number of the savepoint taken before it, 0: none */
    CondStack *cond;    /* owned; as it was before it */
} StepPast;

typedef struct StepHistory {
    StepPast *items;
    size_t len, cap;
    unsigned block;      /* number of the open transaction, 0: none is open */
    unsigned blocks;     /* numbers given */
    unsigned savepoints; /* numbers given */
    unsigned undone;     /* the newest transaction, when it ended by a rollback as a whole */
} StepHistory;

/* ---- the whole -------------------------------------------------------------------------------------- */

typedef enum StepMode {
    STEP_MODE_STOP, /* at the next item, once `repeat` of them have passed */
    STEP_MODE_RUN,  /* at a breakpoint, or at `until` */
} StepMode;

typedef enum StepDecision {
    DECIDE_NOTHING, /* the prompt goes on */
    DECIDE_GO,
    DECIDE_SKIP,
    DECIDE_BACK,
    DECIDE_RETRY,
    DECIDE_QUIT
} StepDecision;

#define IDLE_LIMIT "idle_in_transaction_session_timeout"

/* ---- step_block.c: a statement that runs files ------------------------------------------------------ */

/* A breakpoint, or `until`, in a loaded file. */
typedef struct StepStop {
    const TraceFile *file;
    size_t statement;
    int number; /* of the breakpoint, 0: until */
} StepStop;

typedef struct StepBlock {
    Hold *hold;         /* NULL: marks do not wait, stepping stays at top level */
    Session *session;   /* the shell's own, while the prompt has another one; else NULL */
    PGconn *other;      /* owned; for what is typed while a mark waits; NULL: not opened */
    bool alone;         /* ... and cannot be */
    TraceMode before;   /* of the session, to be put back */
    TraceMark mark;     /* the last one of this statement; file NULL: none */
    bool arrived;       /* it has not been looked at yet */
    bool free;          /* marks do not wait any more in this statement */
    bool cancelled;     /* the user wants the statement to end: */
    StepDecision after; /* what then */
    char *timeout;      /* owned; statement_timeout to put back, NULL: none */
    StepStop *stops;    /* owned */
    size_t stop_count;
    PGresult *plan; /* owned; of this project: */
    const Project *plan_of;
    bool explained; /* the user has been told about the other connection */
} StepBlock;

/* What a loop inside another one replaces in the shell. */
typedef struct StepOuter {
    const char *input_file;
    bool terse;
    struct DeployRun *deploy;
    struct DeployRun *own; /* not the outer one: deploy.sql's rules for the script */
} StepOuter;

typedef struct Stepper {
    Shell *shell;
    StepScript script;
    Input input;  /* the script's */
    size_t blank; /* bytes of the next line that a jump left out */
    Input *outer; /* where \step came from: the prompt reads there */
    Input prompt; /* the prompt's, over outer */
    uint64_t outer_line;
    StepOuter around; /* of outer */

    size_t at;     /* where the current item begins */
    uint64_t line; /* and its line */
    bool in_item;  /* it has been begun */
    bool go;       /* run it without asking */
    bool failed;   /* it was run and failed */
    bool jumped;   /* the input has been moved */
    bool was_open; /* a transaction was, before what is typed at the prompt */
    bool undone;   /* what failed was rolled back to its savepoint */
    bool touched;  /* something ran at the prompt: the item's variables may have changed */
    StepMode mode;
    int repeat;
    char *until_file; /* owned */
    int until_line;
    int breakpoint;    /* number of the one that stopped here, 0: none */
    char *failed_file; /* owned; where the last failure was, NULL: not known */
    int failed_line;

    StepDecision decision;
    int count;           /* of skip and back */
    bool quit;           /* rolled back, not finished */
    bool lost;           /* the connection */
    bool broken;         /* the prompt ended by an error */
    bool own_input;      /* no input was there to take the commands from (-c): outer is ours */
    char *idle_limit;    /* owned; idle_in_transaction_session_timeout to be put back */
    bool own_block;      /* no transaction was open when \step began */
    int backend;         /* process id of the session that it began in */
    int skips;           /* items still to be skipped */
    size_t run, skipped; /* for the last line */
    StepHistory past;
    StepBlock block;
    bool whole;     /* this statement is to run to its end, but for breakpoints */
    bool at_prompt; /* what runs is the user's own, not the script's */
    bool at_mark;   /* the prompt stands inside a statement */
} Stepper;

/* step_history.c.  A command of the stepper's own in the user's session; false: *diag. */
bool step_sql(Stepper *step, const char *sql, Diag *diag);
/* Before an item is run: opens the transaction that is due, takes the savepoint, notes it. */
void step_past_begin(Stepper *step, const StepItem *item);
void step_past_skip(Stepper *step, const StepItem *item);
/* After the item that step_past_begin noted.  text may be NULL. */
void step_past_end(Stepper *step, const char *text, bool ok);
/* The current item failed: back to the savepoint before it, where there is one. */
void step_past_undo(Stepper *step, CondStack *cond);
/* One item back.  False: it cannot be; *diag. */
bool step_past_back(Stepper *step, CondStack *cond, Diag *diag);
void step_past_free(StepHistory *past);
/* Around what is typed at the prompt: a savepoint, so that an error does not lose the block. */
void step_guard(Stepper *step);
void step_unguard(Stepper *step, bool was_open, const char *text, bool ok);

/* step_prompt.c.  Shows the place (unless the user has just seen it) and reads commands until one
 * decides. */
StepDecision step_prompt(Stepper *step, bool show);
/* A message about what was typed at the prompt. */
void step_say(Stepper *step, const Diag *diag);
Input step_prompt_input(Stepper *step);

/* The place of the last mark, for the user. */
void step_show_mark(Stepper *step);

/* step_block.c.  Marks on and off; closing puts the session back as it was. */
void step_block_open(Stepper *step);
void step_block_close(Stepper *step);
/* Nothing is known of a mark: before each item, and when the files may be loaded anew. */
void step_block_forget(Stepper *step);
/* After a statement failed, as soon as the session answers: gives back what a mark may have kept. */
void step_block_clean(Stepper *step);
/* Takes a limit of the server off (statement_timeout, say) and returns the owned value that it had, NULL: it
 * was off.  In a transaction for its time only.  step_put_back frees the value; what has been set to
 * something else since stays. */
char *step_lift(PGconn *conn, const char *name);
void step_put_back(PGconn *conn, const char *name, char *value);
/* Owned original text of a loaded file; NULL: it is another one on disk now. */
char *step_file_text(Shell *shell, const ProjectFile *file);
/* The line on which a statement of that text ends. */
uint64_t step_mark_end(const char *text, const MarkList *marks, size_t i);
/* step_other.c.  The prompt while a mark waits. */
StepDecision step_prompt_at_mark(Stepper *step);

/* step.c */
void step_move(Stepper *step, size_t offset);
/* step_reload.c.  Puts the input on the script's text as it is now. */
bool step_open_text(Stepper *step);
/* What has changed on disk: the project is loaded again, the script read again.  False: cannot. */
bool step_read_again(Stepper *step);

#endif
