/*
 * dotenv.c — the .env file (contract 7.1).
 *
 * Such files hold secrets, so the one message there is names the path and the format and never
 * quotes content.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

typedef struct Cursor {
    const char *p, *end;
    StrMap *env;
} Cursor;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool is_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.';
}

static bool is_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void skip_spaces(Cursor *cursor)
{
    while (cursor->p < cursor->end && is_space(*cursor->p))
        cursor->p++;
}

static void skip_line(Cursor *cursor)
{
    while (cursor->p < cursor->end && *cursor->p != '\n')
        cursor->p++;
}

/* At "$": appends what $NAME or ${NAME} stands for and returns the end of it; a dollar sign
 * that begins neither stays. */
static const char *expand(const Cursor *cursor, const char *p, const char *end, StrBuf *out)
{
    bool braced = p + 1 < end && p[1] == '{';
    const char *start = p + 1 + braced, *stop = start;
    const char *value;
    char *name;

    while (stop < end && is_name(*stop))
        stop++;
    if (stop == start || (braced && (stop == end || *stop != '}'))) {
        strbuf_addc(out, '$');
        return p + 1;
    }
    name = xstrndup(start, (size_t)(stop - start));
    value = strmap_get(cursor->env, name);
    if (value)
        strbuf_add(out, value);
    free(name);
    return stop + braced;
}

/* The rest of the line up to a comment, trimmed, expanded. */
static bool unquoted_value(Cursor *cursor, StrBuf *out)
{
    const char *start = cursor->p, *end, *p;

    skip_line(cursor);
    end = cursor->p;
    for (p = start; p < end; p++)
        if (*p == '#' && is_space(p[-1])) { /* p[-1]: at least the separator stands there */
            end = p;
            break;
        }
    while (end > start && is_space(end[-1]))
        end--;
    for (p = start; p < end;) {
        if (*p == '\\' && p + 1 < end && p[1] == '$') {
            strbuf_addc(out, '$');
            p += 2;
        } else if (*p == '$') {
            p = expand(cursor, p, end, out);
        } else {
            strbuf_addc(out, *p++);
        }
    }
    return true;
}

/* Single quotes: literal.  May span lines. */
static bool single_quoted(Cursor *cursor, StrBuf *out)
{
    const char *start = cursor->p + 1;
    const char *close = memchr(start, '\'', (size_t)(cursor->end - start));

    if (!close)
        return false;
    strbuf_addn(out, start, (size_t)(close - start));
    cursor->p = close + 1;
    return true;
}

/* Double quotes: \n, \r, other escaped characters as they are, expansion.  May span lines. */
static bool double_quoted(Cursor *cursor, StrBuf *out)
{
    const char *p = cursor->p + 1;

    while (p < cursor->end && *p != '"') {
        if (*p == '\\' && p + 1 < cursor->end) {
            strbuf_addc(out, p[1] == 'n' ? '\n' : p[1] == 'r' ? '\r' : p[1]);
            p += 2;
        } else if (*p == '$') {
            p = expand(cursor, p, cursor->end, out);
        } else {
            strbuf_addc(out, *p++);
        }
    }
    cursor->p = p + 1;
    return p < cursor->end;
}

static bool read_value(Cursor *cursor, StrBuf *out)
{
    bool quoted;

    skip_spaces(cursor);
    quoted = cursor->p < cursor->end && (*cursor->p == '"' || *cursor->p == '\'');
    if (!quoted)
        return unquoted_value(cursor, out);
    if (!(*cursor->p == '"' ? double_quoted(cursor, out) : single_quoted(cursor, out)))
        return false;
    skip_spaces(cursor);
    if (cursor->p < cursor->end && *cursor->p == '#')
        skip_line(cursor);
    return cursor->p == cursor->end || *cursor->p == '\n';
}

/* "export " in front of a key; a variable may also be called export. */
static void skip_export(Cursor *cursor)
{
    if (cursor->end - cursor->p > 6 && memcmp(cursor->p, "export", 6) == 0 &&
        is_space(cursor->p[6])) {
        const char *kept = cursor->p;

        cursor->p += 6;
        skip_spaces(cursor);
        if (cursor->p == cursor->end || !is_key(*cursor->p))
            cursor->p = kept;
    }
}

/* KEY=value or KEY: value. */
static bool read_assignment(Cursor *cursor)
{
    StrBuf value = STRBUF_INIT;
    const char *start;
    char *key;
    bool ok;

    skip_export(cursor);
    start = cursor->p;
    while (cursor->p < cursor->end && is_key(*cursor->p))
        cursor->p++;
    if (cursor->p == start)
        return false;
    key = xstrndup(start, (size_t)(cursor->p - start));
    skip_spaces(cursor);
    ok = cursor->p < cursor->end && (*cursor->p == '=' || *cursor->p == ':');
    if (ok) {
        cursor->p++;
        ok = read_value(cursor, &value);
    }
    if (ok)
        strmap_set(cursor->env, key, strbuf_detach(&value));
    strbuf_free(&value);
    free(key);
    return ok;
}

bool dotenv_parse(const char *text, size_t len, StrMap *env)
{
    Cursor cursor = {text, text + len, env};

    if (memchr(text, '\0', len))
        return false; /* an environment cannot hold it */
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        cursor.p += 3;
    for (;;) {
        while (cursor.p < cursor.end && (is_space(*cursor.p) || *cursor.p == '\n'))
            cursor.p++;
        if (cursor.p == cursor.end)
            return true;
        if (*cursor.p == '#')
            skip_line(&cursor);
        else if (!read_assignment(&cursor))
            return false;
    }
}

/* Unlike project files .env may be a link: it is excluded from the project (D2) and often points
 * to a place where secrets are kept. */
bool dotenv_read(const char *root, StrMap *env, Diag *diag)
{
    char *path = xasprintf("%s/.env", root);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    StrBuf text = STRBUF_INIT;
    struct stat st;
    bool ok = fd < 0 && (errno == ENOENT || errno == ENOTDIR); /* the root: for others to say */

    free(path);
    if (ok)
        return true;
    if (fd < 0)
        diag_set(diag, EXIT_PGMI_CONFIG, "ignored: could not open file: %s", strerror(errno));
    else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        diag_set(diag, EXIT_PGMI_CONFIG, "ignored: not a regular file");
    else if (project_read_fd(fd, project_size_cap(), &text, diag)) {
        ok = dotenv_parse(text.data, text.len, env);
        if (!ok) {
            strmap_free(env);
            diag_set(diag, EXIT_PGMI_CONFIG,
                     "ignored as a whole: not in the format of .env files");
            diag_hint(diag, "Every line is KEY=value, empty, or a comment that starts with #.");
        }
    }
    if (!ok)
        diag_at(diag, "./.env", 0, 0);
    if (fd >= 0)
        close(fd);
    strbuf_free(&text);
    return ok;
}
