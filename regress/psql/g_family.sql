-- \g, \gx, \gset, \gexec, \gdesc and the two query buffers
SELECT 1 AS one \g
\g
SELECT 2 AS two \gx
\gx
SELECT 3 AS three;
\g
\p
SELECT 4 AS four \g (format=csv)
SELECT 4 AS four, 'x' AS x \g (format=unaligned fieldsep='|' tuples_only=on)
SELECT 4 AS four \g (format=csv
\p
\r
SELECT 4 AS four \g (nosuch=1)
\r
SELECT 4 AS four \g (nosuch=1 border=2 neither format=nosuch)
\p
\r
SELECT 4 AS four \g (format=nosuch)
\r
SELECT 4 AS four \gx (border=2)
SELECT 4 AS four \g (expanded) out1.txt
SELECT 5 AS five \g out2.txt
\! cat out2.txt
SELECT 6 AS six \g |cat
SELECT 7 AS seven \g | sed 's/seven/SEVEN/'
SELECT 8 AS eight \g 'quoted name.txt'
SELECT 8 AS eight \g nosuchdir/file
\p
SELECT 9 AS nine \g | cat >piped.txt; exit 3
CREATE TABLE gt (a int) \g out3.txt
INSERT INTO gt VALUES (1), (2) RETURNING a \g out4.txt
SELECT 1 AS a \; SELECT 2 AS b \g out5.txt
SELECT 1/0 \g out6.txt
\g
-- \gset
SELECT 1 AS x, 'two' AS y, NULL AS z \gset
\echo :x :y :z
SELECT 3 AS x, 'four' AS y \gset pre_
\echo :pre_x :pre_y :x
\set z before
SELECT NULL AS z \gset
\echo :z
SELECT 1 AS a WHERE false \gset
SELECT 1 AS a UNION SELECT 2 \gset
\echo :ERROR
SELECT 1 AS "bad name" \gset
SELECT 'off' AS "AUTOCOMMIT" \gset
\echo :AUTOCOMMIT
SELECT 1 AS one \; SELECT 2 AS last \gset
\echo :one :last
INSERT INTO gt VALUES (5) RETURNING a AS inserted \gset
\echo :inserted
DELETE FROM gt \gset
SELECT nosuch \gset
\gset
SELECT 10 AS ten;
\gset
\echo :ten
SELECT '' AS empty \gset
\echo [:empty]
SELECT 1 \gset
\echo :"?column?"
-- \gexec
SELECT 'SELECT 1 AS one', 'SELECT 2 AS two' UNION ALL SELECT NULL, 'SELECT 3 AS three' \gexec
SELECT format('CREATE TABLE ge_%s (a int)', n) FROM generate_series(1, 3) n \gexec
SELECT 'SELECT 1/0', 'SELECT ''after error''' \gexec
SELECT '\echo not a command' \gexec
SELECT 'SELECT :x' \gexec
SELECT 1 WHERE false \gexec
SELECT 'SELECT 1 AS a; SELECT 2 AS b' \gexec
INSERT INTO gt VALUES (1) \gexec
\gexec
-- \gdesc
SELECT 1 AS a, 'x'::varchar(10) AS b, now() AS c, ARRAY[1.5::numeric(5,2)] AS d \gdesc
SELECT \gdesc
CREATE TABLE never (a int) \gdesc
SELECT 1; \gdesc
SELECT nosuch \gdesc
SELECT $1::int + 1 AS p \gdesc
\g
INSERT INTO gt VALUES (1) RETURNING a, a::text \gdesc
SELECT 1 AS "Column Ünï", 2 \gdesc
\gdesc
-- an error after some rows leaves the file alone and runs no command
\! echo old >kept.txt
SELECT 1 / (3 - x) AS d FROM generate_series(1, 5) AS x \g kept.txt
SELECT 1 / (3 - x) AS d FROM generate_series(1, 5) AS x \gx (format=unaligned) kept.txt
SELECT 1 / (3 - x) AS d FROM generate_series(1, 5) AS x \g | echo command
\! cat kept.txt
SELECT 'first' \; SELECT 1 / (3 - x) AS d FROM generate_series(1, 5) AS x \g kept.txt
\! cat kept.txt
