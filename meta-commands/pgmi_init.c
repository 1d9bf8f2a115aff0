/*
 * pgmi_init.c — \pgmi init, \pgmi templates: begin a project.
 */
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

static MetaResult run_init(Shell *shell, const MetaCall *call)
{
    const char *name = meta_arg(call, 1) ? meta_arg(call, 1) : "basic";
    StrList created = STRLIST_INIT;
    Diag diag = DIAG_INIT;
    char *dir;
    bool ok;

    if (!meta_arg(call, 0)) {
        log_error(&shell->log, "\\pgmi init: missing required argument");
        return META_ERROR;
    }
    dir = expand_tilde(xstrdup(meta_arg(call, 0)));
    ok = template_write(name, dir, &created, &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    for (size_t i = 0; ok && i < created.len; i++)
        printf("%s/%s\n", dir, created.items[i]);
    if (ok && !shell->set.quiet)
        printf("Next: \\pgmi load %s, then \\i %s/deploy.sql\n", dir, dir);
    fflush(stdout);
    strlist_free(&created);
    diag_reset(&diag);
    free(dir);
    return ok ? META_DONE : META_ERROR;
}

static MetaResult run_templates(Shell *shell, const MetaCall *call)
{
    StrList names = STRLIST_INIT;

    (void)shell;
    (void)call;
    template_names(&names);
    for (size_t i = 0; i < names.len; i++)
        printf("%-10s %s\n", names.items[i], template_purpose(names.items[i]));
    fflush(stdout);
    strlist_free(&names);
    return META_DONE;
}

static void complete_init(Shell *shell, const MetaCall *before, size_t index, const char *text,
                          StrList *list)
{
    StrList names = STRLIST_INIT;

    if (index == 0)
        complete_file(shell, before, index, text, list);
    template_names(&names);
    for (size_t i = 0; index == 1 && i < names.len; i++)
        if (strncmp(names.items[i], text, strlen(text)) == 0)
            strlist_add(list, names.items[i]);
    strlist_free(&names);
}

META_COMMAND(pgmi_init) = {
    .names = "init",
    .parent = "pgmi",
    .args = "nn",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi init DIR [TEMPLATE]",
    .brief = "begin a project in DIR from a template",
    .help = "DIR must be new or empty; a pgmi.yaml and a .env that are there stay.\n"
            "TEMPLATE is basic by default; \\pgmi templates lists them.",
    .complete = complete_init,
    .run = run_init,
};

META_COMMAND(pgmi_templates) = {
    .names = "templates",
    .parent = "pgmi",
    .args = "",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi templates",
    .brief = "list the templates of \\pgmi init",
    .run = run_templates,
};
