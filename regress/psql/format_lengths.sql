-- Cells of every length up to some words of the machine, with something remarkable at their end, at
-- their beginning or nowhere, in the formats that look at many bytes at once.
\pset footer off
PREPARE lengths AS
  SELECT i, repeat('x', i) AS plain, repeat('x', i) || mark AS behind, mark || repeat('x', i) AS before
  FROM generate_series(0, 25) i,
       unnest(ARRAY[',', '"', '|', E'\n', E'\r', E'\t', 'é', '€', E'\\', E'\\.', '.', ' ', chr(127), E'\001']) mark;
SELECT 'warm' AS up;
\pset format csv
EXECUTE lengths;
\pset csv_fieldsep '.'
EXECUTE lengths;
\pset csv_fieldsep ';'
\x
EXECUTE lengths;
\x
\pset format unaligned
EXECUTE lengths;
\pset fieldsep 'ab'
\pset recordsep ' '
EXECUTE lengths;
\pset fieldsep_zero
\pset recordsep_zero
EXECUTE lengths;
\pset format aligned
EXECUTE lengths;
\pset border 2
EXECUTE lengths;
\encoding LATIN9
EXECUTE lengths;
\pset format csv
EXECUTE lengths;
