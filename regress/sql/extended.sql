--
-- \bind, \parse, \bind_named, \close_prepared; \watch with i=, c= and m=
--
SELECT $1::int + $2::int AS sum \bind 1 2 \g
SELECT 'after' AS simple;
SELECT $1::text \bind 'two words' \gx
SELECT $1::int AS v, $2 AS w \bind 5 '' \gset
\echo :v :'w'
SELECT $1 \parse s1
\bind_named s1 foo \g
\bind_named s1 'two words' \gx
SELECT name, statement FROM pg_prepared_statements;
\close_prepared s1
SELECT name, statement FROM pg_prepared_statements;
\bind_named s1 foo \g
\close_prepared s1
\close_prepared ''
SELECT 'unnamed' \parse ''
\bind_named '' \g
\bind_named
\parse
\close_prepared
SELECT 1 \; SELECT 2 \bind \g
SELECT $1 \bind \g
SELECT $1::int \bind x \g
\set FETCH_COUNT 1
SELECT generate_series(1, $1::int) AS n \bind 3 \g
\unset FETCH_COUNT
SELECT generate_series(1, $1::int) AS n \bind 2
;
INSERT INTO nowhere VALUES ($1) \bind 1 \g
-- a name that has to be quoted
SELECT 1 AS one \parse 'a"b'
\close_prepared 'a"b'
SELECT count(*) FROM pg_prepared_statements;
-- without titles, which have the time
\pset tuples_only on
SELECT 'two rounds' \watch i=0 c=2
SELECT 'one round' \watch count=1
SELECT 'not enough' \watch min_rows=2 interval=100
SELECT 'with ' || $1 \bind parameter \watch c=1
SELECT 1 \watch i=-1
SELECT 1 \watch i=x
SELECT 1 \watch i=
SELECT 1 \watch c=0
SELECT 1 \watch c=1 count=2
SELECT 1 \watch 1 i=2
SELECT 1 \watch m=a
SELECT 1 \watch min_rows=2 m=1
SELECT 1 \watch foo=1
SELECT 'the end';
