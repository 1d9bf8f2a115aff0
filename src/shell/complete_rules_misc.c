/*
 * complete_rules_misc.c — what may stand where in statements of administration and of the
 * session: transactions, SET, VACUUM, COPY and the like.  complete.h explains the columns.
 */
#include "complete.h"

#define STATEMENTS                                                                             \
    "ABORT, ALTER, ANALYZE, BEGIN, CALL, CHECKPOINT, CLOSE, CLUSTER, COMMENT, COMMIT, COPY, "  \
    "CREATE, DEALLOCATE, DECLARE, DELETE FROM, DISCARD, DO, DROP, END, EXECUTE, EXPLAIN, "     \
    "FETCH, "                                                                                  \
    "GRANT, IMPORT FOREIGN SCHEMA, INSERT INTO, LISTEN, LOAD, LOCK, MERGE INTO, MOVE, "        \
    "NOTIFY, "                                                                                 \
    "PREPARE, REASSIGN, REFRESH MATERIALIZED VIEW, REINDEX, RELEASE, RESET, REVOKE, "          \
    "ROLLBACK, "                                                                               \
    "SAVEPOINT, SECURITY LABEL, SELECT, SET, SHOW, START, TABLE, TRUNCATE, UNLISTEN, UPDATE, " \
    "VACUUM, VALUES, WITH"
#define TRANSACTION_MODES "DEFERRABLE, ISOLATION LEVEL, NOT DEFERRABLE, READ"
#define COPY_OPTIONS      "FORMAT, DELIMITER, NULL, HEADER, QUOTE, ESCAPE, ENCODING"
#define VACUUM_OPTIONS                                                                         \
    "FULL, FREEZE, ANALYZE, VERBOSE, DISABLE_PAGE_SKIPPING, SKIP_LOCKED, INDEX_CLEANUP, "      \
    "PROCESS_TOAST, TRUNCATE, PARALLEL"
#define DIRECTIONS                                                                             \
    "ABSOLUTE, ALL, BACKWARD, FIRST, FORWARD, FROM, IN, LAST, "                                \
    "NEXT, "                                                                                   \
    "PRIOR, RELATIVE"

const CompleteRule complete_rules_misc[] = {
    {"^", STATEMENTS},

    /* transactions */
    {"^ ABORT", "AND, WORK, TRANSACTION"},
    {"^ BEGIN", TRANSACTION_MODES ", WORK, TRANSACTION"},
    {"^ BEGIN WORK|TRANSACTION", TRANSACTION_MODES},
    {"^ START", "TRANSACTION"},
    {"^ START TRANSACTION", TRANSACTION_MODES},
    {"^ BEGIN|START|SET ... ISOLATION LEVEL", "READ, REPEATABLE READ, SERIALIZABLE"},
    {"^ BEGIN|START|SET ... ISOLATION", "LEVEL"},
    {"^ BEGIN|START|SET ... ISOLATION LEVEL READ", "COMMITTED, UNCOMMITTED"},
    {"^ BEGIN|START|SET ... ISOLATION LEVEL REPEATABLE", "READ"},
    {"^ BEGIN|START ... NOT", "DEFERRABLE"},
    {"^ BEGIN|START ... READ", "ONLY, WRITE"},
    {"^ BEGIN|START [WORK|TRANSACTION] ...", TRANSACTION_MODES},
    {"^ COMMIT", "AND, PREPARED, WORK, TRANSACTION"},
    {"^ END", "AND, WORK, TRANSACTION"},
    {"^ ROLLBACK", "AND, TO SAVEPOINT, PREPARED, WORK, TRANSACTION"},
    {"^ ABORT|COMMIT|END|ROLLBACK [WORK|TRANSACTION] AND", "CHAIN, ?NO CHAIN"},
    {"^ ABORT|COMMIT|END|ROLLBACK WORK|TRANSACTION", "AND CHAIN, AND NO CHAIN"},
    {"^ COMMIT|ROLLBACK PREPARED", "@prepared_transactions"},
    {"^ RELEASE", "SAVEPOINT"},
    {"^ ROLLBACK [WORK|TRANSACTION] TO", "SAVEPOINT"},
    {"^ PREPARE TRANSACTION", ""},

    /* settings */
    {"^ SET", SETTABLE ", ?LOCAL, ?TIME ZONE"},
    {"^ SHOW",
     "SESSION AUTHORIZATION, ALL, ?TIME ZONE, ?TRANSACTION ISOLATION LEVEL, @settings"},
    {"^ RESET", SETTABLE ", ?SESSION AUTHORIZATION"},
    {"^ SHOW SESSION", "AUTHORIZATION"},
    {"^ RESET SESSION", "AUTHORIZATION"},
    {"^ SET TRANSACTION", "ISOLATION LEVEL, READ, SNAPSHOT, DEFERRABLE, NOT DEFERRABLE"},
    {"^ SET TRANSACTION|CHARACTERISTICS ... READ", "ONLY, WRITE"},
    {"^ SET SESSION CHARACTERISTICS ... READ", "ONLY, WRITE"},
    {"^ SET TRANSACTION NOT", "DEFERRABLE"},
    {"^ SET CONSTRAINTS", "@constraints_and_schemas, ALL"},
    {"^ SET CONSTRAINTS _", "DEFERRED, IMMEDIATE"},
    {"^ SET ROLE", "@roles, ?NONE"},
    {"^ SET SESSION", "AUTHORIZATION, CHARACTERISTICS AS TRANSACTION, ?@changeable_settings"},
    {"^ SET LOCAL", "@changeable_settings, TIME ZONE, ROLE, SESSION AUTHORIZATION"},
    {"^ SET [LOCAL|SESSION] SESSION AUTHORIZATION", "@roles, DEFAULT"},
    {"^ SET SESSION AUTHORIZATION", "@roles, DEFAULT"},
    {"^ SET SESSION CHARACTERISTICS AS TRANSACTION", TRANSACTION_MODES},
    {"^ SET [LOCAL|SESSION] TIME ZONE", "@timezones, LOCAL, DEFAULT"},
    {"^ SET [LOCAL|SESSION] SCHEMA", ""},
    {"^ SET [LOCAL|SESSION] search_path TO|=", "@search_path_schemas, DEFAULT"},
    {"^ SET [LOCAL|SESSION] timezone TO|=", "@timezones, DEFAULT"},
    {"^ SET [LOCAL|SESSION] default_tablespace|temp_tablespaces TO|=", "@tablespaces, DEFAULT"},
    {"^ SET [LOCAL|SESSION] client_encoding TO|=", "@encodings, DEFAULT"},
    {"^ SET [LOCAL|SESSION] default_table_access_method TO|=",
     "@table_access_methods, DEFAULT"},
    {"^ SET [LOCAL|SESSION] default_text_search_config TO|=", "@ts_configurations, DEFAULT"},
    {"^ SET [LOCAL|SESSION] datestyle TO|=",
     "ISO, SQL, POSTGRES, GERMAN, YMD, DMY, MDY, US, EUROPEAN, NONEUROPEAN, DEFAULT"},
    {"^ SET [LOCAL|SESSION] @ TO|=", SETTING_VALUES},
    {"^ SET [LOCAL|SESSION] !LOCAL|SESSION|ROLE|TRANSACTION|CONSTRAINTS", "TO"},
    {"^ DISCARD", "ALL, PLANS, SEQUENCES, TEMP"},

    /* cursors, prepared statements, notifications */
    {"^ CLOSE", "ALL, @cursors"},
    {"^ DECLARE _", "ASENSITIVE, BINARY, INSENSITIVE, SCROLL, NO SCROLL, CURSOR"},
    {"^ DECLARE _ ... BINARY", "ASENSITIVE, INSENSITIVE, SCROLL, NO SCROLL, CURSOR"},
    {"^ DECLARE _ ... ASENSITIVE|INSENSITIVE", "SCROLL, NO SCROLL, CURSOR"},
    {"^ DECLARE _ ... SCROLL", "CURSOR"},
    {"^ DECLARE _ ... NO", "SCROLL"},
    {"^ DECLARE _ ... CURSOR", "WITH HOLD, WITHOUT HOLD, FOR"},
    {"^ DECLARE _ ... CURSOR WITH|WITHOUT", "HOLD"},
    {"^ DECLARE _ ... CURSOR WITH|WITHOUT HOLD", "FOR"},
    {"^ DECLARE _ ... CURSOR [WITH|WITHOUT HOLD] FOR", "SELECT, VALUES, WITH, TABLE"},
    {"^ FETCH|MOVE", DIRECTIONS ", @cursors"},
    {"^ FETCH|MOVE BACKWARD|FORWARD", "ALL, FROM, IN"},
    {"^ FETCH|MOVE ABSOLUTE|RELATIVE", "ALL, FROM, IN"},
    {"^ FETCH|MOVE ... FROM|IN", "@cursors"},
    {"^ FETCH|MOVE ...", "FROM, IN"},
    {"^ EXECUTE", "@prepared_statements"},
    {"^ EXECUTE _", "("},
    {"^ DEALLOCATE", "@prepared_statements, ALL, ?PREPARE"},
    {"^ DEALLOCATE PREPARE", "@prepared_statements, ALL"},
    {"^ PREPARE _ AS",
     "SELECT, UPDATE, INSERT INTO, DELETE FROM, ?MERGE INTO, ?VALUES, ?WITH, ?TABLE"},
    {"^ PREPARE _ (", "@types"},
    {"^ PREPARE _ [()]", "AS, ("},
    {"^ PREPARE", "TRANSACTION"},
    {"^ LISTEN|NOTIFY", "@channels"},
    {"^ UNLISTEN", "@channels, *"},

    /* COPY */
    {"^ COPY", "@tables, (, ?@selectables"},
    {"^ COPY (", "SELECT, TABLE, VALUES, INSERT INTO, UPDATE, DELETE FROM, WITH"},
    {"^ COPY ()", "FROM, TO"},
    {"^ COPY @ (", "@columns_of"},
    {"^ COPY _ [()]", "FROM, TO"},
    {"^ COPY _ [()] FROM", "@files, ?STDIN, ?PROGRAM"},
    {"^ COPY _ [()] TO", "@files, ?STDOUT, ?PROGRAM"},
    {"^ COPY () TO", "@files, ?STDOUT, ?PROGRAM"},
    {"^ COPY _ [()] FROM [PROGRAM] _", "WITH (, WHERE"},
    {"^ COPY _ [()] TO [PROGRAM] _", "WITH ("},
    {"^ COPY _ [()] FROM ... WITH (", COPY_OPTIONS ", FREEZE, FORCE_NOT_NULL, FORCE_NULL"},
    {"^ COPY ... WITH (", COPY_OPTIONS ", FORCE_QUOTE"},
    {"^ COPY ... WITH ( FORMAT", "binary, csv, text"},
    {"^ COPY ... WITH ( HEADER", "~true, false, match"},
    {"^ COPY ... WITH ( FREEZE", "~true, false"},
    {"^ COPY ... WITH ( ENCODING", "@encoding_literals"},
    {"^ COPY ... WITH ( FORCE_QUOTE|FORCE_NOT_NULL|FORCE_NULL [(]", "@columns"},
    {"^ COPY _ [()] FROM _ WITH ()", "WHERE"},
    {"^ COPY ... WHERE", "@columns"},

    /* maintenance */
    {"^ ANALYZE", "@statisticables, VERBOSE"},
    {"^ ANALYZE (", "VERBOSE, SKIP_LOCKED"},
    {"^ ANALYZE ( VERBOSE|SKIP_LOCKED", "ON, OFF"},
    {"^ ANALYZE ()|VERBOSE", "@statisticables"},
    {"^ ANALYZE @ (", "@columns_of"},
    {"^ ANALYZE ()|VERBOSE @ (", "@columns_of"},
    {"^ ANALYZE ... _", "@statisticables, ?("},
    {"^ CLUSTER", "@clusterables, VERBOSE"},
    {"^ CLUSTER (", "VERBOSE"},
    {"^ CLUSTER VERBOSE|()", "@clusterables"},
    {"^ CLUSTER [VERBOSE|()] _", "USING"},
    {"^ CLUSTER [VERBOSE|()] @ USING", "@indexes_of"},
    {"^ VACUUM", "@vacuumables, FULL, FREEZE, ANALYZE, VERBOSE"},
    {"^ VACUUM (", VACUUM_OPTIONS},
    {"^ VACUUM ( "
     "FULL|FREEZE|ANALYZE|VERBOSE|DISABLE_PAGE_SKIPPING|SKIP_LOCKED|PROCESS_TOAST|TRUNCATE",
     "ON, OFF"},
    {"^ VACUUM ( INDEX_CLEANUP", "AUTO, ON, OFF"},
    {"^ VACUUM FULL", "@vacuumables, FREEZE, ANALYZE, VERBOSE"},
    {"^ VACUUM [FULL] FREEZE", "@vacuumables, ANALYZE, VERBOSE"},
    {"^ VACUUM [FULL] [FREEZE] VERBOSE", "@vacuumables, ANALYZE"},
    {"^ VACUUM [FULL] [FREEZE] [VERBOSE] ANALYZE", "@vacuumables"},
    {"^ VACUUM ()", "@vacuumables"},
    {"^ VACUUM ... @ (", "@columns_of"},
    {"^ VACUUM ... _", "@vacuumables, ?("},
    {"^ CHECKPOINT", ""},
    {"^ REFRESH", "MATERIALIZED VIEW"},
    {"^ REFRESH MATERIALIZED", "VIEW"},
    {"^ REFRESH MATERIALIZED VIEW", "@matviews, CONCURRENTLY"},
    {"^ REFRESH MATERIALIZED VIEW CONCURRENTLY", "@matviews"},
    {"^ REFRESH MATERIALIZED VIEW [CONCURRENTLY] _", "WITH"},
    {"^ REFRESH MATERIALIZED VIEW CONCURRENTLY _ WITH", "DATA"},
    {"^ REFRESH MATERIALIZED VIEW _ WITH", "NO DATA, DATA"},
    {"^ REINDEX [()]", "TABLE, INDEX, SYSTEM, SCHEMA, DATABASE"},
    {"^ REINDEX (", "CONCURRENTLY, TABLESPACE, VERBOSE"},
    {"^ REINDEX ( VERBOSE|CONCURRENTLY", "TRUE, FALSE"},
    {"^ REINDEX ( TABLESPACE", "@tablespaces"},
    {"^ REINDEX [()] TABLE", "@indexables, CONCURRENTLY"},
    {"^ REINDEX [()] INDEX", "@indexes, CONCURRENTLY"},
    {"^ REINDEX [()] SCHEMA", "@schemas, CONCURRENTLY"},
    {"^ REINDEX [()] SYSTEM|DATABASE", "@databases, CONCURRENTLY"},
    {"^ REINDEX [()] TABLE CONCURRENTLY", "@indexables"},
    {"^ REINDEX [()] INDEX CONCURRENTLY", "@indexes"},
    {"^ REINDEX [()] SCHEMA CONCURRENTLY", "@schemas"},
    {"^ REINDEX [()] SYSTEM|DATABASE CONCURRENTLY", "@databases"},
    {"^ LOCK", "TABLE, ONLY, @tables, ?@selectables"},
    {"^ LOCK TABLE", "ONLY, @tables, ?@selectables"},
    {"^ LOCK [TABLE] ONLY", "@tables, ?@selectables"},
    {"^ LOCK ... IN",
     "ACCESS SHARE MODE, ROW SHARE MODE, ROW EXCLUSIVE MODE, SHARE UPDATE EXCLUSIVE MODE, "
     "SHARE MODE, SHARE ROW EXCLUSIVE MODE, EXCLUSIVE MODE, ACCESS EXCLUSIVE MODE"},
    {"^ LOCK ... MODE", "NOWAIT"},
    {"^ LOCK [TABLE] [ONLY] _", "IN, NOWAIT"},
    {"^ TRUNCATE", "TABLE, ONLY, @truncatables"},
    {"^ TRUNCATE TABLE", "ONLY, @truncatables"},
    {"^ TRUNCATE [TABLE] ONLY", "@truncatables"},
    {"^ TRUNCATE [TABLE] [ONLY] _ RESTART|CONTINUE", "IDENTITY"},
    {"^ TRUNCATE [TABLE] [ONLY] _ RESTART|CONTINUE IDENTITY", "CASCADE, RESTRICT"},
    {"^ TRUNCATE [TABLE] [ONLY] _", "RESTART IDENTITY, CONTINUE IDENTITY, CASCADE, RESTRICT"},

    /* CALL, DO, EXPLAIN, LOAD, TABLE */
    {"^ CALL", "@procedures"},
    {"^ CALL _", "("},
    {"^ DO", "LANGUAGE"},
    {"^ DO LANGUAGE", "@languages"},
    {"^ EXPLAIN", "SELECT, INSERT INTO, DELETE FROM, UPDATE, DECLARE, MERGE INTO, EXECUTE, "
                  "ANALYZE, VERBOSE, ?VALUES, ?WITH, ?CREATE"},
    {"^ EXPLAIN (", "ANALYZE, VERBOSE, COSTS, SETTINGS, BUFFERS, WAL, TIMING, SUMMARY, FORMAT"},
    {"^ EXPLAIN ( ANALYZE|VERBOSE|COSTS|SETTINGS|BUFFERS|WAL|TIMING|SUMMARY", "ON, OFF"},
    {"^ EXPLAIN ( FORMAT", "TEXT, XML, JSON, YAML"},
    {"^ EXPLAIN ANALYZE", "SELECT, INSERT INTO, DELETE FROM, UPDATE, DECLARE, MERGE INTO, "
                          "EXECUTE, VERBOSE, ?VALUES, ?WITH"},
    {"^ EXPLAIN [ANALYZE] VERBOSE|()",
     "SELECT, INSERT INTO, DELETE FROM, UPDATE, DECLARE, MERGE INTO, EXECUTE, ?VALUES, ?WITH"},
    {"^ TABLE", "@selectables"},
    {NULL, NULL},
};
