SELECT 'b' AS b;
SELECT
 nosuch_b
;
