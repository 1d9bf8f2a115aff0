SELECT 1;
\echo no
