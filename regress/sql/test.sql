--
-- CALL pgmi_test(), \test, \expand
--
-- contexts hold the number of the temporary schema
\set SHOW_CONTEXT never
CALL pgmi_test();
\test
\pgmi load projects/shop
-- before anything is deployed the fixture fails; nothing is left open
CALL pgmi_test();
SELECT 'after';
\i projects/shop/deploy.sql
CALL pgmi_test();
SELECT * FROM item ORDER BY id;
CALL pgmi_test('both');
call pg_temp.pgmi_test ( NULL , 'pg_temp.pgmi_test_callback' ) ;
\set pattern 'it''s'
CALL pgmi_test(:'pattern');
\set pattern write
CALL pgmi_test(:'pattern');
CALL pgmi_test('nosuch');
CALL pgmi_test('(');
CALL pgmi_test(1);
CALL pgmi_test('a', 'b', 'c');
SELECT 'CALL pgmi_test();' AS literal; -- CALL pgmi_test();
DO $$ BEGIN CALL pgmi_test(); END $$;
BEGIN;
INSERT INTO item VALUES (3, 'three');
CALL pgmi_test('both');
SELECT count(*) FROM item;
CALL pgmi_test('nosuch');
SELECT 'aborted';
COMMIT;
SELECT count(*) FROM item;
SELECT 'before' \; CALL pgmi_test('write') \; SELECT 'behind';
CREATE FUNCTION pg_temp.watcher(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE NOTICE '% % % % %', e.event, e.path, e.directory, e.depth, e.ordinal;
END $$;
CALL pgmi_test('write', 'watcher');
CALL pgmi_test('write', 'pg_temp.watcher');
CALL pgmi_test('write', 'nosuch');
CALL pgmi_test('write', 'bad name');
-- \test: the table has times, the variables do not
\o test_output.tmp
\test
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED
\test both
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED
\o
\! rm test_output.tmp
\test nosuch
SELECT count(*) FROM item;
SELECT CALL pgmi_test('both') \expand
\r
CALL pgmi_test('both') \expand
\r
SELECT ordinal, step_type, script_path FROM pg_temp.pgmi_test_plan();
DROP FUNCTION label(int);
DROP TABLE item;
-- a test that fails
\pgmi load projects/broken
CALL pgmi_test();
\o test_output.tmp
\test
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED :ERROR
\o
\! rm test_output.tmp
SELECT 'not aborted';
