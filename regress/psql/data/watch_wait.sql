CREATE TABLE r (a int);
INSERT INTO r VALUES (1) RETURNING a
\watch 100
\echo next
