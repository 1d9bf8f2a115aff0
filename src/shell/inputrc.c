/*
 * inputrc.c — ~/.inputrc, where users of psql keep their keys.
 *
 * Read here: bindings of keys to commands and macros, editing-mode, keymap, the settings that say
 * something about lists, prompts and pasting, $if and $include.  What is not known is passed over.
 */
#include "editing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { INCLUDE_MAX = 8, IF_MAX = 32 };

typedef struct Reader {
    Editing *editing;
    bool active[IF_MAX]; /* one for each open $if, and the outermost */
    int depth;
    int includes;
    KeymapName keymap; /* that keys are bound in */
} Reader;

static bool read_file(Reader *reader, const char *path);

/* ---- key sequences ------------------------------------------------------------------------------ */

static char control(char c)
{
    return (char)(c == '?' ? 127 : fold_upper(c) & 31);
}

static size_t add_octal(const char *s, StrBuf *out)
{
    int value = 0;
    size_t n = 0;

    for (; n < 3 && s[n] >= '0' && s[n] <= '7'; n++)
        value = value * 8 + (s[n] - '0');
    strbuf_addc(out, (char)value);
    return n;
}

/* One escape of a quoted sequence, s behind the backslash; returns the bytes used. */
static size_t add_escape(const char *s, StrBuf *out)
{
    static const char from[] = "abdefnrtv", to[] = "\a\b\177\033\f\n\r\t\v";
    const char *simple = *s ? strchr(from, *s) : NULL;

    if (s[0] == 'C' && s[1] == '-' && s[2]) {
        strbuf_addc(out, control(s[2]));
        return 3;
    }
    if (s[0] == 'M' && s[1] == '-') {
        strbuf_addc(out, '\033');
        return 2;
    }
    if (*s >= '0' && *s <= '7')
        return add_octal(s, out);
    if (!*s)
        return 0;
    strbuf_addc(out, (char)(simple ? to[simple - from] : *s));
    return 1;
}

/* Bytes of a quoted sequence, s behind the opening quote; returns what is behind the closing. */
static const char *read_quoted(const char *s, char quote, StrBuf *out)
{
    while (*s && *s != quote) {
        if (*s == '\\')
            s += 1 + add_escape(s + 1, out);
        else
            strbuf_addc(out, *s++);
    }
    return *s ? s + 1 : s;
}

/* A key by name: Control-x, Meta-x, C-M-x, TAB, one character. */
static void read_named(const char *name, size_t len, StrBuf *out)
{
    static const struct {
        const char *name;
        char key;
    } keys[] = {{"DEL", '\177'}, {"RUBOUT", '\177'}, {"ESC", '\033'}, {"ESCAPE", '\033'},
                {"LFD", '\n'},   {"NEWLINE", '\n'},  {"RET", '\r'},   {"RETURN", '\r'},
                {"SPC", ' '},    {"SPACE", ' '},     {"TAB", '\t'}};
    char *copy = xstrndup(name, len);
    const char *last = strrchr(copy, '-');
    char key = (char)(last && last[1] ? last[1] : copy[0]);

    for (size_t i = 0; i < lengthof(keys); i++)
        if (ascii_casecmp(last ? last + 1 : copy, keys[i].name) == 0)
            key = keys[i].key;
    if (last && (ascii_casestr(copy, "meta-") || ascii_ncasecmp(copy, "m-", 2) == 0))
        strbuf_addc(out, '\033');
    if (last && (ascii_casestr(copy, "control-") || ascii_casestr(copy, "c-") == copy))
        key = control(key);
    strbuf_addc(out, key);
    free(copy);
}

/* ---- lines -------------------------------------------------------------------------------------- */

static void read_binding(Reader *reader, const char *line)
{
    StrBuf keys = STRBUF_INIT, macro = STRBUF_INIT;
    const char *p = line;

    if (*p == '"') {
        p = read_quoted(p + 1, '"', &keys);
    } else {
        size_t len = strcspn(p, ": \t");

        read_named(p, len, &keys);
        p += len;
    }
    p += strspn(p, " \t");
    if (*p == ':' && keys.len) {
        p += 1 + strspn(p + 1, " \t");
        if (*p == '"' || *p == '\'') {
            read_quoted(p + 1, *p, &macro);
            editing_bind(reader->editing, reader->keymap, keys.data, keys.len, NULL, macro.data,
                         macro.len);
        } else {
            char *name = xstrndup(p, strcspn(p, " \t\r"));

            editing_bind(reader->editing, reader->keymap, keys.data, keys.len,
                         editing_command(name), NULL, 0);
            free(name);
        }
    }
    strbuf_free(&keys);
    strbuf_free(&macro);
}

static void set_mode(Reader *reader, bool vi)
{
    reader->editing->vi = vi;
    reader->keymap = vi ? KEYMAP_VI_INSERT : KEYMAP_EMACS;
}

static void set_keymap(Reader *reader, const char *name)
{
    if (ascii_casecmp(name, "vi-insert") == 0)
        reader->keymap = KEYMAP_VI_INSERT;
    else if (ascii_ncasecmp(name, "vi", 2) == 0)
        reader->keymap = KEYMAP_VI_COMMAND;
    else if (ascii_ncasecmp(name, "emacs", 5) == 0)
        reader->keymap = KEYMAP_EMACS;
}

static bool *switch_named(Editing *editing, const char *name)
{
    const struct {
        const char *name;
        bool *value;
    } switches[] = {
        {"disable-completion", &editing->no_completion},
        {"print-completions-horizontally", &editing->list_across},
        {"show-all-if-ambiguous", &editing->list_at_once},
        {"show-all-if-unmodified", &editing->list_unmodified},
        {"show-mode-in-prompt", &editing->mode_in_prompt},
    };

    for (size_t i = 0; i < lengthof(switches); i++)
        if (ascii_casecmp(switches[i].name, name) == 0)
            return switches[i].value;
    return NULL;
}

static void set_comment(Editing *editing, const char *value)
{
    size_t len = strlen(value);

    if (len > 1 && *value == '"' && value[len - 1] == '"') {
        value++;
        len -= 2;
    }
    strbuf_reset(&editing->comment_begin);
    strbuf_addn(&editing->comment_begin, value, len);
}

static void read_setting(Reader *reader, const char *name, const char *value)
{
    Editing *editing = reader->editing;
    bool on = ascii_casecmp(value, "on") == 0 || strcmp(value, "1") == 0 || !*value;

    if (switch_named(editing, name))
        *switch_named(editing, name) = on;
    else if (ascii_casecmp(name, "editing-mode") == 0)
        set_mode(reader, ascii_casecmp(value, "vi") == 0);
    else if (ascii_casecmp(name, "keymap") == 0)
        set_keymap(reader, value);
    else if (ascii_casecmp(name, "completion-query-items") == 0)
        editing->query_items = atoi(value);
    else if (ascii_casecmp(name, "completion-display-width") == 0)
        editing->list_width = atoi(value);
    else if (ascii_casecmp(name, "page-completions") == 0)
        editing->no_pages = !on;
    else if (ascii_casecmp(name, "comment-begin") == 0)
        set_comment(editing, value);
    else if (ascii_casecmp(name, "enable-bracketed-paste") == 0)
        editing->bracketed_paste = editing->bracketed_paste && on;
}

/* xterm is also what xterm-256color is. */
static bool is_term(const char *wanted, const char *term)
{
    return ascii_casecmp(wanted, term) == 0 ||
           (strlen(wanted) == strcspn(term, "-") &&
            ascii_ncasecmp(wanted, term, strlen(wanted)) == 0);
}

/* $if mode=..., term=..., or the program's name. */
static bool condition_holds(const Reader *reader, const char *condition)
{
    const char *term = getenv("TERM");

    if (strncmp(condition, "mode=", 5) == 0)
        return strcmp(condition + 5, reader->editing->vi ? "vi" : "emacs") == 0;
    if (strncmp(condition, "term=", 5) == 0)
        return term && is_term(condition + 5, term);
    return ascii_casecmp(condition, "psql") == 0;
}

static void read_directive(Reader *reader, const char *line)
{
    const char *argument = line + strcspn(line, " \t");
    bool *active = &reader->active[reader->depth];

    argument += strspn(argument, " \t");
    if (strncmp(line, "if", 2) == 0 && reader->depth + 1 < IF_MAX) {
        reader->depth++;
        active[1] = active[0] && condition_holds(reader, argument);
    } else if (strncmp(line, "else", 4) == 0 && reader->depth) {
        *active = active[-1] && !*active;
    } else if (strncmp(line, "endif", 5) == 0 && reader->depth) {
        reader->depth--;
    } else if (strncmp(line, "include", 7) == 0 && *active) {
        char *path = expand_tilde(xstrdup(argument));

        read_file(reader, path);
        free(path);
    }
}

static void read_line(Reader *reader, char *line)
{
    char name[64] = "", value[64] = "";

    line += strspn(line, " \t");
    line[strcspn(line, "\r")] = '\0';
    if (*line == '$')
        read_directive(reader, line + 1);
    else if (!*line || *line == '#' || !reader->active[reader->depth])
        return;
    else if (sscanf(line, "set %63s %63s", name, value) >= 1)
        read_setting(reader, name, value);
    else
        read_binding(reader, line);
}

static bool read_file(Reader *reader, const char *path)
{
    StrBuf text = STRBUF_INIT;
    bool found = false;

    if (reader->includes < INCLUDE_MAX && strbuf_read_file(&text, path)) {
        found = true;
        reader->includes++;
        for (char *line = text.data; line;) {
            char *next = strchr(line, '\n');

            if (next)
                *next++ = '\0';
            read_line(reader, line);
            line = next;
        }
        reader->includes--;
    }
    strbuf_free(&text);
    return found;
}

/* As readline: INPUTRC, else ~/.inputrc, else the system's. */
void editing_read_inputrc(Editing *editing)
{
    Reader reader = {.editing = editing, .active = {true}};
    const char *named = getenv("INPUTRC");
    char *path = expand_tilde(xstrdup(named && *named ? named : "~/.inputrc"));

    if (!read_file(&reader, path))
        read_file(&reader, "/etc/inputrc");
    free(path);
}
