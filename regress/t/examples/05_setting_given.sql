DO $$
DECLARE
v_dummy int;
BEGIN
-- Check if parameter was provided
IF current_setting('pgmi.feature_flag', true) IS NOT NULL THEN
-- Parameter was explicitly set
END IF;
END $$;
