/*
 * config.c — the life of a ProjectConfig, and reading it from a project's root.
 */
#include <stdlib.h>

#include "internal.h"

void project_config_init(ProjectConfig *config)
{
    *config = (ProjectConfig){0};
    params_init(&config->params);
}

void project_config_free(ProjectConfig *config)
{
    char *const texts[] = {config->host,
                           config->username,
                           config->database,
                           config->maintenance_database,
                           config->sslmode,
                           config->sslcert,
                           config->sslkey,
                           config->sslrootcert,
                           config->auth_method,
                           config->azure_tenant_id,
                           config->azure_client_id,
                           config->aws_region,
                           config->google_instance,
                           config->timeout};

    for (size_t i = 0; i < lengthof(texts); i++)
        free(texts[i]);
    params_free(&config->params);
    project_config_init(config);
}

bool project_config_read(ProjectConfig *config, const char *root, Diag *diag)
{
    StrBuf text = STRBUF_INIT;
    bool found;
    bool ok = project_read_root_file(root, "pgmi.yaml", &text, &found, diag) &&
              (!found ||
               project_config_parse(config, "./pgmi.yaml", text.data, text.len, diag));

    strbuf_free(&text);
    return ok;
}
