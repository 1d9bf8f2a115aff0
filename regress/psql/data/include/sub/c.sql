\ir ../b.sql
\ir nosuch.sql
DO $$ BEGIN RAISE NOTICE 'from c'; END $$;
