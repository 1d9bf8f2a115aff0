--
-- \pgmi load and what it makes
--
SELECT to_regclass('pg_temp._pgmi_source');
\echo :PGMI_LOADED :PGMI_FILE_COUNT :PGMI_TEST_COUNT
\pgmi load projects/shop
\echo :PGMI_LOADED :PGMI_FILE_COUNT :PGMI_TEST_COUNT
SELECT path, name, directory, extension, depth, size_bytes, is_sql_file, is_test_file,
       path_parts, parent_folder_name
  FROM pgmi_source_view ORDER BY path;
SELECT path, execution_order, sort_key, idempotent, description, id, generic_id
  FROM pgmi_plan_view ORDER BY execution_order;
SELECT * FROM pgmi_source_metadata_view ORDER BY path;
SELECT path, directory, filename, is_fixture FROM pgmi_test_source_view ORDER BY path;
SELECT * FROM pgmi_test_directory_view ORDER BY path;
SELECT * FROM pgmi_parameter_view ORDER BY key;
SELECT current_setting('pgmi.env');
-- the checksum of the plan is the normalised one
SELECT count(*) FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path)
 WHERE p.checksum <> s.pgmi_checksum;
SELECT path, checksum FROM pgmi_source_view WHERE path = './data/colours.json';
-- parameters on the command
\pgmi load projects/shop env=other extra=1
SELECT key, value FROM pgmi_parameter_view ORDER BY key;
SELECT current_setting('pgmi.env'), current_setting('pgmi.extra');
\pgmi load projects/shop bad-key=1
\pgmi load projects/shop novalue
\pgmi load projects/nosuch
-- what was loaded is still there
SELECT count(*) FROM pgmi_source_view;
-- a rollback takes the load with it, and the shell knows
BEGIN;
\pgmi load projects/broken
SELECT count(*) FROM pgmi_source_view;
ROLLBACK;
\plan
\pgmi load projects/shop
-- objects of another role
\pgmi unload
SELECT to_regclass('pg_temp._pgmi_source');
\plan
SELECT * FROM pgmi_plan_view;
\echo :PGMI_LOADED
