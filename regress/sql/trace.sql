--
-- \trace: marks between the statements of files
--
\trace
\trace on
\pgmi load projects/traced
\trace
-- only content is another one
SELECT path, content FROM pgmi_source_view ORDER BY path COLLATE "C";
SELECT p.path FROM pgmi_plan_view p JOIN _pgmi_source s USING (path)
 WHERE p.content <> s.content ORDER BY p.execution_order;
SELECT count(*) FROM pgmi_source_view v JOIN _pgmi_source s USING (path)
 WHERE s.size_bytes <> octet_length(s.content) OR v.size_bytes <> s.size_bytes
    OR v.checksum <> encode(sha256(convert_to(s.content, 'UTF8')), 'hex');
\source ./migrations/003_one.sql
SELECT attname, atttypid::regtype FROM pg_attribute
 WHERE attrelid = 'pgmi_plan_view'::regclass ORDER BY attnum;
-- what ran: times are left out
\i projects/traced/deploy.sql
\pset tuples_only on
\pset format unaligned
\pset footer off
\o | awk -F'|' '{ print $1, $2, $1 ~ /:/ ? $5 : $3 }' | LC_ALL=C sort
\trace
\o
\o | cut -d'|' -f1,2 | LC_ALL=C sort | head -n 3
\pgmi trace+
\o
\pset tuples_only off
\pset format aligned
\pset footer on
-- a statement's own tag and count are not the mark's
DO $$
DECLARE
    n bigint;
    r record;
BEGIN
    EXECUTE (SELECT content FROM pgmi_plan_view WHERE path = './migrations/001_tables.sql');
    RESET search_path;
    EXECUTE (SELECT content FROM pgmi_plan_view WHERE path = './migrations/002_crlf.sql');
    GET DIAGNOSTICS n = ROW_COUNT;
    RAISE INFO 'last statement: % rows', n;
    FOR r IN EXECUTE (SELECT content FROM pgmi_plan_view WHERE path = './migrations/rows.sql') LOOP
        RAISE INFO 'row: %', r;
    END LOOP;
    RAISE EXCEPTION 'undo';
END $$;
-- what the server says of a marked text has no marks in it
DO $$
BEGIN
    EXECUTE (SELECT content || ' SELECT nosuch;' FROM pgmi_plan_view WHERE path = './migrations/003_one.sql');
END $$;
DO $$
BEGIN
    EXECUTE (SELECT content || ' SELECT 1/0;' FROM pgmi_plan_view WHERE path = './migrations/003_one.sql');
END $$;
-- another role may run marks
BEGIN;
CREATE ROLE regress_traced;
SET LOCAL ROLE regress_traced;
SELECT pg_temp._pgmi_mark(1, 1);
SELECT path FROM pgmi_plan_view WHERE content LIKE '%_pgmi_mark%' ORDER BY execution_order;
ROLLBACK;
-- off: nothing is left of it
\trace off
\trace off
SELECT count(*) FROM pgmi_source_view v JOIN _pgmi_source s USING (path) WHERE v.content <> s.content;
SELECT to_regclass('pg_temp._pgmi_marked'), to_regprocedure('pg_temp._pgmi_mark(integer,integer)');
SELECT pg_get_viewdef('pgmi_plan_view'::regclass) LIKE '%_pgmi_marked%';
-- on for what is loaded; a rolled back transaction takes it away again
BEGIN;
\trace on
SELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_pgmi_mark%';
ROLLBACK;
SELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_pgmi_mark%';
\trace on
SELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_pgmi_mark%';
\pgmi reload
SELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_pgmi_mark%';
\pgmi unload
SELECT to_regclass('pg_temp._pgmi_marked'), to_regprocedure('pg_temp._pgmi_mark(integer,integer)');
-- mistakes
\trace maybe
\trace on
BEGIN;
SELECT 1/0;
\trace on
ROLLBACK;
\trace off
