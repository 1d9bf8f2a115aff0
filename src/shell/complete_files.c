/*
 * complete_files.c — file names, variables, the environment; the completers that meta-commands
 * share (meta.h).
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "complete.h"

extern char **environ;

enum { FILES_MAX = 1000 };

/* ---- files --------------------------------------------------------------------------------- */

static bool is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Names in the directory of `typed` that begin like it; each as typed, directories with a slash. */
static void list_files(const char *typed, StrList *found)
{
    const char *slash = strrchr(typed, '/');
    const char *base = slash ? slash + 1 : typed;
    char *shown = xstrndup(typed, (size_t)(base - typed));
    char *directory = expand_tilde(xstrdup(*shown ? shown : "."));
    DIR *dir = opendir(directory);
    struct dirent *entry;

    while (dir && found->len < FILES_MAX && (entry = readdir(dir))) {
        char *path;

        if (strncmp(entry->d_name, base, strlen(base)) != 0 ||
            strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        path = xasprintf("%s/%s", directory, entry->d_name);
        strlist_take(found,
                     xasprintf("%s%s%s", shown, entry->d_name, is_directory(path) ? "/" : ""));
        free(path);
    }
    if (dir)
        closedir(dir);
    free(directory);
    free(shown);
}

static bool needs_quotes(const char *name)
{
    return name[strcspn(name, " \t\n'\"`\\:|;(")] != '\0';
}

char *complete_quote_file(const Completion *completion, const char *name, size_t len,
                          bool whole)
{
    char *text = xstrndup(name, len);
    char quote = completion->quote;
    StrBuf out = STRBUF_INIT;

    if (!quote && needs_quotes(text))
        quote = '\'';
    if (quote)
        strbuf_addc(&out, quote);
    for (const char *p = text; *p; p++) {
        if (quote && *p == quote)
            strbuf_addc(&out, quote);
        strbuf_addc(&out, *p);
    }
    /* A directory's quotes stay open, as the name goes on. */
    if (quote && whole && len && text[len - 1] != '/')
        strbuf_addc(&out, quote);
    free(text);
    return strbuf_detach(&out);
}

void complete_file_names(const char *current, Completion *completion)
{
    bool opened = *current && strchr("'\"", *current);

    completion->files = true;
    completion->suffix = ' ';
    if (opened)
        completion->quote = *current;
    list_files(current + (opened ? 1 : 0), &completion->matches);
}

/* As candidates among others: quoted as SQL wants them. */
void complete_file_literals(const char *current, StrList *matches)
{
    Completion files = {.quote = '\''};

    complete_file_names(current, &files);
    for (size_t i = 0; i < files.matches.len; i++) {
        const char *name = files.matches.items[i];

        strlist_take(matches, complete_quote_file(&files, name, strlen(name), true));
    }
    completion_free(&files);
}

/* ---- variables ------------------------------------------------------------------------------- */

typedef struct VariableSearch {
    const char *current, *before, *after;
    bool only_set;
    StrList *matches;
} VariableSearch;

static void offer_variable(void *ctx, const char *name, const char *value)
{
    const VariableSearch *search = ctx;

    if ((value || !search->only_set) &&
        strncmp(name, search->current, strlen(search->current)) == 0)
        strlist_take(search->matches, xasprintf("%s%s%s", search->before, name, search->after));
}

void complete_variable_names(Shell *shell, const char *current, const char *before,
                             const char *after, bool only_set, StrList *matches)
{
    VariableSearch search = {current, before, after, only_set, matches};

    vars_each(shell->vars, offer_variable, &search);
    /* psql looks at it once, so it has no hook that would make it known. */
    if (!only_set)
        offer_variable(&search, "HISTFILE", NULL);
}

void complete_variable_reference(Shell *shell, const char *current, StrList *matches)
{
    static const struct {
        const char *before, *after;
    } forms[] = {{":{?", "}"}, {":'", "'"}, {":\"", "\""}, {":", ""}};

    for (size_t i = 0; i < lengthof(forms); i++) {
        size_t len = strlen(forms[i].before);

        if (strncmp(current, forms[i].before, len) == 0) {
            complete_variable_names(shell, current + len, forms[i].before, forms[i].after, true,
                                    matches);
            return;
        }
    }
}

void complete_environment(const char *current, StrList *matches)
{
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, current, strlen(current)) == 0)
            strlist_take(matches, xstrndup(*entry, strcspn(*entry, "=")));
}

/* ---- for meta-commands --------------------------------------------------------------------------- */

void complete_file(Shell *shell, const MetaCall *before, size_t index, const char *text,
                   StrList *list)
{
    (void)shell;
    (void)before;
    (void)index;
    list_files(text, list);
}

void complete_project_path(Shell *shell, const MetaCall *before, size_t index, const char *text,
                           StrList *list)
{
    (void)before;
    if (index == 0 && shell->session)
        session_paths(shell->session, text, list);
}

void complete_variable(Shell *shell, const MetaCall *before, size_t index, const char *text,
                       StrList *list)
{
    (void)before;
    (void)index;
    complete_variable_names(shell, text, "", "", false, list);
}
