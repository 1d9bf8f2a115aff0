--
-- Pipelines: \startpipeline, \sendpipeline, \syncpipeline, \flush, \flushrequest, \getresults,
-- \endpipeline
--
CREATE TABLE piped (a int PRIMARY KEY, b text);

-- what is queued is shown at the end
\startpipeline
SELECT $1 AS one \bind first \sendpipeline
SELECT 'by semicolon' AS two; SELECT 3 AS three;
\echo :PIPELINE_COMMAND_COUNT :PIPELINE_SYNC_COUNT :PIPELINE_RESULT_COUNT
\endpipeline
\echo :PIPELINE_COMMAND_COUNT :PIPELINE_SYNC_COUNT :PIPELINE_RESULT_COUNT

-- a second \startpipeline changes nothing; nothing queued is nothing shown
\startpipeline
\startpipeline
\endpipeline

-- \flush sends, \flushrequest makes results available, \getresults shows them
\startpipeline
\getresults
SELECT 1 AS flushed;
\flush
\getresults
\flushrequest
SELECT 2 AS later;
\echo :PIPELINE_COMMAND_COUNT :PIPELINE_SYNC_COUNT :PIPELINE_RESULT_COUNT
\getresults
\echo :PIPELINE_COMMAND_COUNT :PIPELINE_SYNC_COUNT :PIPELINE_RESULT_COUNT
\endpipeline
\getresults

-- so many, or all; a synchronisation point counts as one
\startpipeline
SELECT 1 AS r;
SELECT 2 AS r;
SELECT 3 AS r;
\syncpipeline
SELECT 4 AS r;
\echo :PIPELINE_COMMAND_COUNT :PIPELINE_SYNC_COUNT :PIPELINE_RESULT_COUNT
\getresults 1
\echo :PIPELINE_RESULT_COUNT
\getresults 3
\echo :PIPELINE_SYNC_COUNT :PIPELINE_RESULT_COUNT
\flushrequest
\getresults 0
\getresults -1
\getresults 1
\endpipeline

-- prepared statements
\startpipeline
SELECT $1::int + 1 AS sum \parse adder
\bind_named adder 41 \sendpipeline
\close_prepared adder
\close_prepared nowhere
\close_prepared ''
SELECT count(*) FROM pg_prepared_statements WHERE name = 'adder';
\endpipeline

-- an implicit transaction reaches to the next synchronisation point
\startpipeline
INSERT INTO piped VALUES (1);
SELECT $1::int / 0 \bind 1 \sendpipeline
INSERT INTO piped VALUES (2);
\syncpipeline
INSERT INTO piped VALUES (3);
\endpipeline
SELECT a FROM piped;

-- explicit ones
\startpipeline
BEGIN;
INSERT INTO piped VALUES (4);
ROLLBACK;
BEGIN \bind \sendpipeline
INSERT INTO piped VALUES ($1) \bind 5 \sendpipeline
COMMIT \bind \sendpipeline
\endpipeline
SELECT a FROM piped;
\startpipeline
BEGIN;
INSERT INTO piped VALUES (5);
COMMIT;
\endpipeline
SELECT 'still aborted';
ROLLBACK;

-- a block of the pipeline's own, up to its sync (the warning arrives when it likes: not shown)
SET client_min_messages = error;
\startpipeline
SET LOCAL statement_timeout = '1h';
SHOW statement_timeout;
\syncpipeline
SHOW statement_timeout;
\endpipeline

-- an aborted pipeline: one by one, and all at once
\startpipeline
SELECT $1 \bind \sendpipeline
SELECT 1;
\flushrequest
\getresults 1
\echo :ERROR :SQLSTATE :LAST_ERROR_MESSAGE
\getresults 1
SELECT 2;
\syncpipeline
\getresults
SELECT 3 AS recovered;
\endpipeline
\echo :ERROR :SQLSTATE

-- what needs an answer is refused, and the pipeline goes on
\startpipeline
SELECT 1 AS kept \bind \sendpipeline
SELECT 2 \bind \g
\r
SELECT 2 \g (format=csv)
\r
SELECT 2 \bind \gx
\r
SELECT 2 AS x \gset
\r
SELECT 'SELECT 3' \gexec
\r
SELECT 1, 2, 3 \crosstabview
\r
SELECT 2 \watch c=1
SELECT 2 \gdesc
\dt
\sendpipeline
SELECT 2 \sendpipeline
\r
SELECT 1\; SELECT 2;
\endpipeline
\sendpipeline
SELECT 1 \bind \sendpipeline
\r
\endpipeline
\syncpipeline

-- variables of the shell are put in, \set SHOW_ALL_RESULTS off shows no more than the last one
\set value 'it''s'
\startpipeline
SELECT :'value' AS quoted;
\flushrequest
SELECT 2 AS second;
\flushrequest
\set SHOW_ALL_RESULTS off
\getresults
\set SHOW_ALL_RESULTS on
\endpipeline

-- tags
\set QUIET off
\startpipeline
INSERT INTO piped SELECT generate_series(10, 12);
DELETE FROM piped WHERE a > 10 RETURNING a;
\endpipeline
\set QUIET on

-- ON_ERROR_ROLLBACK and FETCH_COUNT
\set ON_ERROR_ROLLBACK on
\set FETCH_COUNT 1
BEGIN;
\startpipeline
SELECT generate_series(1, 2) AS n;
\endpipeline
COMMIT;
\unset FETCH_COUNT
\set ON_ERROR_ROLLBACK off

-- a new connection has no pipeline
\startpipeline
SELECT 1;
\echo :PIPELINE_COMMAND_COUNT
\c -
\echo :PIPELINE_COMMAND_COUNT
SELECT 'no pipeline' AS here;
DROP TABLE piped;
-- a macro would be more than one statement
\pgmi load projects/shop
\startpipeline
SELECT 1 AS before_macro;
CALL pgmi_test();
\endpipeline
-- COPY ends the program, as the pipeline cannot be followed any more
\startpipeline
SELECT 1 AS before_copy;
COPY (SELECT 1) TO STDOUT;
\endpipeline
SELECT 'not reached';
