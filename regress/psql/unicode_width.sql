-- display width: wide, combining, control, zero width characters
\pset format aligned
SELECT * FROM (VALUES
    ('日本語', 1), ('한국어', 2), ('é', 3), (E'e\u0301', 4), ('ﬁ', 5), ('😀', 6), ('Ａ', 7),
    (E'\u200b', 8), (E'a\u00adb', 9), (E'\x7f', 10), (E'\u0085', 11), ('naïve café', 12), ('', 13))
    AS v (text, n);
\x
SELECT '日本語' AS "列", E'二行\n目' AS "長い列名";
\x
SELECT E'日本\n語' AS "a\nb", E'x\ty' AS t, E'r\rr' AS r;
SELECT '日本語' AS wide, 'ascii' AS narrow \gx
\pset border 2
SELECT '日本語' AS wide, E'two\nlines' AS narrow;
\pset linestyle unicode
SELECT '日本語' AS wide, E'two\nlines' AS narrow;
\pset linestyle old-ascii
SELECT '日本語' AS wide, E'two\nlines' AS narrow;
\pset format unaligned
SELECT '日本語' AS wide, E'two\nlines' AS narrow, E'\x01' AS c;
\pset format csv
SELECT '日本語' AS wide, E'two\nlines' AS narrow, E'\x01' AS c;
