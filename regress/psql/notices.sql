-- notices of every level, where they come and how they look
DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE WARNING 'a warning'; RAISE INFO 'an info'; RAISE LOG 'a log'; RAISE DEBUG 'a debug'; END $$;
SET client_min_messages = debug1;
DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE LOG 'a log'; RAISE DEBUG 'a debug'; END $$;
SET client_min_messages = error;
DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE WARNING 'a warning'; RAISE INFO 'an info'; END $$;
SET client_min_messages = notice;
DO $$ BEGIN RAISE NOTICE 'with' USING DETAIL = 'detail', HINT = 'hint'; END $$;
DO $$ BEGIN RAISE NOTICE E'several\nlines'; END $$;
DROP TABLE IF EXISTS nosuch;
CREATE TABLE IF NOT EXISTS n (a int);
CREATE TABLE IF NOT EXISTS n (a int);
CREATE FUNCTION noisy(i int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'row %', i; RETURN i; END $$;
SELECT noisy(n) FROM generate_series(1, 3) n;
SELECT noisy(1) \; SELECT noisy(2);
\set VERBOSITY verbose
DO $$ BEGIN RAISE NOTICE 'verbose'; END $$;
\set VERBOSITY terse
DO $$ BEGIN RAISE NOTICE 'terse' USING DETAIL = 'hidden'; END $$;
\set VERBOSITY default
\set QUIET on
DO $$ BEGIN RAISE NOTICE 'quiet'; END $$;
BEGIN;
BEGIN;
COMMIT;
COMMIT;
