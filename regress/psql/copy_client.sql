-- \copy in its forms
CREATE TABLE c (a int, b text);
CREATE SCHEMA "S p";
CREATE TABLE "S p"."T b" ("c 1" int);
\copy c from data/copy.txt
\copy c from 'data/copy.txt'
\copy c to out1.txt
\copy c to 'out 2.txt' with csv header
\copy c (b) to out3.txt
\copy c(a,b) to out4.txt delimiter '|'
\copy (select * from c order by a) to out5.txt
\copy ( select ')' as x, '(' as "y)" , $$;$$ ) to out6.txt
\copy (select E'\'' , 'it''s') to out7.txt
\copy c to stdout
\copy c to pstdout
\copy c from stdin
10	ten
\.
\copy c from stdin with (format csv)
11,"eleven"
\.
\copy "S p"."T b" from program 'printf "1\n2\n"'
\copy "S p"."T b" to program 'sort -r'
\copy "S p"."T b" ("c 1") to program 'cat > out8.txt'
\copy public.c to out9.txt
\copy public . c to out10.txt
\copy binary c to out11.bin
\copy c from out11.bin binary
\copy c to out12.bin (format binary)
\copy c from out12.bin with (format binary)
SELECT count(*) FROM c;
\COPY c to out13.txt
\set v c
\copy :v to out14.txt
\copy c to out15.txt null 'NUL'
\copy c to STDOUT null 'NUL'
\copy (insert into c values (99, 'returned') returning *) to stdout
\copy (values (1), (2)) to stdout
\copy (with x as (select 1) select * from x) to stdout
-- errors
\copy
\copy c
\copy c from
\copy c to
\copy c sideways x
\copy c from nosuch.txt
\copy c from data
\copy c to nosuchdir/x
\copy c to data
\copy nosuch from data/copy.txt
\copy nosuch to out16.txt
\copy nosuch from stdin
1	data
\.
\echo after refused
\copy c (a from x
\copy (select 1 to stdout
\copy 'quoted' to stdout
\copy c from program
\copy c from program unquoted
\copy c from program 'exit 3'
\copy c to program 'cat >/dev/null; exit 3'
\copy c to program 'cat >/dev/null; kill -9 $$'
\copy c from stdin extra words
1	data
\.
\copy c from data/bad_copy.txt
\copy c to stdout with (nosuch)
\copy c from data/copy.txt where a > 1
SELECT count(*) FROM c;
\o out17.txt
\copy c to stdout
\copy c to pstdout
\copy c from data/copy.txt
\o
\set QUIET on
\copy c from data/copy.txt
\if false
\copy c from nosuch \endif
\endif
\copy c from data/copy.txt \echo not a command
TRUNCATE c;
\copy c from stdin csv
1,"a
b"
2,x
\.
\copy c to stdout csv
\copy c to stdout ; select 1
\copy c to stdout;
\! cat out1.txt | wc -l

-- What follows the file goes to the server as it is; a closing quote may be missing.
SET log_statement = 'all';
SET client_min_messages = 'log';
\copy c to stdout   with  (format   csv)
\copy (select 1  ,  '  ' ) to 'out18.txt'	 csv   
\copy c to stdout csv ;
\copy c to 'out19.txt'csv
\copy c to 'out''20.txt
\copy c to '
\copy c to 'out21.txt''
RESET client_min_messages;
RESET log_statement;
