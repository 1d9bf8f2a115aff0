SELECT 'file one' AS file;
\echo one
