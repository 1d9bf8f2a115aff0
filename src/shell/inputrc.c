/*
 * inputrc.c — what of ~/.inputrc libedit can follow.
 *
 * psql on Debian is built with readline, so its users keep their keys in ~/.inputrc.  Read here:
 * bindings of keys to functions that libedit has too, macros, editing-mode, a few settings, $if
 * and $include.  Whatever is not known is passed over.  .editrc is read after it and wins.
 */
#include "editing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { INCLUDE_MAX = 8, IF_MAX = 32 };

/* readline's name of a function, libedit's name. */
static const struct {
    const char *readline, *libedit;
} functions[] = {
    {"accept-line", "psql-newline"},
    {"backward-char", "ed-prev-char"},
    {"backward-delete-char", "em-delete-prev-char"},
    {"backward-kill-line", "psql-discard-line"},
    {"backward-kill-word", "psql-backward-kill-word"},
    {"backward-word", "psql-backward-word"},
    {"beginning-of-history", "ed-start-over"},
    {"beginning-of-line", "ed-move-to-beg"},
    {"capitalize-word", "psql-capitalize-word"},
    {"clear-screen", "ed-clear-screen"},
    {"complete", "psql-complete"},
    {"copy-region-as-kill", "em-copy-region"},
    {"delete-char", "ed-delete-next-char"},
    {"downcase-word", "psql-downcase-word"},
    {"end-of-line", "ed-move-to-end"},
    {"exchange-point-and-mark", "em-exchange-mark"},
    {"forward-char", "ed-next-char"},
    {"forward-search-history", "psql-search"},
    {"forward-word", "psql-forward-word"},
    {"history-search-backward", "ed-search-prev-history"},
    {"history-search-forward", "ed-search-next-history"},
    {"insert-comment", "psql-comment"},
    {"kill-line", "psql-kill-line"},
    {"kill-region", "em-kill-region"},
    {"kill-whole-line", "em-kill-line"},
    {"kill-word", "psql-kill-word"},
    {"next-history", "ed-next-history"},
    {"overwrite-mode", "em-toggle-overwrite"},
    {"previous-history", "ed-prev-history"},
    {"quoted-insert", "ed-quoted-insert"},
    {"reverse-search-history", "psql-search"},
    {"set-mark", "em-set-mark"},
    {"tab-insert", "ed-insert"},
    {"transpose-chars", "psql-transpose"},
    {"unix-line-discard", "psql-discard-line"},
    {"unix-word-rubout", "psql-rubout-word"},
    {"upcase-word", "psql-upcase-word"},
    {"yank", "psql-yank"},
};

typedef struct Reader {
    Editing *editing;
    bool active[IF_MAX]; /* one for each open $if, and the outermost */
    int depth;
    int includes;
} Reader;

static void read_file(Reader *reader, const char *path);

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

/* libedit's notation for bytes. */
static char *as_octal(const StrBuf *bytes)
{
    StrBuf out = STRBUF_INIT;

    for (size_t i = 0; i < bytes->len; i++)
        strbuf_addf(&out, "\\%03o", (unsigned char)bytes->data[i]);
    return strbuf_detach(&out);
}

/* ---- lines -------------------------------------------------------------------------------------- */

static void bind_function(Reader *reader, const char *keys, const char *name)
{
    for (size_t i = 0; i < lengthof(functions); i++)
        if (ascii_casecmp(functions[i].readline, name) == 0)
            el_set(reader->editing->el, EL_BIND, keys, functions[i].libedit, NULL);
}

static void read_binding(Reader *reader, const char *line)
{
    StrBuf keys = STRBUF_INIT, macro = STRBUF_INIT;
    const char *p = line;
    char *sequence, *text;

    if (*p == '"') {
        p = read_quoted(p + 1, '"', &keys);
    } else {
        size_t len = strcspn(p, ": \t");

        read_named(p, len, &keys);
        p += len;
    }
    p += strspn(p, " \t");
    if (*p == ':' && keys.len) {
        sequence = as_octal(&keys);
        p += 1 + strspn(p + 1, " \t");
        if (*p == '"' || *p == '\'') {
            read_quoted(p + 1, *p, &macro);
            text = as_octal(&macro);
            el_set(reader->editing->el, EL_BIND, "-s", sequence, text, NULL);
        } else {
            text = xstrndup(p, strcspn(p, " \t\r"));
            bind_function(reader, sequence, text);
        }
        free(text);
        free(sequence);
    }
    strbuf_free(&keys);
    strbuf_free(&macro);
}

static void set_mode(Editing *editing, bool vi)
{
    el_set(editing->el, EL_EDITOR, vi ? "vi" : "emacs");
    editing->vi = vi;
    if (vi) {
        editing_bind_own(editing);
    } else {
        editing_bind_keys(editing);
    }
}

static void read_setting(Reader *reader, const char *name, const char *value)
{
    Editing *editing = reader->editing;
    bool on = ascii_casecmp(value, "on") == 0 || strcmp(value, "1") == 0 || !*value;

    if (ascii_casecmp(name, "editing-mode") == 0) {
        set_mode(editing, ascii_casecmp(value, "vi") == 0);
    } else if (ascii_casecmp(name, "show-all-if-ambiguous") == 0) {
        editing->list_at_once = on;
    } else if (ascii_casecmp(name, "completion-query-items") == 0) {
        editing->query_items = atoi(value);
    } else if (ascii_casecmp(name, "completion-display-width") == 0) {
        editing->list_width = atoi(value);
    } else if (ascii_casecmp(name, "page-completions") == 0) {
        editing->no_pages = !on;
    } else if (ascii_casecmp(name, "enable-bracketed-paste") == 0) {
        editing->bracketed_paste = editing->bracketed_paste && on;
    }
}

/* $if mode=..., term=..., or the program's name. */
static bool condition_holds(const Reader *reader, const char *condition)
{
    const char *term = getenv("TERM");
    const char *editor = "emacs";

    if (strncmp(condition, "mode=", 5) == 0) {
        el_get(reader->editing->el, EL_EDITOR, &editor);
        return strcmp(condition + 5, editor) == 0;
    }
    if (strncmp(condition, "term=", 5) == 0)
        return term && strcmp(condition + 5, term) == 0;
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

static void read_file(Reader *reader, const char *path)
{
    StrBuf text = STRBUF_INIT;

    if (reader->includes < INCLUDE_MAX && strbuf_read_file(&text, path)) {
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
}

/* As readline: INPUTRC, else ~/.inputrc.  /etc/inputrc only holds what we have anyway. */
void editing_read_inputrc(Editing *editing)
{
    Reader reader = {.editing = editing, .active = {true}};
    const char *named = getenv("INPUTRC");
    char *path = expand_tilde(xstrdup(named && *named ? named : "~/.inputrc"));

    read_file(&reader, path);
    free(path);
}
