CREATE FUNCTION pg_temp.my_callback(e pg_temp.pgmi_test_event)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
CASE e.event
WHEN 'suite_start' THEN RAISE NOTICE 'Starting test suite';
WHEN 'suite_end' THEN RAISE NOTICE 'Completed % steps', e.ordinal;
WHEN 'test_start' THEN RAISE NOTICE 'Running: %', e.path;
WHEN 'test_end' THEN RAISE NOTICE 'Passed: %', e.path;
ELSE NULL;
END CASE;
END $$;
CREATE FUNCTION pg_temp.my_custom_callback(e pg_temp.pgmi_test_event)
RETURNS void LANGUAGE sql AS 'SELECT pg_temp.my_callback($1)';
-- Run tests with custom callback function
CALL pgmi_test('.*/auth/.*', 'my_custom_callback');
-- Only some of its tests, with the callback's qualified name
CALL pgmi_test('login', 'pg_temp.my_callback');
