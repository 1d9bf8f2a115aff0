-- a comment; with a semicolon
CREATE TABLE traced_a (id integer PRIMARY KEY, word text);
/* one
   more; */ INSERT INTO traced_a VALUES (1, 'a;b'), (2, $x$;$x$); INSERT INTO traced_a VALUES (3, 'c');
SET LOCAL client_min_messages = error;
SET LOCAL search_path = nowhere;
CREATE FUNCTION pg_temp.traced() RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM 1;
END
$f$;
SELECT pg_temp.traced()
