-- Removes what a load made: children first, views with their tables.  Sent only where the session
-- has a temporary schema, and with notices off, so that a fresh session sees nothing (contract
-- S10).  The type goes separately (drop_type.sql): users' callbacks hang on it.
DROP TABLE IF EXISTS pg_temp._pgmi_test_source, pg_temp._pgmi_test_directory,
    pg_temp._pgmi_source_metadata, pg_temp._pgmi_source, pg_temp._pgmi_parameter CASCADE;
DROP FUNCTION IF EXISTS pg_temp.pgmi_test_plan(text);
DROP FUNCTION IF EXISTS pg_temp.pgmi_test_generate(text, text);
DROP FUNCTION IF EXISTS pg_temp.pgmi_persist_test_plan(text, text);
DROP FUNCTION IF EXISTS pg_temp.pgmi_validate_pattern(text);
DROP FUNCTION IF EXISTS pg_temp.pgmi_has_tests(text, text);
DROP FUNCTION IF EXISTS pg_temp.pgmi_is_sql_file(text);
DROP FUNCTION IF EXISTS pg_temp.pgmi_run_test_source(text);
DROP FUNCTION IF EXISTS pg_temp._pgmi_run_unguarded(text);
DROP FUNCTION IF EXISTS pg_temp._pgmi_run_test(text, text, integer, integer);
DROP TABLE IF EXISTS pg_temp._pgmi_marked CASCADE;
DROP FUNCTION IF EXISTS pg_temp._pgmi_mark(integer, integer);
