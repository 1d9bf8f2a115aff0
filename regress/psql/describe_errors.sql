-- what fails and what only says so; other settings do not matter to the shell's own queries
CREATE TABLE t (a int);
BEGIN;
SELECT 1/0;
\d
\d t
\dn
\l
\du
\dx+
\dd
\dP
ROLLBACK;
\set AUTOCOMMIT off
\d t
\dn public
\set AUTOCOMMIT on
\set FETCH_COUNT 1
\dt
\unset FETCH_COUNT
SELECT 5;
\dn nosuch
\echo :ROW_COUNT :ERROR :SQLSTATE
\dt (
\echo :ERROR :SQLSTATE :LAST_ERROR_MESSAGE
\errverbose
\dt t surplus
\d t one two
\dn public surplus
\dd`echo `
\dS
\dq
\dQ t
\dR
\dr
\dPz
\dp'quoted'
\zz
\lx
\l- x
\listing
\if false
\d nosuch
\dt `echo evaluated >&2`
\endif
SELECT 'kept'
\dt t
AS column;
\set ON_ERROR_STOP on
\dt nosuch
\dP nosuch
\du nosuch
\drds nosuch
\dX nosuch
\echo still here
\d nosuch
\echo not reached
