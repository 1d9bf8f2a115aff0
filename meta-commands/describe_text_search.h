/*
 * describe_text_search.h — what \dF+ and \dFp+ share with the lists.
 */
#ifndef PGMISH_DESCRIBE_TEXT_SEARCH_H
#define PGMISH_DESCRIBE_TEXT_SEARCH_H

#include "pgmish/describe.h"

/* One table, or two, for each object that the list has. */
MetaResult describe_configurations(const Describe *describe, const DescribeList *list);
MetaResult describe_parsers(const Describe *describe, const DescribeList *list);

#endif
