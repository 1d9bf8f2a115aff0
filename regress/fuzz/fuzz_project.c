/*
 * fuzz_project.c — a libFuzzer target for the texts of a project that are parsed without a
 * server: metadata blocks, pgmi.yaml, .env, parameter files, connection strings, durations.  The
 * first byte chooses the parser.  Not run by make check:
 *
 *   make BUILD=build-fuzz CC=clang SANITIZE=address,undefined,fuzzer-no-link build-fuzz/libpgmish.a
 *   clang -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iinclude \
 *       regress/fuzz/fuzz_project.c build-fuzz/libpgmish.a -lpq -lyaml -lcrypto -lm -ldl \
 *       -o build-fuzz/fuzz_project
 *   build-fuzz/fuzz_project -max_total_time=30
 */
#include "pgmish/project.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Every refusal has a message of one line and a code; success has none. */
static void check_diag(bool ok, Diag *diag)
{
    require(ok == (diag->code == 0));
    require(ok || (diag->message && !strchr(diag->message, '\n')));
    diag_reset(diag);
}

static void fuzz_metadata(const char *text, size_t len)
{
    Metadata *meta;
    Diag diag = DIAG_INIT;
    MetadataStatus status = metadata_parse("./a.sql", text, len, &meta, &diag);

    require((status == METADATA_OK) == (meta != NULL));
    require(status != METADATA_ERROR || diag.line > 0);
    require(!meta || (strlen(meta->id) == 36 && meta->description && meta->line > 0));
    metadata_free(meta);
    check_diag(status != METADATA_ERROR, &diag);
}

static void fuzz_yaml(const char *text, size_t len)
{
    ProjectConfig config;
    Diag diag = DIAG_INIT;
    bool ok;

    project_config_init(&config);
    ok = project_config_parse(&config, "pgmi.yaml", text, len, &diag);
    require(ok || (diag.line > 0 && diag.column > 0));
    require(config.port >= 0 && config.port <= 65535);
    project_config_free(&config);
    check_diag(ok, &diag);
}

static void fuzz_params(const char *text, size_t len)
{
    Params params;
    Diag diag = DIAG_INIT;
    bool ok;

    params_init(&params);
    ok = params_parse(&params, "params", text, len, &diag);
    check_diag(ok, &diag);
    params_free(&params);
}

static void fuzz_dotenv(const char *text, size_t len)
{
    StrMap env;

    strmap_init(&env, free);
    dotenv_parse(text, len, &env);
    strmap_free(&env);
}

static void fuzz_texts(const char *text)
{
    ConnectionString cs;
    Diag diag = DIAG_INIT;
    int64_t nanoseconds;
    char uuid[37], *shown;
    bool ok = connection_string_parse(text, &cs, &diag);

    require(!ok || (cs.host && cs.database && cs.port > 0 && cs.port <= 65535));
    connection_string_free(&cs);
    check_diag(ok, &diag);
    duration_parse(text, &nanoseconds);
    generic_id(text, uuid);
    require(strlen(uuid) == 36);
    shown = project_show_path(text);
    require(utf8_valid_prefix(shown, strlen(shown)) == strlen(shown));
    free(shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (!size)
        return 0;
    text = xmalloc(size);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    switch (data[0] % 5) {
    case 0:
        fuzz_metadata(text, size - 1);
        break;
    case 1:
        fuzz_yaml(text, size - 1);
        break;
    case 2:
        fuzz_params(text, size - 1);
        break;
    case 3:
        fuzz_dotenv(text, size - 1);
        break;
    default:
        fuzz_texts(text);
        break;
    }
    free(text);
    return 0;
}
