\set FETCH_COUNT 2
CREATE TABLE c (a int);
COPY c FROM STDIN;
1
2
3
\.
COPY c TO STDOUT;
SELECT * FROM c;
TABLE c;
\copy c to stdout
