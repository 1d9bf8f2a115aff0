-- deploy.sql
BEGIN;

-- ... your migrations ...

-- Run tests with automatic savepoint isolation
-- Each test runs in its own savepoint and rolls back automatically
-- Test failures raise exceptions, aborting the transaction
CALL pgmi_test();

COMMIT;
