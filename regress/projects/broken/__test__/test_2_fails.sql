DO $$
BEGIN
    ASSERT 1 = 2, 'one is not two';
END $$;
