-- \if and its relatives
\if true
\echo yes
\else
\echo no
\endif
\if false
\echo no
SELECT 'no';
\elif yes
\echo elif
\elif on
\echo no
\else
\echo no
\endif
\if 1 \echo same line \else \echo no \endif
\if 0 \echo no \else \echo same line else \endif
\if t \echo t \endif
\if tr \echo tr \endif
\if f \echo f \endif
\if o \echo o \endif
\if of \echo of \endif
\if 2 \echo two \endif
\if TRUE \echo upper \endif
\if maybe \echo maybe \else \echo not maybe \endif
\if
\echo empty
\else
\echo empty is false
\endif
\if true false
\echo two words
\endif
\if :{?nosuch}
\echo defined
\else
\echo undefined
\endif
\set v on
\if :v \echo variable \endif
\if :nosuch \echo undefined variable \endif
\if true
  \if false
    \echo no
    \if true \echo no \else \echo no \endif
  \else
    \echo inner else
    \if true
      \echo deep
    \endif
  \endif
  \echo outer
\else
  \if true \echo no \endif
\endif
-- in the middle of a statement
SELECT
\if true
  1
\else
  2
\endif
AS one;
SELECT
\if false
  1 +
\elif true
  2 +
\else
  3 +
\endif
  10 AS twelve;
SELECT (
\if false
  ( 1 ;
\else
  5
\endif
) AS five;
-- skipped things do nothing
\if false
\set skipped 1
\i nosuch.sql
\! echo no
\copy t from 'nosuch'
\unknown command
\echo `echo no`
\gset
\g nosuchdir/file
\q
SELECT 'unterminated
still '';
\endif
\echo :skipped
\if false \! echo no \endif
\endif
\if false
:undefined_stays
\set x `echo no >&2`
\if x y z
\endif
\elif :'undefined'
\endif
-- errors
\else
\elif true
\endif
\if true
\else
\else
\elif true
\endif
\if true
\elif
\endif
\if false
\elif nonsense
\echo no
\else
\echo else after bad elif
\endif
\if true \endif extra
\if error
\else extra words
\endif
\if true
\echo unclosed
