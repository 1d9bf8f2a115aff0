\echo before
\endif
\echo behind
