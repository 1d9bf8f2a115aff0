-- Runs every SQL file that EXECUTE can take; stops where one fails, and hides where.
BEGIN;
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT p.path, p.content FROM pg_temp.pgmi_plan_view AS p
              WHERE p.path ~ '/migrations/[0-9].*[.]sql$' ORDER BY p.execution_order
    LOOP
        BEGIN
            EXECUTE v.content;
        EXCEPTION WHEN OTHERS THEN
            RAISE EXCEPTION 'Failed in %: %', v.path, SQLERRM USING ERRCODE = SQLSTATE;
        END;
    END LOOP;
END
$$;
ROLLBACK;
