/*
 * \dl and \lo_list — large objects.
 */
#include "pgmish/describe.h"

static const DescribeColumn large_object_columns[] = {
    {"ID", {"m.oid"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(m.lomowner)"}},
    {"Access privileges", {SQL_ACL("m.lomacl"), .needs = DESCRIBE_PLUS}},
    {"Description", {"pg_catalog.obj_description(m.oid, 'pg_largeobject')"}},
    {NULL},
};

static const DescribeList large_objects = {
    .title = "Large objects",
    .columns = large_object_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_largeobject_metadata AS m"}, {NULL}},
    .order = "m.oid",
};

/* An argument is read and means nothing, as in psql. */
DESCRIBE_RUN(dl, large_objects)

META_COMMAND(dl) = {
    .names = "dl{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dl[+]",
    .brief = "list large objects, same as \\lo_list",
    .run = run_dl,
};

META_COMMAND(lo_list) = {
    .names = "lo_list lo_list+",
    .args = "n;n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_LARGE_OBJECTS,
    .synopsis = "\\lo_list[+]",
    .brief = "list large objects",
    .run = run_dl,
};
