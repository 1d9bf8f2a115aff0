/*
 * redact.c — hides passwords in every text that the program composes (contract E8) and knows
 * which parameters' values must not be shown (P9).
 *
 * Where E8's wording leaves part of a password standing (a quote that is never closed, a quote
 * or an escaped blank in the middle of it), this hides more than the letter of the rule.
 * Both passes are linear, since messages can carry a whole script.
 */
#include "pgmish/support.h"

#include <ctype.h>
#include <string.h>

#define HIDDEN "[redacted]"

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t skip_blanks(const char *s, size_t at)
{
    while (blank(s[at]))
        at++;
    return at;
}

/* End of a quoted value that starts at `at`.  A backslash (libpq) or a doubled quote (ADO)
 * does not end it; a missing quote makes the whole rest part of the password. */
static size_t quoted_end(const char *s, size_t at)
{
    char quote = s[at++];

    for (; s[at]; at++) {
        if (s[at] == '\\' && s[at + 1])
            at++;
        else if (s[at] == quote && s[at + 1] == quote)
            at++;
        else if (s[at] == quote)
            return at + 1;
    }
    return at;
}

/* End of an unquoted value: blank, &, ; or a quote that is not followed by more of a word. */
static size_t word_end(const char *s, size_t at)
{
    for (; s[at] && !blank(s[at]) && s[at] != '&' && s[at] != ';'; at++) {
        if ((s[at] == '\'' || s[at] == '"') && !isalnum((unsigned char)s[at + 1]))
            break;
        if (s[at] == '\\' && s[at + 1])
            at++;
    }
    return at;
}

/* E8 (1): password = VALUE, any case, also at the end of a longer word. */
static void hide_keywords(const char *s, StrBuf *out)
{
    const char word[] = "password";
    const char *hit;

    while ((hit = ascii_casestr(s, word))) {
        size_t at = skip_blanks(hit, sizeof word - 1);

        if (hit[at] != '=') {
            strbuf_addn(out, s, (size_t)(hit - s) + sizeof word - 1);
            s = hit + sizeof word - 1;
            continue;
        }
        strbuf_addn(out, s, (size_t)(hit - s));
        strbuf_add(out, "password=" HIDDEN);
        at = skip_blanks(hit, at + 1);
        at = hit[at] == '\'' || hit[at] == '"' ? quoted_end(hit, at) : word_end(hit, at);
        s = hit + at;
    }
    strbuf_add(out, s);
}

/* The blank-free token that holds a position: its end and its last @ (NULL: none). */
typedef struct Token {
    const char *end;
    const char *last_at;
} Token;

static void find_token(Token *token, const char *from)
{
    token->last_at = NULL;
    for (token->end = from; *token->end && !blank(*token->end); token->end++)
        if (*token->end == '@')
            token->last_at = token->end;
}

/* E8 (2): scheme://user:PASSWORD@, up to the last @ of the token. */
static void hide_uris(const char *s, StrBuf *out)
{
    const char *start = s, *hit = s;
    Token token = {s, NULL};

    while ((hit = strstr(hit, "://"))) {
        const char *user = hit + 3, *colon;

        if (hit >= token.end)
            find_token(&token, hit);
        colon = user + strcspn(user, ":/ \t\n\v\f\r");
        if (hit > start && isalnum((unsigned char)hit[-1]) && *colon == ':' && token.last_at &&
            colon < token.last_at) {
            strbuf_addn(out, s, (size_t)(colon + 1 - s));
            strbuf_add(out, HIDDEN);
            s = token.last_at;
            hit = s;
        } else {
            hit = user;
        }
    }
    strbuf_add(out, s);
}

char *redact(const char *text)
{
    StrBuf once = STRBUF_INIT, twice = STRBUF_INIT;

    hide_keywords(text, &once);
    hide_uris(once.data, &twice);
    strbuf_free(&once);
    return strbuf_detach(&twice);
}

bool secret_key(const char *key)
{
    static const char *const words[] = {"password", "secret",     "token",
                                        "key",      "credential", "auth"};
    size_t i;

    for (i = 0; i < lengthof(words); i++)
        if (ascii_casestr(key, words[i]))
            return true;
    return false;
}
