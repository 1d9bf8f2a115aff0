-- \sf \sv: the whole line is the name; a semicolon is part of it.
CREATE FUNCTION source(a int, b text DEFAULT 'x;') RETURNS int LANGUAGE sql AS $$
  SELECT a;

$$;
CREATE FUNCTION lone() RETURNS int LANGUAGE sql RETURN 1;
CREATE VIEW "My View" WITH (security_barrier) AS SELECT 1 AS a;
CREATE TABLE plain (a int);
\sf source
\sf+ source
\sf source(int, text)
\sf source;
\sf source(int, text);
\sf source(int, text) ;
\sf lone 
\sf+	lone	
\sf lone 1
\sf lone() \echo part of the name
\sf "lone"
\sf 'lone'
\sf pg_catalog.lower
\sf no_such
\sf
\sf ;
\sf  	
\sv "My View"
\sv+ "My View" 
\sv "My View";
\sv My View
\sv plain
\sv pg_user 1
\sv
\sv ;
\set VERBOSITY verbose
\sv lone
SELECT 1
\sf lone
;
\o source.out
\sf lone
\sv "My View"
\o
\! cat source.out
-- the look at a name, as psql asks for it
\set ECHO_HIDDEN on
\sf lo\'ne
\sf no_such
\sv no_such
\set ECHO_HIDDEN noexec
\sf lone

-- numbers that belong to no object
\sv 12
\sf 12
\sf+ 4294967295
\sv 0
