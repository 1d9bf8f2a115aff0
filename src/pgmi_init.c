/*
 * pgmi_init.c — `pgmi init`, `pgmi templates`: begin a project (contract sections 17 and 18).
 */
#include <stdlib.h>
#include <string.h>

#include "pgmi.h"

static bool known(const char *name)
{
    return template_purpose(name) != NULL;
}

/* On a terminal, with no template named, where and what is asked for.  Both answers are owned. */
static bool ask_init(const Pgmi *pgmi, char **dir, char **name)
{
    StrList names = STRLIST_INIT;

    *name = NULL;
    fprintf(stderr, "A new project.  Enter takes what stands in brackets.\n");
    *dir = pgmi_ask("Directory", pgmi->args.word_count ? pgmi->args.words[0] : ".");
    if (*dir) {
        template_names(&names);
        for (size_t i = 0; i < names.len; i++)
            fprintf(stderr, "  %-10s %s\n", names.items[i], template_purpose(names.items[i]));
        strlist_free(&names);
        *name = pgmi_ask_until("Template", "basic", known);
    }
    return *name != NULL;
}

static int make_project(const Pgmi *pgmi, const char *dir, const char *name)
{
    StrList created = STRLIST_INIT;
    Diag diag = DIAG_INIT;
    int code = 0;

    if (template_write(name, dir, &created, &diag)) {
        printf("%s/\n", dir);
        for (size_t i = 0; i < created.len; i++)
            printf("  %s\n", created.items[i]);
        fflush(stdout);
        fprintf(stderr,
                "Created a project from template %s.\nNext: pgmi deploy %s -d DATABASE\n"
                "(\"pgmi config %s\" asks where the database is.)\n",
                name, dir, dir);
    } else {
        code = diag.code;
        if (diag.code == EXIT_PGMI_USAGE && !template_purpose(name)) {
            free(diag.hint);
            diag.hint = NULL;
            diag_hint(&diag, "\"pgmi templates list\" shows them.");
        }
        pgmi_error(pgmi, &diag);
    }
    strlist_free(&created);
    diag_reset(&diag);
    return code;
}

static int run_init(Pgmi *pgmi)
{
    const char *given = pgmi->args.word_count ? pgmi->args.words[0] : ".";
    char *dir = NULL, *name = NULL;
    Diag diag = DIAG_INIT;
    int code;

    if (pgmi->args.template || !pgmi_interactive()) {
        code = make_project(pgmi, given, pgmi->args.template ? pgmi->args.template : "basic");
    } else if (ask_init(pgmi, &dir, &name)) {
        code = make_project(pgmi, dir, name);
    } else {
        code = EXIT_PGMI_APPROVAL;
        diag_set(&diag, code, "cancelled; nothing was written");
        fputc('\n', stderr);
        pgmi_error(pgmi, &diag);
        diag_reset(&diag);
    }
    free(dir);
    free(name);
    return code;
}

static int run_list(Pgmi *pgmi UNUSED)
{
    StrList names = STRLIST_INIT;

    template_names(&names);
    for (size_t i = 0; i < names.len; i++)
        printf("%-10s %s\n", names.items[i], template_purpose(names.items[i]));
    strlist_free(&names);
    return 0;
}

static const char *features(const char *name)
{
    return strcmp(name, "basic") == 0
               ? "  - migrations in the order of their paths, or of their metadata\n"
                 "  - everything up to COMMIT together or not at all\n"
                 "  - a gate: the tests run before the COMMIT, and a failed one undoes all\n"
                 "  - parameters, project.json as data, a commented-out run-once variant\n"
                 "  - needs PostgreSQL 11 or newer\n"
               : "  - see the comments in its deploy.sql\n";
}

static int run_describe(Pgmi *pgmi)
{
    const char *name = pgmi->args.words[0];
    char *prefix = xasprintf("templates/%s/", name);
    Diag diag = DIAG_INIT;
    int code = 0;

    if (!template_purpose(name)) {
        diag_set(&diag, code = EXIT_PGMI_USAGE, "there is no template \"%s\"", name);
        diag_hint(&diag, "\"pgmi templates list\" shows them.");
        pgmi_error(pgmi, &diag);
    } else {
        printf("%s: %s\n\nStructure:\n", name, template_purpose(name));
        for (const EmbeddedFile *file = embedded_files; file->path; file++)
            if (strncmp(file->path, prefix, strlen(prefix)) == 0)
                printf("  %s\n", file->path + strlen(prefix));
        printf("\nFeatures:\n%s", features(name));
    }
    diag_reset(&diag);
    free(prefix);
    return code;
}

static const PgmiOption init_options[] = {
    {"template", 't', PGMI_TEXT, offsetof(PgmiArgs, template), "NAME",
     "template to begin with (basic)"},
    {0},
};

const PgmiCommand pgmi_command_init = {
    .name = "init",
    .synopsis = "[PATH] [-t TEMPLATE]",
    .brief = "begin a project in PATH (default: here)",
    .help = "PATH must be new or empty; a pgmi.yaml and a .env that are there stay.  On a "
            "terminal,\n"
            "with no template named, it asks for directory and template.",
    .options = init_options,
    .most = 1,
    .files = true,
    .run = run_init,
};

const PgmiCommand pgmi_command_templates_list = {
    .name = "templates list",
    .synopsis = "",
    .brief = "list the templates of init",
    .run = run_list,
};

const PgmiCommand pgmi_command_templates_describe = {
    .name = "templates describe",
    .synopsis = "NAME",
    .brief = "show what a template holds",
    .least = 1,
    .most = 1,
    .run = run_describe,
};
