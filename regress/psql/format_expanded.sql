-- expanded: borders, linestyles, title, tuples only
\x on
\pset null '(null)'
\i data/tables.sql
\pset border 0
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset border 1
\pset linestyle unicode
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset unicode_border_linestyle double
\pset unicode_column_linestyle double
\pset unicode_header_linestyle double
\i data/tables.sql
\pset linestyle old-ascii
\i data/tables.sql
\pset border 0
\i data/tables.sql
\pset linestyle ascii
\pset border 1
\pset title 'A title'
\i data/tables.sql
\pset footer off
\i data/tables.sql
\pset tuples_only on
\i data/tables.sql
\pset border 0
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset tuples_only off
\pset title
SELECT generate_series(1, 12) AS n;
SELECT 'narrow' AS a, repeat('wide ', 40) AS b;
