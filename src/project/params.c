/*
 * params.c — deployment parameters (contract section 6).
 *
 * Keys are folded before they are merged, so that `Env` in one source and `env` in another are
 * the same parameter (P5).  Values are secrets until proven otherwise: no message shows one, and
 * nothing quotes a line of a file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { MAX_KEY = 63 }; /* P4: what an identifier can hold */

void params_init(Params *params)
{
    strmap_init(&params->map, free);
}

void params_free(Params *params)
{
    strmap_free(&params->map);
}

void params_copy(Params *to, const Params *from)
{
    params_init(to);
    for (size_t i = 0; i < from->map.len; i++)
        strmap_set(&to->map, from->map.entries[i].key, xstrdup(from->map.entries[i].value));
}

const char *params_get(const Params *params, const char *key)
{
    return strmap_get(&params->map, key);
}

static bool is_word(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

/* P4.  The key is shown: it is a name.  A text without "=" may be a secret that somebody pasted,
 * therefore a long or unprintable one is not. */
static bool check_key(const char *key, Diag *diag)
{
    size_t len = strlen(key), good = 0;

    while (key[good] && is_word(key[good], good == 0))
        good++;
    if (len && good == len && len <= MAX_KEY)
        return true;
    if (!len) {
        diag_set(diag, EXIT_PGMI_CONFIG, "parameter name is empty");
    } else if (good == len) {
        diag_set(diag, EXIT_PGMI_CONFIG,
                 "parameter name \"%.20s...\" is longer than %d characters", key, MAX_KEY);
    } else {
        char *shown = project_show_path(key);

        diag_set(diag, EXIT_PGMI_CONFIG, "invalid parameter name \"%.80s\"", shown);
        free(shown);
    }
    return diag_hint(diag,
                     "A name is an ASCII letter or underscore, followed by letters, digits "
                     "and underscores, at most %d in all.",
                     MAX_KEY);
}

bool params_set_text(Params *params, const char *key, const char *value, size_t len, Diag *diag)
{
    char *folded;

    if (!check_key(key, diag))
        return false;
    if (memchr(value, '\0', len) || utf8_valid_prefix(value, len) < len) {
        diag_set(diag, EXIT_PGMI_CONFIG, "value of parameter \"%s\" is not valid UTF-8 text",
                 key);
        return diag_hint(diag, "A value may hold any UTF-8 text without zero bytes.");
    }
    folded = xstrdup(key);
    for (char *p = folded; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    strmap_set(&params->map, folded, xstrndup(value, len));
    free(folded);
    return true;
}

bool params_set(Params *params, const char *key, const char *value, Diag *diag)
{
    return params_set_text(params, key, value, strlen(value), diag);
}

/* P2: split at the first "=", nothing trimmed. */
bool params_set_pair(Params *params, const char *pair, Diag *diag)
{
    const char *equals = strchr(pair, '=');
    char *key;
    bool ok;

    if (!equals || equals == pair) {
        diag_set(diag, EXIT_PGMI_CONFIG,
                 equals ? "parameter has no name in front of \"=\""
                        : "parameter is not of the form KEY=VALUE");
        return diag_hint(diag, "Give parameters as KEY=VALUE, for example env=production.");
    }
    key = xstrndup(pair, (size_t)(equals - pair));
    ok = params_set(params, key, equals + 1, diag);
    free(key);
    return ok;
}

/* ---- params files (P3) ----------------------------------------------------------------------- */

static bool bad_line(const char *name, int line, const char *what, Diag *diag)
{
    char *shown = project_show_path(name);

    if (what)
        diag_set(diag, EXIT_PGMI_CONFIG, "%s", what);
    if (!diag->hint)
        diag_hint(diag, "Every line is KEY=VALUE, empty, or a comment that starts with #.");
    diag_at(diag, shown, line, 0);
    free(shown);
    return false;
}

/* One pair of equal quotes around a value goes. */
static void unquote(const char **value, size_t *len)
{
    char first = *len >= 2 ? **value : 0;

    if ((first == '"' || first == '\'') && (*value)[*len - 1] == first) {
        (*value)++;
        *len -= 2;
    }
}

/* One line without its end. */
static bool parse_line(const char *name, int number, const char *line, size_t len,
                       ParamPairFn pair, void *ctx, Diag *diag)
{
    const char *equals, *key = line, *value;
    size_t key_len, value_len;
    char *owned;
    bool ok;

    text_trim(&key, &len);
    if (!len || *key == '#')
        return true;
    equals = memchr(key, '=', len);
    if (!equals)
        return bad_line(name, number, "line has no \"=\"", diag);
    value = equals + 1;
    value_len = (size_t)(key + len - value);
    key_len = (size_t)(equals - key);
    text_trim(&key, &key_len);
    text_trim(&value, &value_len);
    if (!key_len)
        return bad_line(name, number, "line has no parameter name in front of \"=\"", diag);
    if (memchr(key, '\0', key_len))
        return bad_line(name, number, "parameter name contains a zero byte", diag);
    unquote(&value, &value_len);
    owned = xstrndup(key, key_len);
    ok = pair(ctx, owned, value, value_len, diag) || bad_line(name, number, NULL, diag);
    free(owned);
    return ok;
}

bool params_file_pairs(const char *name, const char *text, size_t len, ParamPairFn pair,
                       void *ctx, Diag *diag)
{
    const char *end = text + len;
    int number = 0;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (text < end) {
        const char *lf = memchr(text, '\n', (size_t)(end - text));
        const char *stop = lf ? lf : end;

        if (!parse_line(name, ++number, text, (size_t)(stop - text), pair, ctx, diag))
            return false;
        text = lf ? lf + 1 : end;
    }
    return true;
}

static bool set_pair(void *ctx, const char *key, const char *value, size_t len, Diag *diag)
{
    return params_set_text(ctx, key, value, len, diag);
}

bool params_parse(Params *params, const char *name, const char *text, size_t len, Diag *diag)
{
    return params_file_pairs(name, text, len, set_pair, params, diag);
}

/* Any kind of file will do, so that a shell's <(command) works. */
bool params_read_file(Params *params, const char *path, Diag *diag)
{
    StrBuf text = STRBUF_INIT;
    bool ok;

    if (strbuf_read_file(&text, path)) {
        ok = params_parse(params, path, text.data, text.len, diag);
    } else {
        char *shown = project_show_path(path);

        diag_set(diag, EXIT_PGMI_CONFIG, "could not read parameter file: %s", strerror(errno));
        diag_hint(diag, "Check the path and the file's permissions.");
        ok = diag_at(diag, shown, 0, 0);
        free(shown);
    }
    strbuf_free(&text);
    return ok;
}
