-- \dT \dD \dC \dc \dO \dL.
CREATE SCHEMA odd;
CREATE TYPE colour AS ENUM ('red', 'green', 'bl ue', 'x''y');
CREATE TYPE odd.pair AS (a int, b text);
CREATE TYPE "Range" AS RANGE (subtype = float8);
CREATE TYPE shell_only;
CREATE TABLE a_table (a int);
CREATE VIEW a_view AS SELECT 1 AS one;
CREATE DOMAIN posint AS int NOT NULL DEFAULT 1 CONSTRAINT positive CHECK (VALUE > 0) CHECK (VALUE < 100);
CREATE DOMAIN odd.name AS varchar(20) COLLATE "C";
CREATE DOMAIN "Arr" AS int[];
CREATE DOMAIN plain_text AS text COLLATE "POSIX" CHECK (VALUE <> '');
COMMENT ON DOMAIN posint IS 'positive';
COMMENT ON TYPE colour IS 'colours';
REVOKE ALL ON TYPE colour FROM public;
REVOKE USAGE ON DOMAIN posint FROM public;
CREATE CAST (colour AS int) WITH INOUT;
CREATE FUNCTION to_pair(int) RETURNS odd.pair LANGUAGE sql AS 'SELECT ROW($1, '''')::odd.pair';
CREATE CAST (int AS odd.pair) WITH FUNCTION to_pair(int) AS ASSIGNMENT;
CREATE CAST (text AS colour) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (colour AS int) IS 'odd cast';
CREATE CONVERSION odd_conv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE DEFAULT CONVERSION odd.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION odd_conv IS 'odd conversion';
CREATE COLLATION coll (locale = 'C');
CREATE COLLATION odd.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
COMMENT ON COLLATION coll IS 'a collation';
CREATE TRUSTED LANGUAGE odd_lang HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
GRANT USAGE ON LANGUAGE odd_lang TO PUBLIC;
COMMENT ON LANGUAGE odd_lang IS 'odd language';

\dT
\dT+
\dTS int*
\dT int
\dT int[]
\dT INT[]
\dT float
\dT decimal
\dT "time"
\dT *[]
\dT bool[]
\dT odd.*
\dT+ odd.pair
\dT colour
\dT _colour
\dT colour[]
\dT+ "Range"
\dT range
\dT a_table
\dT a_view
\dT shell*
\dT no_such
\dT check.odd.pair
\dT x.odd.pair
\dT a.b.c.d
\dTS+
\dD
\dD+
\dDS
\dDS+
\dD odd.*
\dD+ *.*
\dD information_schema.*
\dD no_such
\dD a.b.c.d
\dC
\dC+
\dC colour
\dC+ colour
\dC int
\dC int4
\dC integer
\dC pg_catalog.int8
\dC odd.*
\dC *.*
\dC no_such
\dC x.odd.pair
\dC a.b.c.d
\dc
\dc+
\dcS
\dcS+
\dc odd.*
\dc+ *.odd*
\dc no_such
\dc a.b.c.d
\dO
\dO+
\dOS
\dOS+ C
\dO odd.*
\dO+ pg_catalog.*
\dO no_such
\dO a.b.c.d
\dL
\dL+
\dLS
\dLS+
\dL odd*
\dL c
\dL check.odd_lang
\dL x.c
\dL a.b.c
\dL no_such
\pset null (nothing)
\pset format csv
\dT+
\dD+
\dO
\dL+
\pset format aligned
\x
\dT+ colour
\dD+ posint
\dC+ colour
\dc+ odd*
\dO+ coll
\dL+ odd_lang
\dT no_such
\dL no_such
\x
\t
\dD
\dT no_such
