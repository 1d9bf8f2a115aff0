/*
 * pgmi.c — \pgmi: the way to every command of the pgmi session.
 *
 * `\pgmi NAME ...` runs a subcommand (a descriptor whose parent is "pgmi") or, where there is none
 * of that name, the command \NAME of the same group: \pgmi plan is \plan.
 */
#include "pgmish/meta.h"

#include <string.h>

#include "pgmish/help.h"

static const MetaCommand *find(const char *name)
{
    const MetaCommand *command = meta_find_sub("pgmi", name);

    if (command)
        return command;
    command = meta_find(name);
    return command && command->group == HELP_PGMI && strcmp(command->names, "pgmi") != 0
               ? command
               : NULL;
}

static MetaResult unknown(Shell *shell, const char *name)
{
    log_error(&shell->log, "\\pgmi: there is no command \"%s\"", name);
    log_error_hint(&shell->log, "\\? pgmi lists them.");
    return META_ERROR;
}

/* How many arguments a descriptor's `args` takes; SIZE_MAX: any number. */
static size_t argument_count(const char *args)
{
    size_t count = 0;

    for (; args && *args; args++) {
        if (*args == '*')
            return SIZE_MAX;
        count += *args != ';';
    }
    return count;
}

/* The rest is named in a warning, as the dispatcher does for commands that it reads itself. */
static void warn_of_extra(Shell *shell, const MetaCall *call, const MetaCommand *command)
{
    size_t taken = argument_count(command->args);

    for (size_t i = 1; taken < SIZE_MAX && i + taken < call->count; i++)
        log_warning(&shell->log, "\\pgmi %s: extra argument \"%s\" ignored", call->args[0].text,
                    call->args[i + taken].text);
}

static MetaResult run_pgmi(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0);
    const MetaCommand *command;
    MetaResult result;
    MetaCall sub;

    if (!name) {
        help_pgmi(shell, stdout);
        return META_DONE;
    }
    command = find(name);
    if (!command)
        return unknown(shell, name);
    if (!meta_allowed(shell, command))
        return META_ERROR;
    sub = (MetaCall){name, call->args + 1, call->count - 1, call->active, call->query};
    result = command->run(shell, &sub);
    if (result != META_ERROR)
        warn_of_extra(shell, call, command);
    return result;
}

static MetaResult run_help(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 0);
    const MetaCommand *command = name ? find(name + (*name == '\\')) : NULL;

    if (!name) {
        help_pgmi(shell, stdout);
        return META_DONE;
    }
    if (!command)
        return unknown(shell, name);
    help_descriptor(command, stdout);
    return META_DONE;
}

static void add_name(const char *names, const char *text, StrList *list)
{
    size_t len = strcspn(names, " {");

    if (strncmp(names, text, strlen(text)) == 0 && strlen(text) <= len) {
        char name[64];

        snprintf(name, sizeof(name), "%.*s", (int)len, names);
        if (strcmp(name, "pgmi") != 0 && !strlist_has(list, name))
            strlist_add(list, name);
    }
}

static void complete_pgmi(Shell *shell, const MetaCall *before, size_t index, const char *text,
                          StrList *list)
{
    if (index == 0) {
        for (const MetaCommand *const *command = meta_commands; *command; command++)
            if ((*command)->group == HELP_PGMI)
                add_name((*command)->names, text, list);
        return;
    }
    if (before && before->count) {
        const MetaCommand *command = find(before->args[0].text);
        MetaCall sub = {before->args[0].text, before->args + 1, before->count - 1, true, NULL};

        if (command && command->complete)
            command->complete(shell, &sub, index - 1, text, list);
    }
}

META_COMMAND(pgmi) = {
    .names = "pgmi",
    .args = "n*",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi COMMAND",
    .brief = "run a command of the pgmi session",
    .complete = complete_pgmi,
    .run = run_pgmi,
};

META_COMMAND(pgmi_help) = {
    .names = "help",
    .parent = "pgmi",
    .args = "n",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi help [COMMAND]",
    .brief = "tell more about a command",
    .complete = complete_pgmi,
    .run = run_help,
};
