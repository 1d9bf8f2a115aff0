/*
 * \dy — event triggers.
 */
#include "pgmish/describe.h"

static const DescribeColumn event_trigger_columns[] = {
    {"Name", {"e.evtname"}},
    {"Event", {"e.evtevent"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(e.evtowner)"}},
    {"Enabled",
     {"CASE e.evtenabled"
      " WHEN 'O' THEN 'enabled'"
      " WHEN 'D' THEN 'disabled'"
      " WHEN 'A' THEN 'always'"
      " WHEN 'R' THEN 'replica'"
      " END"}},
    {"Function", {"e.evtfoid::pg_catalog.regproc"}},
    {"Tags",
     {"pg_catalog.array_to_string(ARRAY(SELECT x FROM pg_catalog.unnest(e.evttags) AS t(x)),"
      " ', ')"}},
    {"Description",
     {"pg_catalog.obj_description(e.oid, 'pg_event_trigger')", .needs = DESCRIBE_PLUS}},
    {NULL},
};

static const DescribeList event_triggers = {
    .title = "List of event triggers",
    .columns = event_trigger_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_event_trigger AS e"}, {NULL}},
    .pattern = {.name = "e.evtname", .parts = 1},
    .order = "1",
};

DESCRIBE_RUN(dy, event_triggers)

META_COMMAND(dy) = {
    .names = "dy{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dy[+] [PATTERN]",
    .brief = "list event triggers",
    .help = "+ adds descriptions.",
    .run = run_dy,
};
