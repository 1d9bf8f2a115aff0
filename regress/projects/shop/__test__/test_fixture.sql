DO $$ BEGIN ASSERT label(100) = 'fixture', 'the fixture is there'; END $$;
