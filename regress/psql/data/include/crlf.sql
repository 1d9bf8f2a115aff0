SELECT 1
AS crlf;
\echo crlf
CREATE TEMP TABLE crlf (a text);
COPY crlf FROM STDIN;
x
\.
TABLE crlf;
