-- \lo_import \lo_export \lo_unlink \lo_list \dl.
\lo_list
\dl+
SELECT lo_create(4001), lo_create(4002), lo_from_bytea(4003, '\x00ff0a0d5c');
COMMENT ON LARGE OBJECT 4001 IS 'first
object';
GRANT SELECT ON LARGE OBJECT 4001 TO public;
\lo_list
\lo_list+
\dl
\dl+ ignored
\dlS
\lo_export 4003 out.bin
\! od -c out.bin
\lo_import out.bin 'it''s a comment'
\echo :LASTOID
SELECT loid = :LASTOID AS same, data FROM pg_largeobject WHERE loid = :LASTOID;
SELECT obj_description(:LASTOID, 'pg_largeobject');
\lo_unlink :LASTOID
\lo_import ~/none
\lo_import /no/such/file comment
\lo_export 4003 /no/such/dir/file
\lo_export 999999 out2.bin
\lo_unlink 999999
\lo_unlink garbage
\lo_export
\lo_export 1
\lo_import
\lo_unlink
\lo_nothing
\lo_list a b c
\lo_unlink 4002 x y
BEGIN;
\lo_import out.bin
\lo_unlink :LASTOID
\lo_unlink 999999
\lo_list
\lo_import out.bin
\lo_unlink 4001
\lo_export 4001 x
ROLLBACK;
\set AUTOCOMMIT off
\lo_export 4003 out3.bin
COMMIT;
\lo_unlink 999999
ROLLBACK;
\set AUTOCOMMIT on
\pset format html
\lo_export 4003 out4.bin
\lo_list
\pset format aligned
\set QUIET on
\lo_export 4003 out5.bin
\set QUIET off
\x
\dl+
\o result.txt
\lo_export 4003 out6.bin
\o
\! cat result.txt
\set ON_ERROR_STOP on
\lo_unlink 999999
\echo not reached
