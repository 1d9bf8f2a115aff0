/*
 * meta.h — how a backslash command is written.
 *
 * A file in meta-commands/ ends with one or more META_COMMAND descriptors; that is all there is
 * to registering it.  The build gathers them; \?, `\pgmi help`, tab completion, the manual's
 * command reference and the dispatcher read them.  There is no second list.
 */
#ifndef PGMISH_META_H
#define PGMISH_META_H

#include "pgmish/graph.h"
#include "pgmish/shell.h"

typedef enum MetaResult {
    META_ERROR,     /* failed; message printed; ON_ERROR_STOP applies */
    META_DONE,      /* nothing more to do, query buffer as it was */
    META_SEND,      /* send the query buffer now */
    META_NEW_QUERY, /* the query buffer was replaced (\e): lex it */
    META_QUIT,      /* end this input */
    META_UNKNOWN    /* not a command (only the dispatcher returns it) */
} MetaResult;

typedef struct MetaArg {
    char *text;
    char quote; /* first quote character of the argument, 0: unquoted */
} MetaArg;

typedef struct MetaCall {
    const char *name; /* as typed, e.g. "dt+" */
    MetaArg *args;    /* lexed as the descriptor's `args` says; owned by the framework */
    size_t count;
    bool active;   /* false only for commands with META_ALWAYS in an inactive branch */
    StrBuf *query; /* current query buffer (shell->query); NULL with -c */
} MetaCall;

/* Text of argument i, NULL when it was not given. */
const char *meta_arg(const MetaCall *call, size_t i);
/* True when the name as typed holds this modifier letter behind the first `skip` letters. */
bool meta_modifier(const MetaCall *call, size_t skip, char letter);

enum {
    META_NEEDS_CONN = 1 << 0,    /* refuse without a connection */
    META_NEEDS_SESSION = 1 << 1, /* refuse without a loaded project */
    META_ALWAYS = 1 << 2, /* runs in inactive \if branches too (\if \elif \else \endif) */
    META_RESTRICTED_OK = 1 << 3, /* allowed in restricted mode (\unrestrict) */
    META_UNLISTED = 1 << 4,      /* not shown in \? (second spelling) */
    META_NEWER = 1 << 5          /* psql has it from 16 on */
};

typedef enum HelpGroup {
    HELP_GENERAL,
    HELP_HELP,
    HELP_BUFFER,
    HELP_IO,
    HELP_CONDITIONAL,
    HELP_INFORMATIONAL,
    HELP_LARGE_OBJECTS,
    HELP_FORMATTING,
    HELP_CONNECTION,
    HELP_SYSTEM,
    HELP_VARIABLES,
    HELP_PGMI
} HelpGroup;

/* Completion of a command's arguments: adds candidates for argument `index` (0-based) that start
 * with `text` to list. */
typedef void (*MetaComplete)(Shell *shell, const MetaCall *before, size_t index,
                             const char *text, StrList *list);

typedef struct MetaCommand MetaCommand;
struct MetaCommand {
    /*
     * Space-separated spellings.  A spelling may end with {LETTERS}: any sequence of those letters
     * may follow ("df{anptwS+}"), {*} takes any.  Exact spellings win over patterns, longer ones
     * over shorter.
     */
    const char *names;
    /* Not NULL: a subcommand of that command (\pgmi load); found by meta_find_sub only. */
    const char *parent;
    /*
     * How arguments are lexed, one letter each: n normal, q SQL identifier (\password),
     * i identifier hack (\connect), f file or pipe, w whole line, ( an optional group in
     * parentheses as in \g (its words become arguments, parentheses kept).  A letter may be
     * followed by ; (drop unquoted trailing semicolons) and * (any number of these).
     * What is left over draws psql's "extra argument ... ignored".
     */
    const char *args;
    unsigned flags;
    HelpGroup group;
    const char *synopsis; /* "\\plan[+] [PATTERN]" */
    const char *brief;    /* one line for \? */
    const char *help; /* paragraphs for `\pgmi help NAME` and the manual; NULL: brief is all */
    MetaComplete complete; /* NULL: none */
    MetaResult (*run)(Shell *shell, const MetaCall *call);
};

#define META_COMMAND(ident) const MetaCommand meta_command_##ident

/* The registry, made by the build: every descriptor, sorted by identifier; ends with NULL. */
extern const MetaCommand *const meta_commands[];

const MetaCommand *meta_find(const char *name); /* NULL: unknown */
const MetaCommand *meta_find_sub(const char *parent, const char *name);
/* What META_NEEDS_CONN and META_NEEDS_SESSION ask for; prints why not. */
bool meta_allowed(Shell *shell, const MetaCommand *command);
/* After LEX_BACKSLASH: lexes the name and arguments, checks, runs.  */
MetaResult meta_dispatch(Shell *shell, Lexer *lexer, CondStack *cond);

/* ---- pictures (graph_target.c) ----------------------------------------------------------- */

/* [--graph[=FILE]] [PATTERN], in any order. */
typedef struct GraphArguments {
    bool graph;
    const char *file; /* NULL: Mermaid text to the query output */
    const char *pattern;
} GraphArguments;

bool graph_arguments(Shell *shell, const MetaCall *call, GraphArguments *arguments);
/* Afterwards, as the dispatcher does: names what was left over. */
void graph_warn_extra(Shell *shell, const MetaCall *call, const GraphArguments *arguments);
bool graph_show(Shell *shell, const Graph *graph, const char *file);
void complete_graph(Shell *shell, const MetaCall *before, size_t index, const char *text,
                    StrList *list);

/* ---- ready-made completions -------------------------------------------------------------- */
void complete_file(Shell *shell, const MetaCall *before, size_t index, const char *text,
                   StrList *list);
void complete_project_path(Shell *shell, const MetaCall *before, size_t index, const char *text,
                           StrList *list); /* loaded paths */
void complete_variable(Shell *shell, const MetaCall *before, size_t index, const char *text,
                       StrList *list);

#endif
