/*
 * options.c — the command line: psql's options as a table, pgmish's own beside it.
 *
 * pgmish's own options must be written in full, so that they never make an abbreviation of one of
 * psql's ambiguous: they are recognised before getopt_long looks at a word.
 */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/help.h"
#include "pgmish/pset.h"
#include "pgmish/testing.h"
#include "shell/version.h"

typedef struct Parse {
    Shell *shell;
    Options *options;
    char **argv;
    int exit_code;
} Parse;

/* What an option does.  Returns false to end the program with parse->exit_code. */
typedef bool (*OptionFn)(Parse *parse, const char *argument);

typedef struct OptionRow {
    int letter; /* short form; values from 256 on have none */
    const char *name;
    int argument; /* getopt's no_argument, required_argument, optional_argument */
    OptionFn run;
    const char *variable, *value; /* when run is set_variable */
} OptionRow;

enum { LETTER_CSV = 256, LETTER_HELP };

static bool fail(Parse *parse)
{
    parse->exit_code = EXIT_SHELL_FATAL;
    return false;
}

void options_add_action(Options *options, ActionKind kind, const char *text)
{
    options->actions = xrealloc(options->actions, (options->action_count + 1) * sizeof(Action));
    options->actions[options->action_count++] = (Action){kind, text};
}

void options_free(Options *options)
{
    free(options->actions);
    strlist_free(&options->params);
    strlist_free(&options->params_files);
    strlist_free(&options->kept);
}

/* ---- printing options ------------------------------------------------------------------------- */

static bool opt_unaligned(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->print.format = PRINT_UNALIGNED;
    return true;
}

static bool opt_html(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->print.format = PRINT_HTML;
    return true;
}

static bool opt_csv(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->print.format = PRINT_CSV;
    return true;
}

/* A zero byte (text NULL) hides the text of an earlier option, it does not forget it. */
static void set_separator(Separator *separator, const char *text)
{
    if (text) {
        free(separator->text);
        separator->text = xstrdup(text);
    }
    separator->zero = !text;
}

/* psql gives the separators their defaults only behind all options: \pset shows the difference. */
static void forget_separator(Separator *separator)
{
    free(separator->text);
    separator->text = NULL;
}

static void default_separator(Separator *separator, const char *text)
{
    if (!separator->text && !separator->zero)
        separator->text = xstrdup(text);
}

static bool opt_field_separator(Parse *parse, const char *argument)
{
    set_separator(&parse->shell->print.field_sep, argument);
    return true;
}

static bool opt_record_separator(Parse *parse, const char *argument)
{
    set_separator(&parse->shell->print.record_sep, argument);
    return true;
}

static bool opt_tuples_only(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->print.tuples_only = true;
    return true;
}

static bool opt_table_attr(Parse *parse, const char *argument)
{
    free(parse->shell->print.table_attr);
    parse->shell->print.table_attr = xstrdup(argument);
    return true;
}

static bool opt_expanded(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->print.expanded = EXPANDED_ON;
    return true;
}

static bool opt_pset(Parse *parse, const char *argument)
{
    char *name = xstrdup(argument);
    char *equal = strchr(name, '=');
    bool ok;

    if (equal)
        *equal = '\0';
    ok = pset_set(parse->shell, name, equal ? equal + 1 : NULL, true);
    if (!ok)
        log_error(&parse->shell->log, "could not set printing parameter \"%s\"", name);
    free(name);
    return ok || fail(parse);
}

/* ---- variables ------------------------------------------------------------------------------------ */

static bool opt_variable(Parse *parse, const char *argument)
{
    char *name = xstrdup(argument);
    char *equal = strchr(name, '=');
    bool ok;

    if (equal)
        *equal = '\0';
    ok = equal ? var_set(parse->shell->vars, name, equal + 1)
               : var_unset(parse->shell->vars, name);
    free(name);
    return ok || fail(parse);
}

/* ---- what runs, where, against what ------------------------------------------------------------------ */

static bool opt_command(Parse *parse, const char *argument)
{
    if (argument[0] == '\\')
        options_add_action(parse->options, ACTION_BACKSLASH, argument + 1);
    else
        options_add_action(parse->options, ACTION_COMMAND, argument);
    return true;
}

static bool opt_file(Parse *parse, const char *argument)
{
    options_add_action(parse->options, ACTION_FILE, argument);
    return true;
}

static bool opt_dbname(Parse *parse, const char *argument)
{
    parse->options->dbname = argument;
    return true;
}

static bool opt_host(Parse *parse, const char *argument)
{
    parse->options->host = argument;
    return true;
}

static bool opt_port(Parse *parse, const char *argument)
{
    parse->options->port = argument;
    return true;
}

static bool opt_username(Parse *parse, const char *argument)
{
    parse->options->username = argument;
    return true;
}

static bool opt_list(Parse *parse, const char *argument)
{
    (void)argument;
    parse->options->list_databases = true;
    return true;
}

static bool opt_log_file(Parse *parse, const char *argument)
{
    parse->options->log_file = argument;
    return true;
}

static bool opt_output(Parse *parse, const char *argument)
{
    return shell_set_output(parse->shell, argument) || fail(parse);
}

static bool opt_no_readline(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->no_editing = true;
    return true;
}

static bool opt_no_psqlrc(Parse *parse, const char *argument)
{
    (void)argument;
    parse->options->no_psqlrc = true;
    return true;
}

static bool opt_single_transaction(Parse *parse, const char *argument)
{
    (void)argument;
    parse->options->single_transaction = true;
    return true;
}

static bool opt_no_password(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->prompt_password = -1;
    return true;
}

static bool opt_password(Parse *parse, const char *argument)
{
    (void)argument;
    parse->shell->prompt_password = 1;
    return true;
}

/* ---- help and version ------------------------------------------------------------------------------------ */

static void print_version(const Shell *shell)
{
    if (shell->as_psql)
        printf("psql (PostgreSQL) %s\n", version_name());
    else
        printf("%s %s (PostgreSQL %s)\n", shell->progname, PGMISH_VERSION, version_name());
}

static bool opt_version(Parse *parse, const char *argument)
{
    (void)argument;
    print_version(parse->shell);
    parse->exit_code = EXIT_SHELL_OK;
    return false;
}

static bool usage_error(Parse *parse)
{
    log_error_hint(&parse->shell->log, "Try \"%s --help\" for more information.",
                   parse->shell->progname);
    return fail(parse);
}

static bool opt_help(Parse *parse, const char *argument)
{
    if (!argument || strcmp(argument, "options") == 0)
        help_options(parse->shell, stdout);
    else if (strcmp(argument, "commands") == 0)
        help_commands(parse->shell, stdout);
    else if (strcmp(argument, "variables") == 0)
        help_variables(parse->shell, stdout);
    else
        return usage_error(parse);
    parse->exit_code = EXIT_SHELL_OK;
    return false;
}

static const OptionRow rows[] = {
    {'a', "echo-all", no_argument, NULL, "ECHO", "all"},
    {'A', "no-align", no_argument, opt_unaligned, NULL, NULL},
    {'c', "command", required_argument, opt_command, NULL, NULL},
    {LETTER_CSV, "csv", no_argument, opt_csv, NULL, NULL},
    {'d', "dbname", required_argument, opt_dbname, NULL, NULL},
    {'e', "echo-queries", no_argument, NULL, "ECHO", "queries"},
    {'b', "echo-errors", no_argument, NULL, "ECHO", "errors"},
    {'E', "echo-hidden", no_argument, NULL, "ECHO_HIDDEN", "on"},
    {'f', "file", required_argument, opt_file, NULL, NULL},
    {'F', "field-separator", required_argument, opt_field_separator, NULL, NULL},
    {'z', "field-separator-zero", no_argument, opt_field_separator, NULL, NULL},
    {'h', "host", required_argument, opt_host, NULL, NULL},
    {'H', "html", no_argument, opt_html, NULL, NULL},
    {'l', "list", no_argument, opt_list, NULL, NULL},
    {'L', "log-file", required_argument, opt_log_file, NULL, NULL},
    {'n', "no-readline", no_argument, opt_no_readline, NULL, NULL},
    {'1', "single-transaction", no_argument, opt_single_transaction, NULL, NULL},
    {'o', "output", required_argument, opt_output, NULL, NULL},
    {'p', "port", required_argument, opt_port, NULL, NULL},
    {'P', "pset", required_argument, opt_pset, NULL, NULL},
    {'q', "quiet", no_argument, NULL, "QUIET", "on"},
    {'R', "record-separator", required_argument, opt_record_separator, NULL, NULL},
    {'0', "record-separator-zero", no_argument, opt_record_separator, NULL, NULL},
    {'s', "single-step", no_argument, NULL, "SINGLESTEP", "on"},
    {'S', "single-line", no_argument, NULL, "SINGLELINE", "on"},
    {'t', "tuples-only", no_argument, opt_tuples_only, NULL, NULL},
    {'T', "table-attr", required_argument, opt_table_attr, NULL, NULL},
    {'U', "username", required_argument, opt_username, NULL, NULL},
    {'v', "set", required_argument, opt_variable, NULL, NULL},
    {'v', "variable", required_argument, opt_variable, NULL, NULL},
    {'V', "version", no_argument, opt_version, NULL, NULL},
    {'w', "no-password", no_argument, opt_no_password, NULL, NULL},
    {'W', "password", no_argument, opt_password, NULL, NULL},
    {'x', "expanded", no_argument, opt_expanded, NULL, NULL},
    {'X', "no-psqlrc", no_argument, opt_no_psqlrc, NULL, NULL},
    {LETTER_HELP, "help", optional_argument, opt_help, NULL, NULL},
};

/* ---- pgmish's own ---------------------------------------------------------------------------------------- */

static bool own_load(Parse *parse, const char *argument)
{
    parse->options->load_dir = argument;
    return true;
}

static bool own_param(Parse *parse, const char *argument)
{
    strlist_add(&parse->options->params, argument);
    return true;
}

static bool own_params_file(Parse *parse, const char *argument)
{
    strlist_add(&parse->options->params_files, argument);
    return true;
}

static bool own_no_load(Parse *parse, const char *argument)
{
    (void)argument;
    parse->options->no_load = true;
    return true;
}

static bool own_scratch(Parse *parse, const char *argument)
{
    parse->options->scratch = true;
    parse->options->scratch_dir = argument;
    return true;
}

static bool own_report(Parse *parse, const char *argument)
{
    Diag diag = DIAG_INIT;
    bool ok = shell_add_report(parse->shell, argument, &diag);

    if (!ok)
        log_diag(&parse->shell->log, &diag);
    diag_reset(&diag);
    return ok || fail(parse);
}

static bool own_compat(Parse *parse, const char *argument)
{
    if (!*argument || strcmp(argument, "1") == 0)
        return true;
    log_error(&parse->shell->log, "session API version \"%s\" is not supported", argument);
    log_error_hint(&parse->shell->log, "This version knows --compat 1.");
    parse->exit_code = EXIT_PGMI_CONFIG;
    return false;
}

static const OptionRow own_rows[] = {
    {0, "load", required_argument, own_load, NULL, NULL},
    {0, "param", required_argument, own_param, NULL, NULL},
    {0, "params-file", required_argument, own_params_file, NULL, NULL},
    {0, "no-load", no_argument, own_no_load, NULL, NULL},
    {0, "scratch", optional_argument, own_scratch, NULL, NULL},
    {0, "report", required_argument, own_report, NULL, NULL},
    {0, "compat", required_argument, own_compat, NULL, NULL},
};

/* Handles argv[optind] when it is one of ours.  *taken tells whether it was. */
static bool parse_own(Parse *parse, int argc, bool *taken)
{
    const char *word = optind < argc ? parse->argv[optind] : NULL;

    *taken = false;
    if (!word || strncmp(word, "--", 2) != 0 || parse->shell->as_psql)
        return true;
    for (size_t i = 0; i < lengthof(own_rows); i++) {
        const OptionRow *row = &own_rows[i];
        size_t len = strlen(row->name);
        const char *argument = NULL;

        if (strncmp(word + 2, row->name, len) != 0 || (word[2 + len] && word[2 + len] != '='))
            continue;
        if (word[2 + len] == '=')
            argument = word + 2 + len + 1;
        if (argument && row->argument == no_argument) {
            log_error(&parse->shell->log, "option --%s takes no argument", row->name);
            return usage_error(parse);
        }
        optind++;
        if (!argument && row->argument == required_argument) {
            if (optind >= argc) {
                log_error(&parse->shell->log, "option --%s requires an argument", row->name);
                return usage_error(parse);
            }
            argument = parse->argv[optind++];
        }
        *taken = true;
        return row->run(parse, argument);
    }
    return true;
}

/* ---- the walk ---------------------------------------------------------------------------------------------- */

static void build_tables(char *letters, struct option *longs)
{
    char *p = letters;
    size_t n = 0;

    /* positional arguments come in order, as option 1; where POSIX is wished they end the options */
    *p++ = getenv("POSIXLY_CORRECT") ? '+' : '-';
    for (size_t i = 0; i < lengthof(rows); i++) {
        const OptionRow *row = &rows[i];

        longs[n++] = (struct option){row->name, row->argument, NULL, row->letter};
        if (row->letter >= 256)
            continue;
        *p++ = (char)row->letter;
        if (row->argument == required_argument)
            *p++ = ':';
    }
    *p++ = '?';
    *p = '\0';
    longs[n] = (struct option){NULL, 0, NULL, 0};
}

static bool run_option(Parse *parse, int letter)
{
    for (size_t i = 0; i < lengthof(rows); i++) {
        const OptionRow *row = &rows[i];

        if (row->letter != letter)
            continue;
        if (row->run)
            return row->run(parse, optarg);
        return var_set(parse->shell->vars, row->variable, row->value) || fail(parse);
    }
    if (strcmp(parse->argv[optind - 1], "-?") == 0)
        return opt_help(parse, NULL);
    return usage_error(parse);
}

static void take_positional(Parse *parse, const char *word)
{
    Options *options = parse->options;

    if (!options->dbname)
        options->dbname = word;
    else if (!options->username)
        options->username = word;
    else if (!parse->shell->set.quiet)
        log_warning(&parse->shell->log, "extra command-line argument \"%s\" ignored", word);
}

/* psql answers these before it looks at anything else. */
static bool parse_first(Parse *parse, int argc)
{
    const char *first = argc > 1 ? parse->argv[1] : "";

    if (strcmp(first, "-?") == 0 || (argc == 2 && strcmp(first, "--help") == 0))
        return opt_help(parse, NULL);
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
        return opt_version(parse, NULL);
    return true;
}

bool options_parse(Shell *shell, int argc, char **argv, Options *options, int *exit_code)
{
    Parse parse = {shell, options, argv, EXIT_SHELL_OK};
    char letters[2 * lengthof(rows) + 4];
    struct option longs[lengthof(rows) + 1];
    StrList positional = STRLIST_INIT; /* taken after all options, as psql does */
    bool ok = parse_first(&parse, argc);

    build_tables(letters, longs);
    forget_separator(&shell->print.field_sep);
    forget_separator(&shell->print.record_sep);
    while (ok) {
        bool taken;
        int letter;

        ok = parse_own(&parse, argc, &taken);
        if (!ok || taken)
            continue;
        letter = getopt_long(argc, argv, letters, longs, NULL);
        if (letter == -1)
            break;
        if (letter == 1)
            strlist_add(&positional, optarg);
        else
            ok = run_option(&parse, letter);
    }
    for (int i = optind; ok && i < argc; i++)
        strlist_add(&positional, argv[i]);
    for (size_t i = 0; ok && i < positional.len; i++) {
        strlist_add(&options->kept, positional.items[i]);
        take_positional(&parse, options->kept.items[options->kept.len - 1]);
    }
    strlist_free(&positional);
    default_separator(&shell->print.field_sep, "|");
    default_separator(&shell->print.record_sep, "\n");
    *exit_code = parse.exit_code;
    return ok;
}
