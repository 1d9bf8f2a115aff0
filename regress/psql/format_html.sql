-- the format html, with everything that changes a table
\pset format html
\i data/borders.sql
