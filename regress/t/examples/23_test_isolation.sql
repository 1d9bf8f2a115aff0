DO $$
DECLARE v_file RECORD;
BEGIN
-- Deploy your schema
FOR v_file IN (
SELECT path, content FROM pg_temp.pgmi_plan_view
WHERE path LIKE './schemas/%'
ORDER BY execution_order
) LOOP
EXECUTE v_file.content;
END LOOP;
END $$;
-- Run tests (preprocessor macro handles savepoint isolation)
CALL pgmi_test();
COMMIT;
