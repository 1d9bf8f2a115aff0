SELECT step_type, script_path
FROM pg_temp.pgmi_test_plan()
ORDER BY ordinal;
