-- List all parameters
SELECT key, value, description FROM pg_temp.pgmi_parameter_view;
