/*
 * complete_rules_drop.c — what may stand where in DROP, COMMENT, SECURITY LABEL, GRANT, REVOKE and
 * their kin: statements that name an object by its kind.  complete.h explains the columns.
 */
#include "complete.h"

#define DROPPED                                                                                \
    "ACCESS METHOD, AGGREGATE, CAST (, COLLATION, CONVERSION, DATABASE, DOMAIN, EVENT "        \
    "TRIGGER, "                                                                                \
    "EXTENSION, FOREIGN DATA WRAPPER, FOREIGN TABLE, FUNCTION, GROUP, INDEX, LANGUAGE, "       \
    "MATERIALIZED VIEW, OPERATOR, OWNED BY, POLICY, PROCEDURE, PUBLICATION, ROLE, ROUTINE, "   \
    "RULE, "                                                                                   \
    "SCHEMA, SEQUENCE, SERVER, STATISTICS, SUBSCRIPTION, TABLE, TABLESPACE, TEXT SEARCH "      \
    "CONFIGURATION, TEXT SEARCH DICTIONARY, TEXT SEARCH PARSER, TEXT SEARCH TEMPLATE, "        \
    "TRANSFORM "                                                                               \
    "FOR, TRIGGER, TYPE, USER, USER MAPPING FOR, VIEW"
#define COMMENTED                                                                              \
    "ACCESS METHOD, AGGREGATE, CAST (, COLLATION, COLUMN, CONSTRAINT, CONVERSION, DATABASE, "  \
    "DOMAIN, EVENT TRIGGER, EXTENSION, FOREIGN DATA WRAPPER, FOREIGN TABLE, FUNCTION, INDEX, " \
    "LANGUAGE, LARGE OBJECT, MATERIALIZED VIEW, OPERATOR, POLICY, PROCEDURAL LANGUAGE, "       \
    "PROCEDURE, PUBLICATION, ROLE, ROUTINE, RULE, SCHEMA, SEQUENCE, SERVER, STATISTICS, "      \
    "SUBSCRIPTION, TABLE, TABLESPACE, TEXT SEARCH CONFIGURATION, TEXT SEARCH DICTIONARY, "     \
    "TEXT "                                                                                    \
    "SEARCH PARSER, TEXT SEARCH TEMPLATE, TRANSFORM FOR, TRIGGER, TYPE, VIEW"
#define LABELLED                                                                               \
    "AGGREGATE, COLUMN, DATABASE, DOMAIN, EVENT TRIGGER, FOREIGN TABLE, FUNCTION, LANGUAGE, "  \
    "LARGE OBJECT, MATERIALIZED VIEW, PROCEDURE, PUBLICATION, ROLE, ROUTINE, SCHEMA, "         \
    "SEQUENCE, "                                                                               \
    "SUBSCRIPTION, TABLE, TABLESPACE, TYPE, VIEW"
#define PRIVILEGES                                                                             \
    "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, CREATE, CONNECT, "         \
    "EXECUTE, "                                                                                \
    "USAGE, TEMPORARY, SET, ALTER SYSTEM, ALL"
#define GRANTED_ON                                                                             \
    "ALL FUNCTIONS IN SCHEMA, ALL PROCEDURES IN SCHEMA, ALL ROUTINES IN SCHEMA, ALL "          \
    "SEQUENCES IN "                                                                            \
    "SCHEMA, ALL TABLES IN SCHEMA, DATABASE, DOMAIN, FOREIGN DATA WRAPPER, FOREIGN SERVER, "   \
    "FUNCTION, LANGUAGE, LARGE OBJECT, PARAMETER, PROCEDURE, ROUTINE, SCHEMA, SEQUENCE, "      \
    "TABLE, "                                                                                  \
    "TABLESPACE, TYPE"

const CompleteRule complete_rules_drop[] = {
    /* DROP: the object, then CASCADE or RESTRICT where these are allowed */
    {"^ DROP", DROPPED},
    {"^ DROP ACCESS METHOD", "IF EXISTS, @access_methods"},
    {"^ DROP ACCESS METHOD IF EXISTS", "@access_methods"},
    {"^ DROP AGGREGATE [IF EXISTS]", "@aggregates, ?IF EXISTS"},
    {"^ DROP FUNCTION [IF EXISTS]", "@functions, ?IF EXISTS"},
    {"^ DROP PROCEDURE [IF EXISTS]", "@procedures, ?IF EXISTS"},
    {"^ DROP ROUTINE [IF EXISTS]", "@routines, ?IF EXISTS"},
    {"^ DROP AGGREGATE|FUNCTION|PROCEDURE|ROUTINE [IF EXISTS] _", "("},
    {"^ DROP AGGREGATE|FUNCTION|PROCEDURE|ROUTINE [IF EXISTS] @ (", "@function_arguments_of"},
    {"^ DROP CAST ()", "CASCADE, RESTRICT"},
    {"^ DROP CAST [IF EXISTS] (", "@types"},
    {"^ DROP CAST [IF EXISTS] ( _", "AS"},
    {"^ DROP CAST [IF EXISTS] ( _ AS", "@types"},
    {"^ DROP COLLATION [IF EXISTS]", "@collations, ?IF EXISTS"},
    {"^ DROP CONVERSION [IF EXISTS]", "@conversions, ?IF EXISTS"},
    {"^ DROP DATABASE", "@databases, ?IF EXISTS"},
    {"^ DROP DATABASE IF EXISTS", "@databases"},
    {"^ DROP DATABASE [IF EXISTS] _", "WITH (, ("},
    {"^ DROP DATABASE [IF EXISTS] _ [WITH] (", "FORCE"},
    {"^ DROP DOMAIN [IF EXISTS]", "@domains, ?IF EXISTS"},
    {"^ DROP EVENT", "TRIGGER"},
    {"^ DROP EVENT TRIGGER [IF EXISTS]", "@event_triggers, ?IF EXISTS"},
    {"^ DROP EXTENSION [IF EXISTS]", "@extensions, ?IF EXISTS"},
    {"^ DROP FOREIGN", "DATA WRAPPER, TABLE"},
    {"^ DROP FOREIGN DATA WRAPPER [IF EXISTS]", "@wrappers, ?IF EXISTS"},
    {"^ DROP FOREIGN TABLE [IF EXISTS]", "@foreign_tables, ?IF EXISTS"},
    {"^ DROP GROUP|ROLE|USER", "@roles, ?IF EXISTS"},
    {"^ DROP GROUP|ROLE IF EXISTS", "@roles"},
    {"^ DROP INDEX", "@indexes, CONCURRENTLY, ?IF EXISTS"},
    {"^ DROP INDEX [CONCURRENTLY] [IF EXISTS]", "@indexes, ?IF EXISTS"},
    {"^ DROP [PROCEDURAL] LANGUAGE [IF EXISTS]", "@languages, ?IF EXISTS"},
    {"^ DROP MATERIALIZED", "VIEW"},
    {"^ DROP MATERIALIZED VIEW [IF EXISTS]", "@matviews, ?IF EXISTS"},
    {"^ DROP OPERATOR", "CLASS, FAMILY, ?IF EXISTS"},
    {"^ DROP OPERATOR CLASS [IF EXISTS]", "@operator_classes"},
    {"^ DROP OPERATOR FAMILY [IF EXISTS]", "@operator_families"},
    {"^ DROP OPERATOR CLASS|FAMILY [IF EXISTS] _", "USING"},
    {"^ DROP OPERATOR CLASS|FAMILY [IF EXISTS] _ USING", "@index_access_methods"},
    {"^ DROP OWNED", "BY"},
    {"^ DROP|REASSIGN OWNED BY", "@roles, CURRENT_ROLE, CURRENT_USER, SESSION_USER"},
    {"^ DROP OWNED BY _", "CASCADE, RESTRICT"},
    {"^ DROP POLICY [IF EXISTS]", "@policies, ?IF EXISTS"},
    {"^ DROP POLICY [IF EXISTS] _", "ON"},
    {"^ DROP POLICY [IF EXISTS] @ ON", "@tables_with_policy"},
    {"^ DROP PUBLICATION [IF EXISTS]", "@publications, ?IF EXISTS"},
    {"^ DROP RULE [IF EXISTS]", "@rules, ?IF EXISTS"},
    {"^ DROP RULE [IF EXISTS] _", "ON"},
    {"^ DROP RULE [IF EXISTS] @ ON", "@tables_with_rule"},
    {"^ DROP SCHEMA [IF EXISTS]", "@schemas, ?IF EXISTS"},
    {"^ DROP SEQUENCE [IF EXISTS]", "@sequences, ?IF EXISTS"},
    {"^ DROP SERVER [IF EXISTS]", "@servers, ?IF EXISTS"},
    {"^ DROP STATISTICS [IF EXISTS]", "@statistics, ?IF EXISTS"},
    {"^ DROP SUBSCRIPTION [IF EXISTS]", "@subscriptions, ?IF EXISTS"},
    {"^ DROP TABLE [IF EXISTS]", "@tables, ?IF EXISTS"},
    {"^ DROP TABLESPACE", "@tablespaces, ?IF EXISTS"},
    {"^ DROP TABLESPACE IF EXISTS", "@tablespaces"},
    {"^ DROP TEXT", "SEARCH"},
    {"^ DROP TEXT SEARCH", "CONFIGURATION, DICTIONARY, PARSER, TEMPLATE"},
    {"^ DROP TEXT SEARCH CONFIGURATION [IF EXISTS]", "@ts_configurations, ?IF EXISTS"},
    {"^ DROP TEXT SEARCH DICTIONARY [IF EXISTS]", "@ts_dictionaries, ?IF EXISTS"},
    {"^ DROP TEXT SEARCH PARSER [IF EXISTS]", "@ts_parsers, ?IF EXISTS"},
    {"^ DROP TEXT SEARCH TEMPLATE [IF EXISTS]", "@ts_templates, ?IF EXISTS"},
    {"^ DROP TRANSFORM", "FOR, IF EXISTS FOR"},
    {"^ DROP TRANSFORM [IF EXISTS] FOR", "@types"},
    {"^ DROP TRANSFORM [IF EXISTS] FOR _", "LANGUAGE"},
    {"^ DROP TRANSFORM [IF EXISTS] FOR _ LANGUAGE", "@languages"},
    {"^ DROP TRANSFORM [IF EXISTS] FOR _ LANGUAGE _", "CASCADE, RESTRICT"},
    {"^ DROP TRIGGER [IF EXISTS]", "@triggers, ?IF EXISTS"},
    {"^ DROP TRIGGER [IF EXISTS] _", "ON"},
    {"^ DROP TRIGGER [IF EXISTS] @ ON", "@tables_with_trigger"},
    {"^ DROP POLICY|RULE|TRIGGER [IF EXISTS] _ ON _", "CASCADE, RESTRICT"},
    {"^ DROP TYPE [IF EXISTS]", "@types, ?IF EXISTS"},
    {"^ DROP USER MAPPING", "FOR, IF EXISTS FOR"},
    {"^ DROP USER MAPPING [IF EXISTS] FOR",
     "@user_mappings, CURRENT_ROLE, CURRENT_USER, PUBLIC, USER"},
    {"^ DROP USER MAPPING [IF EXISTS] FOR _", "SERVER"},
    {"^ DROP USER MAPPING [IF EXISTS] FOR _ SERVER", "@servers"},
    {"^ DROP USER IF EXISTS", "@roles"},
    {"^ DROP VIEW [IF EXISTS]", "@views, ?IF EXISTS"},
    {"^ DROP AGGREGATE|FUNCTION|PROCEDURE|ROUTINE [IF EXISTS] _ ()", "CASCADE, RESTRICT"},
    {"^ DROP COLLATION|CONVERSION|DOMAIN|EXTENSION|LANGUAGE|PUBLICATION|SCHEMA|SEQUENCE|SERVER|"
     "SUBSCRIPTION|STATISTICS|TABLE|TYPE|VIEW [IF EXISTS] _",
     "CASCADE, RESTRICT"},
    {"^ DROP EVENT TRIGGER [IF EXISTS] _", "CASCADE, RESTRICT"},
    {"^ DROP FOREIGN TABLE [IF EXISTS] _", "CASCADE, RESTRICT"},
    {"^ DROP FOREIGN DATA WRAPPER [IF EXISTS] _", "CASCADE, RESTRICT"},
    {"^ DROP INDEX [CONCURRENTLY] [IF EXISTS] _", "CASCADE, RESTRICT"},
    {"^ DROP MATERIALIZED VIEW [IF EXISTS] _", "CASCADE, RESTRICT"},
    {"^ DROP ACCESS METHOD [IF EXISTS] _", "CASCADE, RESTRICT"},
    {"^ DROP TEXT SEARCH _ [IF EXISTS] _", "CASCADE, RESTRICT"},

    /* COMMENT ON and SECURITY LABEL ON */
    {"^ COMMENT", "ON"},
    {"^ COMMENT ON", COMMENTED},
    {"^ SECURITY", "LABEL"},
    {"^ SECURITY LABEL", "ON, FOR"},
    {"^ SECURITY LABEL FOR _", "ON"},
    {"^ SECURITY LABEL [FOR _] ON", LABELLED},
    {"^ COMMENT|SECURITY ... ON ACCESS METHOD", "@access_methods"},
    {"^ COMMENT|SECURITY ... ON AGGREGATE", "@aggregates"},
    {"^ COMMENT|SECURITY ... ON COLLATION", "@collations"},
    {"^ COMMENT|SECURITY ... ON COLUMN", "@relations"},
    {"^ COMMENT ON CONSTRAINT", "@constraints"},
    {"^ COMMENT ON CONSTRAINT _", "ON"},
    {"^ COMMENT ON CONSTRAINT @ ON", "@tables_with_constraint, DOMAIN"},
    {"^ COMMENT ON CONSTRAINT @ ON DOMAIN", "@domains_with_constraint"},
    {"^ COMMENT|SECURITY ... ON CONVERSION", "@conversions"},
    {"^ COMMENT|SECURITY ... ON DATABASE", "@databases"},
    {"^ COMMENT|SECURITY ... ON DOMAIN", "@domains"},
    {"^ COMMENT|SECURITY ... ON EVENT TRIGGER", "@event_triggers"},
    {"^ COMMENT|SECURITY ... ON EXTENSION", "@extensions"},
    {"^ COMMENT ON FOREIGN", "DATA WRAPPER, TABLE"},
    {"^ COMMENT ON FOREIGN DATA WRAPPER", "@wrappers"},
    {"^ COMMENT|SECURITY ... ON FOREIGN TABLE", "@foreign_tables"},
    {"^ COMMENT|SECURITY ... ON FUNCTION", "@functions"},
    {"^ COMMENT|SECURITY ... ON PROCEDURE", "@procedures"},
    {"^ COMMENT|SECURITY ... ON ROUTINE", "@routines"},
    {"^ COMMENT|SECURITY ... ON AGGREGATE|FUNCTION|PROCEDURE|ROUTINE _", "("},
    {"^ COMMENT|SECURITY ... ON AGGREGATE|FUNCTION|PROCEDURE|ROUTINE @ (",
     "@function_arguments_of"},
    {"^ COMMENT ON INDEX", "@indexes"},
    {"^ COMMENT|SECURITY ... ON [PROCEDURAL] LANGUAGE", "@languages"},
    {"^ COMMENT|SECURITY ... ON MATERIALIZED VIEW", "@matviews"},
    {"^ COMMENT ON OPERATOR", "CLASS, FAMILY"},
    {"^ COMMENT ON OPERATOR CLASS", "@operator_classes"},
    {"^ COMMENT ON OPERATOR FAMILY", "@operator_families"},
    {"^ COMMENT ON POLICY", "@policies"},
    {"^ COMMENT ON POLICY|RULE|TRIGGER _", "ON"},
    {"^ COMMENT ON POLICY @ ON", "@tables_with_policy"},
    {"^ COMMENT|SECURITY ... ON PUBLICATION", "@publications"},
    {"^ COMMENT|SECURITY ... ON ROLE", "@roles"},
    {"^ COMMENT ON RULE", "@rules"},
    {"^ COMMENT ON RULE @ ON", "@tables_with_rule"},
    {"^ COMMENT|SECURITY ... ON SCHEMA", "@schemas"},
    {"^ COMMENT|SECURITY ... ON SEQUENCE", "@sequences"},
    {"^ COMMENT ON SERVER", "@servers"},
    {"^ COMMENT ON STATISTICS", "@statistics"},
    {"^ COMMENT|SECURITY ... ON SUBSCRIPTION", "@subscriptions"},
    {"^ COMMENT|SECURITY ... ON TABLE", "@tables"},
    {"^ COMMENT|SECURITY ... ON TABLESPACE", "@tablespaces"},
    {"^ COMMENT ON TEXT SEARCH", "CONFIGURATION, DICTIONARY, PARSER, TEMPLATE"},
    {"^ COMMENT ON TEXT SEARCH CONFIGURATION", "@ts_configurations"},
    {"^ COMMENT ON TEXT SEARCH DICTIONARY", "@ts_dictionaries"},
    {"^ COMMENT ON TEXT SEARCH PARSER", "@ts_parsers"},
    {"^ COMMENT ON TEXT SEARCH TEMPLATE", "@ts_templates"},
    {"^ COMMENT ON TRANSFORM FOR", "@types"},
    {"^ COMMENT ON TRANSFORM FOR _", "LANGUAGE"},
    {"^ COMMENT ON TRANSFORM FOR _ LANGUAGE", "@languages"},
    {"^ COMMENT ON TRIGGER", "@triggers"},
    {"^ COMMENT ON TRIGGER @ ON", "@tables_with_trigger"},
    {"^ COMMENT|SECURITY ... ON TYPE", "@types"},
    {"^ COMMENT|SECURITY ... ON VIEW", "@views"},
    {"^ COMMENT|SECURITY ... IS", "NULL"},
    {"^ COMMENT|SECURITY ... ON _ _ ...", "IS"},

    /* GRANT and REVOKE */
    {"^ GRANT", PRIVILEGES ", @roles"},
    {"^ REVOKE", PRIVILEGES ", GRANT OPTION FOR, ADMIN OPTION FOR, @roles"},
    {"^ REVOKE GRANT", "OPTION FOR"},
    {"^ REVOKE ADMIN", "OPTION FOR"},
    {"^ REVOKE GRANT OPTION FOR", PRIVILEGES},
    {"^ REVOKE ADMIN OPTION FOR", "@roles"},
    {"^ GRANT|REVOKE ALTER", "SYSTEM"},
    {"^ GRANT|REVOKE SET|ALTER [SYSTEM] ON", "PARAMETER"},
    {"^ GRANT|REVOKE ... ON PARAMETER", "@changeable_settings"},
    {"^ GRANT|REVOKE ALL", "ON, PRIVILEGES ON, PRIVILEGES"},
    {"^ GRANT|REVOKE ALL PRIVILEGES", "ON"},
    {"^ GRANT|REVOKE ... ON ALL", "FUNCTIONS IN SCHEMA, PROCEDURES IN SCHEMA, ROUTINES IN "
                                  "SCHEMA, SEQUENCES IN SCHEMA, TABLES IN SCHEMA"},
    {"^ GRANT|REVOKE ... ON ALL _ IN SCHEMA", "@schemas"},
    {"^ GRANT|REVOKE ... ON FOREIGN", "DATA WRAPPER, SERVER"},
    {"^ GRANT|REVOKE ... ON DATABASE", "@databases"},
    {"^ GRANT|REVOKE ... ON DOMAIN", "@domains"},
    {"^ GRANT|REVOKE ... ON FUNCTION", "@functions"},
    {"^ GRANT|REVOKE ... ON PROCEDURE", "@procedures"},
    {"^ GRANT|REVOKE ... ON ROUTINE", "@routines"},
    {"^ GRANT|REVOKE ... ON LANGUAGE", "@languages"},
    {"^ GRANT|REVOKE ... ON SCHEMA", "@schemas"},
    {"^ GRANT|REVOKE ... ON SEQUENCE", "@sequences"},
    {"^ GRANT|REVOKE ... ON TABLE", "@grantables"},
    {"^ GRANT|REVOKE ... ON TABLESPACE", "@tablespaces"},
    {"^ GRANT|REVOKE ... ON TYPE", "@types"},
    {"^ GRANT|REVOKE ... ON FOREIGN DATA WRAPPER", "@wrappers"},
    {"^ GRANT|REVOKE ... ON FOREIGN SERVER", "@servers"},
    {"^ GRANT|REVOKE ... ON FUNCTION|PROCEDURE|ROUTINE @ (", "@function_arguments_of"},
    {"^ GRANT|REVOKE ... ON", "@grantables, " GRANTED_ON},
    {"^ GRANT ... TO", "@roles, PUBLIC, CURRENT_ROLE, CURRENT_USER, SESSION_USER, GROUP"},
    {"^ REVOKE ... FROM", "@roles, PUBLIC, CURRENT_ROLE, CURRENT_USER, SESSION_USER, GROUP"},
    {"^ GRANT ... ON ... TO _", "WITH GRANT OPTION, GRANTED BY"},
    {"^ GRANT _ TO _", "WITH ADMIN OPTION, WITH GRANT OPTION, GRANTED BY"},
    {"^ GRANT ... WITH", "ADMIN OPTION, GRANT OPTION"},
    {"^ GRANT|REVOKE ... GRANTED BY", "@roles, CURRENT_ROLE, CURRENT_USER, SESSION_USER"},
    {"^ REVOKE ... FROM _", "GRANTED BY, CASCADE, RESTRICT"},
    {"^ GRANT|REVOKE SELECT|INSERT|UPDATE|REFERENCES (", "@columns"},
    {"^ GRANT ... ON ALL|FOREIGN _ _ _", "TO"},
    {"^ REVOKE ... ON ALL|FOREIGN _ _ _", "FROM"},
    {"^ GRANT ... ON FOREIGN _ _", "TO"},
    {"^ REVOKE ... ON FOREIGN _ _", "FROM"},
    {"^ GRANT ... ON _ _ [()]", "TO"},
    {"^ REVOKE ... ON _ _ [()]", "FROM"},
    {"^ GRANT ... ON !ALL|FOREIGN|TABLE|SCHEMA|DATABASE|FUNCTION|SEQUENCE|TYPE|DOMAIN|LANGUAGE",
     "TO"},
    {"^ REVOKE ... ON "
     "!ALL|FOREIGN|TABLE|SCHEMA|DATABASE|FUNCTION|SEQUENCE|TYPE|DOMAIN|LANGUAGE",
     "FROM"},
    {"^ GRANT "
     "SELECT|INSERT|UPDATE|DELETE|TRUNCATE|REFERENCES|TRIGGER|CREATE|CONNECT|EXECUTE|USAGE|"
     "TEMPORARY|TEMP|SET|SYSTEM [()]",
     "ON"},
    {"^ REVOKE [GRANT OPTION FOR] "
     "SELECT|INSERT|UPDATE|DELETE|TRUNCATE|REFERENCES|TRIGGER|CREATE|"
     "CONNECT|EXECUTE|USAGE|TEMPORARY|TEMP|SET|SYSTEM [()]",
     "ON"},
    {"^ GRANT|REVOKE ALTER SYSTEM", "ON PARAMETER"},
    {"^ GRANT _", "TO"},
    {"^ REVOKE [ADMIN OPTION FOR] _", "FROM"},
    {"^ REASSIGN", "OWNED BY"},
    {"^ REASSIGN OWNED BY _", "TO"},
    {"^ REASSIGN OWNED BY _ TO", "@roles, CURRENT_ROLE, CURRENT_USER, SESSION_USER"},
    {"^ IMPORT", "FOREIGN SCHEMA"},
    {"^ IMPORT FOREIGN SCHEMA _", "EXCEPT (, FROM SERVER, LIMIT TO ("},
    {"^ IMPORT FOREIGN SCHEMA _ LIMIT|EXCEPT [TO] ()", "FROM SERVER"},
    {"^ IMPORT FOREIGN SCHEMA ... FROM SERVER", "@servers"},
    {"^ IMPORT FOREIGN SCHEMA ... FROM SERVER _", "INTO"},
    {"^ IMPORT FOREIGN SCHEMA ... INTO", "@schemas"},
    {"^ IMPORT FOREIGN SCHEMA ... INTO _", "OPTIONS ("},
    {NULL, NULL},
};
