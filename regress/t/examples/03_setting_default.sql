DO $$
DECLARE
v_env TEXT;
BEGIN
-- Get parameter with default (the true argument prevents errors if not set)
v_env := COALESCE(current_setting('pgmi.env', true), 'development');
RAISE NOTICE '%', v_env;
END $$;
