/*
 * templates.c — scaffolding: embedded templates written into a directory (contract section 17).
 *
 * {{PROJECT_NAME}} becomes the directory's name, JSON-escaped in .json files.  A file stored as
 * "dot.NAME" is written as ".NAME".
 */
#include "pgmish/project.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT        "templates/"
#define PLACEHOLDER "{{PROJECT_NAME}}"

static const struct {
    const char *name, *purpose;
} purposes[] = {
    {"basic", "learning and simple projects: linear migrations, seeds, tests, one deploy.sql"},
};

/* Length of the template's name in an embedded path, 0: not a template's file. */
static size_t name_length(const char *path)
{
    if (strncmp(path, ROOT, sizeof(ROOT) - 1) != 0)
        return 0;
    return strcspn(path + sizeof(ROOT) - 1, "/");
}

void template_names(StrList *names)
{
    for (const EmbeddedFile *file = embedded_files; file->path; file++) {
        size_t len = name_length(file->path);
        char *name = xstrndup(file->path + sizeof(ROOT) - 1, len);

        if (len && !strlist_has(names, name) && template_purpose(name))
            strlist_add(names, name);
        free(name);
    }
}

const char *template_purpose(const char *name)
{
    for (size_t i = 0; i < lengthof(purposes); i++)
        if (strcmp(purposes[i].name, name) == 0)
            return purposes[i].purpose;
    return NULL;
}

static bool directory_is_free(const char *dir, Diag *diag)
{
    DIR *stream = opendir(dir);
    struct dirent *entry;
    bool is_free = true;

    if (!stream)
        return errno == ENOENT ||
               diag_set(diag, EXIT_PGMI_USAGE, "cannot use directory \"%s\": %s", dir,
                        strerror(errno));
    while (is_free && (entry = readdir(stream)))
        is_free = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                  strcmp(entry->d_name, "pgmi.yaml") == 0 || strcmp(entry->d_name, ".env") == 0;
    closedir(stream);
    if (is_free)
        return true;
    diag_set(diag, EXIT_PGMI_USAGE, "directory \"%s\" is not empty", dir);
    return diag_hint(diag, "Name a new directory, or an empty one.");
}

/* Makes every directory of path in front of its last component. */
static bool make_parents(const char *path, Diag *diag)
{
    char *copy = xstrdup(path);
    bool ok = true;

    for (char *p = copy + 1; ok && (p = strchr(p, '/')); p++) {
        *p = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            ok = diag_set(diag, EXIT_PGMI_OTHER, "cannot create directory \"%s\": %s", copy,
                          strerror(errno));
        *p = '/';
    }
    free(copy);
    return ok;
}

/* With those above it. */
static bool make_directory(const char *dir, Diag *diag)
{
    char *below = xasprintf("%s/", dir);
    bool ok = make_parents(below, diag);

    free(below);
    return ok;
}

/* The template's text with the project's name put in. */
static void fill_in(const EmbeddedFile *file, const char *project, StrBuf *out)
{
    const char *text = file->data, *hit;
    size_t len = strlen(file->path);
    bool json = len > 5 && strcmp(file->path + len - 5, ".json") == 0;
    StrBuf escaped = STRBUF_INIT;

    json_add_string(&escaped, project);
    while ((hit = strstr(text, PLACEHOLDER))) {
        strbuf_addn(out, text, (size_t)(hit - text));
        if (json)
            strbuf_addn(out, escaped.data + 1, escaped.len - 2);
        else
            strbuf_add(out, project);
        text = hit + sizeof(PLACEHOLDER) - 1;
    }
    strbuf_addn(out, text, (size_t)(file->data + file->len - text));
    strbuf_free(&escaped);
}

static bool write_file(const char *path, const StrBuf *text, Diag *diag)
{
    FILE *out;
    bool ok;

    if (!make_parents(path, diag))
        return false;
    out = fopen(path, "wx");
    if (!out)
        return diag_set(diag, EXIT_PGMI_OTHER, "cannot write \"%s\": %s", path,
                        strerror(errno));
    ok = fwrite(text->data, 1, text->len, out) == text->len;
    ok = fclose(out) == 0 && ok;
    return ok ||
           diag_set(diag, EXIT_PGMI_OTHER, "cannot write \"%s\": %s", path, strerror(errno));
}

/* Name under the project's root for an embedded path's rest. */
static char *target_name(const char *rest)
{
    const char *slash = strrchr(rest, '/');
    const char *base = slash ? slash + 1 : rest;

    if (strncmp(base, "dot.", 4) != 0)
        return xstrdup(rest);
    return xasprintf("%.*s.%s", (int)(base - rest), rest, base + 4);
}

static char *project_name(const char *dir)
{
    char *full = realpath(dir, NULL);
    const char *slash = full ? strrchr(full, '/') : NULL;
    char *name = project_show_path(slash && slash[1] ? slash + 1 : "project");

    free(full);
    return name;
}

static bool write_one(const EmbeddedFile *file, const char *rest, const char *dir,
                      const char *project, StrList *created, Diag *diag)
{
    char *name = target_name(rest);
    char *path = xasprintf("%s/%s", dir, name);
    StrBuf text = STRBUF_INIT;
    bool kept = access(path, F_OK) == 0; /* pgmi.yaml of the user */
    bool ok = true;

    if (!kept) {
        fill_in(file, project, &text);
        ok = write_file(path, &text, diag);
        if (ok)
            strlist_add(created, name);
    }
    strbuf_free(&text);
    free(path);
    free(name);
    return ok;
}

bool template_write(const char *name, const char *dir, StrList *created, Diag *diag)
{
    char *project;
    bool ok = true;

    if (!template_purpose(name)) {
        diag_set(diag, EXIT_PGMI_USAGE, "there is no template \"%s\"", name);
        return diag_hint(diag, "\\pgmi templates lists them.");
    }
    if (!directory_is_free(dir, diag))
        return false;
    if (!make_directory(dir, diag))
        return false;
    project = project_name(dir);
    for (const EmbeddedFile *file = embedded_files; ok && file->path; file++) {
        size_t len = name_length(file->path);
        const char *rest = file->path + sizeof(ROOT) + len;

        if (len == strlen(name) && strncmp(file->path + sizeof(ROOT) - 1, name, len) == 0)
            ok = write_one(file, rest, dir, project, created, diag);
    }
    strlist_sort(created);
    free(project);
    return ok;
}
