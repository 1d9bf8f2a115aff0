-- \watch ends when a round fails: each of these sequences makes the third or so fail.
CREATE SEQUENCE s;
SELECT 6 / (3 - nextval('s')) AS n \watch 0.01
\echo ERROR :ERROR :SQLSTATE :ROW_COUNT
SELECT setval('s', 1, false);
\pset title 'My title'
SELECT 6 / (3 - nextval('s')) AS n
\watch 0.01;
\p
\pset title
SELECT setval('s', 1, false);
SELECT nextval('s'), 6 / (4 - currval('s')) AS n;
\watch .001
SELECT setval('s', 1, false) \g nowhere.txt
CREATE TABLE t (a int CHECK (a < 3));
INSERT INTO t SELECT nextval('s') \watch 0.01
SELECT setval('s', 1, false) \g nowhere.txt
INSERT INTO t SELECT nextval('s') RETURNING a \watch 0.01 extra
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 'one' AS first \; SELECT 6 / (3 - nextval('s')) \watch 0.01
\set SHOW_ALL_RESULTS off
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 'one' AS first \; SELECT 6 / (3 - nextval('s')) \watch 0.01
\set SHOW_ALL_RESULTS on
\set FETCH_COUNT 1
SELECT setval('s', 1, false) \g nowhere.txt
SELECT n, 6 / (3 - currval('s')) FROM (SELECT nextval('s') AS n) x, generate_series(1, 3) \watch 0.01
\unset FETCH_COUNT
SELECT setval('s', 1, false) \g nowhere.txt
COPY (SELECT 6 / (3 - nextval('s'))) TO STDOUT \watch 0.01
\pset tuples_only on
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 6 / (3 - nextval('s')) \watch 0.01
\pset format html
\pset tuples_only off
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 6 / (3 - nextval('s')) \watch 0.01
\pset format csv
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 6 / (3 - nextval('s')) \watch 0.01
\pset format aligned
\x
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 6 / (3 - nextval('s')) \watch 0.01
\x
no such thing \watch garbage(
no such statement \watch
BEGIN;
no such statement \watch 1
SELECT 1 \watch 1
ROLLBACK;
\set ECHO queries
\set AUTOCOMMIT off
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 6 / (3 - nextval('s')) AS n \watch 0.01
SELECT 1 AS after;
ROLLBACK;
\set AUTOCOMMIT on
\o out.txt
SELECT setval('s', 1, false) \g nowhere.txt
SELECT 6 / (3 - nextval('s')) AS n \watch 0.01
\o
\timing on
\timing off
\set ON_ERROR_STOP on
SELECT 1/0 \watch
\echo not reached
