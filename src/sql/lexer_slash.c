/*
 * lexer_slash.c — names and arguments of backslash commands.
 *
 * Other rules than in SQL hold here: quotes take backslash sequences, backquotes run a command,
 * the value of a variable is never scanned again.  The text may stand in a variable that is being
 * expanded (\set c '\\echo' and then :c); when its end is reached reading goes on behind it.
 */
#include "lexer_private.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

typedef struct Argument {
    Lexer *lexer;
    SlashArg kind;
    StrBuf text;
    size_t unquoted; /* bytes at its end that stood outside of quotes */
    char quote;      /* the kind of quoting met last, 0: none; ':' for a variable */
    bool unterminated;
} Argument;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Copies bytes of the source, `text` is where scanning found them. */
static void copy(StrBuf *out, LexSource *src, size_t count)
{
    strbuf_addn(out, src->orig + src->pos, count);
    src->pos += count;
}

char *lexer_slash_command(Lexer *lexer)
{
    StrBuf name = STRBUF_INIT;
    LexSource *src;

    while ((src = lexer_source(lexer)) != NULL) {
        char c = src->text[src->pos];

        if (is_blank(c) || c == '\\')
            break;
        copy(&name, src, 1);
    }
    lexer->state = IN_PLAIN;
    return strbuf_detach(&name);
}

/* Eats the separator of two commands, \\; a single backslash begins the next command. */
void lexer_slash_end(Lexer *lexer)
{
    LexSource *src = lexer_source(lexer);

    if (src && src->len - src->pos >= 2 && memcmp(src->text + src->pos, "\\\\", 2) == 0)
        src->pos += 2;
}

/* ---- variables and backquotes ---------------------------------------------------------- */

static bool evaluates(const Argument *arg)
{
    return arg->kind != SLASH_NO_EVAL && lexer_active(arg->lexer);
}

/* :name; false when there is no name.  Unknown ones stay as they are. */
static bool plain_variable(Argument *arg, LexSource *src)
{
    size_t end = lexer_variable_end(src, src->pos + 1);
    char *name, *value;

    if (end == src->pos + 1)
        return false;
    name = xstrndup(src->orig + src->pos + 1, end - src->pos - 1);
    value = evaluates(arg) ? lexer_lookup(arg->lexer, name, VAR_PLAIN) : NULL;
    if (value) {
        strbuf_add(&arg->text, value);
        src->pos = end;
    } else {
        copy(&arg->text, src, end - src->pos);
    }
    free(value);
    free(name);
    return true;
}

/* :'name', :"name" and :{?name}; inside backquotes only the first, quoted for the shell. */
static bool quoted_variable(Argument *arg, LexSource *src, bool in_backquotes)
{
    char *name = NULL, *value = NULL, form = 0;
    size_t len = lexer_quoted_variable(src, src->pos, &name, &form);

    if (len && in_backquotes && form != '\'')
        len = 0;
    if (len) {
        if (in_backquotes)
            value = evaluates(arg) ? lexer_lookup(arg->lexer, name, VAR_SHELL) : NULL;
        else if (evaluates(arg))
            value = lexer_quoted_value(arg->lexer, name, form);
        else if (form == '{') /* nothing is known where nothing is evaluated */
            value = xstrdup("FALSE");
        if (value) {
            strbuf_add(&arg->text, value);
            src->pos += len;
        } else {
            copy(&arg->text, src, len);
        }
        if (form != '{' && !in_backquotes)
            arg->quote = ':';
    }
    free(value);
    free(name);
    return len != 0;
}

static void variable(Argument *arg, LexSource *src)
{
    if (plain_variable(arg, src)) {
        arg->quote = ':';
        arg->unquoted = 0;
    } else if (quoted_variable(arg, src, false)) {
        arg->unquoted = 0;
    } else {
        copy(&arg->text, src, 1);
        arg->unquoted++;
    }
}

/* The command stands at the end of the text, from `start` on; its output replaces it. */
static void run_backquoted(Argument *arg, size_t start)
{
    LexerHooks *hooks = &arg->lexer->hooks;
    char *command;

    if (!evaluates(arg))
        return;
    command = xstrdup(arg->text.data + start);
    strbuf_truncate(&arg->text, start);
    if (hooks->run_command)
        hooks->run_command(hooks->ctx, command, &arg->text);
    free(command);
}

/* ---- quotes ---------------------------------------------------------------------------------- */

static bool backquoted(Argument *arg)
{
    size_t start = arg->text.len;
    LexSource *src;

    while ((src = lexer_source(arg->lexer)) != NULL) {
        char c = src->text[src->pos];

        if (c == '`') {
            src->pos++;
            run_backquoted(arg, start);
            return true;
        }
        if (c != ':' || (!plain_variable(arg, src) && !quoted_variable(arg, src, true)))
            copy(&arg->text, src, 1);
    }
    return false;
}

/* "...": taken over with its double quotes. */
static bool double_quoted(Argument *arg)
{
    LexSource *src;

    while ((src = lexer_source(arg->lexer)) != NULL) {
        bool closing = src->text[src->pos] == '"';

        copy(&arg->text, src, 1);
        if (closing)
            return true;
    }
    return false;
}

/* Value of up to `max` digits at *pos in base 8 or 16. */
static int digits_value(const LexSource *src, size_t *pos, int base, int max)
{
    char digits[4] = "";
    int n = 0;

    while (n < max && *pos < src->len &&
           strchr(base == 8 ? "01234567" : "0123456789abcdefABCDEF", src->text[*pos]) &&
           src->text[*pos])
        digits[n++] = src->text[(*pos)++];
    return n ? (int)strtol(digits, NULL, base) : -1;
}

/* A backslash sequence inside '...': letters, octal, \xhh; any other character is itself. */
static void escape(StrBuf *out, LexSource *src)
{
    static const char from[] = "ntbrf", to[] = "\n\t\b\r\f";
    size_t pos = src->pos + 1;
    const char *known;
    int value;

    if (pos == src->len || src->text[pos] == '\n') { /* nothing to escape: a plain backslash */
        copy(out, src, 1);
        return;
    }
    known = src->text[pos] ? strchr(from, src->text[pos]) : NULL;
    if (known) {
        strbuf_addc(out, to[known - from]);
        src->pos += 2;
        return;
    }
    value = digits_value(src, &pos, 8, 3);
    if (value < 0 && src->text[pos] == 'x') {
        pos++;
        value = digits_value(src, &pos, 16, 2);
    }
    if (value >= 0) {
        strbuf_addc(out, (char)value);
        src->pos = pos;
    } else {
        src->pos++;
        copy(out, src, 1);
    }
}

static bool single_quoted(Argument *arg)
{
    LexSource *src;

    while ((src = lexer_source(arg->lexer)) != NULL) {
        char c = src->text[src->pos];

        if (c == '\\') {
            escape(&arg->text, src);
        } else if (c != '\'') {
            copy(&arg->text, src, 1);
        } else if (src->pos + 1 < src->len && src->text[src->pos + 1] == '\'') {
            strbuf_addc(&arg->text, '\'');
            src->pos += 2;
        } else {
            src->pos++;
            return true;
        }
    }
    return false;
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* One piece of an argument; false at its end. */
static bool piece(Argument *arg, LexSource *src)
{
    char c = src->text[src->pos];

    if (is_blank(c) || c == '\\')
        return false;
    switch (c) {
    case '\'':
    case '`':
        src->pos++;
        arg->unterminated = !(c == '`' ? backquoted(arg) : single_quoted(arg));
        break;
    case '"':
        copy(&arg->text, src, 1);
        arg->unterminated = !double_quoted(arg);
        break;
    case ':':
        variable(arg, src);
        return true;
    default:
        copy(&arg->text, src, 1);
        arg->unquoted++;
        return true;
    }
    arg->quote = c;
    arg->unquoted = 0;
    return !arg->unterminated;
}

/* Everything to the end of the line, blanks in front dropped. */
static void whole_line(Argument *arg)
{
    LexSource *src;

    while ((src = lexer_source(arg->lexer)) != NULL) {
        while (!arg->text.len && src->pos < src->len && is_blank(src->text[src->pos]))
            src->pos++;
        copy(&arg->text, src, src->len - src->pos);
    }
}

static void words(Argument *arg)
{
    LexSource *src;

    while ((src = lexer_source(arg->lexer)) != NULL && is_blank(src->text[src->pos]))
        src->pos++;
    if (src && arg->kind == SLASH_FILEPIPE && src->text[src->pos] == '|') {
        copy(&arg->text, src, 1);
        whole_line(arg);
        arg->unquoted = 0;
        return;
    }
    while (src && piece(arg, src))
        src = lexer_source(arg->lexer);
}

/* Takes double quotes out as in an SQL identifier and folds what stood outside of them. */
static void to_identifier(StrBuf *text, bool fold, int encoding)
{
    bool quoted = false;
    size_t from = 0, to = 0;

    while (from < text->len) {
        char c = text->data[from];
        int bytes;

        if (c == '"' && !(quoted && text->data[from + 1] == '"')) {
            quoted = !quoted;
            from++;
            continue;
        }
        if (c == '"')
            from++;
        bytes = PQmblen(text->data + from, encoding);
        if (fold && !quoted && c >= 'A' && c <= 'Z')
            text->data[from] = (char)(c + 'a' - 'A');
        do
            text->data[to++] = text->data[from++];
        while (--bytes > 0 && from < text->len);
    }
    strbuf_truncate(text, to);
}

/* Unquoted semicolons at the end; of a whole line, which knows no quotes, blanks as well. */
static void trim_semicolons(Argument *arg)
{
    StrBuf *text = &arg->text;

    if (arg->kind == SLASH_WHOLE_LINE)
        while (text->len &&
               (text->data[text->len - 1] == ';' || is_blank(text->data[text->len - 1])))
            strbuf_truncate(text, text->len - 1);
    while (arg->unquoted-- > 0 && text->len && text->data[text->len - 1] == ';')
        strbuf_truncate(text, text->len - 1);
}

char *lexer_slash_argument(Lexer *lexer, SlashArg kind, char *quote, bool strip_semicolons)
{
    Argument arg = {.lexer = lexer, .kind = kind, .text = STRBUF_INIT};

    if (kind == SLASH_WHOLE_LINE)
        whole_line(&arg);
    else
        words(&arg);
    lexer->state = IN_PLAIN;
    if (quote)
        *quote = arg.quote;
    if (arg.unterminated) {
        if (lexer->hooks.error)
            lexer->hooks.error(lexer->hooks.ctx, "unterminated quoted string");
        strbuf_free(&arg.text);
        return NULL;
    }
    if (strip_semicolons)
        trim_semicolons(&arg);
    if (kind == SLASH_SQLID || kind == SLASH_SQLIDHACK)
        to_identifier(&arg.text, kind == SLASH_SQLID, lexer->encoding);
    /* An argument that is empty and was not quoted is the end of the line. */
    if (!arg.text.len && !arg.quote) {
        strbuf_free(&arg.text);
        return NULL;
    }
    return strbuf_detach(&arg.text);
}
