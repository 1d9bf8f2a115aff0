SELECT key, value, type, required, default_value, description
FROM pg_temp.pgmi_parameter_view;
