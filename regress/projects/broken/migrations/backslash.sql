SELECT 1 AS one;
\echo no
