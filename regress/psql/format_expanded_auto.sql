-- expanded auto, and the target width
\pset expanded auto
\pset columns 40
SELECT 'narrow' AS a, 'table' AS b;
SELECT repeat('a', 30) AS a, repeat('b', 30) AS b;
SELECT 'only' AS one_column_that_is_wide, repeat('x', 60) AS x WHERE false;
SELECT repeat('x', 60) AS one;
\pset columns 200
SELECT repeat('a', 30) AS a, repeat('b', 30) AS b;
\pset border 2
\pset columns 20
SELECT 1 AS abcdef, 2 AS ghijkl;
SELECT 1 AS abcdef, 2 AS ghijk, 3 AS m;
\pset border 0
SELECT 1 AS abcdef, 2 AS ghijkl, 3 AS mn;
\pset format unaligned
SELECT repeat('a', 30) AS a, repeat('b', 30) AS b;
\pset format csv
SELECT repeat('a', 30) AS a, repeat('b', 30) AS b;
