/*
 * pgmi_info.c — `pgmi info`: what a project consists of; `version`; and the commands that a later
 * version brings.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commit.h"
#include "pgmi.h"
#include "shell/version.h"

/* ---- info ----------------------------------------------------------------------------------- */

typedef struct Info {
    const Project *project;
    const char *template;
    char *config; /* ok, absent, error: ... */
    size_t with_metadata;
    StrMap directories; /* "./a/" -> count as text */
} Info;

static const char *guess_template(const Project *project)
{
    char *api = xasprintf("%s/lib/api", project->root_path);
    struct stat st;
    bool advanced = stat(api, &st) == 0 && S_ISDIR(st.st_mode);

    free(api);
    return advanced ? "advanced" : project->has_deploy_sql ? "basic" : "unknown";
}

static char *config_state(const char *root)
{
    char *path = xasprintf("%s/pgmi.yaml", root);
    ProjectConfig config;
    Diag diag = DIAG_INIT;
    char *state;

    project_config_init(&config);
    if (access(path, F_OK) != 0)
        state = xstrdup("absent");
    else if (project_config_read(&config, root, &diag))
        state = xstrdup("ok");
    else
        state = xasprintf("error: %s", diag.message);
    project_config_free(&config);
    diag_reset(&diag);
    free(path);
    return state;
}

static void gather(const Project *project, const char *root, Info *info)
{
    *info = (Info){.project = project, .template = guess_template(project)};
    info->config = config_state(root);
    strmap_init(&info->directories, free);
    for (size_t i = 0; i < project->file_count; i++) {
        const ProjectFile *file = &project->files[i];
        const char *slash = strrchr(file->path, '/');
        char *dir = xstrndup(file->path, (size_t)(slash - file->path) + 1);
        const char *before = strmap_get(&info->directories, dir);

        strmap_set(&info->directories, dir, xasprintf("%d", (before ? atoi(before) : 0) + 1));
        info->with_metadata += file->meta != NULL;
        free(dir);
    }
}

static void info_json(const Info *info)
{
    const Project *project = info->project;
    StrBuf out = STRBUF_INIT;

    strbuf_add(&out, "{\n  \"configFile\": ");
    json_add_string(&out, info->config);
    strbuf_addf(&out, ",\n  \"deploySql\": %s,\n  \"directories\": {",
                project->has_deploy_sql ? "true" : "false");
    for (size_t i = 0; i < info->directories.len; i++) {
        strbuf_add(&out, i ? ",\n    " : "\n    ");
        json_add_string(&out, info->directories.entries[i].key);
        strbuf_addf(&out, ": %s", (char *)info->directories.entries[i].value);
    }
    strbuf_addf(&out, "%s},\n  \"metadataWith\": %zu,\n  \"path\": ",
                info->directories.len ? "\n  " : "", info->with_metadata);
    json_add_string(&out, project->root_path);
    strbuf_addf(&out, ",\n  \"sqlFiles\": %zu,\n  \"template\": ", project->sql_count);
    json_add_string(&out, info->template);
    strbuf_addf(&out, ",\n  \"testFiles\": %zu,\n  \"totalFiles\": %zu\n}",
                project->test_count + project->fixture_count, project->file_count);
    puts(out.data);
    strbuf_free(&out);
}

static void info_text(const Info *info)
{
    const Project *project = info->project;
    char *shown = project_show_path(project->root_path);

    printf("Path:          %s\nTemplate:      %s\ndeploy.sql:    %s\npgmi.yaml:     %s\n"
           "Files:         %zu\nSQL files:     %zu\nTest files:    %zu\nWith metadata: %zu\n"
           "Directories:\n",
           shown, info->template, project->has_deploy_sql ? "present" : "missing", info->config,
           project->file_count, project->sql_count,
           project->test_count + project->fixture_count, info->with_metadata);
    free(shown);
    for (size_t i = 0; i < info->directories.len; i++) {
        shown = project_show_path(info->directories.entries[i].key);
        printf("  %5s  %s\n", (char *)info->directories.entries[i].value, shown);
        free(shown);
    }
}

static int run_info(Pgmi *pgmi)
{
    const char *root = pgmi->args.word_count ? pgmi->args.words[0] : ".";
    DiagList problems = DIAGLIST_INIT;
    Project *project = project_scan(root, NULL, &problems);
    int code = pgmi_problems(pgmi, &problems);
    Info info;

    if (project) {
        gather(project, root, &info);
        if (pgmi->args.json)
            info_json(&info);
        else
            info_text(&info);
        strmap_free(&info.directories);
        free(info.config);
    }
    diaglist_free(&problems);
    project_free(project);
    return code;
}

static const PgmiOption info_options[] = {
    {"json", 0, PGMI_FLAG, offsetof(PgmiArgs, json), NULL, "print JSON on standard output"},
    {0},
};

const PgmiCommand pgmi_command_info = {
    .name = "info",
    .synopsis = "[PATH] [--json]",
    .brief = "summarise a project without a server",
    .options = info_options,
    .most = 1,
    .files = true,
    .run = run_info,
};

/* ---- version ------------------------------------------------------------------------------------- */

static int run_version(Pgmi *pgmi UNUSED)
{
    struct utsname name;

    if (uname(&name) != 0)
        strcpy(name.sysname, "unknown"), *name.machine = '\0';
    printf("pgmi %s (compat 1)\ncommit: %s\nbuilt: %s\nplatform: %s %s, libpq %s\n"
           "repository: see README.md\n",
           PGMISH_VERSION, PGMISH_COMMIT, PGMISH_DATE, name.sysname, name.machine,
           version_name());
    return 0;
}

const PgmiCommand pgmi_command_version = {
    .name = "version",
    .synopsis = "",
    .brief = "show the version",
    .run = run_version,
};

/* ---- not yet --------------------------------------------------------------------------------------- */

static int come_later(const Pgmi *pgmi, const char *name)
{
    Diag diag = DIAG_INIT;

    diag_set(&diag, EXIT_PGMI_USAGE, "\"pgmi %s\" comes with a later version", name);
    pgmi_error(pgmi, &diag);
    diag_reset(&diag);
    return EXIT_PGMI_USAGE;
}

static int run_ai(Pgmi *pgmi)
{
    return come_later(pgmi, "ai");
}

static int run_serve(Pgmi *pgmi)
{
    return come_later(pgmi, "serve");
}

const PgmiCommand pgmi_command_ai = {
    .name = "ai",
    .synopsis = "",
    .brief = "guidance for coding assistants (later)",
    .most = 100,
    .run = run_ai,
};

const PgmiCommand pgmi_command_serve = {
    .name = "serve",
    .synopsis = "",
    .brief = "MCP over standard input and output (later)",
    .most = 100,
    .run = run_serve,
};
