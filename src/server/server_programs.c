/*
 * server_programs.c — finds initdb and postgres on this machine.
 *
 * Distributions keep them off PATH (Debian in /usr/lib/postgresql/N/bin), so three places are
 * asked in this order: the directory that pg_config names, PATH, and the usual directories with
 * the newest version first.  Both programs must be there: pg_config often comes with a
 * client-only package and then names a directory without them.
 */
#include "scratch_internal.h"

#include <ctype.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const usual_patterns[] = {
    "/usr/lib/postgresql/*/bin",          /* Debian, Ubuntu */
    "/usr/pgsql-*/bin",                   /* PostgreSQL's own RPMs */
    "/usr/lib/postgresql*/bin",           /* SUSE */
    "/usr/libexec/postgresql*",           /* Alpine */
    "/usr/local/pgsql/bin",               /* make install */
    "/opt/homebrew/opt/postgresql@*/bin", /* Homebrew on ARM */
    "/opt/homebrew/opt/postgresql/bin",
    "/usr/local/opt/postgresql@*/bin", /* Homebrew on Intel */
    "/Library/PostgreSQL/*/bin",       /* EDB's installer */
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    NULL,
};

static bool executable(const char *path)
{
    return access(path, X_OK) == 0;
}

/* The version is the number behind the place of the star: 9.6 before 10 before 16. */
static double version_at(const char *path, size_t offset)
{
    return strlen(path) > offset && isdigit((unsigned char)path[offset])
               ? strtod(path + offset, NULL)
               : 0;
}

/* Takes the pair of programs in a directory if it is one that runs. */
static bool take_directory(const char *dir, ServerPrograms *programs)
{
    StrBuf version = STRBUF_INIT;
    ServerPrograms found = {xasprintf("%s/initdb", dir), xasprintf("%s/postgres", dir), NULL,
                            0};
    const char *digits;
    bool ok = false;

    if (executable(found.initdb) && executable(found.postgres) &&
        child_capture((const char *const[]){found.postgres, "-V", NULL}, &version)) {
        digits = strpbrk(version.data, "0123456789");
        found.major = digits ? atoi(digits) : 0;
        ok = found.major > 0;
    }
    found.version = strbuf_detach(&version);
    if (ok)
        *programs = found;
    else
        server_programs_free(&found);
    return ok;
}

/* The directory of PATH that holds an executable of this name, as an owned path; NULL: none. */
static char *path_directory(const char *path, const char *name)
{
    while (path && *path) {
        size_t len = strcspn(path, ":");
        /* an empty or relative entry means the current directory: not a place for servers */
        char *dir = *path == '/' ? xstrndup(path, len) : NULL;
        char *file = dir ? xasprintf("%s/%s", dir, name) : NULL;
        bool found = file && executable(file);

        free(file);
        if (found)
            return dir;
        free(dir);
        path += len + (path[len] == ':');
    }
    return NULL;
}

/* Asked first: it is how one names the PostgreSQL that is meant. */
static bool from_pg_config(const char *path, ServerPrograms *programs)
{
    char *dir = path_directory(path, "pg_config");
    char *program = dir ? xasprintf("%s/pg_config", dir) : NULL;
    StrBuf bindir = STRBUF_INIT;
    bool found = program &&
                 child_capture((const char *const[]){program, "--bindir", NULL}, &bindir) &&
                 take_directory(bindir.data, programs);

    strbuf_free(&bindir);
    free(program);
    free(dir);
    return found;
}

/* What lies on PATH may be a link to the real program, which has its partner beside it. */
static bool from_path(const char *path, ServerPrograms *programs)
{
    char *dir = path_directory(path, "initdb");
    char *link = dir ? xasprintf("%s/initdb", dir) : NULL;
    char *file = link ? realpath(link, NULL) : NULL;
    bool found = dir && take_directory(dir, programs);

    if (!found && file) {
        *strrchr(file, '/') = '\0';
        found = take_directory(file, programs);
    }
    free(file);
    free(link);
    free(dir);
    return found;
}

/* Of the directories a pattern matches, the newest version that runs. */
static bool from_pattern(const char *pattern, ServerPrograms *programs)
{
    size_t star = strcspn(pattern, "*");
    glob_t matches = {0};
    bool found = false;

    if (glob(pattern, 0, NULL, &matches) == 0) {
        for (size_t tried = 0; tried < matches.gl_pathc && !found; tried++) {
            size_t best = tried;

            for (size_t i = tried + 1; i < matches.gl_pathc; i++)
                if (version_at(matches.gl_pathv[i], star) >
                    version_at(matches.gl_pathv[best], star))
                    best = i;
            char *path = matches.gl_pathv[best];
            matches.gl_pathv[best] = matches.gl_pathv[tried];
            matches.gl_pathv[tried] = path;
            found = take_directory(path, programs);
        }
    }
    globfree(&matches);
    return found;
}

/* Names the packages, as this is where most who have only the client will end. */
static bool not_found(const ProgramSearch *search, Diag *diag)
{
    StrBuf places = STRBUF_INIT;

    for (const char *const *pattern = search->patterns; *pattern; pattern++)
        strbuf_addf(&places, ", %s", *pattern);
    diag_set(diag, EXIT_PGMI_CONNECTION,
             "could not find the PostgreSQL server programs \"initdb\" and \"postgres\"");
    diag_detail(diag, "Looked where pg_config points, in PATH%s.", places.data);
    diag_hint(diag,
              "Install the server: package \"postgresql\" (or \"postgresql-15\") on Debian and "
              "Ubuntu, \"postgresql-server\" on Fedora and RHEL, "
              "\"brew install postgresql\" on macOS.");
    strbuf_free(&places);
    return false;
}

bool server_programs_find(const ProgramSearch *search, ServerPrograms *programs, Diag *diag)
{
    ProgramSearch usual = {getenv("PATH"), usual_patterns};

    if (!search)
        search = &usual;
    if (from_pg_config(search->path, programs) || from_path(search->path, programs))
        return true;
    for (const char *const *pattern = search->patterns; *pattern; pattern++)
        if (from_pattern(*pattern, programs))
            return true;
    return not_found(search, diag);
}

void server_programs_free(ServerPrograms *programs)
{
    free(programs->initdb);
    free(programs->postgres);
    free(programs->version);
    *programs = (ServerPrograms){0};
}
