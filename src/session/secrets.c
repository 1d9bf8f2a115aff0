/*
 * secrets.c — hides secrets in texts that are kept or handed on (shell.md section 8): passwords by
 * their looks, and the values of loaded parameters whose names look secret.
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

#define HIDDEN "[redacted]"

/* A shorter value would blot out half of every text, and hides nothing. */
enum { SHORTEST_SECRET = 4 };

static void hide(StrBuf *text, const char *secret)
{
    size_t len = strlen(secret), at = 0;
    StrBuf out = STRBUF_INIT;
    const char *hit;

    while ((hit = memmem(text->data + at, text->len - at, secret, len)) != NULL) {
        strbuf_addn(&out, text->data + at, (size_t)(hit - text->data) - at);
        strbuf_add(&out, HIDDEN);
        at = (size_t)(hit - text->data) + len;
    }
    if (at) {
        strbuf_addn(&out, text->data + at, text->len - at);
        strbuf_swap(text, &out);
    }
    strbuf_free(&out);
}

char *session_redact(const Session *session, const char *text)
{
    const StrMap *map = &session_params(session)->map;
    char *first = redact(text);
    StrBuf out = STRBUF_INIT;

    strbuf_add(&out, first);
    free(first);
    for (size_t i = 0; i < map->len; i++)
        if (secret_key(map->entries[i].key) && strlen(map->entries[i].value) >= SHORTEST_SECRET)
            hide(&out, map->entries[i].value);
    return strbuf_detach(&out);
}
