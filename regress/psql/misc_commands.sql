-- \cd \! \setenv \getenv \prompt \conninfo \copyright \timing and friends, without a terminal
\cd data
\! basename "$PWD"
\i one.sql
\cd ..
\! basename "$PWD" | wc -l
\cd nosuchdir
\cd
\! test "$PWD" = "$HOME" && echo at home
\cd data extra
\! echo one; echo two >&2
\! exit 3
\! kill -9 $$
\!echo no blank
\setenv PGMISH_TEST value
\! echo $PGMISH_TEST
\getenv got PGMISH_TEST
\echo :got
\setenv PGMISH_TEST
\! echo [$PGMISH_TEST]
\getenv got2 PGMISH_TEST
\echo :got2
\getenv got
\getenv
\setenv
\setenv a=b c
\setenv PGMISH_TEST 'two words'
\! echo $PGMISH_TEST
\conninfo
\timing maybe
\timing off
\timing on
\timing
\timing off
\set p prompted
\q extra
SELECT 'not reached';
