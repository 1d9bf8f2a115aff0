/*
 * shell.h — the shell itself: one Shell that main owns, the loop, variables, input, execution.
 *
 * A meta-command sees the whole Shell.  Everything in it is owned by it unless said otherwise.
 * Behaviour is psql 15's; shell.md and the session contract say what goes beyond.
 */
#ifndef PGMISH_SHELL_H
#define PGMISH_SHELL_H

#include <libpq-fe.h>
#include <signal.h>

#include "pgmish/output.h"
#include "pgmish/server.h"
#include "pgmish/session.h"
#include "pgmish/sql.h"
#include "pgmish/support.h"

typedef struct Shell Shell;

/* A file that is being read, and the line of the \i in it that led to the next one. */
typedef struct IncludedFrom {
    const char *file;
    uint64_t line;
    const struct IncludedFrom *outer;
} IncludedFrom;

/* ---- variables ------------------------------------------------------------------------ */

/*
 * psql's variable space: sorted by name; a variable with hooks exists even when unset.
 * A substitute hook may replace a value before it is assigned (unset -> default); an assign hook
 * may refuse a value, then prints why and the old one stays.
 */
typedef struct VarSpace VarSpace;
typedef char *(*VarSubstitute)(char *value); /* takes and returns owned or NULL */
typedef bool (*VarAssign)(Shell *shell, const char *value);

VarSpace *vars_new(Shell *shell);
void vars_free(VarSpace *vars);
const char *var_get(const VarSpace *vars, const char *name); /* NULL: unset; borrowed */
/* value NULL unsets.  False: bad name or refused; the message is printed. */
bool var_set(VarSpace *vars, const char *name, const char *value);
bool var_set_bool(VarSpace *vars, const char *name); /* sets to "on" */
bool var_unset(VarSpace *vars, const char *name);    /* also fine when unset */
bool var_has_hooks(const VarSpace *vars, const char *name);
void var_add_hooks(VarSpace *vars, const char *name, VarSubstitute substitute, VarAssign hook);
void vars_each(const VarSpace *vars, void (*fn)(void *ctx, const char *name, const char *value),
               void *ctx);
/* psql's ParseVariableBool and ParseVariableNum: false and a message naming `name` when it is
 * none (name NULL: no message). */
bool parse_bool(Log *log, const char *value, const char *name, bool *result);
bool parse_int(Log *log, const char *value, const char *name, int *result);

/* ---- settings: what the special variables' hooks keep -------------------------------------- */

typedef enum EchoMode { ECHO_NONE, ECHO_QUERIES, ECHO_ERRORS, ECHO_ALL } EchoMode;
typedef enum EchoHidden { ECHO_HIDDEN_OFF, ECHO_HIDDEN_ON, ECHO_HIDDEN_NOEXEC } EchoHidden;
typedef enum ErrorRollback { ROLLBACK_OFF, ROLLBACK_INTERACTIVE, ROLLBACK_ON } ErrorRollback;
typedef enum CompCase {
    COMP_PRESERVE_UPPER,
    COMP_PRESERVE_LOWER,
    COMP_UPPER,
    COMP_LOWER
} CompCase;
typedef enum HistControl {
    HIST_NONE,
    HIST_IGNORE_SPACE,
    HIST_IGNORE_DUPS,
    HIST_IGNORE_BOTH
} HistControl;

typedef struct Settings {
    bool autocommit, on_error_stop, quiet, singleline, singlestep, hide_tableam,
        hide_compression, show_all_results, pgmi_verbose;
    bool on_error_stop_given; /* the user has set ON_ERROR_STOP himself, to whatever */
    int fetch_count, histsize, ignoreeof;
    EchoMode echo;
    EchoHidden echo_hidden;
    ErrorRollback on_error_rollback;
    CompCase comp_case;
    HistControl histcontrol;
    PGVerbosity verbosity;
    PGContextVisibility show_context;
    const char *prompt1, *prompt2, *prompt3; /* borrowed from the variables; "" when unset */
    bool timing;
} Settings;

void settings_install(Shell *shell); /* registers every special variable with its hooks */

/* ---- conditionals (\if) ------------------------------------------------------------------------ */

typedef enum CondState {
    COND_NONE,      /* no \if */
    COND_TRUE,      /* active branch */
    COND_FALSE,     /* no true branch yet: \elif and \else may still become active */
    COND_IGNORED,   /* a branch was taken, or the surrounding one is inactive */
    COND_ELSE_TRUE, /* active \else */
    COND_ELSE_FALSE /* inactive \else */
} CondState;

typedef struct CondStack CondStack;
CondStack *cond_new(void);
void cond_free(CondStack *stack);
CondStack *cond_copy(const CondStack *stack);              /* NULL for an empty one */
void cond_assign(CondStack *stack, const CondStack *from); /* from may be NULL: empty */
bool cond_active(const CondStack *stack); /* true for an empty stack; NULL counts as empty */
bool cond_empty(const CondStack *stack);
CondState cond_peek(const CondStack *stack);
void cond_push(CondStack *stack, CondState state);
bool cond_pop(CondStack *stack); /* false: it was empty */
bool cond_poke(CondStack *stack, CondState state);
/* Query text length (-1: none) and the lexer's knowledge of it, saved with the top entry. */
void cond_set_query_length(CondStack *stack, long length);
long cond_query_length(const CondStack *stack);
void cond_set_mark(CondStack *stack, const LexerMark *mark);
LexerMark cond_mark(const CondStack *stack);

/* ---- input ------------------------------------------------------------------------------------ */

/*
 * One interface, four sources (prompt with line editing, stream, file, text).  read_line puts a
 * line without its newline into `line` (reset first) and says how it went:
 *   READ_LINE       a line; an unterminated last one counts, and so does an empty one
 *   READ_EOF        the end (Ctrl-D at the prompt: nothing was written, the loop moves on)
 *   READ_LEAVE      this source has nothing more, and that is no end of file that the user typed
 *   READ_INTERRUPT  Ctrl-C at the prompt; the loop writes the newline; cancel_pressed is false
 *   READ_FAILED     read error, errno tells why; the loop prints
 * A carriage return before the newline stays: the loop's lexer treats it as white space.  A line
 * recalled from the history may hold newlines.  prompt is only looked at by interactive sources.
 */
typedef enum ReadStatus {
    READ_LINE,
    READ_EOF,
    READ_LEAVE,
    READ_INTERRUPT,
    READ_FAILED
} ReadStatus;

typedef struct Input Input;
struct Input {
    ReadStatus (*read_line)(Input *input, const char *prompt, StrBuf *line);
    void (*close)(Input *input);
    FILE *stream;     /* where COPY data in the script comes from; NULL for text and prompt */
    const char *name; /* for messages, NULL: none.  Borrowed */
    bool interactive; /* prompts, history */
    uint64_t line;    /* lines read so far */
    char *text;       /* text source: rest to be read, borrowed from `state` */
    void *state;      /* of the source */
};

Input *input_from_stream(FILE *stream, const char *name, bool owns_stream);
Input *input_from_text(const char *text, const char *name); /* text is copied */
Input *input_from_terminal(Shell *shell); /* libedit, or plain stdin with -n or no terminal */
void input_close(Input *input);           /* NULL is fine */

/* Reads one line of any length, newline removed.  False at the end (line empty). */
bool read_stream_line(FILE *stream, StrBuf *line, bool *failed);

/* Line editing (editing*.c and history.c; the only files that see libedit). */
typedef struct Editing Editing;
/* Reads HISTFILE's history and sets shell->editing; no-op with notty or no_editing.  After the
 * startup files, as these may set HISTFILE. */
void editing_start(Shell *shell);
void editing_finish(Shell *shell); /* saves history, gives the terminal back; may come twice */
void history_add_pending(Shell *shell, const char *line); /* collects lines of one entry */
void history_flush(Shell *shell);  /* the pending lines become one entry */
void history_forget(Shell *shell); /* ... or none: Ctrl-C */
bool history_write_file(Shell *shell, const char *path, Diag *diag); /* \s FILE */
bool history_print(Shell *shell, FILE *out);                         /* \s */
/* True where line editing is in use (\s needs it). */
bool editing_active(const Shell *shell);

/* Owned prompt text; kind 1, 2, 3 for PROMPT1..3.  Holds \001 and \002 around invisible parts. */
typedef enum PromptKind { PROMPT_FIRST = 1, PROMPT_CONTINUE, PROMPT_COPY } PromptKind;
char *prompt_text(Shell *shell, PromptKind kind, LexOpen open);

/* ---- the shell ------------------------------------------------------------------------------------ */

/* psql's exit codes. */
enum { EXIT_SHELL_OK = 0, EXIT_SHELL_FATAL = 1, EXIT_SHELL_BADCONN = 2, EXIT_SHELL_USER = 3 };

/* How the next query goes to the server: psql 16 to 18 know more than the simple protocol. */
typedef enum SendMode {
    SEND_SIMPLE,
    SEND_BIND,       /* \bind: with parameters */
    SEND_PARSE,      /* \parse: becomes a prepared statement */
    SEND_BIND_NAMED, /* \bind_named: a prepared statement in the query's place */
    SEND_CLOSE,      /* \close_prepared: forgets one */
    /* from here on: pipeline commands, which send no statement (pipeline.c) */
    SEND_START_PIPELINE,
    SEND_END_PIPELINE,
    SEND_SYNC,
    SEND_FLUSH,
    SEND_FLUSH_REQUEST,
    SEND_GET_RESULTS
} SendMode;

/* What is under way in a pipeline: PIPELINE_COMMAND_COUNT and its relatives. */
typedef struct PipelineCounts {
    int commands;  /* queued, and the server not told to answer */
    int syncs;     /* synchronisation points not read yet */
    int results;   /* queued statements whose results may be read */
    int requested; /* results still to be read by the command in progress */
} PipelineCounts;

/* The line on a terminal that says which statement of which file is running. */
typedef struct TraceLine {
    bool possible;       /* standard error is a terminal that can take a line back */
    volatile bool shown; /* the SIGINT handler looks */
    double begun, drawn; /* of the message; monotonic_ms() */
} TraceLine;

struct Shell {
    Log log;
    const char *progname; /* argv[0] without directories: prefixes, application_name */
    bool as_psql;         /* named psql: no loading by itself, no pgmish startup file */
    PGconn *conn;         /* NULL: not connected */
    PGconn *dead_conn;    /* lost or closed connection, kept for \connect's parameters */
    VarSpace *vars;
    Settings set;
    PrintOptions print;
    Session *session;
    Params load_params;     /* KEY=VALUE of the last \pgmi load: a reload takes them again */
    ScratchServer *scratch; /* NULL: none */

    /* where output goes */
    FILE *out; /* query output; \o changes it */
    bool out_is_pipe;
    FILE *log_file; /* -L */

    /* input */
    FILE *command_stream;    /* stream the commands come from; NULL: terminal or text */
    Input *input;            /* innermost source */
    bool interactive;        /* the loop in progress reads from the prompt */
    bool notty;              /* stdin or stdout is not a terminal */
    bool no_editing;         /* -n */
    Editing *editing;        /* NULL: no line editing */
    int prompt1_width;       /* cells of the last PROMPT1's last line, for %w */
    const char *input_file;  /* name of the file being read, NULL: none */
    uint64_t statement_line; /* line inside the current statement, for %l */
    Lexer *lexer;            /* of the loop in progress */
    const Lexer *sent_lexer; /* knows where the query being sent was read; NULL: nobody does */
    bool sent_derived;       /* it was not read there, but made by what was (\gexec) */
    uint64_t sent_line;      /* a backslash command made it, in this line of the input; 0: none did */
    bool sent_line_data;     /* ... and its data follow that line */
    const char *sent_path;   /* \run: the loaded file it was read from; NULL: input_file */
    const char *sent_file_text;   /* ... its text */
    const IncludedFrom *included; /* the \i that led to input_file; NULL: none */
    CondStack *cond;              /* of the loop in progress */
    StrBuf *query; /* current query buffer of the loop in progress; NULL with -c */
    StrBuf *previous_query;

    /* one-shot requests of a backslash command for the query it sends */
    char *g_target;          /* \g file or |cmd */
    PrintOptions *g_options; /* saved options to restore after the query; NULL: none */
    char *gset_prefix;       /* not NULL: \gset */
    bool gdesc, gexec, crosstab;
    char *crosstab_args[4];
    SendMode send_mode; /* \bind and relatives */
    char *send_name;    /* of the prepared statement */
    StrList send_params;
    PipelineCounts pipeline;
    int pipeline_wanted; /* \getresults N; 0: all */

    /* connection facts and state */
    int server_version;    /* PQserverVersion */
    int prompt_password;   /* -1: never (-w), 0: when asked, 1: always (-W) */
    PGresult *last_error;  /* for \errverbose; NULL: none */
    ErrorPlace last_place; /* of the last error that was printed; file NULL: none */
    char
        *last_place_message; /* ... and its text, by which last_error is known to be that one */
    bool restricted;         /* \restrict in effect */
    char *restrict_key;
    char *start_directory;        /* cwd at start */
    volatile bool cancel_pressed; /* set by the SIGINT handler, cleared by the loop */
    struct Stepper *step;         /* \step is under way; else NULL (step.h) */
    bool marks_due;       /* \step has to look after its marks once no transaction is open */
    char *idle_limit_due; /* owned; and a setting, NULL: none */
    struct Breakpoints *breaks; /* of \break; NULL: there never was one */
    TraceLine trace_line;       /* progress of a traced run (trace_line.c) */
    struct DeployRun *deploy;   /* the file being read is the project's deploy.sql; else NULL */
    struct Recorder *recorder;  /* of the test run in progress (testing.h); NULL: none */
    struct TestRun *last_run;   /* what came of the last one; NULL: none yet */
    size_t run_count;           /* of them so far */
    struct PageDeployment *last_deployment; /* NULL: none yet (report.h) */
    size_t deployment_run_count;            /* run_count when it began */
    struct Report **reports;                /* of --report; see shell_add_report */
    size_t report_count;
    FILE *copy_stream;   /* \copy: where the data comes from or goes to; NULL: commands */
    StrMap meta_seen;    /* spellings of backslash commands found so far (meta.c) */
    int query_copies;    /* COPY FROM STDIN in the query as the lexer counts; -1: not lexed */
    int exit_now;        /* EXIT_SHELL_* that ends every loop at once, -1: go on */
    bool backslash_quit; /* the loop that just ended did so by \q */
    bool tutorial;       /* this is the learner's shell in \pgmi tutorial */
};

/* Settings, variables and an empty session, no connection; argv0 is borrowed.  A disposed shell's
 * connections are closed and its scratch server is stopped. */
void shell_init(Shell *shell, const char *argv0);
void shell_dispose(Shell *shell);

/* ---- deploying at the shell (deploy_project.c) --------------------------------------------------- */

struct DeployOptions;
struct DeployResult;
/*
 * Runs deploy.sql of the project in dir (NULL: the loaded one, else the current directory) with
 * pgmi's semantics on the shell's connection (deploy.h).  The caller chooses the kind of run in
 * *wanted; parameters, time limit, Ctrl-C and messages are filled in here where they are not set.
 * False: it could not be begun, the message is printed; result is as it was.
 */
bool shell_deploy(Shell *shell, const char *dir, const struct DeployOptions *wanted,
                  struct DeployResult *result);
/* Sets the result variables and prints what came of it. */
void shell_report_deploy(Shell *shell, const struct DeployResult *result);
/*
 * Runs the head of the loaded project's deploy.sql once more, traced and rolled back, and prints where it
 * failed; notices are not shown.  The connection must be idle.  Which error is meant, LAST_ERROR_MESSAGE
 * tells.  False: nothing was learnt, the message is printed; *executed: deploy.sql was begun.
 */
bool shell_pinpoint(Shell *shell, bool *executed);
/* \pgmi watch: deploys and tests the loaded project on every change of its files, until the user
 * leaves.  pattern: as for \test, may be NULL.  False: it could not go on, the message is printed. */
bool shell_watch_project(Shell *shell, const char *pattern);

/* ---- the loop ---------------------------------------------------------------------------------- */

/* Runs commands from input until its end; psql's MainLoop.  Returns EXIT_SHELL_*. */
int shell_loop(Shell *shell, Input *input);
/* A lexer that substitutes the shell's variables and runs its backquotes. */
Lexer *shell_new_lexer(Shell *shell);
/* \i, \ir, -f: reads a file; "-" or NULL is stdin.  use_relative: against the current file's
 * directory.  Returns EXIT_SHELL_*. */
int shell_run_file(Shell *shell, const char *path, bool use_relative);
/* Runs the startup files psql and pgmish have. */
void shell_run_startup_files(Shell *shell);

/* ---- execution: the one road that SQL takes -------------------------------------------------------- */

/* Sends user SQL: macro expansion, AUTOCOMMIT, ON_ERROR_ROLLBACK, SINGLESTEP, printing, timing,
 * result variables.  substituted: variables were put in (not for -c, \gexec rows). */
bool shell_send_query(Shell *shell, const char *sql, bool substituted);
/* Forgets what \g, \gset and relatives asked for the next query (after it, and at the end). */
void shell_clear_one_shot(Shell *shell);
/* For the next query alone.  name and params are copied; name may be NULL. */
void shell_send_as(Shell *shell, SendMode mode, const char *name, const char *const *params,
                   size_t count);
/* True in pipeline mode: the command cannot work there; says so and forgets \bind. */
bool shell_refused_in_pipeline(Shell *shell, const char *command);
/* One round of \watch: sends and shows, nothing else.  End: interrupted, or less than min_rows
 * rows were shown. */
typedef enum WatchResult { WATCH_ON, WATCH_END, WATCH_FAILED } WatchResult;
WatchResult shell_watch_query(Shell *shell, const char *sql, uint64_t min_rows);
/* What ECHO_HIDDEN shows of one, on standard output (wherever \o leads) and in the log. */
void shell_show_hidden(Shell *shell, const char *sql);
/* A command of the program itself: psql's PSQLexec. ECHO_HIDDEN, cancel, errors to the user.
 * NULL: failed, message printed.  Caller clears. */
PGresult *shell_internal_query(Shell *shell, const char *sql);
/* Same with parameters ($1...). */
PGresult *shell_internal_query_params(Shell *shell, const char *sql, int n,
                                      const char *const *params);
/* Prints an error result as psql does (respects VERBOSITY), keeps it for \errverbose. */
void shell_report_error(Shell *shell, PGresult *result);
/* ERROR, SQLSTATE and LAST_ERROR_*: of an error, or (NULL) of a success without rows. */
void shell_set_result_variables(Shell *shell, const PGresult *error);
/* Prints a finished result to the query output with the shell's options. */
void shell_print_result(Shell *shell, const PGresult *result, const char *title,
                        const char *const *footers);
PrintTarget shell_print_target(Shell *shell);
/* Text with psql's error discipline: flushes stdout and \o first. */
bool shell_set_output(Shell *shell, const char *target); /* \o, -o; NULL: stdout */
/* Opens a file or "|command" for writing. */
bool shell_open_output(Shell *shell, const char *target, FILE **stream, bool *is_pipe);
void shell_close_output(Shell *shell, FILE *stream, bool is_pipe); /* stdout stays open */

/* ---- connection ---------------------------------------------------------------------------------- */

/* After every change of connection: variables, encoding, notice processor, version check,
 * session. */
void shell_connection_changed(Shell *shell);
void shell_unset_connection_variables(Shell *shell);
void shell_print_connection_warnings(Shell *shell, bool in_startup); /* banner, versions, SSL */
/* \connect.  Arguments as given, NULL: not given. */
bool shell_reconnect(Shell *shell, int reuse /* -1 default, 0, 1 */, const char *dbname,
                     const char *user, const char *host, const char *port);
bool shell_in_transaction(const Shell *shell);
/* The end of "You are connected ...": where the server is, on stdout. */
void shell_print_server(const PGconn *conn);
void shell_print_security(Shell *shell); /* SSL and GSSAPI lines, as in the banner */
/* Asks for a password on the terminal; NULL: interrupted.  user may be NULL. */
char *shell_ask_password(Shell *shell, const char *user);
/* After a command: false when the connection is gone; then a script is ended (exit_now), while an
 * interactive shell tries one reset, as psql does. */
bool shell_check_connection(Shell *shell);
/* psql looks a second time when a query's results are over: it finds no connection, says so again
 * and forgets the parameters of the one that was lost. */
void shell_connection_still_lost(Shell *shell);
/* psql's standard_conforming_strings of the connection, for the lexer. */
bool shell_std_strings(const Shell *shell);

/* ---- COPY --------------------------------------------------------------------------------------- */

/* Moves the data of one COPY and returns its final result (owned by the caller). */
bool shell_copy_out(Shell *shell, FILE *stream, PGresult **result);
bool shell_copy_in(Shell *shell, FILE *stream, bool binary, PGresult **result);
/* COPY ... FROM STDIN that the server refused: reads past `count` blocks of in-line data. */
void shell_copy_skip(Shell *shell, FILE *stream, int count);

/* ---- the project at the shell ------------------------------------------------------------------- */

/*
 * Reads and checks a project, without a server.  Prints every problem; returns a Diag code (0: well)
 * and then *project and *config are the caller's.  config may be NULL: pgmi.yaml is still checked.
 */
int shell_scan_project(Shell *shell, const char *dir, bool need_deploy_sql, Project **project,
                       ProjectConfig *config);
/* Loads a scanned project into the session: owns project from here on.  Parameters: yaml's, then
 * the user's (session_user_params), then extra (may be NULL).  Prints the line of the load
 * (report false: nothing), sets the PGMI_ variables.  Returns a Diag code. */
int shell_load_scanned(Shell *shell, Project *project, const ProjectConfig *config,
                       const Params *extra, LoadReport *report);
/* Both in one; report may be NULL. */
int shell_load_project(Shell *shell, const char *dir, const Params *extra, LoadReport *report);
/* Files that trace had to leave as they are, each with the reason, in warnings. */
void shell_list_untraced(Shell *shell);
void shell_set_load_variables(Shell *shell); /* PGMI_LOADED and relatives */
/* Loads the project again after \c or a reset, and says so. */
void shell_reload_after_connect(Shell *shell);

/* The project's own deploy.sql through \i, \ir, -f (shell.md section 3). */
typedef struct DeployRun DeployRun;
DeployRun *deploy_begin(Shell *shell, const char *path);  /* NULL: path is not that file */
int deploy_end(Shell *shell, DeployRun *run, int result); /* COMMIT or ROLLBACK; new result */
bool deploy_before_statement(Shell *shell);
void deploy_after_statement(Shell *shell);
/* Stepping has gone back over the end of its transaction. */
void deploy_begin_again(Shell *shell);

/* Owned: the message of an error or notice, as libpq put it together, without the marks of traced
 * files in it; NULL: there are none. */
char *trace_message(const char *message, const PGresult *error);
/* Live progress of a traced run (shell.md section 7), on a terminal only. */
void trace_line_init(Shell *shell);
void trace_line_clear(Shell *shell); /* before anything else is written */
/* Around every message of the user's; what trace tells about errors needs it too. */
void trace_message_begin(Shell *shell);
void trace_message_end(Shell *shell);
/* Waits until a result can be had without waiting, so that the line can show time pass.  Returns at once
 * while trace is off. */
void trace_wait(Shell *shell);

/* An error of the program or of the session, in the shape of a server error. */
void shell_report_diag(Shell *shell, const Diag *diag);
/* Adds the place in the project to an error that was just printed, and keeps it: LAST_ERROR_FILE and
 * relatives, \errverbose, \e.  sent: the text that failed, NULL: unknown (sent.c knows it). */
void shell_report_place(Shell *shell, const PGresult *error, const SentText *sent);
void shell_print_place(Shell *shell, const ErrorPlace *place);
/* A place that was found elsewhere, of an error that was just printed; copied.  NULL: it has none. */
void shell_keep_place(Shell *shell, const char *message, const ErrorPlace *place);
/* The place of shell->last_error, NULL: none. */
const ErrorPlace *shell_last_place(const Shell *shell);

/* SIGINT: cancels what runs, sets cancel_pressed.  Installed once by main. */
void signals_install(Shell *shell);

/* The user's editor on a file, at a line from 1 (-1: none; a line that the editor cannot be told is an
 * error).  False: it failed, or ended with another status than 0; the message is printed. */
bool shell_run_editor(Shell *shell, const char *path, int line);
bool shell_editor_takes_line(void); /* it is known how to tell it a line */

/* ---- strings of the shell ---------------------------------------------------------------------------- */

char *expand_tilde(char *path); /* owned in, owned out */
/* What ECHO shows of a line of input, from byte `skip` on: parameter values of \pgmi masked.  Not
 * flushed: psql does that for lines of a script only. */
void shell_echo_line(const char *line, size_t skip);
/* Runs a command with the shell; output appended, one trailing newline removed. */
void run_backquote(Shell *shell, const char *command, StrBuf *out);

#endif
