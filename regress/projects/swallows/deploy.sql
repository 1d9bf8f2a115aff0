-- One handler puts the file's name into the message, the one inside lets a file fail.
BEGIN;
CREATE OR REPLACE FUNCTION public.regress_run(p_path text) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    EXECUTE (SELECT content FROM pg_temp.pgmi_plan_view WHERE path = p_path);
EXCEPTION WHEN OTHERS THEN
    RAISE EXCEPTION 'Failed in %: %', p_path, SQLERRM USING ERRCODE = SQLSTATE;
END
$f$;
DO $$
BEGIN
    IF current_setting('pgmi.inner') = 'yes' THEN
        PERFORM public.regress_run('./sql/1_may_fail.sql');
    END IF;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'passed over';
END
$$;
DO $$
DECLARE
    v text;
BEGIN
    FOREACH v IN ARRAY string_to_array(current_setting('pgmi.files'), ' ') LOOP
        RAISE NOTICE 'running %', v;
        PERFORM public.regress_run('./sql/' || v || '.sql');
    END LOOP;
END
$$;
COMMIT;
