-- \dA and its relatives.
CREATE SCHEMA odd;
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD heap_too IS 'a second heap';
CREATE ACCESS METHOD "B-Tree" TYPE INDEX HANDLER bthandler;
CREATE OPERATOR FAMILY odd.fam USING btree;
CREATE OPERATOR CLASS odd.cls FOR TYPE int USING btree FAMILY odd.fam AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE OPERATOR CLASS "Cls" FOR TYPE text USING gist AS STORAGE text;
ALTER OPERATOR FAMILY odd.fam USING btree ADD
    OPERATOR 1 < (int4, int8), FUNCTION 1 (int4, int8) btint48cmp(int4, int8);
\dA
\dA+
\dA h*
\dA "B-Tree"
\dA b-tree
\dA no_such
\dA a.b
\dA btree extra
\dAS
\dAx
\dAc
\dAc+
\dAc btree
\dAc btree int4
\dAc btree int
\dAc btree integer
\dAc+ gist
\dAc gin *.*
\dAc btree odd.*
\dAc * pg_catalog.text
\dAc no_such
\dAc btree no_such
\dAc a.b
\dAc btree a.b.c.d
\dAc a.b c.d.e.f
\dAf
\dAf+
\dAf btree
\dAf btree int4
\dAf+ btree text
\dAf btree bigint
\dAf * *.*
\dAf brin no_such
\dAf a.b
\dAf btree a.b.c.d
\dAo
\dAo btree float_ops
\dAo+ gist
\dAo+ btree
\dAo * odd.*
\dAo * fam
\dAo+ btree odd.fam
\dAo * pg_catalog.jsonb_path_ops
\dAo no_such
\dAo btree a.b.c.d
\dAp
\dAp+
\dAp btree float_ops
\dAp * odd.*
\dAp+ * odd.fam
\dAp+ * pg_catalog.uuid_ops
\dAp no_such
\dAp btree a.b.c.d
\x
\dA+
\dAc+ btree odd.*
\dAc+ btree int
\dAf btree int4
\dAo+ btree odd.fam
\dAp btree odd.fam
\x
\pset format csv
\dA+
\dAo gin
\dAp gin
