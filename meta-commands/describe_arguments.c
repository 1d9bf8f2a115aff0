/*
 * describe_arguments.c — types as patterns.
 *
 * A pattern is compared with a type's catalog name (int4) and with the one that format_type shows
 * (integer).  The grammar knows names that are neither (int), and arrays have two spellings; psql
 * lets these stand for the name shown, and so do we.
 */
#include "describe_arguments.h"

#include <string.h>

static const struct {
    const char *typed, *shown;
} spellings[] = {
    {"decimal", "numeric"},
    {"float", "double precision"},
    {"int", "integer"},
    /* arrays whose shown name differs from the element's catalog name */
    {"bool[]", "boolean[]"},
    {"decimal[]", "numeric[]"},
    {"float[]", "double precision[]"},
    {"float4[]", "real[]"},
    {"float8[]", "double precision[]"},
    {"int[]", "integer[]"},
    {"int2[]", "smallint[]"},
    {"int4[]", "integer[]"},
    {"int8[]", "bigint[]"},
    {"time[]", "time without time zone[]"},
    {"timetz[]", "time with time zone[]"},
    {"timestamp[]", "timestamp without time zone[]"},
    {"timestamptz[]", "timestamp with time zone[]"},
    {"varbit[]", "bit varying[]"},
    {"varchar[]", "character varying[]"},
};

const char *describe_type_pattern(const char *pattern)
{
    for (size_t i = 0; pattern && i < lengthof(spellings); i++)
        if (ascii_casecmp(pattern, spellings[i].typed) == 0)
            return spellings[i].shown;
    return pattern;
}

bool describe_argument(Shell *shell, StrBuf *where, const char *column, const char *absent,
                       const char *pattern)
{
    static const PatternColumns type = {
        .schema = "tn.nspname",
        .name = "t.typname",
        .alt_name = "pg_catalog.format_type(t.oid, NULL)",
        .visible = "pg_catalog.pg_type_is_visible(t.oid)",
        .parts = 3,
    };
    StrBuf conditions = STRBUF_INIT;
    bool ok;

    if (strcmp(pattern, "-") == 0) {
        sql_and(where, absent);
        return true;
    }
    ok = pattern_conditions(shell, &conditions, describe_type_pattern(pattern), &type);
    if (conditions.len) { /* *.* asks for nothing, not even for an argument */
        sql_and(where, "EXISTS (SELECT FROM pg_catalog.pg_type AS t"
                       " JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.typnamespace"
                       " WHERE t.oid = ");
        strbuf_addf(where, "%s AND %s)", column, conditions.data);
    }
    strbuf_free(&conditions);
    return ok;
}
