SELECT 1;
COPY traced_a FROM STDIN;
1	x
\.
