-- data/tables.sql under every border, with title, without footer and header, expanded
\pset columns 30
\pset null '(null)'
\i data/tables.sql
\pset border 0
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset border 3
\i data/tables.sql
\pset border 1
\pset title 'A <title> & 100%'
\pset tableattr 'class="x"'
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
\pset border 0
\i data/tables.sql
\pset border 2
\i data/tables.sql
\pset border 3
\i data/tables.sql
CREATE TEMP TABLE tags (a int);
INSERT INTO tags VALUES (1);
