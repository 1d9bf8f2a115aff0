DO $$
DECLARE v_file RECORD;
BEGIN
-- Phase 1: Schema changes in one transaction
BEGIN
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './schemas/%' ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
EXCEPTION WHEN OTHERS THEN
RAISE EXCEPTION 'Schema phase failed: %', SQLERRM;
END;
-- Phase 2: Migrations
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './migrations/%' ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
END $$;
