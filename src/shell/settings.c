/*
 * settings.c — the special variables: for each the hook that checks a new value and keeps it in
 * Settings, and the one that says what an unset or empty value stands for.  Names, words,
 * defaults and messages are psql's (psql-ref, "Variables"), PGMI_VERBOSE is ours.
 */
#include "pgmish/shell.h"

#include <stdlib.h>
#include <string.h>

/* ---- what an unset value stands for ------------------------------------------------------- */

static char *default_to(char *value, const char *fallback)
{
    return value ? value : xstrdup(fallback);
}

/* Unset is off, empty is on: \set NAME switches on, \unset NAME off. */
static char *substitute_bool(char *value)
{
    if (!value)
        return xstrdup("off");
    if (*value)
        return value;
    free(value);
    return xstrdup("on");
}

/* The same, but stays out of \set's list while nobody has set it: psql has no such variable. */
static char *substitute_own_bool(char *value)
{
    return value ? substitute_bool(value) : NULL;
}

static char *substitute_zero(char *value)
{
    return default_to(value, "0");
}

static char *substitute_histsize(char *value)
{
    return default_to(value, "500");
}

static char *substitute_none(char *value)
{
    return default_to(value, "none");
}

static char *substitute_comp_case(char *value)
{
    return default_to(value, "preserve-upper");
}

static char *substitute_verbosity(char *value)
{
    return default_to(value, "default");
}

static char *substitute_show_context(char *value)
{
    return default_to(value, "errors");
}

/* As in bash: unset is none, a value that is no number means 10. */
static char *substitute_ignoreeof(char *value)
{
    int number;

    if (!value || parse_int(NULL, value, NULL, &number))
        return default_to(value, "0");
    free(value);
    return xstrdup("10");
}

/* ---- checking hooks ------------------------------------------------------------------------ */

#define BOOL_HOOK(field, name)                                                                 \
    static bool assign_##field(Shell *shell, const char *value)                                \
    {                                                                                          \
        return parse_bool(&shell->log, value, name, &shell->set.field);                        \
    }

#define INT_HOOK(field, name)                                                                  \
    static bool assign_##field(Shell *shell, const char *value)                                \
    {                                                                                          \
        return parse_int(&shell->log, value, name, &shell->set.field);                         \
    }

#define PROMPT_HOOK(field)                                                                     \
    static bool assign_##field(Shell *shell, const char *value)                                \
    {                                                                                          \
        shell->set.field = value ? value : "";                                                 \
        return true;                                                                           \
    }

BOOL_HOOK(autocommit, "AUTOCOMMIT")
BOOL_HOOK(quiet, "QUIET")
BOOL_HOOK(singleline, "SINGLELINE")
BOOL_HOOK(singlestep, "SINGLESTEP")
BOOL_HOOK(hide_tableam, "HIDE_TABLEAM")
BOOL_HOOK(hide_compression, "HIDE_TOAST_COMPRESSION")
BOOL_HOOK(show_all_results, "SHOW_ALL_RESULTS")
INT_HOOK(fetch_count, "FETCH_COUNT")
INT_HOOK(histsize, "HISTSIZE")
INT_HOOK(ignoreeof, "IGNOREEOF")
PROMPT_HOOK(prompt1)
PROMPT_HOOK(prompt2)
PROMPT_HOOK(prompt3)

static bool assign_on_error_stop(Shell *shell, const char *value)
{
    if (!parse_bool(&shell->log, value, "ON_ERROR_STOP", &shell->set.on_error_stop))
        return false;
    shell->set.on_error_stop_given = true;
    return true;
}

static bool assign_pgmi_verbose(Shell *shell, const char *value)
{
    shell->set.pgmi_verbose = false;
    return !value || parse_bool(&shell->log, value, "PGMI_VERBOSE", &shell->set.pgmi_verbose);
}

/* Nothing to check; the hook makes the name known to completion, as in psql. */
static bool assign_histfile(Shell *shell UNUSED, const char *value UNUSED)
{
    return true;
}

static bool bad_word(Shell *shell, const char *name, const char *value, const char *words)
{
    log_error(&shell->log, "unrecognized value \"%s\" for \"%s\"\nAvailable values are: %s.",
              value, name, words);
    return false;
}

/* One word of an enumerated variable; its value is the place in the list. */
typedef struct Word {
    const char *word;
    int value;
} Word;

static bool find_word(const Word *words, size_t count, const char *value, int *result)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (ascii_casecmp(value, words[i].word) == 0) {
            *result = words[i].value;
            return true;
        }
    }
    return false;
}

static bool assign_echo(Shell *shell, const char *value)
{
    static const Word words[] = {{"none", ECHO_NONE},
                                 {"errors", ECHO_ERRORS},
                                 {"queries", ECHO_QUERIES},
                                 {"all", ECHO_ALL}};
    int found;

    if (!find_word(words, lengthof(words), value, &found))
        return bad_word(shell, "ECHO", value, "none, errors, queries, all");
    shell->set.echo = (EchoMode)found;
    return true;
}

static bool assign_echo_hidden(Shell *shell, const char *value)
{
    bool on;

    if (ascii_casecmp(value, "noexec") == 0)
        shell->set.echo_hidden = ECHO_HIDDEN_NOEXEC;
    else if (parse_bool(&shell->log, value, NULL, &on))
        shell->set.echo_hidden = on ? ECHO_HIDDEN_ON : ECHO_HIDDEN_OFF;
    else
        return bad_word(shell, "ECHO_HIDDEN", value, "on, off, noexec");
    return true;
}

static bool assign_on_error_rollback(Shell *shell, const char *value)
{
    bool on;

    if (ascii_casecmp(value, "interactive") == 0)
        shell->set.on_error_rollback = ROLLBACK_INTERACTIVE;
    else if (parse_bool(&shell->log, value, NULL, &on))
        shell->set.on_error_rollback = on ? ROLLBACK_ON : ROLLBACK_OFF;
    else
        return bad_word(shell, "ON_ERROR_ROLLBACK", value, "on, off, interactive");
    return true;
}

static bool assign_comp_case(Shell *shell, const char *value)
{
    static const Word words[] = {{"preserve-upper", COMP_PRESERVE_UPPER},
                                 {"preserve-lower", COMP_PRESERVE_LOWER},
                                 {"upper", COMP_UPPER},
                                 {"lower", COMP_LOWER}};
    int found;

    if (!find_word(words, lengthof(words), value, &found))
        return bad_word(shell, "COMP_KEYWORD_CASE", value,
                        "lower, upper, preserve-lower, preserve-upper");
    shell->set.comp_case = (CompCase)found;
    return true;
}

static bool assign_histcontrol(Shell *shell, const char *value)
{
    static const Word words[] = {{"none", HIST_NONE},
                                 {"ignorespace", HIST_IGNORE_SPACE},
                                 {"ignoredups", HIST_IGNORE_DUPS},
                                 {"ignoreboth", HIST_IGNORE_BOTH}};
    int found;

    if (!find_word(words, lengthof(words), value, &found))
        return bad_word(shell, "HISTCONTROL", value,
                        "none, ignorespace, ignoredups, ignoreboth");
    shell->set.histcontrol = (HistControl)found;
    return true;
}

/* libpq writes the messages of the server, so it must know these two. */
static bool assign_verbosity(Shell *shell, const char *value)
{
    static const Word words[] = {{"default", PQERRORS_DEFAULT},
                                 {"verbose", PQERRORS_VERBOSE},
                                 {"terse", PQERRORS_TERSE},
                                 {"sqlstate", PQERRORS_SQLSTATE}};
    int found;

    if (!find_word(words, lengthof(words), value, &found))
        return bad_word(shell, "VERBOSITY", value, "default, verbose, terse, sqlstate");
    shell->set.verbosity = (PGVerbosity)found;
    if (shell->conn)
        PQsetErrorVerbosity(shell->conn, shell->set.verbosity);
    return true;
}

static bool assign_show_context(Shell *shell, const char *value)
{
    static const Word words[] = {{"never", PQSHOW_CONTEXT_NEVER},
                                 {"errors", PQSHOW_CONTEXT_ERRORS},
                                 {"always", PQSHOW_CONTEXT_ALWAYS}};
    int found;

    if (!find_word(words, lengthof(words), value, &found))
        return bad_word(shell, "SHOW_CONTEXT", value, "never, errors, always");
    shell->set.show_context = (PGContextVisibility)found;
    if (shell->conn)
        PQsetErrorContextVisibility(shell->conn, shell->set.show_context);
    return true;
}

/* ---- the list --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    VarSubstitute substitute;
    VarAssign assign;
} special[] = {
    {"AUTOCOMMIT", substitute_bool, assign_autocommit},
    {"COMP_KEYWORD_CASE", substitute_comp_case, assign_comp_case},
    {"ECHO", substitute_none, assign_echo},
    {"ECHO_HIDDEN", substitute_bool, assign_echo_hidden},
    {"FETCH_COUNT", substitute_zero, assign_fetch_count},
    {"HIDE_TABLEAM", substitute_bool, assign_hide_tableam},
    {"HIDE_TOAST_COMPRESSION", substitute_bool, assign_hide_compression},
    {"HISTCONTROL", substitute_none, assign_histcontrol},
    {"HISTFILE", NULL, assign_histfile},
    {"HISTSIZE", substitute_histsize, assign_histsize},
    {"IGNOREEOF", substitute_ignoreeof, assign_ignoreeof},
    {"ON_ERROR_ROLLBACK", substitute_bool, assign_on_error_rollback},
    {"ON_ERROR_STOP", substitute_bool, assign_on_error_stop},
    {"PGMI_VERBOSE", substitute_own_bool, assign_pgmi_verbose},
    {"PROMPT1", NULL, assign_prompt1},
    {"PROMPT2", NULL, assign_prompt2},
    {"PROMPT3", NULL, assign_prompt3},
    {"QUIET", substitute_bool, assign_quiet},
    {"SHOW_ALL_RESULTS", substitute_bool, assign_show_all_results},
    {"SHOW_CONTEXT", substitute_show_context, assign_show_context},
    {"SINGLELINE", substitute_bool, assign_singleline},
    {"SINGLESTEP", substitute_bool, assign_singlestep},
    {"VERBOSITY", substitute_verbosity, assign_verbosity},
};

void settings_install(Shell *shell)
{
    VarSpace *vars = shell->vars;
    size_t i;

    for (i = 0; i < lengthof(special); i++)
        var_add_hooks(vars, special[i].name, special[i].substitute, special[i].assign);
    /* Defaults that differ from what \unset leaves. */
    var_set_bool(vars, "AUTOCOMMIT");
    var_set_bool(vars, "SHOW_ALL_RESULTS");
    var_set(vars, "PROMPT1", "%/%R%x%# ");
    var_set(vars, "PROMPT2", "%/%R%x%# ");
    var_set(vars, "PROMPT3", ">> ");
    var_set(vars, "LAST_ERROR_MESSAGE", "");
    var_set(vars, "LAST_ERROR_SQLSTATE", "00000");
    shell->set.on_error_stop_given = false;
}
