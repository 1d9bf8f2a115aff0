/*
 * meta.c — finds a backslash command, lexes its arguments as its descriptor says, runs it.
 *
 * All that psql does around a command is done here once: skipping in an inactive \if branch,
 * restricted mode, unknown names, surplus arguments, the separator \\ behind it.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

/* ---- names --------------------------------------------------------------------------------- */

/*
 * How well a spelling of a descriptor fits a name of this length: 0 not at all, else the more the
 * better.  An exact spelling beats every pattern, a longer fixed part a shorter one.
 */
static size_t fit(const char *spelling, size_t len, const char *name)
{
    const char *brace = memchr(spelling, '{', len), *rest;
    size_t fixed = brace ? (size_t)(brace - spelling) : len;

    if (strncmp(name, spelling, fixed) != 0)
        return 0;
    if (!brace)
        return name[fixed] ? 0 : SIZE_MAX;
    for (rest = name + fixed; *rest; rest++) {
        if (brace[1] != '*' && !memchr(brace + 1, *rest, len - fixed - 2))
            return 0;
    }
    return fixed + 1;
}

static size_t best_fit(const char *names, const char *name)
{
    size_t best = 0;

    while (*names) {
        size_t len = strcspn(names, " "), this = fit(names, len, name);

        if (this > best)
            best = this;
        names += len;
        names += strspn(names, " ");
    }
    return best;
}

const MetaCommand *meta_find(const char *name)
{
    const MetaCommand *found = NULL;
    size_t best = 0, i;

    if (ascii_casecmp(name, "copy") == 0) /* the one name that psql takes in any case */
        name = "copy";
    for (i = 0; meta_commands[i]; i++) {
        size_t this = meta_commands[i]->parent ? 0 : best_fit(meta_commands[i]->names, name);

        if (this > best) {
            best = this;
            found = meta_commands[i];
        }
    }
    return found;
}

/* meta_find with a memory: scripts use few spellings, and often. */
static const MetaCommand *remembered(Shell *shell, const char *name)
{
    const MetaCommand *command = strmap_get(&shell->meta_seen, name);

    if (command)
        return command;
    command = meta_find(name);
    if (command)
        strmap_set(&shell->meta_seen, name, (void *)command);
    return command;
}

const MetaCommand *meta_find_sub(const char *parent, const char *name)
{
    for (const MetaCommand *const *command = meta_commands; *command; command++)
        if ((*command)->parent && strcmp((*command)->parent, parent) == 0 &&
            best_fit((*command)->names, name))
            return *command;
    return NULL;
}

const char *meta_arg(const MetaCall *call, size_t i)
{
    return i < call->count ? call->args[i].text : NULL;
}

bool meta_modifier(const MetaCall *call, size_t skip, char letter)
{
    return strlen(call->name) > skip && strchr(call->name + skip, letter) != NULL;
}

/* ---- arguments ------------------------------------------------------------------------------ */

typedef struct ArgReader {
    Lexer *lexer;
    MetaCall *call;
    size_t cap;
    bool have_file; /* the argument of f was read while looking for a parenthesis */
} ArgReader;

/* Reads one argument; false when there is none. */
static bool read_arg(ArgReader *reader, SlashArg kind, bool strip)
{
    MetaCall *call = reader->call;
    MetaArg arg = {.quote = 0};

    arg.text = lexer_slash_argument(reader->lexer, kind, &arg.quote, strip);
    if (!arg.text)
        return false;
    if (call->count == reader->cap) {
        reader->cap = reader->cap ? reader->cap * 2 : 4;
        call->args = xrealloc(call->args, reader->cap * sizeof(*call->args));
    }
    call->args[call->count++] = arg;
    return true;
}

/* The words of "(a=b c=d)" in front of a file name.  Whether the parenthesis is closed is for
 * the command to say; what came without one is the file's argument already. */
static bool read_group(ArgReader *reader)
{
    const MetaCall *call = reader->call;

    if (!read_arg(reader, SLASH_FILEPIPE, false))
        return false;
    if (call->args[call->count - 1].text[0] != '(') {
        reader->have_file = true;
        return true;
    }
    for (;;) {
        const char *text = call->args[call->count - 1].text;

        if (*text && text[strlen(text) - 1] == ')')
            return true;
        if (!read_arg(reader, SLASH_NORMAL, false))
            return false;
    }
}

static SlashArg kind_of(char letter)
{
    switch (letter) {
    case 'q':
        return SLASH_SQLID;
    case 'i':
        return SLASH_SQLIDHACK;
    case 'f':
        return SLASH_FILEPIPE;
    case 'w':
        return SLASH_WHOLE_LINE;
    default:
        return SLASH_NORMAL;
    }
}

static void read_args(ArgReader *reader, const char *spec)
{
    while (spec && *spec) {
        char letter = *spec++;
        bool strip = false, many = false, got;

        for (; *spec == ';' || *spec == '*'; spec++) {
            strip |= *spec == ';';
            many |= *spec == '*';
        }
        if (letter == '(')
            got = read_group(reader);
        else if (letter == 'f' && reader->have_file)
            got = true;
        else
            do
                got = read_arg(reader, kind_of(letter), strip);
            while (got && many);
        if (!got)
            return;
    }
}

/*
 * In an inactive branch nothing is run, but text must be skipped as the command would have read
 * it: a whole line or a pipe swallows an \endif behind it.
 */
static void skip_args(Lexer *lexer, const char *spec)
{
    if (spec && strchr(spec, 'w'))
        free(lexer_slash_argument(lexer, SLASH_WHOLE_LINE, NULL, false));
    else if (spec && strchr(spec, 'f'))
        free(lexer_slash_argument(lexer, SLASH_FILEPIPE, NULL, false));
}

static void free_args(MetaCall *call)
{
    while (call->count)
        free(call->args[--call->count].text);
    free(call->args);
}

/* ---- dispatch --------------------------------------------------------------------------------- */

bool meta_allowed(Shell *shell, const MetaCommand *command)
{
    Diag diag = DIAG_INIT;
    bool ok = true;

    if ((command->flags & META_NEEDS_CONN) && !shell->conn) {
        log_error(&shell->log, "You are currently not connected to a database.");
        return false;
    }
    if (command->flags & META_NEEDS_SESSION)
        ok = session_require(shell->session, &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
    return ok;
}

static MetaResult run_command(Shell *shell, const MetaCommand *command, Lexer *lexer,
                              MetaCall *call)
{
    ArgReader reader = {.lexer = lexer, .call = call};
    MetaResult result = META_ERROR;

    read_args(&reader, command->args);
    if (meta_allowed(shell, command))
        result = command->run(shell, call);
    free_args(call);
    return result;
}

/*
 * psql finds out that there is no \dq or \lo_q only inside the family, when it has read the
 * arguments; and in an inactive branch, where it reads none, never.
 */
static bool family_member(const char *name, const char **args)
{
    bool large_object = strncmp(name, "lo_", 3) == 0;
    bool two = large_object || strncmp(name, "dA", 2) == 0;

    *args = two ? "n;n;" : "n;";
    return large_object || *name == 'd';
}

static MetaResult unknown_command(Shell *shell, Lexer *lexer, MetaCall *call)
{
    ArgReader reader = {.lexer = lexer, .call = call};
    const char *args;

    if (family_member(call->name, &args)) {
        if (!call->active)
            return META_DONE;
        read_args(&reader, args);
        free_args(call);
    }
    log_error(&shell->log, "invalid command \\%s", call->name);
    if (shell->interactive)
        log_error_hint(&shell->log, "Try \\? for help.");
    return META_ERROR;
}

static MetaResult call_command(Shell *shell, Lexer *lexer, const char *name)
{
    const MetaCommand *command = remembered(shell, name);
    bool always = command && (command->flags & META_ALWAYS);
    MetaCall call = {.name = name, .active = cond_active(shell->cond), .query = shell->query};

    if (shell->restricted && !(command && (command->flags & META_RESTRICTED_OK))) {
        log_error(&shell->log,
                  "backslash commands are restricted; only \\unrestrict is allowed");
        return META_ERROR;
    }
    if (!call.active && !always && shell->interactive)
        log_warning(&shell->log,
                    "\\%s command ignored; use \\endif or Ctrl-C to exit current \\if block",
                    name);
    if (!command) /* an error in an inactive branch too */
        return unknown_command(shell, lexer, &call);
    if (call.active || always)
        return run_command(shell, command, lexer, &call);
    skip_args(lexer, command->args);
    return META_DONE;
}

/* What the command did not take: named in a warning; after an error dropped with the rest of the
 * line.  Nothing in it is evaluated. */
static void drop_rest(Shell *shell, Lexer *lexer, const char *name, MetaResult result)
{
    SlashArg kind = result == META_ERROR ? SLASH_WHOLE_LINE : SLASH_NO_EVAL;
    char *text;

    while ((text = lexer_slash_argument(lexer, kind, NULL, false)) != NULL) {
        if (kind == SLASH_NO_EVAL && cond_active(shell->cond))
            log_warning(&shell->log, "\\%s: extra argument \"%s\" ignored", name, text);
        free(text);
    }
}

MetaResult meta_dispatch(Shell *shell, Lexer *lexer, CondStack *cond)
{
    Lexer *outer_lexer = shell->lexer;
    CondStack *outer_cond = shell->cond;
    MetaResult result;
    char *name;

    shell->lexer = lexer; /* \if reads its own expression, the hooks ask for the branch */
    shell->cond = cond;
    name = lexer_slash_command(lexer);
    result = call_command(shell, lexer, name);
    drop_rest(shell, lexer, name, result);
    lexer_slash_end(lexer);
    free(name);
    fflush(shell->out ? shell->out : stdout);
    shell->lexer = outer_lexer;
    shell->cond = outer_cond;
    return result;
}
