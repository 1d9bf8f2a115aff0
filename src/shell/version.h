/* version.h — the versions that the shell shows.  Private to src/shell and main. */
#ifndef PGMISH_VERSION_H
#define PGMISH_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/* "15.20 (Debian 15.20-0+deb12u1)" for the libpq in use; packaging only where it is known. */
const char *version_name(void);
/* psql's VERSION: "PostgreSQL 15.20 (...) on x86_64-..., compiled by ..., 64-bit". */
const char *version_text(void);
/* 150020 as "15.20", or "15" without the minor version; 90624 as "9.6.24" or "9.6". */
void version_number_text(int number, bool with_minor, char *out, size_t size);

#endif
