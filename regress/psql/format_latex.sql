-- the format latex, with everything that changes a table
\pset format latex
\i data/borders.sql
