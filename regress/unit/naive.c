/*
 * naive.c — see naive.h.  One state machine for both rules, since their states are the same; it
 * says of every byte whether it is code, a delimiter, inside a quote or part of a comment.
 */
#include "naive.h"

#include <stdlib.h>
#include <string.h>

typedef enum State { CODE, LINE, BLOCK, STRING, ESCAPE, QUOTED, BODY } State;

/* What a byte is: c code, d delimiter, q a doubled quote, i inside a quote, - comment, < the
 * first byte of a comment. */
typedef struct Machine {
    const unsigned char *s;
    size_t len, at;
    char *roles;
    State state;
    int depth;
    size_t tag, tag_len;
    bool high_in_tag, high_before; /* bytes from 0x80 are letters: in a tag, before an E */
} Machine;

static bool is_word(unsigned char c, bool high)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || (high && c >= 0x80);
}

static bool next_is(const Machine *m, const char *two)
{
    return m->at + 1 < m->len && m->s[m->at] == two[0] && m->s[m->at + 1] == two[1];
}

static void take(Machine *m, size_t count, char role)
{
    for (; count && m->at < m->len; count--)
        m->roles[m->at++] = role;
}

static size_t delimiter(const Machine *m)
{
    size_t end = m->at + 1;

    if (end < m->len && m->s[end] >= '0' && m->s[end] <= '9')
        return 0;
    while (end < m->len && is_word(m->s[end], m->high_in_tag))
        end++;
    return end < m->len && m->s[end] == '$' ? end + 1 - m->at : 0;
}

static bool escape_here(const Machine *m)
{
    unsigned char before;

    if (!m->at || (m->s[m->at - 1] != 'e' && m->s[m->at - 1] != 'E'))
        return false;
    if (m->at == 1)
        return true;
    before = m->s[m->at - 2];
    return !is_word(before, m->high_before) && before != '$';
}

static void in_code(Machine *m)
{
    size_t tag;

    if (next_is(m, "--") || next_is(m, "/*")) {
        m->state = next_is(m, "--") ? LINE : BLOCK;
        m->depth = 1;
        take(m, 1, '<');
        take(m, 1, '-');
    } else if (m->s[m->at] == '\'') {
        m->state = escape_here(m) ? ESCAPE : STRING;
        take(m, 1, 'd');
    } else if (m->s[m->at] == '"') {
        m->state = QUOTED;
        take(m, 1, 'd');
    } else if (m->s[m->at] == '$' && (tag = delimiter(m))) {
        m->state = BODY;
        m->tag = m->at;
        m->tag_len = tag;
        take(m, tag, 'd');
    } else {
        take(m, 1, 'c');
    }
}

static void in_line(Machine *m)
{
    if (m->s[m->at] == '\n' || next_is(m, "\r\n")) {
        take(m, m->s[m->at] == '\n' ? 1 : 2, 'c');
        m->state = CODE;
    } else {
        take(m, 1, '-');
    }
}

static void in_block(Machine *m)
{
    if (next_is(m, "/*")) {
        m->depth++;
        take(m, 2, '-');
    } else if (next_is(m, "*/")) {
        take(m, 2, '-');
        if (!--m->depth)
            m->state = CODE;
    } else {
        take(m, 1, '-');
    }
}

static void in_quote(Machine *m, char quote)
{
    char both[3] = {quote, quote, 0};

    if (m->state == ESCAPE && m->s[m->at] == '\\') {
        take(m, 2, 'i');
    } else if (next_is(m, both)) {
        take(m, 2, 'q');
    } else if (m->s[m->at] == (unsigned char)quote) {
        take(m, 1, 'd');
        m->state = CODE;
    } else {
        take(m, 1, 'i');
    }
}

static void in_body(Machine *m)
{
    if (m->at + m->tag_len <= m->len && !memcmp(m->s + m->at, m->s + m->tag, m->tag_len)) {
        take(m, m->tag_len, 'd');
        m->state = CODE;
    } else {
        take(m, 1, 'i');
    }
}

static void run(Machine *m)
{
    while (m->at < m->len) {
        switch (m->state) {
        case CODE:
            in_code(m);
            break;
        case LINE:
            in_line(m);
            break;
        case BLOCK:
            in_block(m);
            break;
        case STRING:
        case ESCAPE:
            in_quote(m, '\'');
            break;
        case QUOTED:
            in_quote(m, '"');
            break;
        case BODY:
            in_body(m);
            break;
        }
    }
}

/* Length of the white space at s (C2, pass 2), 0: none. */
static size_t white(const char *s)
{
    static const char *const all[] = {"\t",           "\n",           "\v",
                                      "\f",           "\r",           " ",
                                      "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80",
                                      "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
                                      "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85",
                                      "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
                                      "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
                                      "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
                                      "\xE3\x80\x80"};
    size_t i;

    for (i = 0; i < lengthof(all); i++)
        if (!strncmp(s, all[i], strlen(all[i])))
            return strlen(all[i]);
    return 0;
}

static void collapse(const char *s, StrBuf *out)
{
    size_t start = out->len, step;

    while (*s) {
        if ((step = white(s))) {
            if (out->len > start && out->data[out->len - 1] != ' ')
                strbuf_addc(out, ' ');
            s += step;
        } else {
            strbuf_addc(out, *s++);
        }
    }
    if (out->len > start && out->data[out->len - 1] == ' ')
        strbuf_truncate(out, out->len - 1);
}

void naive_normalise(const char *text, size_t len, StrBuf *out)
{
    char *roles = xcalloc(1, len + 1);
    Machine m = {.s = (const unsigned char *)text,
                 .len = len,
                 .roles = roles,
                 .high_in_tag = false,
                 .high_before = true};
    StrBuf once = STRBUF_INIT;
    size_t i;

    run(&m);
    for (i = 0; i < len; i++) {
        if (roles[i] == '<')
            strbuf_addc(&once, ' ');
        else if (roles[i] == 'c' && text[i] >= 'A' && text[i] <= 'Z')
            strbuf_addc(&once, (char)(text[i] + 32));
        else if (roles[i] != '-')
            strbuf_addc(&once, text[i]);
    }
    collapse(once.data, out);
    strbuf_free(&once);
    free(roles);
}

void naive_mask(const char *text, size_t len, bool letters, StrBuf *out)
{
    char *roles = xcalloc(1, len + 1);
    Machine m = {.s = (const unsigned char *)text,
                 .len = len,
                 .roles = roles,
                 .high_in_tag = letters,
                 .high_before = letters};
    size_t i;

    run(&m);
    for (i = 0; i < len; i++)
        strbuf_addc(out, strchr("cdq", roles[i]) ? text[i] : ' ');
    free(roles);
}
