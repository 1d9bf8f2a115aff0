DO $$
DECLARE
v_dummy int;
BEGIN
-- In conditional logic
IF COALESCE(current_setting('pgmi.env', true), 'dev') = 'production' THEN
-- Production-specific logic
END IF;
END $$;
