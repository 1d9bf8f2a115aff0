/*
 * sql_help.c — what \h knows: the SQL commands of PostgreSQL 15 and their syntax.
 *
 * The data are the text files in sql_help/, which the build embeds.  An entry reads
 *
 *     == ALTER RULE                        the command, or $name in shared.txt
 *     = rename a rewrite rule              what it does
 *     page sql-alterrule                   only where the page's name is not made of the command
 *     @ name ON table_name ...             syntax: @ is the command, $name a shared text
 *
 * They are parsed anew each time: \h is asked by people.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/help.h"
#include "pgmish/support.h"

#define FOLDER "src/shell/sql_help/"
#define SHARED FOLDER "shared.txt"
#define PAGES  "https://www.postgresql.org/docs/15/"

typedef struct TopicList {
    SqlTopic *items;
    size_t count;
} TopicList;

static const char *shared_text(const TopicList *shared, const char *name, size_t len)
{
    for (size_t i = 0; i < shared->count; i++)
        if (strlen(shared->items[i].command) == len &&
            memcmp(shared->items[i].command, name, len) == 0)
            return shared->items[i].syntax;
    return "";
}

static void expand_line(StrBuf *out, const char *line, size_t len, const char *command,
                        const TopicList *shared)
{
    for (const char *at = line, *end = line + len; at < end; at++) {
        if (*at == '@') {
            strbuf_add(out, command);
        } else if (*at == '$') {
            const char *name = at++;

            while (at < end && (isalpha((unsigned char)*at) || *at == '_'))
                at++;
            strbuf_add(out, shared_text(shared, name, (size_t)(at - name)));
            at--;
        } else {
            strbuf_addc(out, *at);
        }
    }
    strbuf_addc(out, '\n');
}

/* The documentation's rule: the command's words run together. */
static char *default_url(const char *command)
{
    StrBuf url = {0};

    strbuf_add(&url, PAGES "sql-");
    for (; *command; command++)
        if (*command != ' ')
            strbuf_addc(&url, fold_lower(*command));
    strbuf_add(&url, ".html");
    return strbuf_detach(&url);
}

static SqlTopic *add_topic(TopicList *list, const char *name, size_t len)
{
    SqlTopic *topic;

    list->items = xrealloc(list->items, (list->count + 1) * sizeof(*list->items));
    topic = &list->items[list->count++];
    topic->command = xstrndup(name, len);
    topic->brief = xstrdup("");
    topic->url = default_url(topic->command);
    topic->syntax = NULL;
    return topic;
}

static void set_url(SqlTopic *topic, const char *page, size_t len)
{
    StrBuf url = {0};

    strbuf_add(&url, PAGES);
    strbuf_addn(&url, page, len);
    strbuf_add(&url, ".html");
    free(topic->url);
    topic->url = strbuf_detach(&url);
}

/* The lines since the last heading are the syntax of the topic before; blank ones end it. */
static void finish_topic(TopicList *list, StrBuf *syntax)
{
    while (syntax->len && syntax->data[syntax->len - 1] == '\n')
        syntax->data[--syntax->len] = '\0';
    list->items[list->count - 1].syntax = xstrdup(syntax->len ? syntax->data : "");
    strbuf_reset(syntax);
}

static void parse_file(const EmbeddedFile *file, TopicList *list, const TopicList *shared)
{
    StrBuf syntax = {0};
    SqlTopic *topic = NULL;

    for (const char *line = file->data, *next; *line; line = next) {
        const char *newline = strchr(line, '\n');
        size_t len = newline ? (size_t)(newline - line) : strlen(line);

        next = line + len + (newline ? 1 : 0);
        if (strncmp(line, "== ", 3) == 0) {
            if (topic)
                finish_topic(list, &syntax);
            topic = add_topic(list, line + 3, len - 3);
        } else if (!topic) {
            continue; /* what the file says of itself */
        } else if (strncmp(line, "= ", 2) == 0) {
            free(topic->brief);
            topic->brief = xstrndup(line + 2, len - 2);
        } else if (strncmp(line, "page ", 5) == 0) {
            set_url(topic, line + 5, len - 5);
        } else {
            expand_line(&syntax, line, len, topic->command, shared);
        }
    }
    if (topic)
        finish_topic(list, &syntax);
    strbuf_free(&syntax);
}

static int by_command(const void *left, const void *right)
{
    return strcmp(((const SqlTopic *)left)->command, ((const SqlTopic *)right)->command);
}

SqlTopic *sql_topics(size_t *count)
{
    const EmbeddedFile *common = embedded_file(SHARED);
    TopicList shared = {0}, list = {0};

    if (common)
        parse_file(common, &shared, &shared);
    for (const EmbeddedFile *file = embedded_files; file->path; file++)
        if (file != common && strncmp(file->path, FOLDER, strlen(FOLDER)) == 0)
            parse_file(file, &list, &shared);
    sql_topics_free(shared.items, shared.count);
    if (list.count)
        qsort(list.items, list.count, sizeof(*list.items), by_command);
    *count = list.count;
    return list.items;
}

void sql_topics_free(SqlTopic *topics, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(topics[i].command);
        free(topics[i].brief);
        free(topics[i].url);
        free(topics[i].syntax);
    }
    free(topics);
}
