-- \encoding, client_encoding, bytes that are not valid
\encoding
\encoding latin1
\encoding
\echo :ENCODING
SELECT convert_from('\xe9', 'LATIN1') AS e_acute;
SELECT 'x' AS "x";
SELECT U&'\65e5' AS not_in_latin1;
\encoding nosuch
\encoding
\encoding UTF8
SET client_encoding = 'SQL_ASCII';
\encoding
\echo :ENCODING
SELECT convert_from('\xe9', 'LATIN1') AS e_acute;
RESET client_encoding;
\encoding
SET client_encoding = 'nosuch';
\encoding
BEGIN;
SET LOCAL client_encoding = 'LATIN1';
\encoding
ROLLBACK;
\encoding
\encoding win1252 extra
\encoding
-- options of one query do not bring the encoding back
SET client_encoding TO LATIN1 \g (format=csv)
\encoding
\echo :ENCODING
SET client_encoding TO UTF8 \gx
\encoding
SELECT 'last' AS one;
