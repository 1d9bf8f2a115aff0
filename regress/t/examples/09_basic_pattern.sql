DO $$
DECLARE v_file RECORD;
BEGIN
-- Transaction control is in your hands
FOR v_file IN (
SELECT path, content
FROM pg_temp.pgmi_plan_view
WHERE path LIKE './schemas/%'
ORDER BY execution_order
) LOOP
RAISE NOTICE 'Executing: %', v_file.path;
EXECUTE v_file.content;
END LOOP;
END $$;
