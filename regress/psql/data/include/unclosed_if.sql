\if true
\echo unclosed
