-- the format asciidoc, with everything that changes a table
\pset format asciidoc
\i data/borders.sql
