/*
 * memory.c — allocation that does not fail: out of memory ends the program with status 1, as
 * psql does, since no room could do anything sensible about it.
 */
#include "pgmish/support.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void out_of_memory(void)
{
    fputs("out of memory\n", stderr);
    exit(EXIT_FAILURE);
}

static void *checked(void *ptr)
{
    if (!ptr)
        out_of_memory();
    return ptr;
}

void *xmalloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *ptr, size_t size)
{
    return checked(realloc(ptr, size ? size : 1));
}

char *xstrdup(const char *s)
{
    return xstrndup(s, strlen(s));
}

char *xstrdup_null(const char *s)
{
    return s ? xstrdup(s) : NULL;
}

char *xstrndup(const char *s, size_t len)
{
    char *copy = xmalloc(len + 1);

    if (len)
        memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    StrBuf buf = STRBUF_INIT;
    va_list args;

    va_start(args, fmt);
    strbuf_vaddf(&buf, fmt, args);
    va_end(args);
    return strbuf_detach(&buf);
}

double monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
