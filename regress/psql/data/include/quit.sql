\echo q
\q
\echo never
