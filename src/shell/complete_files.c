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

/* In single quotes; a directory's stay open, as its name goes on. */
static char *quote_name(const char *name, char quote)
{
    StrBuf out = STRBUF_INIT;

    strbuf_addc(&out, quote);
    for (const char *p = name; *p; p++) {
        if (*p == quote)
            strbuf_addc(&out, quote);
        strbuf_addc(&out, *p);
    }
    if (!out.len || out.data[out.len - 1] != '/')
        strbuf_addc(&out, quote);
    return strbuf_detach(&out);
}

/* All are quoted when one has to be, so that they still begin alike. */
void complete_file_names(const char *current, char quote, StrList *matches)
{
    StrList found = STRLIST_INIT;
    bool opened = *current && strchr("'\"", *current);

    if (opened)
        quote = *current;
    list_files(current + (opened ? 1 : 0), &found);
    for (size_t i = 0; i < found.len && !quote; i++)
        if (needs_quotes(found.items[i]))
            quote = '\'';
    for (size_t i = 0; i < found.len; i++)
        strlist_take(matches,
                     quote ? quote_name(found.items[i], quote) : xstrdup(found.items[i]));
    strlist_free(&found);
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
                             const char *after, StrList *matches)
{
    VariableSearch search = {current, before, after, *before != '\0', matches};

    vars_each(shell->vars, offer_variable, &search);
}

void complete_variable_reference(Shell *shell, const char *current, StrList *matches)
{
    static const struct {
        const char *before, *after;
    } forms[] = {{":{?", "}"}, {":'", "'"}, {":\"", "\""}, {":", ""}};

    for (size_t i = 0; i < lengthof(forms); i++) {
        size_t len = strlen(forms[i].before);

        if (strncmp(current, forms[i].before, len) == 0) {
            complete_variable_names(shell, current + len, forms[i].before, forms[i].after,
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
    complete_variable_names(shell, text, "", "", list);
}
