/*
 * yardstick.h — what the programs of the benchmark share: a clock, and a file's text.
 *
 * They link nothing of pgmish, on purpose: what it is measured against must not become slower or
 * faster with it.
 */
#ifndef PGMISH_YARDSTICK_H
#define PGMISH_YARDSTICK_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Owned text of a file, with a NUL behind it.  NULL: said why. */
static inline char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = NULL;
    long len;

    if (in && fseek(in, 0, SEEK_END) == 0 && (len = ftell(in)) >= 0) {
        rewind(in);
        text = calloc(1, (size_t)len + 1);
        if (text && fread(text, 1, (size_t)len, in) != (size_t)len) {
            free(text);
            text = NULL;
        }
    }
    if (!text)
        perror(path);
    if (in)
        fclose(in);
    return text;
}

#endif
