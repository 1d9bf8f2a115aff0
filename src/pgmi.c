/*
 * pgmi.c — the program under its name pgmi: finds the command, reads its options, runs it.
 *
 * Standard output carries only what was asked for (JSON, a list, a script); everything said on the
 * way goes to standard error (contract X12).
 */
#include "pgmi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

const PgmiCommand *const pgmi_commands[] = {
    &pgmi_command_deploy,
    &pgmi_command_init,
    &pgmi_command_templates_list,
    &pgmi_command_templates_describe,
    &pgmi_command_metadata_scaffold,
    &pgmi_command_metadata_validate,
    &pgmi_command_metadata_plan,
    &pgmi_command_info,
    &pgmi_command_config,
    &pgmi_command_ai,
    &pgmi_command_serve,
    &pgmi_command_version,
    &pgmi_command_completion,
    NULL,
};

char *pgmi_clean(const char *text)
{
    char *redacted = redact(text), *shown = harmless_text(redacted);

    free(redacted);
    return shown;
}

/* ---- messages ------------------------------------------------------------------------------- */

void pgmi_error(const Pgmi *pgmi, const Diag *diag)
{
    StrBuf text = STRBUF_INIT;
    bool in_script = diag->file && strcmp(diag->file, "./deploy.sql") == 0 && diag->column;
    char *clean;

    if (diag->file && !in_script) {
        strbuf_addf(&text, "%s: ", diag->file);
        if (diag->line && diag->column)
            strbuf_addf(&text, "line %d, column %d: ", diag->line, diag->column);
        else if (diag->line)
            strbuf_addf(&text, "line %d: ", diag->line);
    }
    strbuf_addf(&text, "%s\n", diag->message ? diag->message : "unknown error");
    if (diag->detail)
        strbuf_addf(&text, "DETAIL: %s\n", diag->detail);
    if (diag->hint)
        strbuf_addf(&text, "HINT: %s\n", diag->hint);
    if (in_script)
        strbuf_addf(&text, "LOCATION: deploy.sql line %d, column %d\n", diag->line,
                    diag->column);
    clean = pgmi_clean(text.data);
    fflush(stdout);
    fprintf(stderr, "%s: error: %s", pgmi->progname, clean);
    free(clean);
    strbuf_free(&text);
}

PRINTF_LIKE(2, 3)
static void warn(const Pgmi *pgmi, const char *fmt, ...)
{
    StrBuf text = STRBUF_INIT;
    va_list args;
    char *clean;

    va_start(args, fmt);
    strbuf_vaddf(&text, fmt, args);
    va_end(args);
    clean = pgmi_clean(text.data);
    fprintf(stderr, "%s: warning: %s\n", pgmi->progname, clean);
    free(clean);
    strbuf_free(&text);
}

int pgmi_problems(const Pgmi *pgmi, const DiagList *problems)
{
    unsigned causes = 0;

    for (size_t i = 0; i < problems->len; i++) {
        pgmi_error(pgmi, &problems->items[i]);
        causes |= deploy_cause(problems->items[i].code);
    }
    return pgmi_exit_code(causes);
}

/* ---- surroundings ------------------------------------------------------------------------------ */

bool pgmi_interactive(void)
{
    const char *never = getenv("PGMI_NON_INTERACTIVE");
    const char *ci = getenv("CI");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !(ci && *ci) &&
           !(never && strcmp(never, "1") == 0);
}

void pgmi_environment(const Pgmi *pgmi, const char *root, StrMap *env)
{
    StrMap file;
    Diag diag = DIAG_INIT;

    strmap_init(env, free);
    strmap_init(&file, free);
    for (char **entry = environ; *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        char *name = equals ? xstrndup(*entry, (size_t)(equals - *entry)) : NULL;

        if (name)
            strmap_set(env, name, xstrdup(equals + 1));
        free(name);
    }
    if (!dotenv_read(root, &file, &diag))
        warn(pgmi, "%s%s%s", diag.file ? diag.file : "", diag.file ? ": " : "", diag.message);
    for (size_t i = 0; i < file.len; i++) {
        if (strmap_get(env, file.entries[i].key))
            continue;
        strmap_set(env, file.entries[i].key, xstrdup(file.entries[i].value));
        setenv(file.entries[i].key, file.entries[i].value, 0);
    }
    strmap_free(&file);
    diag_reset(&diag);
}

/* ---- commands ------------------------------------------------------------------------------------ */

/* How many of argv's first words name this command, 0: they do not. */
static int words_matched(const PgmiCommand *command, int argc, char **argv)
{
    const char *name = command->name;
    int used = 0;

    while (*name) {
        size_t len = strcspn(name, " ");

        if (used >= argc || strlen(argv[used]) != len || strncmp(argv[used], name, len) != 0)
            return 0;
        used++;
        name += len + (name[len] == ' ');
    }
    return used;
}

static void list_commands(const char *group, FILE *out)
{
    size_t len = group ? strlen(group) : 0;

    for (const PgmiCommand *const *command = pgmi_commands; *command; command++)
        if (!group ||
            (strncmp((*command)->name, group, len) == 0 && (*command)->name[len] == ' '))
            fprintf(out, "  %-20s %s\n", (*command)->name, (*command)->brief);
}

static bool is_group(const char *word)
{
    size_t len = strlen(word);

    for (const PgmiCommand *const *command = pgmi_commands; *command; command++)
        if (strncmp((*command)->name, word, len) == 0 && (*command)->name[len] == ' ')
            return true;
    return false;
}

static void general_help(const char *group, FILE *out)
{
    if (group)
        fprintf(out, "Usage:\n  pgmi %s COMMAND [OPTION]...\n\nCommands:\n", group);
    else
        fprintf(out,
                "pgmi deploys PostgreSQL projects: your files become rows of a session, your "
                "deploy.sql decides.\n\nUsage:\n  pgmi COMMAND [OPTION]...\n\nCommands:\n");
    list_commands(group, out);
    fprintf(out, "\n\"pgmi COMMAND --help\" tells more about a command.\n");
}

static int unknown(const Pgmi *pgmi, const char *group, const char *word)
{
    Diag diag = DIAG_INIT;

    diag_set(&diag, EXIT_PGMI_USAGE, "unknown %s \"%s%s%s\"",
             *word == '-' ? "option" : "command", group ? group : "", group ? " " : "", word);
    diag_hint(&diag, "\"pgmi --help\" lists the commands.");
    pgmi_error(pgmi, &diag);
    diag_reset(&diag);
    return EXIT_PGMI_USAGE;
}

/* Wherever it stands: an option in front of it may be the one that is wrong. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

/* A usage error is a failed deployment too for who reads --json (E7). */
static int usage_error(const Pgmi *pgmi, const PgmiCommand *command, bool json, Diag *diag)
{
    pgmi_error(pgmi, diag);
    if (json && command == &pgmi_command_deploy) {
        DeployResult result = {0};
        StrBuf text = STRBUF_INIT;

        deploy_result_fail(&result, CAUSE_USAGE, diag);
        deploy_result_json(&result, 0, &text);
        puts(text.data);
        strbuf_free(&text);
        deploy_result_free(&result);
    }
    diag_reset(diag);
    return EXIT_PGMI_USAGE;
}

static int run_command(Pgmi *pgmi, const PgmiCommand *command, int argc, char **argv)
{
    Diag diag = DIAG_INIT;
    int code;

    if (!pgmi_parse(command, argc, argv, &pgmi->args, &diag)) {
        code = usage_error(pgmi, command, wants_json(argc, argv), &diag);
    } else if (pgmi->args.help) {
        pgmi_help(command, stdout);
        code = 0;
    } else {
        code = command->run(pgmi);
    }
    strlist_free(&pgmi->args.params);
    strlist_free(&pgmi->args.params_files);
    strlist_free(&pgmi->args.reports);
    return code;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "help") == 0;
}

/* pgmi help [COMMAND] */
static int help_about(const Pgmi *pgmi, int argc, char **argv)
{
    for (const PgmiCommand *const *command = pgmi_commands; argc > 0 && *command; command++)
        if (words_matched(*command, argc, argv)) {
            pgmi_help(*command, stdout);
            return 0;
        }
    if (argc > 0 && !is_group(argv[0]))
        return unknown(pgmi, NULL, argv[0]);
    general_help(argc > 0 ? argv[0] : NULL, stdout);
    return 0;
}

static int dispatch(Pgmi *pgmi, int argc, char **argv)
{
    const char *word = argc ? argv[0] : "--help";

    for (const PgmiCommand *const *command = pgmi_commands; *command; command++) {
        int used = words_matched(*command, argc, argv);

        if (used)
            return run_command(pgmi, *command, argc - used, argv + used);
    }
    if (strcmp(word, "--version") == 0)
        return pgmi_command_version.run(pgmi);
    if (asks_for_help(word))
        return help_about(pgmi, argc - 1, argv + 1);
    if (!is_group(word))
        return unknown(pgmi, NULL, word);
    if (argc > 1 && !asks_for_help(argv[1]))
        return unknown(pgmi, word, argv[1]);
    general_help(word, stdout);
    return 0;
}

/* Where one of the three standard streams is closed, the next file or socket that is opened would get its
 * number, and what is meant for people would be written into the connection.  Opened for reading, it
 * fails to be written to, as a closed one does. */
static void hold_standard_streams(void)
{
    int fd = open("/dev/null", O_RDONLY);

    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDONLY);
    if (fd >= 0)
        close(fd);
}

int pgmi_main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    Pgmi pgmi = {.progname = slash ? slash + 1 : argv[0]};
    int at = 1, code;

    hold_standard_streams();
    while (at < argc && (strcmp(argv[at], "-v") == 0 || strcmp(argv[at], "--verbose") == 0)) {
        pgmi.args.verbose = true;
        at++;
    }
    code = dispatch(&pgmi, argc - at, argv + at);
    errno = 0;
    if (fflush(stdout) != 0 ||
        ferror(stdout)) { /* a full disk: what was asked for is not there */
        fprintf(stderr, "%s: error: could not write to standard output%s%s\n", pgmi.progname,
                errno ? ": " : "", errno ? strerror(errno) : "");
        if (code == 0)
            code = EXIT_PGMI_OTHER;
    }
    return code;
}
