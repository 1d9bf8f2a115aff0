/*
 * editing.h — line editing's own interface inside this room: who reads a line at the prompt, and
 * what completion hands back to be shown.
 */
#ifndef PGMISH_EDITING_H
#define PGMISH_EDITING_H

#include "pgmish/shell.h"

/* Reads one line with line editing; shell->editing is not NULL.  See Input.read_line. */
ReadStatus editing_read_line(Shell *shell, const char *prompt, StrBuf *line);

#endif
