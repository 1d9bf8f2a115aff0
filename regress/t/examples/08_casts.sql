DO $$
DECLARE
v_enabled boolean; v_limit int; v_cutoff timestamp;
BEGIN
-- Boolean
v_enabled := COALESCE(current_setting('pgmi.feature_enabled', true), 'false')::boolean;
-- Integer
v_limit := COALESCE(current_setting('pgmi.max_rows', true), '100')::int;
-- Timestamp
v_cutoff := COALESCE(current_setting('pgmi.since', true), '2024-01-01')::timestamp;
RAISE NOTICE '% % %', v_enabled, v_limit, v_cutoff;
END $$;
