/*
 * identity.c — the id of a file that declares none: MD5 of its path (contract M7).
 *
 * MD5 (RFC 1321) is written out here because it names a file and protects nothing, while
 * cryptographic libraries in their FIPS configuration refuse to compute it at all.
 */
#include <math.h>
#include <string.h>

#include "pgmish/project.h"

static uint32_t rotate(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

/* One block of 64 bytes into the state. */
static void md5_block(uint32_t state[4], const unsigned char *block)
{
    static const int shifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

    for (int i = 0; i < 64; i++) {
        /* RFC 1321 defines its table as 2^32 times the sine of 1..64 */
        uint32_t constant = (uint32_t)(uint64_t)floor(fabs(sin(i + 1)) * 4294967296.0);
        uint32_t mix, word, kept = d;
        int at;

        if (i < 16) {
            mix = (b & c) | (~b & d);
            at = i;
        } else if (i < 32) {
            mix = (d & b) | (~d & c);
            at = (5 * i + 1) % 16;
        } else if (i < 48) {
            mix = b ^ c ^ d;
            at = (3 * i + 5) % 16;
        } else {
            mix = c ^ (b | ~d);
            at = (7 * i) % 16;
        }
        word = (uint32_t)block[at * 4] | (uint32_t)block[at * 4 + 1] << 8 |
               (uint32_t)block[at * 4 + 2] << 16 | (uint32_t)block[at * 4 + 3] << 24;
        d = c;
        c = b;
        b += rotate(a + mix + constant + word, shifts[i / 16][i % 4]);
        a = kept;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void generic_id(const char *path, char uuid[37])
{
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    size_t len = strlen(path), rest = len % 64;
    unsigned char tail[128] = {0};
    size_t tail_len = rest < 56 ? 64 : 128;
    uint64_t bits = (uint64_t)len * 8;
    char *out = uuid;

    for (size_t i = 0; i + 64 <= len; i += 64)
        md5_block(state, (const unsigned char *)path + i);
    memcpy(tail, path + len - rest, rest);
    tail[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        tail[tail_len - 8 + (size_t)i] = (unsigned char)(bits >> (8 * i));
    for (size_t i = 0; i < tail_len; i += 64)
        md5_block(state, tail + i);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        out += sprintf(out, "%02x", (unsigned)(state[i / 4] >> (8 * (i % 4)) & 0xff));
    }
}
