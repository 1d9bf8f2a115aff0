-- COPY in scripts: in-line data, output, several at once, refused and broken data
CREATE TABLE c (a int PRIMARY KEY, b text);
COPY c FROM STDIN;
1	one
2	two\ttab
3	\N
\.
SELECT * FROM c ORDER BY a;
COPY c TO STDOUT;
COPY c (b, a) FROM STDIN WITH (FORMAT csv, HEADER);
b,a
"four, quoted",4
"five
lines",5
\.
COPY (SELECT * FROM c ORDER BY a) TO STDOUT WITH CSV HEADER;
COPY c FROM STDIN;
\.
COPY c FROM STDIN WITH (DELIMITER '|');
6|six
\.
COPY c FROM STDIN \g
7	seven
\.
-- errors in the data: the rest of it is skipped
COPY c FROM STDIN;
8	eight
x	not a number
9	nine
\.
SELECT count(*) FROM c;
COPY c FROM STDIN;
1	duplicate
10	ten
\.
COPY c FROM STDIN;
11	too	many	columns
\.
COPY c FROM STDIN;
12
\.
-- refused: the data that follows is not run as SQL
COPY nosuch FROM STDIN;
1	one
SELECT 'this is data';
\.
\echo after refused
COPY c (nosuch) FROM STDIN;
\echo this is data
\.
BEGIN;
SELECT 1/0;
COPY c FROM STDIN;
20	twenty
\.
ROLLBACK;
COPY c FROM STDIN WITH (FORMAT nosuch);
data
\.
SELECT 1/0 \; COPY c FROM STDIN;
data
\.
COPY nosuch TO STDOUT;
COPY c TO STDOUT (FORMAT nosuch);
-- more than one, and in strings of statements
COPY c FROM STDIN \; SELECT count(*) FROM c \; COPY c FROM STDIN;
30	thirty
\.
31	thirty one
\.
SELECT count(*) FROM c;
COPY c TO STDOUT \; SELECT 'between' \; COPY (SELECT 1) TO STDOUT;
COPY c TO STDOUT \g out1.txt
COPY c TO STDOUT \g | sort -r
SELECT 1 \; COPY c TO STDOUT \g out2.txt
\o out3.txt
COPY c TO STDOUT;
SELECT 'in the file';
\o
\pset format csv
COPY c TO STDOUT;
\pset format aligned
COPY c FROM STDIN; SELECT 'same line as COPY';
40	forty
\.
SELECT 'after', count(*) FROM c;
copy c from stdin ; \echo same line command
41	x
\.
COPY c FROM STDIN
;
42	y
\.
COPY c TO '/nonexistent/dir/file';
COPY c FROM '/nonexistent/file';
COPY (SELECT 1) TO PROGRAM 'false';
\set QUIET on
COPY c FROM STDIN;
50	q
\.
\set QUIET off
COPY c FROM STDIN;
60	back\\slash \.
61	\\.
62	dot\.dot
\.
SELECT b FROM c WHERE a >= 60 ORDER BY a;
COPY c FROM STDIN WITH CSV;
70,"quoted
\.
",x
\.
\echo end of quoted
COPY c FROM STDIN;
80	until the end of the file
81	no newline