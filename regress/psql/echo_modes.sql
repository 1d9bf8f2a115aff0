-- ECHO all, queries, errors; ECHO_HIDDEN
\set ECHO all
SELECT 1; SELECT 2;
-- a comment

   SELECT 3
   AS three;
\echo a command
\set ECHO queries
SELECT 1; SELECT 2;
-- a comment
   SELECT 3
   AS three ;
SELECT 1 \; SELECT 2;
SELECT 5 AS five \g
SELECT 'SELECT 6' \gexec
SELECT nosuch;
SELECT 7 AS x \gset
SELECT 7 AS x \gdesc
\set ECHO errors
SELECT 1;
SELECT nosuch
  FROM nowhere;
SELECT 1 \; SELECT nosuch;
SELECT 'SELECT nosuch' \gexec
SELECT nosuch \gdesc
\set ECHO none
SELECT nosuch;
CREATE TEMP TABLE t (a int);
\set ECHO all
COPY t FROM STDIN;
1
\.
\if false
SELECT 'skipped';
\else
SELECT 'taken';
\endif
SELECT 'multi
line';
\set QUIET on
SELECT 1;
