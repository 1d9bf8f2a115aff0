-- \restrict and \unrestrict, as dumps use them
\restrict abc123
SELECT 1;
\echo no
\i data/one.sql
\! echo no
\set x 1
\q
COPY (SELECT 1) TO STDOUT;
CREATE TABLE r (a int);
COPY r FROM STDIN;
1
\.
\unrestrict wrong
\echo still restricted
\restrict again
\unrestrict
\if true
\endif
\copy r to stdout
\unrestrict abc123
\echo free again
\unrestrict abc123
\restrict
\restrict k1 extra
\unrestrict k1
\restrict 'quoted key'
\unrestrict quoted key
\unrestrict 'quoted key'
\echo end
