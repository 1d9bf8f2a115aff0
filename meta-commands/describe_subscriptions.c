/*
 * \dRs — subscriptions of the current database.
 */
#include "pgmish/describe.h"

static const DescribeColumn subscription_columns[] = {
    {"Name", {"s.subname"}},
    {"Owner", {"pg_catalog.pg_get_userbyid(s.subowner)"}},
    {"Enabled", {"s.subenabled"}},
    {"Publication", {"s.subpublications"}},
    {"Binary", {"s.subbinary", .needs = DESCRIBE_PLUS, .from = 140000}},
    {"Streaming", {"s.substream", .needs = DESCRIBE_PLUS, .from = 140000}},
    {"Two-phase commit", {"s.subtwophasestate", .needs = DESCRIBE_PLUS, .from = 150000}},
    {"Disable on error", {"s.subdisableonerr", .needs = DESCRIBE_PLUS, .from = 150000}},
    {"Synchronous commit", {"s.subsynccommit", .needs = DESCRIBE_PLUS}},
    {"Conninfo", {"s.subconninfo", .needs = DESCRIBE_PLUS}},
    {"Skip LSN", {"s.subskiplsn", .needs = DESCRIBE_PLUS, .from = 150000}},
    {NULL},
};

static const DescribeList subscriptions = {
    .title = "List of subscriptions",
    .columns = subscription_columns,
    .from = (const SqlPiece[]){{"pg_catalog.pg_subscription AS s"},
                               {"JOIN pg_catalog.pg_database AS d"
                                " ON d.oid = s.subdbid"
                                " AND d.datname = pg_catalog.current_database()"},
                               {NULL}},
    .pattern = {.name = "s.subname", .parts = 1},
    .order = "1",
    .since = 100000,
    .feature = "subscriptions",
};

DESCRIBE_RUN(dRs, subscriptions)

META_COMMAND(dRs) = {
    .names = "dRs{*}",
    .args = "n;",
    .flags = META_NEEDS_CONN,
    .group = HELP_INFORMATIONAL,
    .synopsis = "\\dRs[+] [PATTERN]",
    .brief = "list replication subscriptions",
    .run = run_dRs,
};
