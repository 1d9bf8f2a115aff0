-- errors: position lines, long lines, wide characters, verbosity
SELECT nosuch;
SELECT 1,
       2,
       nosuch
  FROM generate_series(1, 2);
SELEC 1;
SELECT 'x' AS a, 'y' AS b, 'z' AS c, nosuch_column_in_the_middle, 'more' AS d, 'and more' AS e, 'and even more' AS f, 'the end' AS g;
SELECT repeat('x', 100), 'some text to make the line long enough to be cut on the left hand side', nosuch;
SELECT nosuch, 'some text to make the line long enough to be cut on the right hand side', repeat('x', 100);
SELECT '日本語', nosuch, '日本語';
SELECT 'ünï', '日本語日本語日本語日本語日本語日本語日本語日本語日本語', nosuch, '日本語日本語日本語日本語日本語日本語';
SELECT	'tab',	nosuch;
SELECT 1 +;
SELECT (1;
);
SELECT 1)
;
'unfinished;
';
SELECT "unfinished;
";
SELECT 1/0;
SELECT 'x'::int;
SELECT * FROM nosuch WHERE a = 1;
SELECT nosuch(1);
SELECT 1 AS a, 2 FROM nosuch.tab;
INSERT INTO nosuch VALUES (1);
CREATE TABLE e (a int PRIMARY KEY, b int NOT NULL CHECK (b > 0));
INSERT INTO e VALUES (1, 1);
INSERT INTO e VALUES (1, 1);
INSERT INTO e VALUES (2, NULL);
INSERT INTO e VALUES (2, -1);
\set VERBOSITY verbose
SELECT nosuch;
INSERT INTO e VALUES (2, NULL);
\set VERBOSITY terse
SELECT nosuch;
INSERT INTO e VALUES (1, 1);
\set VERBOSITY sqlstate
SELECT nosuch;
\set VERBOSITY default
CREATE FUNCTION fails(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN 1 / i;
END $$;
SELECT fails(0);
\set SHOW_CONTEXT never
SELECT fails(0);
\set SHOW_CONTEXT always
SELECT fails(0);
DO $$ BEGIN RAISE NOTICE 'with context'; END $$;
\set SHOW_CONTEXT errors
DO $$ BEGIN EXECUTE 'SELECT nosuch FROM e'; END $$;
DO $$ BEGIN PERFORM nosuch FROM e; END $$;
DO $$ BEGIN RAISE EXCEPTION 'custom % and %', 1, 'two' USING DETAIL = 'the detail', HINT = 'the hint', ERRCODE = 'P0042'; END $$;
DO $$ BEGIN RAISE EXCEPTION E'several\nlines'; END $$;
DO $$ syntax error $$;
CREATE FUNCTION broken() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$;
CREATE FUNCTION broken() RETURNS int LANGUAGE sql AS 'SELECT nosuch';
\errverbose
SELECT 1;
\errverbose
SELECT 1 \; SELECT nosuch \; SELECT 2;
SELECT 1 AS ok \; SELECT
  nosuch;
SELECT 'last';
