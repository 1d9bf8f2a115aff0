CREATE TEMP TABLE inc (a int);
COPY inc FROM STDIN;
1
2
\.
\copy inc from stdin
3
\.
TABLE inc;
