-- unaligned: separators, title, footer, expanded
\pset format unaligned
\pset null '(null)'
\i data/tables.sql
\pset fieldsep '\t'
\pset recordsep '\r\n'
\i data/tables.sql
\pset fieldsep ', '
\pset recordsep ';'
\i data/tables.sql
\pset fieldsep_zero
\pset recordsep_zero
\i data/tables.sql
\pset fieldsep '|'
\pset recordsep '\n'
\pset title 'A title'
\i data/tables.sql
\pset footer off
\i data/tables.sql
\t on
\i data/tables.sql
\x on
\i data/tables.sql
\t off
\i data/tables.sql
\pset footer on
\pset fieldsep '='
\pset recordsep '!'
\i data/tables.sql
\pset numericlocale on
SELECT 1234567.891, -1234567, 1e20::numeric, '1234567' AS text;
