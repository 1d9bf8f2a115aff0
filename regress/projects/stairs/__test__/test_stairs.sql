DO $$
BEGIN
    IF (SELECT count(*) FROM stairs) <> 6 THEN
        RAISE EXCEPTION 'six steps expected';
    END IF;
END $$;
