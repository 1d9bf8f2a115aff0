-- \o: files, pipes, what goes there and what does not
SELECT 'to stdout';
\o out1.txt
SELECT 'to out1';
\echo echo to stdout
\qecho qecho to out1
\warn warn to stderr
SELECT nosuch;
CREATE TABLE o1 (a int);
INSERT INTO o1 VALUES (1);
\nosuch_command
\p
\pset border 2
\pset border 1
\o
SELECT 'to stdout again';
\o out2.txt
SELECT 'to out2';
\o out3.txt
SELECT 'to out3';
SELECT 'to another file' \g out4.txt
SELECT 'to out3 again';
\o |cat >piped.txt
SELECT 'to a pipe';
\echo from echo
\o
\echo the pipe is closed
\! cat piped.txt
\o | sed 's/^/> /'
SELECT 'x' AS a, 'y' AS b;
\qecho qecho
\o
\o 'quoted name.txt'
SELECT 1;
\o nosuchdir/x
SELECT 'after a failed \o';
\o
\out out5.txt
SELECT 5;
\out
\o |cat >out6.txt; exit 3
SELECT 6;
\o
\set name out7.txt
\o :name
SELECT 7;
\o
\o out8.txt extra
\o
\! cat out1.txt out8.txt
