/*
 * history_mask.c — keeps parameter values and passwords out of history and echo (shell.md section 8):
 * `\pgmi load DIR KEY=VALUE` and `\pgmi set KEY VALUE` are kept with *** for VALUE, and behind
 * `\password` nothing but the role stays.
 */
#include "editing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static size_t blanks(const char *s)
{
    return strspn(s, " \t\r\f\v");
}

/* Length of an argument of a meta-command: bare text and quoted parts in any mix. */
static size_t argument_length(const char *s)
{
    size_t n = 0;
    char quote = 0;

    for (; s[n] && s[n] != '\n'; n++) {
        if (quote && s[n] == '\\' && quote == '\'' && s[n + 1] && s[n + 1] != '\n')
            n++;
        else if (quote)
            quote = (char)(s[n] == quote ? 0 : quote);
        else if (strchr("'\"`", s[n]))
            quote = s[n];
        else if (isspace((unsigned char)s[n]))
            break;
    }
    return n;
}

/* The word at s is this one, behind it comes a blank or the end. */
static bool word_is(const char *s, const char *word)
{
    size_t n = strlen(word);

    return strncmp(s, word, n) == 0 && (!s[n] || isspace((unsigned char)s[n]));
}

/* Copies the arguments up to the end of the line; returns what was eaten. */
static size_t mask_arguments(const char *s, bool values_stand_alone, StrBuf *out)
{
    const char *p = s;

    for (size_t index = 0;; index++) {
        size_t n = blanks(p);
        size_t len = argument_length(p + n);
        const char *equals = memchr(p + n, '=', len);

        strbuf_addn(out, p, n);
        p += n;
        if (!len)
            return (size_t)(p - s);
        if (equals) {
            strbuf_addn(out, p, (size_t)(equals - p) + 1);
            strbuf_add(out, "***");
        } else if (values_stand_alone && index > 0) {
            strbuf_add(out, "***");
        } else {
            strbuf_addn(out, p, len);
        }
        p += len;
    }
}

/* \password: the role, then nothing.  Returns what was eaten. */
static size_t mask_password(const char *s, StrBuf *out)
{
    size_t gap = blanks(s);
    size_t role = argument_length(s + gap);

    strbuf_addn(out, s, role ? gap + role : 0);
    return strcspn(s, "\n");
}

/* s stands behind a backslash.  Returns what was copied of the command and masked.  \password
 * counts at the beginning of a line only: elsewhere it is more likely part of a string. */
static size_t mask_command(const char *s, bool line_begins, StrBuf *out)
{
    const char *p = s;
    bool set;

    if (line_begins && word_is(p, "password")) {
        strbuf_add(out, "password");
        return 8 + mask_password(p + 8, out);
    }
    if (!word_is(p, "pgmi"))
        return 0;
    p += 4;
    p += blanks(p);
    if (!word_is(p, "load") && !word_is(p, "set"))
        return 0;
    set = *p == 's';
    p += set ? 3 : 4;
    strbuf_addn(out, s, (size_t)(p - s));
    return (size_t)(p - s) + mask_arguments(p, set, out);
}

char *history_masked(const char *entry)
{
    StrBuf out = STRBUF_INIT;
    bool line_begins = true;

    for (const char *p = entry; *p;) {
        char c = *p++;

        strbuf_addc(&out, c);
        if (c == '\\')
            p += mask_command(p, line_begins, &out);
        line_begins = c == '\n' || (line_begins && isspace((unsigned char)c));
    }
    return strbuf_detach(&out);
}

void shell_echo_line(const char *line, size_t skip)
{
    /* Everything else is shown as psql shows it. */
    char *masked = strstr(line, "\\pgmi") ? history_masked(line) : NULL;

    puts((masked ? masked : line) + skip);
    free(masked);
}
