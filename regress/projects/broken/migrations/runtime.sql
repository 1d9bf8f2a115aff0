SELECT 'fine';
DO $$
BEGIN
    PERFORM 1;
    RAISE EXCEPTION 'on purpose' USING HINT = 'Nothing to be done.';
END $$;
