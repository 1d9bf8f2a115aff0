/*
 * paths.c — what a path inside a project may be, and how it is shown.
 *
 * Names come from a file system that allows any byte; the session's tables and a user's terminal
 * do not.  What they cannot hold is refused here, by name (contract D10, D16), and what is shown
 * is made printable first, so that a file's name cannot send escape sequences to a terminal.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Characters that move the cursor, reorder or hide text: C0, DEL, C1, bidi marks, BOM. */
static bool is_unprintable(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

char *project_show_path(const char *path)
{
    StrBuf out = STRBUF_INIT;
    size_t len = strlen(path), used;

    for (size_t i = 0; i < len; i += used) {
        const unsigned char *s = (const unsigned char *)path + i;
        uint32_t c;

        used = utf8_sequence(s, len - i);
        if (!used) {
            strbuf_addf(&out, "\\x%02x", *s);
            used = 1;
            continue;
        }
        c = utf8_decode(s, len - i, &used);
        if (!is_unprintable(c))
            strbuf_addn(&out, (const char *)s, used);
        else if (c < 0x80)
            strbuf_addf(&out, "\\x%02x", c);
        else
            strbuf_addf(&out, "\\u%04x", c);
    }
    return strbuf_detach(&out);
}

const char *project_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool project_name_excluded(const char *name)
{
    return name[0] == '.' || strcmp(name, "node_modules") == 0 ||
           strcmp(name, "__pycache__") == 0;
}

bool project_is_test_path(const char *path)
{
    return strstr(path, "/__test__/") || strstr(path, "/__tests__/");
}

bool project_is_fixture_name(const char *name)
{
    return ascii_same(name, "_setup.sql") || ascii_same(name, "_setup.psql");
}

/* D10: __NAME__ with something between the underscores. */
static bool is_dunder(const char *name, size_t len)
{
    return len > 4 && memcmp(name, "__", 2) == 0 && memcmp(name + len - 2, "__", 2) == 0;
}

static bool is_test_name(const char *name, size_t len)
{
    return (len == 8 && memcmp(name, "__test__", 8) == 0) ||
           (len == 9 && memcmp(name, "__tests__", 9) == 0);
}

/* Fills *diag and returns true when one component of a path cannot be taken. */
static bool name_refused(const char *name, size_t len, bool directory, Diag *diag)
{
    const char *kind = directory ? "directory" : "file";
    const char *rest = name;
    size_t rest_len = len;

    if (utf8_valid_prefix(name, len) < len) {
        diag_set(diag, EXIT_PGMI_CONFIG, "name of %s is not valid UTF-8", kind);
        diag_hint(diag, "Rename the %s; its bad bytes are shown as \\xNN.", kind);
        return true;
    }
    if (memchr(name, '\\', len)) {
        diag_set(diag, EXIT_PGMI_CONFIG, "name of %s contains a backslash", kind);
        diag_hint(diag, "Rename the %s: project paths use forward slashes only.", kind);
        return true;
    }
    if (directory && is_dunder(name, len) && !is_test_name(name, len)) {
        char *shown = xstrndup(name, len);

        diag_set(diag, EXIT_PGMI_CONFIG, "directory name \"%s\" is reserved", shown);
        diag_hint(diag,
                  "Names with two underscores at both ends are for __test__ and __tests__ "
                  "(lower case); rename the directory.");
        free(shown);
        return true;
    }
    text_trim(&rest, &rest_len);
    if (!directory && !rest_len) {
        diag_set(diag, EXIT_PGMI_CONFIG, "name of file is blank");
        return !diag_hint(diag, "Rename the file.");
    }
    return false;
}

size_t project_path_refused(const char *path, Diag *diag)
{
    const char *name = path + 2; /* behind ./ */

    for (;;) {
        size_t len = strcspn(name, "/");
        bool directory = name[len] == '/';

        if (name_refused(name, len, directory, diag))
            return (size_t)(name - path) + len + directory;
        if (!directory)
            return 0;
        name += len + 1;
    }
}
