\echo in a
SELECT nosuch_a;
\ir b.sql
\ir sub/c.sql
\i data/include/b.sql
\nosuch_a
\echo a ends
