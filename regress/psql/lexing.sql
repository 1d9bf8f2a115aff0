-- where statements end
SELECT 1; SELECT 2; SELECT 3
;
SELECT ';' AS semi, $$;$$ AS dollar, ";" FROM (SELECT 1 AS ";") s; -- ; in a comment
SELECT /* ; /* nested ; */ ; */ 4;
SELECT (SELECT 1;
2);
SELECT (1
+ 2) AS
sum;
SELECT 'it''s', E'it\'s; \\', U&'\0041;', B'1010', X'1F', N'n;';
SELECT 'split '
       'literal; ' AS x;
SELECT $tag$ body; $$ inner $$ ; $tag$ AS tagged;
SELECT $1a;
SELECT 1 AS a$b;
SELECT 1 AS "a""b;c";
SELECT U&"\0061" FROM (SELECT 5 AS a) s;
SELECT ')' , (('(')) ;
)
;
SELECT 1 -- trailing comment
;
-- only a comment
/* only a block comment */
/* a block comment */ SELECT 'after comment';
;
;;
SELECT 7 AS seven\;
SELECT 8 AS eight;
SELECT 'a' \; SELECT 'b' \; SELECT 'c';
SELECT 1 \: \: int;
SELECT 1::text, 'a'::varchar(3), (ARRAY[1,2,3])[1:2];
SELECT 'multi
line
literal' AS l;
SELECT "multi
line" FROM (SELECT 1 AS "multi
line") s;
SELECT $$
dollar
quoted $not a tag$
$$ AS d;
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
SELECT f();
CREATE OR REPLACE FUNCTION g(i int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN i > 0 THEN 'pos' ELSE 'neg' END; END;
SELECT g(1), g(-1);
CREATE PROCEDURE pr() LANGUAGE sql BEGIN ATOMIC SELECT 1; END; SELECT 'after procedure';
BEGIN; SELECT 'in transaction'; END;
SELECT 1e5, .5, 5., 1.5e-3, 0x1F;
SELECT 1+-1, 2*-3, 3<>4, 5!=6, 4 % 3, |/ 16.0, @ -5;
SELECT 'x' || 'y' AS c \g
SELECT 'no semicolon at end of the script'
