-- Phase 1: Migrations and seeds (inside DO block)
DO $$
DECLARE
v_file RECORD;
v_env TEXT := COALESCE(current_setting('pgmi.env', true), 'development');
BEGIN
-- Always run migrations
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './migrations/%'
ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
-- Only seed data in development
IF v_env = 'development' THEN
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './seeds/%'
ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
END IF;
END $$;
-- Phase 2: Tests (top-level — expands to SAVEPOINT commands)
CALL pgmi_test();
COMMIT;
