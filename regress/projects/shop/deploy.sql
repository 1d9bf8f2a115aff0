BEGIN;
DO $$
DECLARE
    v_file record;
BEGIN
    FOR v_file IN
        SELECT p.path, p.content FROM pg_temp.pgmi_plan_view p
          JOIN pg_temp.pgmi_source_view s USING (path)
         WHERE s.is_sql_file ORDER BY p.execution_order
    LOOP
        RAISE NOTICE 'run %', v_file.path;
        EXECUTE v_file.content;
    END LOOP;
END $$;
CALL pgmi_test();
COMMIT;
\echo the tail
SELECT count(*) FROM item;
