/* describe_tables.h — the list of relations, which \d without a name shows too. */
#ifndef DESCRIBE_TABLES_H
#define DESCRIBE_TABLES_H

#include "pgmish/describe.h"

/* letters: any of t v m i s E; none of them: all but i. */
MetaResult describe_tables(const Describe *describe, const char *letters);

#endif
