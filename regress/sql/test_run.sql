--
-- \test --keep-going, --failed, notices, variables
--
\set SHOW_CONTEXT never
-- durations differ; the paths and the results do not
\pset format csv
\pgmi load projects/mixed
\o test_run.tmp
\test
\o
\! cut -d, -f1,2 test_run.tmp; rm test_run.tmp
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED :ERROR :SQLSTATE
\o test_run.tmp
\test --keep-going
\o
\! cut -d, -f1,2 test_run.tmp; rm test_run.tmp
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED :ERROR :SQLSTATE
\echo :LAST_ERROR_MESSAGE
-- what failed, and what a failed fixture kept from running
\o test_run.tmp
\test --keep-going --failed
\o
\! cut -d, -f1,2 test_run.tmp; rm test_run.tmp
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED
\o test_run.tmp
\test 'a_passes|z_last'
\o
\! cut -d, -f1,2 test_run.tmp; rm test_run.tmp
\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED :ERROR :SQLSTATE
\test --failed
-- inside a transaction: a savepoint of its own, and the block goes on
BEGIN;
CREATE TABLE kept (n int);
\o test_run.tmp
\test --keep-going
\o
\! rm test_run.tmp
SELECT count(*) FROM kept;
SELECT to_regclass('made_by_a_test');
ROLLBACK;
-- arguments
\test --no-such-option
\test one two
\test --failed one
\test nosuch
\test (
