-- \p \r \w and what is in the buffer when
\p
\r
SELECT 1
\p
AS one;
\p
SELECT 2 \p
\r
\p
SELECT 3;
\r
\p
\g
SELECT 'a' -- comment
\p
;
SELECT 4 \w w1.sql
\r
\w w2.sql
\w
\w nosuchdir/w.sql
SELECT 5
\w | cat
;
\w w3.sql
\! cat w1.sql w3.sql
   -- leading comment
   SELECT 6
\p
;
/* leading block */ SELECT 7
\p
\reset
SELECT 8
\print
\write w4.sql
;
\set QUIET on
SELECT 9
\r
\p
