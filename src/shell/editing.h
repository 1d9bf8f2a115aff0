/*
 * editing.h — line editing's own interface inside this room.
 *
 * psql is built with readline, and its users' hands know readline's keys, its history and where it
 * puts the cursor.  No library under a licence of ours behaves so; this editor does.  A key (or a
 * sequence of keys) runs a command: a row of a command table, found by readline's name for it.
 * All state belongs to the Shell.
 *
 *   editing.c          begin, read a line, end            editing_input.c    bytes, signals, macros
 *   editing_keys.c     key sequences, arguments           editing_bindings.c what is bound at first
 *   editing_text.c     the line: insert, delete, undo     editing_draw.c     the line on the screen
 *   editing_terminal.c what the terminal can do           editing_move.c     moving, changing
 *   editing_kill.c     deleting and putting back          editing_recall.c   history keys
 *   editing_search.c   incremental search                 editing_vi*.c      vi's commands
 *   editing_tab.c      Tab                                editing_list.c     lists of candidates
 *   inputrc.c          ~/.inputrc                         history*.c         what was typed
 */
#ifndef PGMISH_EDITING_H
#define PGMISH_EDITING_H

#include <signal.h>
#include <termios.h>

#include "pgmish/shell.h"

typedef struct Editing Editing;

/* ---- commands and keys ---------------------------------------------------------------------- */

/* A command: count is the numeric argument (1 when none was given), key the last byte typed. */
typedef void EditRun(Editing *editing, int count, unsigned char key);

typedef struct EditCommand {
    const char *name; /* readline's */
    EditRun *run;
} EditCommand;

/* Tables of commands, each ends with a NULL name. */
extern const EditCommand edit_commands_move[], edit_commands_kill[], edit_commands_recall[],
    edit_commands_keys[], edit_commands_tab[], edit_commands_search[], edit_commands_vi[];

typedef enum KeymapName {
    KEYMAP_EMACS,
    KEYMAP_VI_INSERT,
    KEYMAP_VI_COMMAND,
    KEYMAPS
} KeymapName;

typedef struct Binding {
    char *keys; /* bytes, owned */
    size_t len;
    EditRun *run; /* NULL: the macro, or nothing */
    char *macro;  /* bytes typed in its place; NULL: none; owned */
    size_t macro_len;
} Binding;

typedef struct Keymap {
    Binding *items;
    size_t len, cap;
} Keymap;

/* ---- the line --------------------------------------------------------------------------------- */

typedef enum UndoKind { UNDO_INSERT, UNDO_DELETE, UNDO_BEGIN, UNDO_END } UndoKind;

typedef struct UndoStep {
    UndoKind kind;
    size_t start, end; /* bytes */
    char *text;        /* of a deletion; owned */
} UndoStep;

typedef struct UndoList {
    UndoStep *items;
    size_t len, cap;
} UndoList;

/* An entry of the history.  undo: what was changed in it without running it. */
typedef struct HistoryEntry {
    char *text;
    UndoList undo;
} HistoryEntry;

/* ---- the screen --------------------------------------------------------------------------------- */

/* What is drawn in one go: a character with its combining ones, or an invisible part. */
typedef struct Unit {
    size_t at, len; /* in the row's bytes */
    int width;      /* cells */
} Unit;

typedef struct ScreenRow {
    StrBuf bytes;
    Unit *units;
    size_t len, cap;
    int width;
} ScreenRow;

typedef struct Layout {
    ScreenRow *rows;
    size_t len, cap;
    size_t cursor_row;
    int cursor_column;
} Layout;

typedef struct TerminalType {
    bool known;     /* anything but dumb or unknown */
    bool wraps;     /* a full row may be written without harm */
    const char *up; /* NULL: it cannot; a line is then shown in a window of one row */
    const char *clear_to_end, *erase_screen; /* NULL: cannot */
} TerminalType;

enum { KILL_RING = 10 };

struct Editing {
    Shell *shell;

    /* the line */
    StrBuf text;
    size_t point, mark; /* bytes */
    UndoList undo;
    bool overwrite;
    bool done, eof;

    /* keys */
    Keymap keymaps[KEYMAPS];
    KeymapName keymap; /* the one in use */
    bool vi;           /* editing-mode vi */
    EditRun *last;     /* command before this one; NULL: none in this line */
    bool keeps_last;   /* the command that runs does not count as one */
    int argument;      /* digits typed so far */
    int argument_sign;
    bool argument_given; /* digits were typed (for this command) */
    bool argument_open;  /* more digits may follow */
    bool argument_minus; /* only "-" was typed */

    /* bytes to be read before the terminal's: a macro, keys that were looked at */
    StrBuf pushed;
    size_t pushed_at;
    StrBuf macro_recorded, macro_last; /* of Ctrl-X ( */
    bool recording;

    /* signals while a line is read */
    int signal_fd;
    sigset_t watched, before;
    bool interrupted;

    /* terminal and screen */
    TerminalType terminal;
    struct termios cooked;
    bool raw, cooked_known;
    StrBuf prompt, prompt_above; /* its last line, with marks; the lines above, without */
    const char *message;         /* shown in the prompt's place; NULL: the prompt; borrowed */
    Layout shown;                /* what is on the screen */
    size_t row;                  /* where the cursor is */
    int column;
    int width;            /* of the layout shown */
    bool undrawn;         /* something else is on the screen: the line is not drawn */
    int margin;           /* cells to the left of a window of one row */
    bool bracketed_paste; /* the terminal is asked to mark pasted text */

    /* Tab */
    bool list_at_once;    /* inputrc: show-all-if-ambiguous */
    bool list_unmodified; /* inputrc: show-all-if-unmodified */
    bool list_across;     /* inputrc: print-completions-horizontally */
    bool no_completion;   /* inputrc: disable-completion */
    int query_items;      /* inputrc: completion-query-items */
    int list_width;       /* inputrc: completion-display-width; -1: that of the screen */
    bool no_pages;        /* inputrc: page-completions off */
    bool tab_idle;        /* the Tab before changed nothing */
    StrList menu;         /* menu-complete: what it goes through */
    size_t menu_at, menu_start;
    char menu_suffix;

    /* what was deleted, the newest last */
    char *killed[KILL_RING];
    size_t killed_len, yank_at;
    bool read_ahead;           /* a key behind typed characters was read with them */
    bool killing, last_killed; /* this command deletes for yank; the one before did */

    /* history */
    HistoryEntry *history;
    size_t history_len, history_cap;
    size_t history_at;  /* entry in the line; history_len: a new line */
    HistoryEntry draft; /* the new line while an entry is looked at */
    size_t go_to;       /* Ctrl-O: entry to begin the next line with, plus 1 */
    char *history_path; /* NULL: not kept */
    StrBuf pending;     /* lines of the entry that is being typed */
    char *previous;     /* last entry, for ignoredups; NULL: none */
    size_t added;       /* entries of this session */
    StrBuf prefix;      /* what PgUp looks for */
    char *last_search;  /* of Ctrl-R; NULL: none */
    char *last_pattern; /* of Alt-P and vi's "/"; NULL: none */
    size_t yank_skip;   /* entries Alt-. has gone back */
    int yank_step, yank_count;
    bool yank_given;

    struct ViState *vi_state; /* editing_vi.c; NULL until it is needed */
    bool mode_in_prompt;      /* inputrc: show-mode-in-prompt */
    StrBuf comment_begin;     /* inputrc: comment-begin */
};

/* ---- editing.c ---------------------------------------------------------------------------------- */

/* Reads one line with line editing; shell->editing is not NULL.  See Input.read_line. */
ReadStatus editing_read_line(Shell *shell, const char *prompt, StrBuf *line);

/* ---- editing_input.c ------------------------------------------------------------------------------ */

/* One byte, macros first, signals served; draws the line when nothing waits to be read.
 * 1, 0 at the end of input, -1: interrupted. */
int editing_read_byte(Editing *editing, unsigned char *byte);
/* Something can be read within so many milliseconds. */
bool editing_input_waits(Editing *editing, int milliseconds);
/* Bytes to be read next. */
void editing_push(Editing *editing, const char *bytes, size_t len);

/* ---- editing_terminal.c ----------------------------------------------------------------------------- */

void terminal_open(Editing *editing);
void terminal_close(Editing *editing);
/* Keys as they come (true), or as the terminal was. */
void terminal_raw(Editing *editing, bool on);
/* Writes a capability (NULL: nothing). */
void terminal_put(const char *text);
/* The terminal's own keys for arrows, Home, End ..., and its erase, kill, word erase. */
void terminal_bind_keys(Editing *editing);

/* ---- editing_draw.c ----------------------------------------------------------------------------------- */

/* Brings the screen up to date. */
void editing_draw(Editing *editing);
/* What was drawn is above now: the line begins anew where the cursor is. */
void editing_forget_screen(Editing *editing);
/* The lines of the prompt above its last one. */
void editing_write_prompt_above(Editing *editing);
/* Moves below the last row of the line, as Enter does. */
void editing_leave_line(Editing *editing);
void editing_clear_screen(Editing *editing);
void editing_resized(Editing *editing);
/* Shows text in the prompt's place (NULL: the prompt). */
void editing_message(Editing *editing, const char *text);
void layout_free(Layout *layout);
/* Bytes of the character at text, at least 1; *width: its cells (a control character: 2). */
size_t editing_char(const char *text, size_t len, int *width);
int editing_text_width(const char *text);

/* ---- editing_text.c ------------------------------------------------------------------------------------ */

void edit_insert(Editing *editing, const char *text, size_t len);
/* Deletes [from, to); the cursor moves as text goes. */
void edit_delete(Editing *editing, size_t from, size_t to);
/* The whole line becomes text, with no undo. */
void edit_set_line(Editing *editing, const char *text);
void edit_group_begin(Editing *editing);
void edit_group_end(Editing *editing);
/* False: nothing to undo. */
bool edit_undo(Editing *editing);
void undo_free(UndoList *undo);
/* Where the next or the previous character begins. */
size_t edit_next(const Editing *editing, size_t at);
size_t edit_before(const Editing *editing, size_t at);
void edit_bell(const Editing *editing);

/* ---- editing_keys.c -------------------------------------------------------------------------------------- */

/* Reads a key (sequence) and runs what is bound to it.  Sets done. */
void editing_serve_key(Editing *editing);
/* run NULL and macro NULL: the keys do nothing. */
void editing_bind(Editing *editing, KeymapName map, const char *keys, size_t len, EditRun *run,
                  const char *macro, size_t macro_len);
/* What keys are bound to, exactly; NULL: nothing. */
const Binding *editing_bound(const Keymap *map, const char *keys, size_t len);
void editing_keys_free(Editing *editing);
/* Reads a whole character.  Bytes, 0: end or interrupted. */
size_t editing_read_char(Editing *editing, char *bytes);
EditRun edit_self_insert;

/* editing_bindings.c: what is bound before ~/.inputrc. */
void editing_bind_defaults(Editing *editing);
EditRun *editing_command(const char *name); /* NULL: none of that name */

/* ---- editing_move.c, editing_kill.c, editing_recall.c ------------------------------------------------------ */

size_t edit_word_end(const Editing *editing, size_t at);
size_t edit_word_start(const Editing *editing, size_t at);
/* Deletes [from, to) or [to, from) and keeps it; from > to: in front of what was kept just before. */
void edit_kill(Editing *editing, size_t from, size_t to);
const char *edit_last_killed(const Editing *editing); /* NULL: nothing */
/* Entry `at` of the history comes into the line (history_len: the new line). */
void recall_entry(Editing *editing, size_t at);
void recall_begin(Editing *editing);  /* a new line */
void recall_accept(Editing *editing); /* entries are as they were run */
EditRun edit_previous_history;

/* ---- editing_vi.c -------------------------------------------------------------------------------------------- */

void vi_free(Editing *editing);
void vi_begin_line(Editing *editing); /* insert mode */

/* ---- the rest --------------------------------------------------------------------------------------------------- */

/* inputrc.c: applies the settings and bindings of ~/.inputrc. */
void editing_read_inputrc(Editing *editing);
/* editing_list.c: shows candidates under the line, in columns and pages as readline does. */
void editing_list(Editing *editing, const StrList *shown);
void editing_screen_size(int *columns, int *rows);

/* history.c */
void history_open(Editing *editing);
void history_close(Editing *editing);

/* history_file.c: psql's history file.  Entries may hold newlines. */
void history_file_read(const char *path, StrList *entries);
/* Appends entries; cuts the file to `max` entries in all (max < 0: no limit).  False: errno. */
bool history_file_append(const char *path, const StrList *entries, int max);
/* history_mask.c: owned copy of an entry without parameter values and passwords (shell.md 8). */
char *history_masked(const char *entry);

#endif
