-- aligned: borders, linestyles, title, footer, tuples only
\pset null '(null)'
\i data/tables.sql
\pset border 0
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset linestyle unicode
\i data/tables.sql
\pset border 1
\i data/tables.sql
\pset border 0
\i data/tables.sql
\pset linestyle old-ascii
\i data/tables.sql
\pset border 1
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset linestyle unicode
\pset unicode_border_linestyle double
\pset unicode_column_linestyle double
\pset unicode_header_linestyle double
\i data/tables.sql
\pset linestyle ascii
\pset border 1
\pset title 'A title, longer than some of the tables below it'
\i data/tables.sql
\pset footer off
\i data/tables.sql
\pset tuples_only on
\i data/tables.sql
\pset footer on
\pset border 2
\i data/tables.sql
\pset title
\pset tuples_only off
\pset title 'T'
\pset numericlocale on
\i data/tables.sql
