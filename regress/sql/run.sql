--
-- \run, and where errors are in the project
--
\run ./tables/item.sql
\pgmi load projects/shop
\run ./tables/item.sql
\run functions/label.sql
SELECT label(1) IS NULL AS empty;
\run
\run ./nosuch.sql
\run ./data/colours.json
BEGIN;
\run ./tables/seed.sql
SELECT count(*) FROM item;
ROLLBACK;
DROP FUNCTION label(int);
DROP TABLE item;
\pgmi load projects/broken
\run ./migrations/syntax.sql
\run ./migrations/runtime.sql
\run ./migrations/backslash.sql
DROP TABLE IF EXISTS ok;
DO $$
DECLARE
    v text := (SELECT content FROM pgmi_plan_view WHERE path = './migrations/syntax.sql');
BEGIN
    EXECUTE v;
END $$;
DO $$
DECLARE
    v text := (SELECT content FROM pgmi_plan_view WHERE path = './migrations/runtime.sql');
BEGIN
    EXECUTE v;
END $$;
-- an error that has nothing to do with a file
SELECT nosuch;
