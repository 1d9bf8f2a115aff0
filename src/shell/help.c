/*
 * help.c — \? and --help: made from the descriptors of the meta-commands and from the tables
 * below.  Names and order are psql's; the words are ours.
 */
#include "pgmish/help.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

typedef struct HelpLine {
    const char *name; /* NULL: a heading */
    const char *text;
} HelpLine;

static const char *const group_titles[] = {
    [HELP_GENERAL] = "General",
    [HELP_HELP] = "Help",
    [HELP_BUFFER] = "Query Buffer",
    [HELP_IO] = "Input/Output",
    [HELP_CONDITIONAL] = "Conditional",
    [HELP_INFORMATIONAL] = "Informational",
    [HELP_LARGE_OBJECTS] = "Large Objects",
    [HELP_FORMATTING] = "Formatting",
    [HELP_CONNECTION] = "Connection",
    [HELP_SYSTEM] = "Operating System",
    [HELP_VARIABLES] = "Variables",
    [HELP_PGMI] = "pgmi session",
};

static const HelpLine option_lines[] = {
    {NULL, "General options"},
    {"-c, --command=COMMAND", "run only single command (SQL or internal) and exit"},
    {"-d, --dbname=DBNAME", "database name to connect to"},
    {"-f, --file=FILENAME", "execute commands from file, then exit"},
    {"-l, --list", "list available databases, then exit"},
    {"-v, --set=, --variable=NAME=VALUE", "set variable NAME to VALUE"},
    {"-V, --version", "output version information, then exit"},
    {"-X, --no-psqlrc", "do not read startup file"},
    {"-1, --single-transaction", "execute as a single transaction (if non-interactive)"},
    {"-?, --help[=options]", "show this help, then exit"},
    {"    --help=commands", "list backslash commands, then exit"},
    {"    --help=variables", "list special variables, then exit"},
    {NULL, "Input and output options"},
    {"-a, --echo-all", "echo all input from script"},
    {"-b, --echo-errors", "echo failed commands"},
    {"-e, --echo-queries", "echo commands sent to server"},
    {"-E, --echo-hidden", "display queries that internal commands generate"},
    {"-L, --log-file=FILENAME", "send session log to file"},
    {"-n, --no-readline", "disable enhanced command line editing"},
    {"-o, --output=FILENAME", "send query results to file (or |pipe)"},
    {"-q, --quiet", "run quietly (no messages, only query output)"},
    {"-s, --single-step", "single-step mode (confirm each query)"},
    {"-S, --single-line", "single-line mode (end of line terminates SQL command)"},
    {NULL, "Output format options"},
    {"-A, --no-align", "unaligned table output mode"},
    {"    --csv", "CSV table output mode"},
    {"-F, --field-separator=STRING", "field separator for unaligned output"},
    {"-H, --html", "HTML table output mode"},
    {"-P, --pset=VAR[=ARG]", "set printing option VAR to ARG"},
    {"-R, --record-separator=STRING", "record separator for unaligned output"},
    {"-t, --tuples-only", "print rows only"},
    {"-T, --table-attr=TEXT", "set HTML table tag attributes"},
    {"-x, --expanded", "turn on expanded table output"},
    {"-z, --field-separator-zero", "set field separator to zero byte"},
    {"-0, --record-separator-zero", "set record separator to zero byte"},
    {NULL, "Connection options"},
    {"-h, --host=HOSTNAME", "database server host or socket directory"},
    {"-p, --port=PORT", "database server port"},
    {"-U, --username=USERNAME", "database user name"},
    {"-w, --no-password", "never prompt for password"},
    {"-W, --password", "force password prompt"},
};

static const HelpLine own_option_lines[] = {
    {NULL, "pgmi session options (in full only)"},
    {"    --load DIR", "load the project in DIR before anything else runs"},
    {"    --param KEY=VALUE", "set a parameter of the project (repeatable)"},
    {"    --params-file FILE", "read parameters from FILE (repeatable)"},
    {"    --no-load", "never load a project by itself"},
    {"    --scratch[=DIR]", "run against a throwaway server (DIR: keep it there)"},
    {"    --report FORMAT[=FILE]", "write the results of test runs: tap, junit, json"},
    {"    --compat 1", "session API version"},
};

static const HelpLine variable_lines[] = {
    {"AUTOCOMMIT", "if set, successful SQL commands are automatically committed"},
    {"COMP_KEYWORD_CASE", "case of completed key words: lower, upper, preserve-lower, "
                          "preserve-upper"},
    {"DBNAME", "the currently connected database name"},
    {"ECHO", "what input is written to standard output: all, errors, none, queries"},
    {"ECHO_HIDDEN",
     "if set, display internal queries of backslash commands; noexec: only that"},
    {"ENCODING", "current client character set encoding"},
    {"ERROR", "true if last query failed, else false"},
    {"FETCH_COUNT", "the number of result rows to fetch and display at a time (0 = all)"},
    {"HIDE_TABLEAM", "if set, table access methods are not displayed"},
    {"HIDE_TOAST_COMPRESSION", "if set, compression methods are not displayed"},
    {"HISTCONTROL", "history control: ignorespace, ignoredups, ignoreboth"},
    {"HISTFILE", "file name used to store the command history"},
    {"HISTSIZE", "maximum number of commands to store in the history"},
    {"HOST", "the currently connected database server host"},
    {"IGNOREEOF", "number of ends of input that leave an interactive session open"},
    {"LASTOID", "value of the last affected OID"},
    {"LAST_ERROR_MESSAGE", "message of the last error"},
    {"LAST_ERROR_SQLSTATE", "SQLSTATE of the last error"},
    {"ON_ERROR_ROLLBACK", "if set, an error does not stop a transaction (implicit savepoints)"},
    {"ON_ERROR_STOP", "stop batch execution after error"},
    {"PIPELINE_COMMAND_COUNT", "number of queries queued in an ongoing pipeline"},
    {"PIPELINE_RESULT_COUNT", "number of results available in an ongoing pipeline"},
    {"PIPELINE_SYNC_COUNT", "number of synchronisation points queued in an ongoing pipeline"},
    {"PORT", "server port of the current connection"},
    {"PROMPT1", "the standard prompt"},
    {"PROMPT2", "the prompt when a statement continues from a previous line"},
    {"PROMPT3", "the prompt used during COPY ... FROM STDIN"},
    {"QUIET", "run quietly (same as -q option)"},
    {"ROW_COUNT", "number of rows returned or affected by last query, or 0"},
    {"SERVER_VERSION_NAME", "server's version, in short string format"},
    {"SERVER_VERSION_NUM", "server's version, in numeric format"},
    {"SHOW_ALL_RESULTS", "show all results of a combined query (\\;) instead of only the last"},
    {"SHOW_CONTEXT", "display of message context fields: never, errors, always"},
    {"SINGLELINE", "if set, end of line terminates SQL commands (same as -S option)"},
    {"SINGLESTEP", "single-step mode (same as -s option)"},
    {"SQLSTATE", "SQLSTATE of last query, or 00000 if no error"},
    {"USER", "the currently connected database user"},
    {"VERBOSITY", "verbosity of error reports: default, verbose, terse, sqlstate"},
    {"VERSION", "the client's version, in verbose string format"},
    {"VERSION_NAME", "the client's version, in short string format"},
    {"VERSION_NUM", "the client's version, in numeric format"},
};

static const HelpLine pgmi_variable_lines[] = {
    {"PGMI_LOADED", "on while a project is loaded in this session"},
    {"PGMI_PROJECT", "directory of the loaded project"},
    {"PGMI_FILE_COUNT", "number of files that the load found"},
    {"PGMI_TEST_COUNT", "number of tests that the load found"},
    {"PGMI_TESTS_PASSED", "tests that passed in the last run"},
    {"PGMI_TESTS_FAILED", "tests that failed in the last run"},
    {"LAST_ERROR_FILE", "project file in which the last error lies, empty if unknown"},
    {"LAST_ERROR_LINE", "its line in that file"},
    {"LAST_ERROR_COLUMN", "its column, in characters"},
    {"PGMI_VERBOSE", "if set, a load sets client_min_messages to debug"},
};

static const HelpLine environment_lines[] = {
    {"COLUMNS", "number of columns for wrapped format"},
    {"PGAPPNAME", "same as the application_name connection parameter"},
    {"PGDATABASE", "same as the dbname connection parameter"},
    {"PGHOST", "same as the host connection parameter"},
    {"PGPASSFILE", "password file name"},
    {"PGPASSWORD", "connection password (not recommended)"},
    {"PGPORT", "same as the port connection parameter"},
    {"PGUSER", "same as the user connection parameter"},
    {"PSQL_EDITOR, EDITOR, VISUAL", "editor used by the \\e, \\ef, and \\ev commands"},
    {"PSQL_EDITOR_LINENUMBER_ARG", "how to specify a line number when invoking the editor"},
    {"PSQL_HISTORY", "alternative location for the command history file"},
    {"PSQL_PAGER, PAGER", "name of external pager program"},
    {"PSQL_WATCH_PAGER", "name of external pager program used for \\watch"},
    {"PSQLRC", "alternative location for the user's .psqlrc file"},
    {"SHELL", "shell used by the \\! command"},
    {"TMPDIR", "directory for temporary files"},
    {"PGMI_MAX_FILE_SIZE", "largest file a project may hold, in bytes"},
};

static void put_line(FILE *out, const char *name, const char *text)
{
    if (strlen(name) <= 24)
        fprintf(out, "  %-24s %s\n", name, text);
    else
        fprintf(out, "  %s\n  %24s %s\n", name, "", text);
}

static void put_lines(FILE *out, const HelpLine *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (lines[i].name)
            put_line(out, lines[i].name, lines[i].text);
        else
            fprintf(out, "%s%s:\n", i ? "\n" : "", lines[i].text);
    }
    fputc('\n', out);
}

void help_options(Shell *shell, FILE *out)
{
    fprintf(out,
            "%s is a psql-compatible interactive terminal for PostgreSQL%s.\n\n"
            "Usage:\n  %s [OPTION]... [DBNAME [USERNAME]]\n\n",
            shell->progname, shell->as_psql ? "" : " with a pgmi deployment session inside",
            shell->progname);
    put_lines(out, option_lines, lengthof(option_lines));
    if (!shell->as_psql)
        put_lines(out, own_option_lines, lengthof(own_option_lines));
    fputs("For more information, type \"\\?\" (for internal commands) or \"\\help\" (for SQL\n"
          "commands) from within the shell.\n",
          out);
}

static void put_group(FILE *out, HelpGroup group)
{
    bool title = false;

    for (const MetaCommand *const *command = meta_commands; *command; command++) {
        if ((*command)->group != group || ((*command)->flags & META_UNLISTED))
            continue;
        if (!title)
            fprintf(out, "%s\n", group_titles[group]);
        title = true;
        put_line(out, (*command)->synopsis, (*command)->brief);
    }
    if (title)
        fputc('\n', out);
}

void help_commands(Shell *shell, FILE *out)
{
    (void)shell;
    for (size_t group = 0; group < lengthof(group_titles); group++)
        put_group(out, (HelpGroup)group);
}

void help_pgmi(Shell *shell, FILE *out)
{
    (void)shell;
    put_group(out, HELP_PGMI);
    fputs("Each is also spelled \\pgmi NAME; \\pgmi help NAME tells more.\n", out);
}

void help_variables(Shell *shell, FILE *out)
{
    fputs("List of specially treated variables\n\nvariables of the shell:\n"
          "Usage: --set=NAME=VALUE, or \\set NAME VALUE\n\n",
          out);
    put_lines(out, variable_lines, lengthof(variable_lines));
    if (!shell->as_psql) {
        fputs("variables of the pgmi session:\n", out);
        put_lines(out, pgmi_variable_lines, lengthof(pgmi_variable_lines));
    }
    fputs("display settings: --pset=NAME[=VALUE], or \\pset NAME [VALUE]; \\pset lists them\n\n"
          "environment variables:\nUsage: NAME=VALUE, or \\setenv NAME [VALUE]\n\n",
          out);
    put_lines(out, environment_lines, lengthof(environment_lines));
}

void help_descriptor(const MetaCommand *command, FILE *out)
{
    fprintf(out, "%s\n    %s\n", command->synopsis, command->brief);
    if (command->help)
        fprintf(out, "\n%s\n", command->help);
}
