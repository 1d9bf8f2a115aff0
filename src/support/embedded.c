/*
 * embedded.c — lookup in the table of files that the build put into the binary.
 */
#include "pgmish/support.h"

#include <string.h>

const EmbeddedFile *embedded_file(const char *path)
{
    for (const EmbeddedFile *file = embedded_files; file->path; file++)
        if (strcmp(file->path, path) == 0)
            return file;
    return NULL;
}
