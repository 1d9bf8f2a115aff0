-- With the type go the functions that take it, users' callbacks included (contract S10): only when
-- the session is unloaded, never on a reload.
DROP TYPE IF EXISTS pg_temp.pgmi_test_event CASCADE;
