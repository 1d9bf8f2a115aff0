/*
 * project.c — what follows from a list of scanned files: test directories (contract D14), ids
 * that clash (D18), looking a file up, freeing it all.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void project_free(Project *project)
{
    if (!project)
        return;
    for (size_t i = 0; i < project->file_count; i++) {
        free(project->files[i].path);
        metadata_free(project->files[i].meta);
    }
    for (size_t i = 0; i < project->test_directory_count; i++) {
        free(project->test_directories[i].path);
        free(project->test_directories[i].parent_path);
    }
    free(project->files);
    free(project->test_directories);
    free(project->root);
    free(project->root_path);
    free(project->name);
    free(project);
}

static int compare_path_to_file(const void *key, const void *file)
{
    return strcmp(key, ((const ProjectFile *)file)->path);
}

const ProjectFile *project_file(const Project *project, const char *path)
{
    if (!project->file_count)
        return NULL;
    return bsearch(path, project->files, project->file_count, sizeof(ProjectFile),
                   compare_path_to_file);
}

/* ---- test directories (D14) ------------------------------------------------------------------ */

static int compare_directories(const void *a, const void *b)
{
    return strcmp(((const TestDirectory *)a)->path, ((const TestDirectory *)b)->path);
}

static bool is_recorded(const Project *project, const char *path)
{
    TestDirectory key = {.path = (char *)path};

    return bsearch(&key, project->test_directories, project->test_directory_count,
                   sizeof(TestDirectory), compare_directories) != NULL;
}

/* Components behind the first __test__ or __tests__; an inner one is an ordinary level. */
static int test_depth(const char *path)
{
    const char *one = strstr(path, "/__test__/"), *many = strstr(path, "/__tests__/");
    const char *at = !one ? many : !many || one < many ? one : many;
    int depth = 0;

    for (at = strchr(at + 1, '/') + 1; *at; at++)
        depth += *at == '/';
    return depth;
}

/* The nearest recorded directory above path, owned; NULL: none. */
static char *recorded_parent(const Project *project, const char *path)
{
    char *parent = xstrdup(path);
    size_t len = strlen(parent);

    while (len > 2) {
        len--; /* the slash at the end */
        while (len && parent[len - 1] != '/')
            len--;
        parent[len] = '\0';
        if (len && is_recorded(project, parent))
            return parent;
    }
    free(parent);
    return NULL;
}

static void drop_repeated(Project *project)
{
    TestDirectory *list = project->test_directories;
    size_t kept = 0;

    for (size_t i = 0; i < project->test_directory_count; i++) {
        if (kept && strcmp(list[kept - 1].path, list[i].path) == 0)
            free(list[i].path);
        else
            list[kept++] = list[i];
    }
    project->test_directory_count = kept;
}

void project_find_test_directories(Project *project)
{
    size_t count = 0;

    if (!project->file_count)
        return;
    project->test_directories = xcalloc(project->file_count, sizeof(TestDirectory));
    for (size_t i = 0; i < project->file_count; i++) {
        const char *path = project->files[i].path;

        if (project->files[i].role != FILE_SOURCE)
            project->test_directories[count++].path = xstrndup(
                path, (size_t)(project_base_name(path) - path));
    }
    project->test_directory_count = count;
    if (count)
        qsort(project->test_directories, count, sizeof(TestDirectory), compare_directories);
    drop_repeated(project);
    for (size_t i = 0; i < project->test_directory_count; i++) {
        TestDirectory *directory = &project->test_directories[i];

        directory->depth = test_depth(directory->path);
        directory->parent_path = recorded_parent(project, directory->path);
    }
}

/* ---- duplicate ids (D18) ------------------------------------------------------------------------ */

/* Ids are canonical (lower case), so comparing text compares values. */
static int compare_ids(const void *a, const void *b)
{
    const ProjectFile *x = *(const ProjectFile *const *)a, *y = *(const ProjectFile *const *)b;
    int order = strcmp(x->meta->id, y->meta->id);

    return order ? order : strcmp(x->path, y->path);
}

/* Appends "ID in ./a, ./b" for every id that several files have; returns how many ids. */
static size_t list_clashes(const ProjectFile **files, size_t count, StrBuf *text)
{
    size_t clashes = 0, next;

    for (size_t i = 0; i < count; i = next) {
        for (next = i + 1; next < count; next++)
            if (strcmp(files[i]->meta->id, files[next]->meta->id) != 0)
                break;
        if (next - i < 2)
            continue;
        strbuf_addf(text, "%s%s in ", clashes++ ? "; " : "", files[i]->meta->id);
        for (size_t k = i; k < next; k++) {
            char *shown = project_show_path(files[k]->path);

            strbuf_addf(text, "%s%s", k > i ? ", " : "", shown);
            free(shown);
        }
    }
    return clashes;
}

void project_check_ids(const Project *project, DiagList *problems)
{
    const ProjectFile **files = xmalloc((project->file_count + 1) * sizeof *files);
    StrBuf text = STRBUF_INIT;
    Diag diag = DIAG_INIT;
    size_t count = 0;

    for (size_t i = 0; i < project->file_count; i++)
        if (project->files[i].meta)
            files[count++] = &project->files[i];
    if (count)
        qsort(files, count, sizeof *files, compare_ids);
    if (list_clashes(files, count, &text)) {
        diag_set(&diag, EXIT_PGMI_CONFIG, "duplicate metadata id: %s", text.data);
        diag_hint(&diag, "Give each file an id of its own, for instance one made by "
                         "gen_random_uuid().");
        diaglist_take(problems, &diag);
    }
    strbuf_free(&text);
    free(files);
}
