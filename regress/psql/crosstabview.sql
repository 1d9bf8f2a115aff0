-- \crosstabview: headers in order of appearance and by rank, arguments by name and number, errors
CREATE TEMP TABLE sale (shop text, month text, num int, amount numeric, note text);
INSERT INTO sale VALUES
    ('north', 'feb', 2, 1200.50, 'b'), ('south', 'jan', 1, 7, 'a'), ('north', 'jan', 1, 30, E'c\nd'),
    ('', 'mar', 3, NULL, 'x'), (NULL, 'dec', -12, 5, NULL), ('south', NULL, NULL, 9, '漢');
SELECT shop, month, amount FROM sale \crosstabview
SELECT shop, month, amount FROM sale ORDER BY 1, 2 \crosstabview 2
SELECT shop, month, amount FROM sale ORDER BY 1, 2 \crosstabview 2 1
SELECT * FROM sale \crosstabview shop month amount num
SELECT * FROM sale \crosstabview 1 2 5 num
SELECT * FROM sale \crosstabview SHOP "month" Note shop
\pset null '(null)'
SELECT * FROM sale \crosstabview month shop note
\pset numericlocale on
SELECT * FROM sale \crosstabview shop month amount
\pset numericlocale off
\pset title 'Sales'
\pset border 2
\pset linestyle unicode
SELECT * FROM sale \crosstabview shop month note
\x on
SELECT * FROM sale \crosstabview shop month note num
\x off
\pset format csv
SELECT * FROM sale \crosstabview shop month note num
\pset format html
SELECT * FROM sale \crosstabview shop month note num
\pset format aligned
\t on
SELECT * FROM sale \crosstabview shop month note num
\t off
\pset title
\pset border 1
SELECT * FROM sale WHERE false \crosstabview shop month note num
SELECT i % 2 AS v, 'c' || i AS h, i AS d, i / 5 AS s FROM generate_series(1, 50) i \crosstabview v h d s
SELECT 'c' || i AS v, i % 3 AS h, i AS d, -i AS s FROM generate_series(1, 20) i \crosstabview v h d s
SELECT a, a, 1 FROM generate_series(1, 1600) AS a LIMIT 1 \crosstabview 1 2 3
-- refused
SELECT 1 \crosstabview
SELECT 1, 2 \crosstabview
SELECT * FROM sale \crosstabview
SELECT * FROM sale \crosstabview shop shop
SELECT * FROM sale \crosstabview shop 1 note
SELECT * FROM sale \crosstabview shop 0 note
SELECT * FROM sale \crosstabview shop 6 note
SELECT * FROM sale \crosstabview shop month 99999999
SELECT * FROM sale \crosstabview shop nosuch note
SELECT * FROM sale \crosstabview "Shop" month note
SELECT * FROM sale \crosstabview shop month note nosuch
SELECT 1 AS a, 2 AS a, 3 AS b \crosstabview a b
SELECT 1 AS a, 2 AS b, 3 AS c UNION ALL SELECT 1, 2, 4 \crosstabview
\pset null ''
SELECT NULL AS a, NULL AS b, 3 AS c UNION ALL SELECT NULL, NULL, 4 \crosstabview
SELECT a, a, 1 FROM generate_series(1, 1601) AS a \crosstabview
SELECT 1, 2, 3 \crosstabview 1 2 3 1 extra
CREATE TEMP TABLE t (a int) \crosstabview
\crosstabview
SELECT 1 AS "A b", 2 AS "B""c", 3 AS "1" \crosstabview "A b" "B""c" "1"
