-- FETCH_COUNT: rows in chunks, errors in the middle
\set FETCH_COUNT 3
SELECT n, repeat('x', n) AS x FROM generate_series(1, 10) n;
SELECT n FROM generate_series(1, 3) n;
SELECT n FROM generate_series(1, 2) n;
SELECT 1 WHERE false;
SELECT 10 / (4 - n) FROM generate_series(1, 10) n;
SELECT nosuch;
VALUES (1), (2), (3), (4);
(SELECT 1 UNION ALL SELECT 2);
WITH x AS (SELECT 1) SELECT * FROM x;
/* comment */ SELECT n FROM generate_series(1, 4) n;
SHOW work_mem;
SELECT 1 AS a \; SELECT 2 AS b;
SELECT n FROM generate_series(1, 7) n \gx
SELECT n FROM generate_series(1, 7) n \g out.txt
SELECT n FROM generate_series(1, 7) n \g | tail -2
SELECT n FROM generate_series(1, 7) n \g (format=csv)
SELECT 1 AS one \gset
\echo :one
SELECT n FROM generate_series(1, 7) n \gset
SELECT n FROM generate_series(1, 0) n \gset
SELECT 'SELECT ' || n FROM generate_series(1, 4) n \gexec
SELECT 1 AS one \gdesc
\pset format unaligned
SELECT n, n FROM generate_series(1, 7) n;
\pset format csv
SELECT n, n FROM generate_series(1, 7) n;
\x
SELECT n, n FROM generate_series(1, 4) n;
\pset format aligned
SELECT n, n FROM generate_series(1, 4) n;
\x
\t
SELECT n, n FROM generate_series(1, 7) n;
\t
\pset footer off
SELECT n FROM generate_series(1, 4) n;
\pset footer on
\pset title title
SELECT n FROM generate_series(1, 7) n;
\pset title
BEGIN;
SELECT n FROM generate_series(1, 4) n;
SELECT 1/0;
SELECT n FROM generate_series(1, 4) n;
ROLLBACK;
\set AUTOCOMMIT off
SELECT n FROM generate_series(1, 4) n;
ROLLBACK;
\set AUTOCOMMIT on
\set ECHO_HIDDEN on
SELECT 1;
\unset ECHO_HIDDEN
\set ECHO queries
SELECT n FROM generate_series(1, 2) n;
\set ECHO none
\o out2.txt
SELECT n FROM generate_series(1, 4) n;
\o
CREATE TABLE fc AS SELECT 1 AS a;
SELECT * INTO fc2 FROM fc;
SELECT * FROM fc FOR UPDATE;
