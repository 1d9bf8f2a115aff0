DO $$ BEGIN RAISE NOTICE 'nobody sees this'; END $$;
CREATE TABLE made_by_a_test (n int);
