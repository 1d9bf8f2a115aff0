/*
 * help_sql.c — \h: the syntax of SQL commands.
 *
 * Which commands a topic means is psql's rule: those that begin with the whole of it, else with its
 * first two words, else with its first word.  An exact match is shown alone.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/help.h"

static void list_topics(Shell *shell, const SqlTopic *topics, size_t count)
{
    int width = 80, height, longest = 0;
    size_t columns, rows;
    FILE *out;

    term_size(fileno(stdout), &width, &height);
    for (size_t i = 0; i < count; i++)
        if ((int)strlen(topics[i].command) > longest)
            longest = (int)strlen(topics[i].command);
    columns = width - 3 > longest + 1 ? (size_t)((width - 3) / (longest + 1)) : 1;
    rows = (count + columns - 1) / columns;
    out = pager_open((int)rows + 1, &shell->print);
    fputs("Available help:\n", out);
    for (size_t row = 0; row < rows; row++) {
        fputs("  ", out);
        for (size_t i = 0; i < columns;
             i++) /* blanks behind all columns but the last, as psql */
            fprintf(out, "%-*s", i + 1 < columns ? longest + 1 : 0,
                    row + i * rows < count ? topics[row + i * rows].command : "");
        fputc('\n', out);
    }
    pager_close(out);
}

/* Length of the topic's first `words` words, with one blank between words (psql counts a second
 * blank as an empty word); 0: that is the whole topic. */
static size_t first_words(const char *topic, int words)
{
    const char *at = topic + strcspn(topic, " ");

    while (--words && *at)
        at += 1 + strcspn(at + 1, " ");
    return *at ? (size_t)(at - topic) : 0;
}

/* The command that begins with these bytes; NULL: none.  The one that is the topic comes first. */
static const SqlTopic *find_topic(const SqlTopic *topics, size_t count, const char *topic,
                                  size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (ascii_ncasecmp(topics[i].command, topic, len) == 0)
            return &topics[i];
    return NULL;
}

static int topic_lines(const SqlTopic *topic)
{
    int lines = 7; /* around the syntax */

    for (const char *at = topic->syntax; (at = strchr(at, '\n')); at++)
        lines++;
    return lines;
}

static void show_topic(const SqlTopic *topic, FILE *out)
{
    fprintf(out, "Command:     %s\nDescription: %s\nSyntax:\n%s\n\nURL: %s\n\n", topic->command,
            topic->brief, topic->syntax, topic->url);
}

static void show_topics(Shell *shell, const SqlTopic *topics, size_t count, const char *topic,
                        size_t len)
{
    FILE *out;
    int lines = 0;

    for (size_t i = 0; i < count; i++)
        if (ascii_ncasecmp(topics[i].command, topic, len) == 0)
            lines += topic_lines(&topics[i]);
    out = pager_open(lines, &shell->print);
    for (size_t i = 0; i < count; i++)
        if (ascii_ncasecmp(topics[i].command, topic, len) == 0)
            show_topic(&topics[i], out);
    pager_close(out);
}

static void no_help(Shell *shell, const char *topic)
{
    FILE *out = pager_open(2, &shell->print);

    fprintf(out,
            "No help available for \"%s\".\nTry \\h with no arguments to see available help.\n",
            topic);
    pager_close(out);
}

static void help_topic(Shell *shell, const SqlTopic *topics, size_t count, const char *topic)
{
    size_t lengths[] = {strlen(topic), first_words(topic, 2), first_words(topic, 1)};

    if (strcmp(topic, "*") == 0) {
        show_topics(shell, topics, count, "", 0);
        return;
    }
    for (size_t i = 0; i < lengthof(lengths); i++) {
        const SqlTopic *first;

        if (i > 0 && !lengths[i])
            continue;
        first = find_topic(topics, count, topic, lengths[i]);
        if (!first)
            continue;
        if (ascii_casecmp(first->command, topic) == 0)
            show_topics(shell, first, 1, topic, lengths[i]);
        else
            show_topics(shell, topics, count, topic, lengths[i]);
        return;
    }
    no_help(shell, topic);
}

static MetaResult run_help_sql(Shell *shell, const MetaCall *call)
{
    const char *topic = meta_arg(call, 0);
    size_t count;
    SqlTopic *topics = sql_topics(&count);

    if (topic && *topic)
        help_topic(shell, topics, count, topic);
    else
        list_topics(shell, topics, count);
    sql_topics_free(topics, count);
    return META_DONE;
}

META_COMMAND(help_sql) = {
    .names = "h help",
    .args = "w;",
    .group = HELP_HELP,
    .synopsis = "\\h [NAME]",
    .brief = "help on syntax of SQL commands, * for all commands",
    .help =
        "Without NAME, the commands there is help on. NAME may be the beginning of a command's "
        "name.",
    .run = run_help_sql,
};
