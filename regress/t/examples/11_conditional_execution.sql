DO $$
DECLARE
v_file RECORD;
v_env TEXT := COALESCE(current_setting('pgmi.env', true), 'development');
BEGIN
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './migrations/%' ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
-- Only seed data in development
IF v_env = 'development' THEN
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './seeds/%' ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
END IF;
END $$;
