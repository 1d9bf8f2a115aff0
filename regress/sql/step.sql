--
-- \step and \break over a pipe: the words are the lines that follow
--
\step
\step nosuch.sql
\break
\break nonsense
\break nosuch.sql:1
\break delete
\break delete 3
\pgmi load projects/stairs
\break ./deploy.sql:99
\break deploy.sql:17
\break migrations/001_fifth.sql:1
\break delete 2
\break
-- quit rolls back
\step
help
next
quit
SELECT to_regclass('stairs') IS NULL AS gone;
-- the whole way: deploy.sql holds the macro and opens no transaction, so BEGIN comes first
\step
next 2
SELECT count(*) FROM stairs;
SELECT nosuch;
INSERT INTO stairs VALUES (9, 'typed')
  RETURNING step;
back
list
SELECT count(*) FROM stairs;
back 5
until 4
skip
back
next
-- into the block: the session waits, the prompt has another connection
next
SELECT to_regclass('stairs') IS NULL AS not_committed;
SELECT nosuch;
skip
plan
\plan
\pgmi reload
list
next 2
break
finish
back
break migrations/002_sixth.sql:3
continue
break
back
delete 3
finish
until nonsense
next nonsense
plan
\step
break 20
break
delete all
break
continue
SELECT * FROM stairs ORDER BY step;
DROP TABLE stairs;
-- a failure goes back to the savepoint before it
BEGIN;
CREATE TABLE stairs (step int);
\step
continue
ROLLBACK TO nosuch;
DROP TABLE stairs;
retry
next
quit
SELECT count(*) FROM stairs;
ROLLBACK;
-- quit in the middle of a block, a statement that times out no earlier for waiting
SET statement_timeout = '1min';
SET client_min_messages = error;
\step
until ./migrations/002_sixth.sql:1
quit
SHOW statement_timeout;
RESET statement_timeout;
RESET client_min_messages;
SELECT to_regclass('stairs') IS NULL AS gone,
       (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks,
       (SELECT count(*) FROM pgmi_source_view WHERE content LIKE '%_pgmi_mark%') AS marked;
-- a function that runs files, and a block outside a transaction
CREATE TABLE stairs (step int, note text);
CREATE FUNCTION run_file(text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT content FROM pg_temp.pgmi_source_view WHERE path = $1);
END $$;
\step projects/scripts/calls.sql
next
next
next
next
back
next
SELECT * FROM stairs ORDER BY step;
DROP FUNCTION run_file(text);
DROP TABLE stairs;
-- a loaded file; outside a transaction there is no way back
CREATE TABLE stairs (step int, note text);
\step ./migrations/002_sixth.sql
next
back
until 4
SELECT * FROM stairs;
DROP TABLE stairs;
-- a file that ends in the middle of its own transaction
\step projects/scripts/ends.sql
n
n
b
b
b
c
b
s
c
ROLLBACK;
DROP TABLE stairs;
-- the end of the script is quit
\break projects/scripts/ends.sql:6
\step projects/scripts/ends.sql
c
s
c
