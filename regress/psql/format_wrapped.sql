-- the format wrapped, with everything that changes a table
\pset format wrapped
\i data/borders.sql
