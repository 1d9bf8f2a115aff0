/*
 * editing.h — line editing's own interface inside this room.
 *
 * libedit's native interface is used, not its imitation of readline: it keeps its state in objects
 * that can belong to the Shell, and lets us read the keys ourselves, which is what makes Ctrl-C a
 * plain return value.
 */
#ifndef PGMISH_EDITING_H
#define PGMISH_EDITING_H

#include <histedit.h>
#include <locale.h>
#include <signal.h>

#include "pgmish/shell.h"

struct Editing {
    Shell *shell;
    EditLine *el;
    StrBuf prompt, prompt_above; /* its last line; the lines above, without marks */
    bool bracketed_paste;        /* the terminal is asked to mark pasted text */

    /* signals while a line is read */
    int signal_fd;
    sigset_t watched, before;
    bool interrupted;
    locale_t locale; /* 0: the process's own is fine */

    /* completion: Tab pressed twice in a row lists */
    unsigned long keys;     /* keys read so far */
    unsigned long idle_tab; /* `keys` at the last Tab that changed nothing, 0: none */
    bool list_at_once;      /* inputrc: show-all-if-ambiguous */
    int query_items;        /* inputrc: completion-query-items */
    int list_width;         /* inputrc: completion-display-width; -1: that of the screen */
    bool no_pages;          /* inputrc: page-completions off */

    /* keys read ahead while an escape sequence was looked for (vi) */
    unsigned char ahead[8];
    size_t ahead_len;
    bool vi;

    /* what was deleted last, for yank; NULL: nothing */
    wchar_t *killed;
    unsigned long kill_key; /* `keys` at that time */

    /* history */
    History *history;
    char *history_path; /* NULL: not kept */
    StrBuf pending;     /* lines of the entry that is being typed */
    char *previous;     /* last entry, for ignoredups; NULL: none */
    size_t added;       /* entries of this session */
};

/* Reads one line with line editing; shell->editing is not NULL.  See Input.read_line. */
ReadStatus editing_read_line(Shell *shell, const char *prompt, StrBuf *line);

/* The lines of the prompt above its last one, before the line is drawn anew. */
void editing_write_prompt_above(Editing *editing);

/* editing_keys.c: keys, signals between them, the default bindings. */
void editing_bind_keys(Editing *editing);
void editing_bind_own(Editing *editing); /* the keys of ours that a change of mode takes away */
/* One key as libedit wants it: 1, 0 at the end, -1 when interrupted. */
int editing_read_key(EditLine *el, wchar_t *key);
/* One byte from the terminal, signals served: 1, 0, -1 as above. */
int editing_read_byte(Editing *editing, unsigned char *byte);

/* inputrc.c: applies the settings and bindings of ~/.inputrc that libedit can follow. */
void editing_read_inputrc(Editing *editing);

/* editing_tab.c: what Tab does. */
unsigned char editing_complete_key(EditLine *el, int ch);
/* editing_list.c: shows candidates under the line, in columns and pages as readline does, and
 * draws the line again. */
void editing_list(Editing *editing, const StrList *shown);
/* Row of the cursor, counted from the prompt's last line. */
int editing_cursor_row(Editing *editing);
/* Rows of the line being edited that are below the cursor's; column behind its end. */
int editing_rows_below(Editing *editing, int *end_column);

/* editing_words.c: commands by words, deleting and putting back, as readline has them. */
unsigned char editing_forward_word(EditLine *el, int ch);
unsigned char editing_backward_word(EditLine *el, int ch);
unsigned char editing_kill_line(EditLine *el, int ch);
unsigned char editing_discard_line(EditLine *el, int ch);
unsigned char editing_rubout_word(EditLine *el, int ch);
unsigned char editing_kill_word(EditLine *el, int ch);
unsigned char editing_backward_kill_word(EditLine *el, int ch);
unsigned char editing_yank(EditLine *el, int ch);
unsigned char editing_upcase_word(EditLine *el, int ch);
unsigned char editing_downcase_word(EditLine *el, int ch);
unsigned char editing_capitalize_word(EditLine *el, int ch);
unsigned char editing_transpose(EditLine *el, int ch);
/* editing_search.c: Ctrl-R and Ctrl-S. */
unsigned char editing_search_key(EditLine *el, int ch);

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
