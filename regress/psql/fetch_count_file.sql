-- FETCH_COUNT with rows that go to a file, where the next are gathered while some are printed:
-- what comes out, in which order, and what the server has done must be the same.
\set FETCH_COUNT 3
CREATE SEQUENCE counted;
CREATE FUNCTION noisy(n int, bad int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE 'row %', n;
  RETURN 10 / (bad - n);
END $$;
SELECT n FROM generate_series(1, 10) n \g ten.txt
SELECT n FROM generate_series(1, 9) n \g nine.txt
SELECT n FROM generate_series(1, 0) n \g none.txt
SELECT n, noisy(n, 20) FROM generate_series(1, 8) n \g noisy.txt
SELECT n, noisy(n, 2) FROM generate_series(1, 8) n \g first.txt
SELECT n, noisy(n, 5) FROM generate_series(1, 8) n \g second.txt
SELECT n, noisy(n, 8) FROM generate_series(1, 8) n \g third.txt
\echo :ERROR :SQLSTATE :ROW_COUNT
BEGIN;
SELECT n, noisy(n, 8) FROM generate_series(1, 12) n \g block.txt
SELECT 1;
ROLLBACK;
SELECT nextval('counted') FROM generate_series(1, 11) \g counted.txt
SELECT last_value FROM counted;
\echo :ROW_COUNT
-- nothing is fetched for an output that takes nothing
SELECT nextval('counted') FROM generate_series(1, 11) \g /dev/full
SELECT last_value FROM counted;
BEGIN;
SELECT nextval('counted') FROM generate_series(1, 11) \g /dev/full
SELECT last_value FROM counted;
COMMIT;
\o all.txt
SELECT n FROM generate_series(1, 7) n;
\pset format csv
SELECT n, noisy(n, 6) FROM generate_series(1, 7) n;
\pset format wrapped
SELECT n, repeat('x', n) FROM generate_series(1, 7) n;
\pset format html
SELECT n FROM generate_series(1, 4) n;
\o
DROP FUNCTION noisy;
DROP SEQUENCE counted;
