DO $$ BEGIN ASSERT (SELECT count(*) FROM item WHERE id >= 100) = 2; END $$;
