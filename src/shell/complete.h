/*
 * complete.h — tab completion's engine: from the text before the cursor to candidates.
 *
 * The engine knows no terminal; editing_tab.c shows what it finds.  Rules are rows of data
 * (complete_rules*.c); a reader adds a rule by adding a row.
 */
#ifndef PGMISH_COMPLETE_H
#define PGMISH_COMPLETE_H

#include "pgmish/meta.h"

typedef struct Completion {
    size_t start;    /* offset in the line of the word that a match replaces */
    StrList matches; /* whole replacements of the word */
    bool files;      /* file names: shown without their directories */
    char suffix;     /* goes behind a sole match; 0: nothing */
} Completion;

/* query: statement typed in earlier lines; line[0, point) is the text before the cursor. */
void complete_text(Shell *shell, const char *query, const char *line, size_t point,
                   Completion *completion);
void completion_free(Completion *completion);

#endif
