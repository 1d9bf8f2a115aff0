DO $$ BEGIN RAISE NOTICE 'the table is not there: %', to_regclass('made_by_a_test') IS NULL; END $$;
CREATE TABLE made_by_a_test (n int);
SELECT no_such_column
  FROM made_by_a_test;
