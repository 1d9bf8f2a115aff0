DO $$
BEGIN
    RAISE WARNING 'three is next';
    RAISE EXCEPTION 'wrong' USING ERRCODE = 'XX123', DETAIL = 'what was wrong', HINT = 'do it right';
END $$;
