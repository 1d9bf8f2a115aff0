/*
 * version.c — the versions that the shell shows.
 *
 * libpq tells only its number at run time; the words around it (packaging, platform, compiler) are
 * those of the headers it was built with, as long as both are the same version.
 */
#include "version.h"

#include <libpq-fe.h>
#include <stdio.h>

#include <pg_config.h>

void version_number_text(int number, bool with_minor, char *out, size_t size)
{
    if (number >= 100000) {
        if (with_minor)
            snprintf(out, size, "%d.%d", number / 10000, number % 10000);
        else
            snprintf(out, size, "%d", number / 10000);
    } else if (with_minor) {
        snprintf(out, size, "%d.%d.%d", number / 10000, number / 100 % 100, number % 100);
    } else {
        snprintf(out, size, "%d.%d", number / 10000, number / 100 % 100);
    }
}

const char *version_name(void)
{
    static char text[32];

    if (PQlibVersion() == PG_VERSION_NUM)
        return PG_VERSION;
    version_number_text(PQlibVersion(), true, text, sizeof(text));
    return text;
}

const char *version_text(void)
{
    static char text[64];

    if (PQlibVersion() == PG_VERSION_NUM)
        return PG_VERSION_STR;
    snprintf(text, sizeof(text), "PostgreSQL %s", version_name());
    return text;
}
