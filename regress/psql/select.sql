SELECT 1;
SELECT 1 AS one, 'two' AS two UNION ALL SELECT 3, NULL;
SELECT * FROM nosuch;
\echo done
