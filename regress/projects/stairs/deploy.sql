-- three steps and a block
CREATE TABLE stairs (step int, note text);
INSERT INTO stairs VALUES (1, 'first'); INSERT INTO stairs VALUES (2, 'second');
COPY stairs FROM STDIN;
3	third
4	fourth
\.
DO $$
DECLARE
    v_file record;
BEGIN
    FOR v_file IN SELECT path, content FROM pg_temp.pgmi_plan_view ORDER BY execution_order
    LOOP
        EXECUTE v_file.content;
    END LOOP;
END $$;
\if :{?loudly}
\echo never
\endif
SELECT count(*) AS rows FROM stairs \gset
CALL pgmi_test();
INSERT INTO stairs VALUES (:rows + 1, 'last')
