-- \set, \unset and substitution in SQL and arguments
\set a 1
\set b 'two words'
\set c it''s "quoted" 'and ''this'''
\set d :a :b
\set e one two three
\set empty
\set quoted_empty ''
\echo :a :b :c :d :e [:empty] [:quoted_empty] :undefined
\echo :'a' :'b' :'c' :"b" :"c" :'undefined' :"undefined"
\echo :{?a} :{?undefined}
SELECT :a AS a, :'b' AS b, :'c' AS c;
SELECT 1 AS :"b";
SELECT :'c' AS :"c";
SELECT :{?a} AS yes, :{?undefined} AS no;
SELECT ':a' AS literal, ":a" FROM (SELECT 1 AS ":a") s;
SELECT $$:a$$ AS dollar; -- :a
SELECT 1 /* :a */ AS one;
SELECT :undefined;
SELECT 'x'::text, 1::int, (ARRAY[:a,2])[1:1];
\set stmt 'SELECT 42 AS answer'
:stmt;
\set stmts 'SELECT 1 AS one; SELECT 2 AS two;'
:stmts
\set part '1 + '
SELECT :part 2 AS three;
\set meta '\\echo from a variable'
SELECT 1 :meta
;
\set self :self
\set x ':y'
\set y ':x'
SELECT :x;
\set x ':x'
SELECT :x;
\set inner 'in''ner'
\set outer ':''inner'''
SELECT :outer;
\unset a
\echo :a
\unset a
\unset nosuch
\unset
\set 'bad name' 1
\set bad-name 1
\set 1ok 1
\echo :1ok
\set ünï 'high bytes'
\echo :ünï
\unset 'bad name'
\set a 1 \set b 2 \echo :a :b
\set nl 'line one\nline two\ttab\101\x41\\'
\echo :nl
SELECT :'nl' AS nl;
\set back 'C:\\temp'
SELECT :'back' AS escaped;
\set SELECT 5
SELECT :SELECT;
SELECT :a+:b, :a:b;
\set col a
SELECT :"col" FROM (SELECT 9 AS a) s;
\echo :'a
\echo :"a
\echo :{?a
\echo ::a :: :
SELECT 1 AS ":b", ' :b ' AS c;
