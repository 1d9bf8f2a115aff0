/* path.h — file names as psql writes them in messages.  Private to src/shell. */
#ifndef PGMISH_PATH_H
#define PGMISH_PATH_H

/* In place: doubled slashes squeezed, "." components and a trailing slash dropped, "x/.."
 * resolved by text. */
void path_canonicalize(char *path);

#endif
