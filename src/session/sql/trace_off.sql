-- The original texts again: sent behind views.sql, which takes the views off the marked ones.
DROP TABLE IF EXISTS pg_temp._pgmi_marked;
DROP FUNCTION IF EXISTS pg_temp._pgmi_mark(integer, integer);
