-- \i and \ir: nesting, positions, own conditional stack, missing files
\echo main
\i data/include/a.sql
\ir data/include/a.sql
\include data/include/b.sql
\include_relative data/include/b.sql
\i nosuch.sql
\ir nosuch.sql
\i
\ir
\i data/include
\i data/include/a.sql extra
SELECT 'left in the buffer'
\i data/include/plain.sql
AS tail;
\set file data/include/plain.sql
\i :file
\i 'data/include/plain.sql'
\i data/include/unclosed_if.sql
\echo after unclosed
\i data/include/stray_endif.sql
\if false
\i data/include/a.sql
\endif
\i data/include/no_newline.sql
\i data/include/no_newline.sql \echo same line
\i data/include/quit.sql
\echo after quit in an included file
\i data/include/copy.sql
\i data/include/crlf.sql
\i data/include/bom.sql
\i data/include/self.sql
\i data/include/variable.sql
\echo :from_include
