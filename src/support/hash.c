/*
 * hash.c — SHA-256, by which the session knows whether a file changed (contract C1).
 */
#include "pgmish/support.h"

#include <openssl/evp.h>
#include <stdlib.h>

void sha256_hex(const void *data, size_t len, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];

    /* Fails only where OpenSSL has no SHA-256 at all; a wrong checksum would be worse. */
    if (!EVP_Digest(data, len, raw, NULL, EVP_sha256(), NULL)) {
        fputs("SHA-256 is not available in this OpenSSL\n", stderr);
        abort();
    }
    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[64] = '\0';
}
