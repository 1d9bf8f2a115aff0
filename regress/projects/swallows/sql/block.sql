CREATE SEQUENCE pinpointed_sequence;
DO $$
BEGIN
    PERFORM nextval('pinpointed_sequence');
    RAISE EXCEPTION 'in the block'
        USING HINT = 'look closer';
END
$$;
