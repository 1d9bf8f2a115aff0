/*
 * printer_cases.h — options and the bytes that psql prints under them.
 */
#ifndef PGMISH_PRINTER_CASES_H
#define PGMISH_PRINTER_CASES_H

#include <stddef.h>

typedef struct PrinterCase {
    const char *options; /* NAME=VALUE of \pset, separated by blanks */
    const char *expected;
} PrinterCase;

extern const PrinterCase printer_cases[]; /* ends with options NULL */

#endif
