-- \des \det \deu \dew \dE.
CREATE SCHEMA odd;
\des
\det
\deu
\dew
CREATE FOREIGN DATA WRAPPER dummy OPTIONS (a 'x y', "B" 'it''s');
CREATE FOREIGN DATA WRAPPER "Other" VALIDATOR postgresql_fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER dummy IS 'useless';
CREATE SERVER s1 TYPE 'kind' VERSION '1.2' FOREIGN DATA WRAPPER dummy OPTIONS (host 'h', "p'q" 'r"s');
CREATE SERVER "S 2" FOREIGN DATA WRAPPER "Other";
COMMENT ON SERVER s1 IS 'first
server';
GRANT USAGE ON FOREIGN SERVER s1 TO PUBLIC;
GRANT USAGE ON FOREIGN DATA WRAPPER dummy TO PUBLIC;
CREATE USER MAPPING FOR postgres SERVER s1 OPTIONS (user 'u', password 'p');
CREATE USER MAPPING FOR public SERVER s1;
CREATE USER MAPPING FOR public SERVER "S 2" OPTIONS (user 'me');
CREATE FOREIGN TABLE ft (a int OPTIONS (x 'y')) SERVER s1 OPTIONS (t 'u');
CREATE FOREIGN TABLE odd.ft2 (a int) SERVER "S 2";
COMMENT ON FOREIGN TABLE ft IS 'a foreign table';
\des
\des+
\des s*
\des+ "S 2"
\des no_such
\des a.b
\det
\det+
\det odd.*
\det+ *.*
\det no_such
\det a.b.c.d
\det x.odd.ft2
\deu
\deu+
\deu s1
\deu public
\deu+ postgres
\deu no_such
\deu a.b
\dew
\dew+
\dew dummy
\dew no_such
\dew a.b
\dex
\de
\x
\des+
\det+
\deu+
\dew+
\x
\pset format csv
\des+
\deu+
\pset null (nothing)
\dew+
