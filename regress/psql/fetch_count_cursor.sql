-- FETCH_COUNT: what shows that there is a cursor
\set FETCH_COUNT 3
SELECT name, statement, is_holdable, is_scrollable FROM pg_cursors;
CREATE FUNCTION say(i int) RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN RAISE NOTICE 'row %', i; RETURN i; END $$;
SELECT say(n) FROM generate_series(1, 7) n;
-- plans that give the first rows soon
CREATE TABLE a AS SELECT n AS i FROM generate_series(1, 2000) n;
CREATE TABLE b AS SELECT n % 10 AS i, n AS x FROM generate_series(1, 2000) n;
CREATE INDEX ON b (i);
ANALYZE a, b;
SELECT * FROM a JOIN b USING (i) WHERE x < 8 OR x > 1995 ORDER BY i DESC, x;
SELECT DISTINCT i % 5 AS m FROM a;
SELECT pg_typeof(1), * FROM a FULL JOIN b USING (i) WHERE b.x IS NULL AND i < 13;
-- several statements in one string: a cursor for the first, whatever comes of the rest
SELECT 1 AS one \; SELECT 2 AS two;
\echo :ERROR :SQLSTATE :ROW_COUNT
SELECT 3 AS three \; CREATE TABLE c AS SELECT 1;
\echo :ERROR :SQLSTATE :ROW_COUNT
SELECT 4 AS four \; BEGIN \; SELECT 5 \; COMMIT;
SELECT 6 AS six \; SELECT 1/0 \; SELECT 7;
\echo :ERROR :SQLSTATE :ROW_COUNT
BEGIN;
SELECT 1 AS one \; SELECT 2 AS two;
SELECT n FROM generate_series(1, 4) n;
SELECT name FROM pg_cursors;
COMMIT;
SELECT 8 \; COPY a TO STDOUT;
SELECT 9 AS nine;
-- errors while fetching
SELECT 5 / (5 - n) AS q FROM generate_series(1, 9) n;
\echo :ERROR :SQLSTATE :ROW_COUNT :LAST_ERROR_MESSAGE
SELECT n FROM generate_series(1, 3) n WHERE nosuch;
\errverbose
SELECT n AS v FROM generate_series(1, 9) n \gset
SELECT 5 AS v \gset
\echo :v :ERROR :ROW_COUNT
SELECT n FROM generate_series(1, 4) n \g /nosuch/file
\echo :ERROR :ROW_COUNT
SELECT count(*) FROM pg_cursors;
DECLARE _psql_cursor CURSOR WITH HOLD FOR SELECT 1;
SELECT 1 AS taken;
CLOSE _psql_cursor;
