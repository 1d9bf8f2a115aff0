/*
 * pgmi_options.c — reads options from the tables of the commands, and writes their help from the
 * same tables.
 *
 * Not getopt: words and options may come in any order, -h is the host, and an unknown option is an
 * error of ours with a code of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmi.h"

const PgmiOption pgmi_global_options[] = {
    {"verbose", 'v', PGMI_FLAG, offsetof(PgmiArgs, verbose), NULL, "say more"},
    {"help", 0, PGMI_FLAG, offsetof(PgmiArgs, help), NULL, "show this help"},
    {0},
};

/* ---- parsing --------------------------------------------------------------------------- */

static const PgmiOption *find_in(const PgmiOption *table, const char *name, size_t len,
                                 char letter)
{
    for (; table && table->name; table++)
        if (letter ? table->letter == letter
                   : strlen(table->name) == len && strncmp(table->name, name, len) == 0)
            return table;
    return NULL;
}

static const PgmiOption *find(const PgmiCommand *command, const char *name, size_t len,
                              char letter)
{
    const PgmiOption *option = find_in(command->options, name, len, letter);

    return option ? option : find_in(pgmi_global_options, name, len, letter);
}

static bool usage(const PgmiCommand *command, Diag *diag)
{
    return diag_hint(diag, "Try \"pgmi %s --help\".", command->name);
}

static bool set_value(const PgmiCommand *command, const PgmiOption *option, const char *value,
                      PgmiArgs *args, Diag *diag)
{
    char *target = (char *)args + option->offset;
    char *end;
    long number;

    switch (option->kind) {
    case PGMI_FLAG:
        *(bool *)target = !value || strcmp(value, "false") != 0;
        return true;
    case PGMI_TEXT:
        *(const char **)target = value;
        return true;
    case PGMI_LIST:
        strlist_add((StrList *)target, value);
        return true;
    case PGMI_NUMBER:
        break;
    }
    number = strtol(value, &end, 10);
    if (*value && !*end && number >= 0 && number <= 1000000) {
        *(int *)target = (int)number;
        return true;
    }
    diag_set(diag, EXIT_PGMI_USAGE, "option --%s needs a number", option->name);
    return usage(command, diag);
}

/* One argument that begins with a dash; *at is moved over a value that follows. */
static bool parse_option(const PgmiCommand *command, int argc, char **argv, int *at,
                         PgmiArgs *args, Diag *diag)
{
    const char *text = argv[*at];
    bool is_long = text[1] == '-';
    const char *name = text + (is_long ? 2 : 1);
    size_t len = is_long ? strcspn(name, "=") : 1;
    const PgmiOption *option = find(command, name, len, is_long ? 0 : *name);
    const char *value = is_long && name[len] == '=' ? name + len + 1
                        : !is_long && name[1]       ? name + 1
                                                    : NULL;

    if (!option || (!is_long && option->kind == PGMI_FLAG && value)) {
        diag_set(diag, EXIT_PGMI_USAGE, "unknown option \"%.*s\"",
                 (int)(len + (is_long ? 2 : 1)), text);
        return usage(command, diag);
    }
    if (option->kind != PGMI_FLAG && !value) {
        if (*at + 1 >= argc) {
            diag_set(diag, EXIT_PGMI_USAGE, "option \"%s\" needs a value", text);
            return usage(command, diag);
        }
        value = argv[++*at];
    }
    return set_value(command, option, value, args, diag);
}

static bool check_words(const PgmiCommand *command, const PgmiArgs *args, Diag *diag)
{
    if (args->help || (args->word_count >= command->least && args->word_count <= command->most))
        return true;
    diag_set(diag, EXIT_PGMI_USAGE, "\"%s\" takes %s%zu argument%s, %zu given", command->name,
             command->least == command->most     ? ""
             : args->word_count < command->least ? "at least "
                                                 : "at most ",
             args->word_count < command->least ? command->least : command->most,
             (args->word_count < command->least ? command->least : command->most) == 1 ? ""
                                                                                       : "s",
             args->word_count);
    return usage(command, diag);
}

bool pgmi_parse(const PgmiCommand *command, int argc, char **argv, PgmiArgs *args, Diag *diag)
{
    bool options = true;

    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];

        if (options && strcmp(text, "--") == 0) {
            options = false;
        } else if (options && text[0] == '-' && text[1]) {
            if (!parse_option(command, argc, argv, &i, args, diag))
                return false;
        } else {
            if (args->word_count < lengthof(args->words))
                args->words[args->word_count] = text;
            args->word_count++;
        }
    }
    return check_words(command, args, diag);
}

/* ---- help --------------------------------------------------------------------------------- */

static void help_options(const PgmiOption *table, FILE *out)
{
    for (; table && table->name; table++) {
        char *left = xasprintf("%s%c%s--%s%s%s", table->letter ? "-" : " ",
                               table->letter ? table->letter : ' ', table->letter ? ", " : "  ",
                               table->name, table->value ? " " : "",
                               table->value ? table->value : "");

        fprintf(out, "  %-32s %s\n", left, table->help);
        free(left);
    }
}

void pgmi_help(const PgmiCommand *command, FILE *out)
{
    fprintf(out, "pgmi %s: %s\n\nUsage:\n  pgmi %s%s%s\n", command->name, command->brief,
            command->name, *command->synopsis ? " " : "", command->synopsis);
    if (command->help)
        fprintf(out, "\n%s\n", command->help);
    fprintf(out, "\nOptions:\n");
    help_options(command->options, out);
    help_options(pgmi_global_options, out);
}
