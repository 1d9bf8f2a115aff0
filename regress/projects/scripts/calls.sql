SELECT run_file(path) FROM pg_temp.pgmi_plan_view ORDER BY execution_order;
SELECT 'behind';
