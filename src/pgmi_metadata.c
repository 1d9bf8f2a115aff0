/*
 * pgmi_metadata.c — `pgmi metadata scaffold|validate|plan`: what the metadata blocks of a project
 * say, and blocks for files that have none (contract section 18).  None of them connects.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pgmi.h"

/* NULL: the problems are printed and *code is set.  Without duplicate ids being one of them. */
static Project *scan(const Pgmi *pgmi, int *code)
{
    ScanOptions options = {.allow_duplicate_ids = true};
    DiagList problems = DIAGLIST_INIT;
    Project *project = project_scan(pgmi->args.words[0], &options, &problems);

    *code = pgmi_problems(pgmi, &problems);
    diaglist_free(&problems);
    return project;
}

/* M1: a block in a test file or in a file that is not SQL is text like any other. */
static bool takes_metadata(const ProjectFile *file)
{
    return file->role == FILE_SOURCE && file->is_sql;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ---- validate ------------------------------------------------------------------------------- */

/* Of files that may have a block: how many there are, and how many have one. */
typedef struct Counts {
    size_t total, with;
    StrList duplicates;
} Counts;

static bool is_duplicate(const Project *project, size_t index)
{
    const Metadata *meta = project->files[index].meta;

    for (size_t i = 0; meta && i < project->file_count; i++)
        if (i != index && project->files[i].meta &&
            strcmp(project->files[i].meta->id, meta->id) == 0)
            return true;
    return false;
}

static Counts count(const Project *project)
{
    Counts counts = {0, 0, STRLIST_INIT};

    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];

        if (!takes_metadata(file))
            continue;
        counts.total++;
        counts.with += file->meta != NULL;
        if (file->meta && is_duplicate(project, i) &&
            !strlist_has(&counts.duplicates, file->meta->id))
            strlist_add(&counts.duplicates, file->meta->id);
    }
    strlist_sort(&counts.duplicates);
    return counts;
}

/* Keys in the order of the alphabet, as pgmi writes them: scripts compare this output as text. */
static void validate_json(const Counts *counts, bool passed)
{
    StrBuf ids = STRBUF_INIT;

    for (size_t i = 0; i < counts->duplicates.len; i++) {
        strbuf_add(&ids, i ? ", " : "");
        json_add_string(&ids, counts->duplicates.items[i]);
    }
    printf("{\n  \"duplicate_ids\": [%s],\n  \"files_with_metadata\": %zu,\n"
           "  \"files_without_metadata\": %zu,\n  \"total_files\": %zu,\n"
           "  \"validation_passed\": %s\n}\n",
           ids.data, counts->with, counts->total - counts->with, counts->total,
           passed ? "true" : "false");
    strbuf_free(&ids);
}

/* One problem for each id, with every file that has it: the user has to choose among them. */
static void name_duplicates(const Pgmi *pgmi, const Project *project, const Counts *counts)
{
    for (size_t i = 0; i < counts->duplicates.len; i++) {
        StrBuf text = STRBUF_INIT;
        Diag diag = DIAG_INIT;

        for (size_t k = 0; k < project->file_count; k++) {
            const ProjectFile *file = &project->files[k];
            char *shown;

            if (!file->meta || strcmp(file->meta->id, counts->duplicates.items[i]) != 0)
                continue;
            shown = project_show_path(file->path);
            strbuf_addf(&text, "%s%s", text.len ? ", " : "", shown);
            free(shown);
        }
        diag_set(&diag, EXIT_PGMI_CONFIG, "duplicate metadata id: %s in %s",
                 counts->duplicates.items[i], text.data);
        pgmi_error(pgmi, &diag);
        diag_reset(&diag);
        strbuf_free(&text);
    }
}

static int run_validate(Pgmi *pgmi)
{
    int code;
    Project *project = scan(pgmi, &code);
    Counts counts = {0, 0, STRLIST_INIT};

    if (project) {
        counts = count(project);
        name_duplicates(pgmi, project, &counts);
        if (counts.duplicates.len)
            code = EXIT_PGMI_CONFIG;
        fprintf(stderr, "%zu SQL file%s: %zu with metadata, %zu without%s\n", counts.total,
                counts.total == 1 ? "" : "s", counts.with, counts.total - counts.with,
                code ? "" : "; no problem found");
    }
    if (pgmi->args.json)
        validate_json(&counts, code == 0);
    strlist_free(&counts.duplicates);
    project_free(project);
    return code;
}

/* ---- plan -------------------------------------------------------------------------------------- */

typedef struct PlanLine {
    const ProjectFile *file;
    const char *key; /* the smallest */
} PlanLine;

static int compare_lines(const void *a, const void *b)
{
    const PlanLine *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order ? order : strcmp(x->file->path, y->file->path);
}

/* A file with several sort keys runs several times (M8); here it stands once, where it runs first. */
static const char *smallest_key(const ProjectFile *file)
{
    const char *key = NULL;

    for (size_t i = 0; file->meta && i < file->meta->sort_keys.len; i++)
        if (!key || strcmp(file->meta->sort_keys.items[i], key) < 0)
            key = file->meta->sort_keys.items[i];
    return key ? key : file->path;
}

static void add_keys(const ProjectFile *file, StrBuf *out)
{
    size_t keys = file->meta ? file->meta->sort_keys.len : 0;

    strbuf_addc(out, '[');
    for (size_t i = 0; i < keys; i++) {
        strbuf_add(out, i ? ", " : "");
        json_add_string(out, file->meta->sort_keys.items[i]);
    }
    if (!keys)
        json_add_string(out, file->path);
    strbuf_addc(out, ']');
}

static void add_json_line(const ProjectFile *file, const char *id, StrBuf *out)
{
    strbuf_add(out, "    {\n      \"description\": ");
    json_add_string(out, file->meta ? file->meta->description : "");
    strbuf_add(out, ",\n      \"id\": ");
    json_add_string(out, id);
    strbuf_addf(out, ",\n      \"idempotent\": %s,\n      \"path\": ",
                !file->meta || file->meta->idempotent ? "true" : "false");
    json_add_string(out, file->path);
    strbuf_add(out, ",\n      \"sort_keys\": ");
    add_keys(file, out);
    strbuf_add(out, "\n    }");
}

static void print_plan(const Pgmi *pgmi, const PlanLine *lines, size_t len)
{
    StrBuf json = STRBUF_INIT;

    for (size_t i = 0; i < len; i++) {
        const ProjectFile *file = lines[i].file;
        char generic[37], *path = project_show_path(file->path),
                          *key = project_show_path(lines[i].key);
        const char *id = file->meta ? file->meta->id : generic;

        generic_id(file->path, generic);
        if (pgmi->args.json) {
            strbuf_add(&json, i ? ",\n" : "\n");
            add_json_line(file, id, &json);
        } else {
            fprintf(stderr, "%4zu  %s  %s  %s  %s\n", i + 1, id,
                    !file->meta || file->meta->idempotent ? "idempotent" : "once      ", key,
                    path);
        }
        free(path);
        free(key);
    }
    if (pgmi->args.json)
        printf("{\n  \"plan\": [%s%s],\n  \"total_files\": %zu\n}\n", json.data,
               len ? "\n  " : "", len);
    strbuf_free(&json);
}

static int run_plan(Pgmi *pgmi)
{
    int code;
    Project *project = scan(pgmi, &code);
    PlanLine *lines;
    size_t len = 0;
    Counts counts;

    if (!project)
        return code;
    lines = xcalloc(project->file_count + 1, sizeof(*lines));
    for (size_t i = 0; i < project->file_count; i++)
        if (takes_metadata(&project->files[i]))
            lines[len++] = (PlanLine){&project->files[i], smallest_key(&project->files[i])};
    qsort(lines, len, sizeof(*lines), compare_lines);
    counts = count(project);
    name_duplicates(pgmi, project, &counts);
    if (counts.duplicates.len)
        code = EXIT_PGMI_CONFIG;
    else
        print_plan(pgmi, lines, len);
    strlist_free(&counts.duplicates);
    free(lines);
    project_free(project);
    return code;
}

/* ---- scaffold ------------------------------------------------------------------------------------- */

static void add_xml(StrBuf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            strbuf_add(out, "&amp;");
        else if (*text == '<')
            strbuf_add(out, "&lt;");
        else if (*text == '>')
            strbuf_add(out, "&gt;");
        else
            strbuf_addc(out, *text);
    }
}

static void add_block(StrBuf *out, const ProjectFile *file, bool idempotent)
{
    char id[37];

    generic_id(file->path, id);
    strbuf_addf(out, "/*\n<pgmi-meta id=\"%s\" idempotent=\"%s\">\n  <description>", id,
                idempotent ? "true" : "false");
    add_xml(out, base_name(file->path));
    strbuf_add(out, "</description>\n  <sortKeys>\n    <key>generated/");
    add_xml(out, base_name(file->path));
    strbuf_add(out, "</key>\n  </sortKeys>\n</pgmi-meta>\n*/\n\n");
}

/* Writes text to a new file beside path and puts it in its place, mode kept: whoever looks sees
 * the old file or the new one. */
static bool replace_file(const char *path, const StrBuf *text, Diag *diag)
{
    char *temporary = xasprintf("%s.pgmi-XXXXXX", path);
    struct stat st;
    int fd = stat(path, &st) == 0 ? mkstemp(temporary) : -1;
    bool ok = fd >= 0;

    for (size_t done = 0; ok && done < text->len;) {
        ssize_t n = write(fd, text->data + done, text->len - done);

        ok = n > 0;
        done += ok ? (size_t)n : 0;
    }
    ok = ok && fchmod(fd, st.st_mode & 07777) == 0 && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok)
        diag_set(diag, EXIT_PGMI_OTHER, "cannot write \"%s\": %s", path, strerror(errno));
    if (!ok && fd >= 0)
        unlink(temporary);
    free(temporary);
    return ok;
}

static bool write_block(const Project *project, const ProjectFile *file, bool idempotent,
                        Diag *diag)
{
    char *path = xasprintf("%s/%s", project->root_path, file->path + 2);
    static const char mark[] = "\xef\xbb\xbf";
    StrBuf old = STRBUF_INIT, text = STRBUF_INIT;
    size_t skip = 0;
    bool ok = strbuf_read_file(&old, path);

    if (!ok) {
        diag_set(diag, EXIT_PGMI_OTHER, "cannot read \"%s\": %s", path, strerror(errno));
    } else {
        if (old.len >= 3 && memcmp(old.data, mark, 3) == 0) {
            strbuf_add(&text, mark);
            skip = 3;
        }
        add_block(&text, file, idempotent);
        strbuf_addn(&text, old.data + skip, old.len - skip);
        ok = replace_file(path, &text, diag);
    }
    strbuf_free(&old);
    strbuf_free(&text);
    free(path);
    return ok;
}

static bool read_truth(const char *text, bool *truth)
{
    *truth = !text || ascii_casecmp(text, "true") == 0 || strcmp(text, "1") == 0 ||
             ascii_casecmp(text, "t") == 0;
    return *truth || ascii_casecmp(text, "false") == 0 || strcmp(text, "0") == 0 ||
           ascii_casecmp(text, "f") == 0;
}

static int run_scaffold(Pgmi *pgmi)
{
    int code;
    Project *project;
    Diag diag = DIAG_INIT;
    size_t found = 0;
    bool idempotent;

    if (!read_truth(pgmi->args.idempotent, &idempotent)) {
        diag_set(&diag, EXIT_PGMI_USAGE, "--idempotent is true or false");
        code = diag.code;
        pgmi_error(pgmi, &diag);
        diag_reset(&diag);
        return code;
    }
    project = scan(pgmi, &code);
    for (size_t i = 0; project && !code && i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];
        char *shown;

        if (!takes_metadata(file) || file->meta)
            continue;
        found++;
        shown = project_show_path(file->path);
        if (pgmi->args.write && !write_block(project, file, idempotent, &diag)) {
            code = diag.code;
            pgmi_error(pgmi, &diag);
        } else {
            fprintf(stderr, "%s%s\n", pgmi->args.write ? "written: " : "", shown);
        }
        free(shown);
    }
    if (project && !code)
        fprintf(stderr, "%zu SQL file%s without metadata%s\n", found, found == 1 ? "" : "s",
                found && !pgmi->args.write ? "; --write puts a block into each" : "");
    diag_reset(&diag);
    project_free(project);
    return code;
}

/* ---- the descriptors --------------------------------------------------------------------------------- */

static const PgmiOption json_options[] = {
    {"json", 0, PGMI_FLAG, offsetof(PgmiArgs, json), NULL, "print JSON on standard output"},
    {0},
};

static const PgmiOption scaffold_options[] = {
    {"write", 0, PGMI_FLAG, offsetof(PgmiArgs, write), NULL, "write the blocks into the files"},
    {"idempotent", 0, PGMI_TEXT, offsetof(PgmiArgs, idempotent), "BOOL",
     "what the blocks say (true)"},
    {0},
};

const PgmiCommand pgmi_command_metadata_scaffold = {
    .name = "metadata scaffold",
    .synopsis = "PATH [--write] [--idempotent BOOL]",
    .brief = "list SQL files without metadata, or give them some",
    .options = scaffold_options,
    .least = 1,
    .most = 1,
    .files = true,
    .run = run_scaffold,
};

const PgmiCommand pgmi_command_metadata_validate = {
    .name = "metadata validate",
    .synopsis = "PATH [--json]",
    .brief = "check the metadata of a project",
    .options = json_options,
    .least = 1,
    .most = 1,
    .files = true,
    .run = run_validate,
};

const PgmiCommand pgmi_command_metadata_plan = {
    .name = "metadata plan",
    .synopsis = "PATH [--json]",
    .brief = "show the order that metadata gives",
    .options = json_options,
    .least = 1,
    .most = 1,
    .files = true,
    .run = run_plan,
};
