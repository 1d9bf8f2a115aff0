/*
 * encoding.c — recognises that the database's encoding cannot hold a character.
 *
 * The server names the character by its bytes, in the middle of a message that may be translated:
 * `character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in ...`.
 * The bytes lead to the place in the file, and to the parameter.
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

/* Reads "0xe2 0x82 0xac" out of text; returns the number of bytes. */
static size_t byte_sequence(const char *text, char bytes[8])
{
    size_t n = 0;

    for (const char *p = strstr(text, "0x"); p && strncmp(p, "0x", 2) == 0 && n < 7;) {
        char *end;
        unsigned long byte = strtoul(p + 2, &end, 16);

        if (end != p + 4 || byte == 0)
            break;
        bytes[n++] = (char)byte;
        p = *end == ' ' ? end + 1 : end;
    }
    bytes[n] = '\0';
    return n;
}

bool encoding_refused(const Diag *diag, char bytes[8])
{
    bytes[0] = '\0';
    /* untranslatable_character, character_not_in_repertoire */
    if (strcmp(diag->sqlstate, "22P05") != 0 && strcmp(diag->sqlstate, "22021") != 0)
        return false;
    if (diag->message)
        byte_sequence(diag->message, bytes);
    return true;
}
