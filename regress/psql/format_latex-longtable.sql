-- the format latex-longtable, with everything that changes a table
\pset format latex-longtable
\i data/borders.sql
