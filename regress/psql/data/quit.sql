\echo before quit
\q
\echo after quit
