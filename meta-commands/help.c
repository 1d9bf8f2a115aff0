/*
 * help.c — \?: what there is to type, by topic.
 *
 * The text is made from the same descriptors and tables as --help.  It is built whole first, as
 * the pager wants to know its length.
 */
#include "pgmish/help.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

typedef struct Topic {
    const char *name;
    void (*show)(Shell *shell, FILE *out);
} Topic;

static const Topic topics[] = {
    {"commands", help_commands}, /* also what psql shows for a topic that it does not know */
    {"options", help_options},
    {"variables", help_variables},
    {"pgmi", help_pgmi},
};

static const Topic *topic_of(const Shell *shell, const char *name)
{
    for (size_t i = 0; name && i < lengthof(topics); i++)
        if (strcmp(topics[i].name, name) == 0 &&
            !(shell->as_psql && topics[i].show == help_pgmi))
            return &topics[i];
    return &topics[0];
}

static int count_lines(const char *text)
{
    int lines = 0;

    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

static MetaResult run_help(Shell *shell, const MetaCall *call)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len), *out;

    if (!memory) {
        log_error(&shell->log, "out of memory");
        return META_ERROR;
    }
    topic_of(shell, meta_arg(call, 0))->show(shell, memory);
    fclose(memory);
    out = pager_open(count_lines(text), &shell->print);
    fputs(text, out);
    pager_close(out);
    free(text);
    return META_DONE;
}

static void complete_topic(Shell *shell, const MetaCall *before, size_t index, const char *text,
                           StrList *list)
{
    (void)before;
    for (size_t i = 0; index == 0 && i < lengthof(topics); i++)
        if (strncmp(topics[i].name, text, strlen(text)) == 0 &&
            !(shell->as_psql && topics[i].show == help_pgmi))
            strlist_add(list, topics[i].name);
}

META_COMMAND(help) = {
    .names = "?",
    .args = "n",
    .group = HELP_HELP,
    .synopsis = "\\? [commands|options|variables|pgmi]",
    .brief = "show help on backslash commands, options, variables, the pgmi session",
    .complete = complete_topic,
    .run = run_help,
};
