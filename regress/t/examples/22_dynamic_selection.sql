-- Deploy SQL files from a specific directory
DO $$
DECLARE v_file RECORD;
BEGIN
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './migrations/v2/%'
ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
END $$;
-- Or use POSIX regex for complex patterns
DO $$
DECLARE v_file RECORD;
BEGIN
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_source_view
WHERE path ~ '.*/v2/.*' AND is_sql_file
ORDER BY path
) LOOP
EXECUTE v_file.content;
END LOOP;
END $$;
