SELECT 1 AS n, 'text' AS t, NULL AS nothing, true AS yes;
SELECT 1 AS n, E'two\nlines' AS t UNION ALL SELECT 22, E'three\n\nlines' UNION ALL SELECT 333, 'a|b;c,d"e';
SELECT 'x' AS "long column name", 12345678901 AS "two
lines", '' AS e;
SELECT 1 AS a WHERE false;
SELECT FROM generate_series(1, 2);
SELECT;
VALUES ('<b>&amp;</b>', 'back\slash'), ('$ % # _ { } ~ ^', E'tab\there'), ('日本', '  blanks  ');
SELECT n, n * 1000000.5 AS big, -n AS neg FROM generate_series(1, 3) n;
SELECT 'x' AS a, E'\\.' AS dot;
