-- results, headers, alignment by type, empty results, commands without rows
SELECT 1;
SELECT 1 AS one, 'two' AS two UNION ALL SELECT 3, NULL;
SELECT;
SELECT FROM generate_series(1, 3);
SELECT 1 WHERE false;
SELECT 1::int2 a, 2::int8 b, 3.5::float4 c, 4.25::float8 d, 5.125::numeric e, 6::oid f,
       '7'::xid g, '8'::cid h, '9'::money i, '10'::text j, true k, '2020-01-01'::date l;
SELECT 'a' AS "Ünïcode ✓", 'x' AS "";
CREATE TABLE t (a int PRIMARY KEY, b text);
INSERT INTO t VALUES (1, 'one'), (2, 'two');
INSERT INTO t VALUES (3, 'three') RETURNING *;
UPDATE t SET b = upper(b) WHERE a > 1;
UPDATE t SET b = lower(b) RETURNING a, b;
DELETE FROM t WHERE a = 1;
DELETE FROM t RETURNING b;
TABLE t;
VALUES (1, 'x'), (2, 'y');
SHOW server_encoding;
EXPLAIN (COSTS OFF) SELECT * FROM t;
PREPARE p (int) AS SELECT $1 + 1 AS next;
EXECUTE p (41);
DEALLOCATE p;
DO $$ BEGIN NULL; END $$;
DROP TABLE t;
SELECT E'tab\there', E'line one\nline two' AS two_lines, E'\x01ctl', E'back\\slash';
SELECT repeat('wide ', 60) AS wide, 1 AS n;
SELECT n, repeat('x', n) AS bar FROM generate_series(1, 12) AS n;
