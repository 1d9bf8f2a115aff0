\timing on
SELECT 1;
SELECT nosuch;
SELECT 1 \; SELECT 2;
SELECT 1 \gset
SELECT 1 \gx
SELECT 'SELECT 1', 'SELECT 2' \gexec
SELECT 1 \gdesc
CREATE TEMP TABLE t (a int);
COPY t FROM STDIN;
1
\.
\copy t from stdin
2
\.
;
\set FETCH_COUNT 1
TABLE t;
\timing off
