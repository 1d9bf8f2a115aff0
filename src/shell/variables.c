/*
 * variables.c — psql's variable space: names, values, and the hooks that watch special variables.
 *
 * A variable with hooks exists even when it is unset, so that its hooks outlive \unset.  Kept
 * sorted by name: \set lists in that order, and look-ups are frequent (every :name).
 */
#include "pgmish/shell.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct Variable {
    char *name;
    char *value; /* NULL: unset */
    VarSubstitute substitute;
    VarAssign assign;
} Variable;

struct VarSpace {
    Shell *shell;
    Variable *items; /* sorted by strcmp of the name */
    size_t len, cap;
};

VarSpace *vars_new(Shell *shell)
{
    VarSpace *vars = xcalloc(1, sizeof(*vars));

    vars->shell = shell;
    return vars;
}

void vars_free(VarSpace *vars)
{
    size_t i;

    if (!vars)
        return;
    for (i = 0; i < vars->len; i++) {
        free(vars->items[i].name);
        free(vars->items[i].value);
    }
    free(vars->items);
    free(vars);
}

/* Index of the name, or where it belongs. */
static size_t find(const VarSpace *vars, const char *name, bool *found)
{
    size_t low = 0, high = vars->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(vars->items[middle].name, name);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static Variable *insert(VarSpace *vars, size_t at, const char *name)
{
    if (vars->len == vars->cap) {
        vars->cap = vars->cap ? vars->cap * 2 : 64;
        vars->items = xrealloc(vars->items, vars->cap * sizeof(*vars->items));
    }
    memmove(vars->items + at + 1, vars->items + at, (vars->len - at) * sizeof(*vars->items));
    vars->len++;
    vars->items[at] = (Variable){.name = xstrdup(name)};
    return &vars->items[at];
}

static void drop(VarSpace *vars, size_t at)
{
    free(vars->items[at].name);
    free(vars->items[at].value);
    vars->len--;
    memmove(vars->items + at, vars->items + at + 1, (vars->len - at) * sizeof(*vars->items));
}

/* psql's rule: ASCII letters, digits, underscores, and any byte that is not ASCII. */
static bool name_valid(const char *name)
{
    const char *p;

    for (p = name; *p; p++) {
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
              (*p >= '0' && *p <= '9') || *p == '_' || (unsigned char)*p >= 0x80))
            return false;
    }
    return p != name;
}

const char *var_get(const VarSpace *vars, const char *name)
{
    bool found;
    size_t at = find(vars, name, &found);

    return found ? vars->items[at].value : NULL;
}

bool var_has_hooks(const VarSpace *vars, const char *name)
{
    bool found;
    size_t at = find(vars, name, &found);

    return found && (vars->items[at].substitute || vars->items[at].assign);
}

/* Takes value (NULL unsets) through the hooks; a refused one leaves the old value. */
static bool assign(VarSpace *vars, size_t at, char *value)
{
    Variable *var = &vars->items[at];

    if (var->substitute)
        value = var->substitute(value);
    if (var->assign && !var->assign(vars->shell, value)) {
        free(value);
        return false;
    }
    free(var->value);
    var->value = value;
    if (!value && !var->substitute && !var->assign)
        drop(vars, at);
    return true;
}

bool var_set(VarSpace *vars, const char *name, const char *value)
{
    bool found;
    size_t at;

    if (!name_valid(name)) {
        if (value) /* unsetting what cannot exist is no error */
            log_error(&vars->shell->log, "invalid variable name: \"%s\"", name);
        return !value;
    }
    at = find(vars, name, &found);
    if (!found) {
        if (!value)
            return true;
        insert(vars, at, name);
    }
    return assign(vars, at, xstrdup_null(value));
}

bool var_set_bool(VarSpace *vars, const char *name)
{
    return var_set(vars, name, "on");
}

bool var_unset(VarSpace *vars, const char *name)
{
    return var_set(vars, name, NULL);
}

void var_add_hooks(VarSpace *vars, const char *name, VarSubstitute substitute, VarAssign hook)
{
    bool found;
    size_t at = find(vars, name, &found);
    Variable *var = found ? &vars->items[at] : insert(vars, at, name);

    var->substitute = substitute;
    var->assign = hook;
    if (substitute)
        var->value = substitute(var->value);
    if (hook)
        hook(vars->shell, var->value);
}

void vars_each(const VarSpace *vars, void (*fn)(void *ctx, const char *name, const char *value),
               void *ctx)
{
    size_t i;

    for (i = 0; i < vars->len; i++) {
        if (vars->items[i].value)
            fn(ctx, vars->items[i].name, vars->items[i].value);
    }
}

/* ---- words for values ---------------------------------------------------------------------- */

/* value is the word or a prefix of it of at least `least` bytes, ignoring case. */
static bool prefix_of(const char *value, const char *word, size_t least)
{
    size_t len = strlen(value);

    return len >= least && ascii_ncasecmp(value, word, len) == 0;
}

bool parse_bool(Log *log, const char *value, const char *name, bool *result)
{
    const char *text = value ? value : "";

    if (prefix_of(text, "true", 1) || prefix_of(text, "yes", 1) || prefix_of(text, "on", 2) ||
        strcmp(text, "1") == 0) {
        *result = true;
        return true;
    }
    /* "o" alone could be either of on and off */
    if (prefix_of(text, "false", 1) || prefix_of(text, "no", 1) || prefix_of(text, "off", 2) ||
        strcmp(text, "0") == 0) {
        *result = false;
        return true;
    }
    if (name)
        log_error(log, "unrecognized value \"%s\" for \"%s\": Boolean expected", text, name);
    return false;
}

bool parse_int(Log *log, const char *value, const char *name, int *result)
{
    const char *text = value ? value : "";
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 0);
    if (errno == 0 && end != text && *end == '\0' && number >= INT_MIN && number <= INT_MAX) {
        *result = (int)number;
        return true;
    }
    if (name)
        log_error(log, "invalid value \"%s\" for \"%s\": integer expected", text, name);
    return false;
}
