/*
 * mkdoc.c — build tool: writes doc/commands.md, the command reference, from the descriptors of the
 * meta-commands, so that the manual cannot say anything else than the program does.  With --list it
 * prints their spellings for regress/psql/coverage.pl, with --tutorial doc/tutorial.md from the steps
 * of \pgmi tutorial.
 */
#include "pgmish/meta.h"
#include "pgmish/tutorial.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const group_titles[] = {
    [HELP_PGMI] = "pgmi session",
    [HELP_GENERAL] = "General",
    [HELP_HELP] = "Help",
    [HELP_BUFFER] = "Query buffer",
    [HELP_IO] = "Input and output",
    [HELP_CONDITIONAL] = "Conditional",
    [HELP_INFORMATIONAL] = "Informational",
    [HELP_LARGE_OBJECTS] = "Large objects",
    [HELP_FORMATTING] = "Formatting",
    [HELP_CONNECTION] = "Connection",
    [HELP_SYSTEM] = "Operating system",
    [HELP_VARIABLES] = "Variables",
};

/* Characters that Markdown would take for markup, outside of code. */
static void put_text(const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_<>[]#|", *text))
            putchar('\\');
        putchar(*text);
    }
}

/* A text of the tutorial: what is indented there is code here too, the rest flows. */
static void put_course_text(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = xstrndup(text, len);

        if (strncmp(line, "    ", 4) == 0)
            fputs(line, stdout);
        else
            put_text(line);
        putchar('\n');
        free(line);
        text += len + (text[len] == '\n');
    }
}

static void put_fenced(const char *summary, const char *kind, const char *text)
{
    printf("\n<details><summary>%s</summary>\n\n```%s\n%s```\n\n</details>\n", summary, kind,
           text);
}

static void put_step(const TutorialStep *step, size_t number)
{
    printf("\n## %zu. %s\n\n", number, step->title);
    put_course_text(step->text);
    for (size_t i = 0; i < step->file_count; i++) {
        char *summary = xasprintf("The file %s", step->files[i].path);
        size_t len = strlen(step->files[i].path);
        bool sql = len > 4 && strcmp(step->files[i].path + len - 4, ".sql") == 0;

        put_fenced(summary, sql ? "sql" : "", step->files[i].text);
        free(summary);
    }
    for (size_t i = 0; i < step->hints.len; i++) {
        printf("\n> ");
        put_course_text(step->hints.items[i]);
    }
    put_fenced("Answer", "", step->answer);
    putchar('\n');
    put_course_text(step->done);
}

static void put_tutorial(void)
{
    TutorialCourse course;

    tutorial_course_read(&course, true);
    puts(
        "# A course in pgmish\n\n"
        "This is the text of `\\pgmi tutorial`, which is best taken at the prompt: it checks "
        "what "
        "you\ndo, gives hints, and goes back when you want. Start `pgmish --scratch` and type\n"
        "`\\pgmi tutorial`.\n\nMade from the course's own files by `make doc/tutorial.md`; do "
        "not "
        "edit.\n");
    put_course_text(course.begin);
    for (size_t i = 0; i < course.count; i++)
        put_step(&course.steps[i], i + 1);
    puts("\n## The end\n");
    put_course_text(course.end);
    tutorial_course_free(&course);
}

/* Lines indented in the help stay as they are, as code; the rest flows. */
static void put_help(const char *help)
{
    bool was_code = false;

    while (*help) {
        size_t len = strcspn(help, "\n");
        char *line = xstrndup(help, len);
        bool code = line[0] == ' ';

        if (code != was_code)
            putchar('\n');
        if (code)
            printf("    %s", line);
        else
            put_text(line);
        putchar('\n');
        was_code = code;
        free(line);
        help += len + (help[len] == '\n');
    }
}

static void put_command(const MetaCommand *command)
{
    printf("\n### `%s`\n\n", command->synopsis);
    if (command->brief && *command->brief) {
        putchar(toupper((unsigned char)command->brief[0]));
        put_text(command->brief + 1);
        puts(".");
    }
    if (command->help) {
        putchar('\n');
        put_help(command->help);
    }
}

static void put_group(HelpGroup group)
{
    bool titled = false;

    for (const MetaCommand *const *command = meta_commands; *command; command++) {
        if ((*command)->group != group || ((*command)->flags & META_UNLISTED))
            continue;
        if (!titled)
            printf("\n## %s\n", group_titles[group]);
        titled = true;
        put_command(*command);
    }
}

/* For the test runner that looks for what no script uses: spellings, tab, synopsis. */
static void list_commands(void)
{
    for (const MetaCommand *const *command = meta_commands; *command; command++)
        printf("%s\t%s\n", (*command)->names, (*command)->synopsis);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        list_commands();
        return fflush(stdout) != 0;
    }
    if (argc > 1 && strcmp(argv[1], "--tutorial") == 0) {
        put_tutorial();
        return fflush(stdout) != 0;
    }
    puts("# Command reference\n\n"
         "Made from the commands' own help by `make doc/commands.md`; do not edit.  In the "
         "shell,\n"
         "`\\?` lists the commands and `\\pgmi help NAME` shows what is written here.");
    put_group(HELP_PGMI);
    for (size_t group = 0; group < lengthof(group_titles); group++)
        if (group != HELP_PGMI)
            put_group((HelpGroup)group);
    return fflush(stdout) != 0;
}
