-- See what tests would run
SELECT * FROM pg_temp.pgmi_test_plan();
-- Filter by pattern (POSIX regex on script_path)
SELECT * FROM pg_temp.pgmi_test_plan('.*/auth/.*');
