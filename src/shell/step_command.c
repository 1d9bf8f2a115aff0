/*
 * step_command.c — what is typed at the step prompt: words, their keys, and FILE:LINE.
 *
 * Every key is the first letter of a word, so that a script on a pipe can say what it means.  A
 * line that begins with none of them is SQL or a backslash command.  None of the words begins an
 * SQL command, but for delete: that takes a number or "all" here.
 */
#include "pgmish/step.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n\f\v"

/* How the rest of the line is read. */
typedef enum Rest { REST_NONE, REST_COUNT, REST_PLACE, REST_MAYBE_PLACE, REST_NUMBER } Rest;

static const struct {
    const char *word, *key;
    StepVerb verb;
    Rest rest;
} words[] = {
    {"next", "n", STEP_NEXT, REST_COUNT},     {"continue", "c", STEP_CONTINUE, REST_NONE},
    {"until", "u", STEP_UNTIL, REST_PLACE},   {"finish", "f", STEP_FINISH, REST_NONE},
    {"skip", "s", STEP_SKIP, REST_COUNT},     {"back", "b", STEP_BACK, REST_COUNT},
    {"retry", "r", STEP_RETRY, REST_NONE},    {"edit", "e", STEP_EDIT, REST_MAYBE_PLACE},
    {"list", "l", STEP_LIST, REST_NONE},      {"context", "", STEP_LIST, REST_NONE},
    {"plan", "p", STEP_PLAN, REST_NONE},      {"break", "", STEP_BREAK, REST_MAYBE_PLACE},
    {"delete", "", STEP_DELETE, REST_NUMBER}, {"help", "h", STEP_HELP, REST_NONE},
    {"?", "", STEP_HELP, REST_NONE},          {"quit", "q", STEP_QUIT, REST_NONE},
    {"exit", "", STEP_QUIT, REST_NONE},
};

const char *const step_words[] = {"next",  "continue", "until", "finish", "skip",
                                  "back",  "retry",    "edit",  "list",   "plan",
                                  "break", "delete",   "help",  "quit",   NULL};

void step_command_free(StepCommand *command)
{
    free(command->file);
    command->file = NULL;
}

/* A number from 1 on; 0: it is none. */
static int number_in(const char *text, size_t len)
{
    long value = 0;

    for (size_t i = 0; i < len; i++) {
        if (!isdigit((unsigned char)text[i]))
            return 0;
        value = value * 10 + (text[i] - '0');
        if (value > INT_MAX)
            return 0;
    }
    return (int)value;
}

bool step_place_parse(const char *text, char **file, int *line)
{
    const char *colon = strrchr(text, ':');
    const char *digits = colon ? colon + 1 : text;

    *file = NULL;
    *line = number_in(digits, strlen(digits));
    if (!*line || colon == text)
        return false;
    if (colon)
        *file = xstrndup(text, (size_t)(colon - text));
    return true;
}

static bool usage(Diag *diag, const char *text)
{
    return diag_set(diag, EXIT_PGMI_USAGE, "usage: %s", text);
}

/* break ("" lists) and edit ("" is where one stands, a name without a line will do). */
static bool parse_maybe_place(StepCommand *command, const char *rest, Diag *diag)
{
    if (!*rest || step_place_parse(rest, &command->file, &command->line))
        return true;
    if (command->verb == STEP_BREAK)
        return usage(diag, "break [[FILE:]LINE]");
    command->file = xstrdup(rest);
    return true;
}

/* rest is without blanks around it. */
static bool parse_rest(StepCommand *command, Rest kind, const char *word, const char *rest,
                       Diag *diag)
{
    switch (kind) {
    case REST_NONE:
        return !*rest || diag_set(diag, EXIT_PGMI_USAGE, "%s takes no argument", word);
    case REST_COUNT:
        if (*rest)
            command->count = number_in(rest, strlen(rest));
        return command->count ||
               diag_set(diag, EXIT_PGMI_USAGE, "%s takes a number, not \"%s\"", word, rest);
    case REST_PLACE:
        return step_place_parse(rest, &command->file, &command->line) ||
               usage(diag, "until [FILE:]LINE");
    case REST_MAYBE_PLACE:
        return parse_maybe_place(command, rest, diag);
    case REST_NUMBER:
        command->count = number_in(rest, strlen(rest));
        if (!command->count && strcmp(rest, "all") != 0)
            command->verb = STEP_OTHER; /* DELETE FROM ... */
        return true;
    }
    return true;
}

/* A single word that begins no SQL command is a word of ours mistyped; as SQL it would only swallow the
 * lines that follow. */
static bool is_mistyped(const char *text)
{
    static const char *const sql[] = {
        "abort",   "alter",   "analyze", "begin",    "call",      "checkpoint", "close",
        "cluster", "comment", "commit",  "copy",     "create",    "deallocate", "declare",
        "delete",  "discard", "do",      "drop",     "end",       "execute",    "explain",
        "fetch",   "grant",   "import",  "insert",   "listen",    "load",       "lock",
        "merge",   "move",    "notify",  "prepare",  "reassign",  "refresh",    "reindex",
        "release", "reset",   "revoke",  "rollback", "savepoint", "security",   "select",
        "set",     "show",    "start",   "table",    "truncate",  "unlisten",   "update",
        "vacuum",  "values",  "with"};
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (!isalpha((unsigned char)text[i]))
            return false;
    for (size_t i = 0; i < lengthof(sql); i++)
        if (ascii_casecmp(sql[i], text) == 0)
            return false;
    return len > 0;
}

bool step_command_parse(const char *line, StepCommand *command, Diag *diag)
{
    const char *start = line + strspn(line, BLANKS), *rest;
    size_t len = strlen(start), word;
    char *text;
    bool ok = true;

    *command = (StepCommand){.verb = STEP_OTHER, .count = 1};
    while (len && strchr(BLANKS ";", start[len - 1])) /* a semicolon may be given, as in SQL */
        len--;
    word = strcspn(start, BLANKS ";");
    word = word < len ? word : len;
    text = xstrndup(start, len);
    rest = text + word + strspn(text + word, BLANKS);
    for (size_t i = 0; word && i < lengthof(words); i++) {
        const char *name = words[i].word, *key = words[i].key;

        if ((strlen(name) == word && strncmp(text, name, word) == 0) ||
            (*key && strlen(key) == word && strncmp(text, key, word) == 0)) {
            command->verb = words[i].verb;
            ok = parse_rest(command, words[i].rest, name, rest, diag);
            goto done;
        }
    }
    if (is_mistyped(text)) {
        ok = diag_set(diag, EXIT_PGMI_USAGE, "\"%s\" is no command of \\step", text);
        diag_hint(diag, "help lists them.");
    }
done:
    if (!ok)
        step_command_free(command);
    free(text);
    return ok;
}

bool step_is_word(const char *line)
{
    StepCommand command;
    Diag diag = DIAG_INIT;
    bool word = !step_command_parse(line, &command, &diag) || command.verb != STEP_OTHER;

    step_command_free(&command);
    diag_reset(&diag);
    return word;
}
