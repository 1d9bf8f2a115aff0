/*
 * complete_objects.h — a row of the catalog queries that completion asks.
 */
#ifndef PGMISH_COMPLETE_OBJECTS_H
#define PGMISH_COMPLETE_OBJECTS_H

#include "complete.h"

typedef enum SourceShape {
    IN_SCHEMA,       /* columns: name, schema's oid, visible without it */
    GLOBAL,          /* column: name, an identifier */
    RAW,             /* column: text, taken as it is, case ignored */
    KEYWORD,         /* column: text whose case COMP_KEYWORD_CASE says */
    LITERAL,         /* column: text that is offered as a string literal */
    LITERAL_ANY_CASE /* the same where the server does not mind the case of what was typed */
} SourceShape;

typedef struct CompleteSource {
    const char *name;
    SourceShape shape;
    const char *sql;
} CompleteSource;

extern const CompleteSource complete_sources[]; /* ends with name NULL */

#endif
