SELECT 'file two' AS file;
SELECT
  nosuch;
\nosuch
DO $$ BEGIN RAISE NOTICE 'two'; END $$;
\echo two
