-- the format troff-ms, with everything that changes a table
\pset format troff-ms
\i data/borders.sql
