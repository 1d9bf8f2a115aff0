-- the lists of the \d family, on objects of every kind
\set QUIET on
SET client_min_messages = error;
\d
\dt
\dv
\dP
\dX
\dx
\dy
\dd
\dp
\ddp
CREATE SCHEMA s1;
COMMENT ON SCHEMA s1 IS 'first';
GRANT USAGE ON SCHEMA s1 TO PUBLIC;
CREATE SCHEMA "S 2";
CREATE TABLE t (a int PRIMARY KEY, b text, c int, CONSTRAINT chk CHECK (a > 0));
COMMENT ON TABLE t IS 'comment on t';
COMMENT ON CONSTRAINT chk ON t IS 'comment on chk';
CREATE UNLOGGED TABLE s1."T 2" (x serial);
CREATE TEMP TABLE tmp (a int);
CREATE VIEW v AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one;
CREATE SEQUENCE sq;
CREATE INDEX t_b ON t (b);
CREATE TABLE p (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10) PARTITION BY LIST (b);
CREATE TABLE p1_1 PARTITION OF p1 FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE INDEX p_a ON p (a);
INSERT INTO p SELECT i, 1 FROM generate_series(1, 9) i;
COMMENT ON TABLE p IS 'partitioned';
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE ft (a int) SERVER far;
\d
\d+
\dS pg_cl*
\dt
\dt+
\dtS pg_am*
\dtS+ pg_am*
\dt s1.*
\dt *."T 2"
\dt+ *."T*"
\dt "S 2".*
\dt T
\dt "t"
\dt t?
\dt p|t
\dt (p|t)
\dt p[0-9]
\dt tmp
\dt pg_temp_*.*
\dt pg_toast.pg_toast_1255
\dv
\dv+
\dm
\dm+
\di
\di+
\ds
\ds+
\dE
\dE+
\dtvmsE
\dis
\dit+
\dtx
\d+foo
\dSbar t
\dvS pg_stat_ac*
\diS+ pg_am*index
\dt nosuch
\dt no.such
\dv nosuch
\dt a.b.c
\dt a.b.c.d
\dtv check.public.*
\set HIDE_TABLEAM on
\dt+
\di+ t_b
\set HIDE_TABLEAM off
\set QUIET off
\dt nosuch
\dm nosuch*
\dE "S 2".*
\dt nosuch.*
\dt a.b.c
\dt a.b.c.d
\dtS+ a.b.c.d
\dt "unterminated
\set QUIET on
-- partitioned relations
\dP
\dP+
\dPt
\dPi
\dPti
\dPn
\dPn+
\dPtn+
\dPin+
\dPi+
\dP p*
\dP+ p*
\dPn p1*
\dPi p*a
\dPt p
\dPt *.p
\dPx
\dP nosuch
\dP a.b.c.d
-- schemas
\dn
\dn+ s1
\dnS+ pg_c*
CREATE PUBLICATION pub_s1 FOR TABLES IN SCHEMA s1;
CREATE PUBLICATION "pub 2" FOR TABLES IN SCHEMA s1, "S 2";
\dn s1
\dn+ s1
\dn s*
\dn
\x
\dn s1
\x
DROP PUBLICATION pub_s1, "pub 2";
\dn a.b
\dn a.b.c
-- databases, tablespaces, parameters
\l check
\list check
\l+ nosuch
\list+ "check
\l a.b
\db
\db pg_*
\db nosuch
\db+ nosuch
\db a.b
SET work_mem = '5MB';
SET my.own = 'x';
\dconfig work_mem
\dconfig+ work_mem
\dconfig WORK_*
\dconfig my.*
\dconfig+ my.own
\dconfig "my.own"
\dconfig "my.*"
\dconfig nosuch
\dconfig+ enable_[mn]*
CREATE ROLE describe_one;
GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO describe_one;
\dconfig+ work_mem
REVOKE ALL ON PARAMETER work_mem FROM describe_one;
-- privileges
CREATE ROLE describe_two CREATEDB CREATEROLE NOINHERIT LOGIN REPLICATION BYPASSRLS CONNECTION LIMIT 1 VALID UNTIL '2030-01-01 00:00:00Z';
CREATE ROLE "describe 3" SUPERUSER CONNECTION LIMIT 0 IN ROLE describe_one, describe_two;
CREATE ROLE describe_four LOGIN CONNECTION LIMIT 7;
CREATE ROLE describe_five NOLOGIN VALID UNTIL 'infinity';
CREATE ROLE describe_six LOGIN;
COMMENT ON ROLE describe_one IS 'the first';
SET timezone = 'UTC';
\du describe*
\du+ describe*
\dg "describe 3"
\dgS+ pg_mon*
\duS describe_f*
\du nosuch
\du a.b
\x
\du describe*
\x
GRANT SELECT, INSERT ON t TO describe_one WITH GRANT OPTION;
GRANT ALL ON v, mv, p TO PUBLIC;
GRANT USAGE ON sq TO describe_two;
GRANT SELECT (a, b), UPDATE (a) ON t TO describe_two;
GRANT REFERENCES (c) ON t TO PUBLIC;
CREATE POLICY pol1 ON t USING (a > 1);
CREATE POLICY pol2 ON t AS RESTRICTIVE FOR INSERT TO describe_one, "describe 3" WITH CHECK (a > 2);
CREATE POLICY pol3 ON t FOR UPDATE TO describe_two USING (true) WITH CHECK (b IS NULL);
\dp
\z
\dp t
\dp s1.*
\dp *.*T*
\dp pg_class
\dp pg_catalog.pg_am
\z nosuch
\z a.b.c
\dpfoo t
\zfoo t
\dp+ t
ALTER DEFAULT PRIVILEGES FOR ROLE describe_one GRANT SELECT ON TABLES TO describe_two;
ALTER DEFAULT PRIVILEGES FOR ROLE describe_one IN SCHEMA s1 GRANT USAGE ON SEQUENCES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE describe_two REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE describe_two GRANT ALL ON TYPES TO describe_one;
ALTER DEFAULT PRIVILEGES FOR ROLE describe_two GRANT CREATE ON SCHEMAS TO describe_one;
\ddp
\ddp s1
\ddp describe_t*
\ddp nosuch
\ddp a.b
\ddp a.b.c
\ddp a.b.c.d
-- settings
ALTER ROLE describe_one SET work_mem = '3MB';
ALTER ROLE describe_one SET search_path = s1, public;
ALTER ROLE describe_two IN DATABASE "check" SET enable_seqscan = off;
ALTER DATABASE "check" SET geqo = off;
\drds describe*
\drds describe_two check
\drds * check
\drds describe_one nosuch
\drds nosuch
\drds nosuch nosuch
\drds a.b
\drds a b.c
\drds a.b c.d
\drdsfoo describe_one
\drd
\dr
\set QUIET off
\drds describe_one nosuch
\drds nosuch
\set QUIET on
ALTER DATABASE "check" RESET ALL;
-- statistics, event triggers, extensions, comments
CREATE STATISTICS st1 ON a, b FROM t;
CREATE STATISTICS s1.st2 (ndistinct, dependencies) ON b, c FROM t;
CREATE STATISTICS st3 (mcv) ON lower(b), c FROM t;
CREATE STATISTICS st4 ON (a + c) FROM t;
\dX
\dX s1.*
\dX *.st?
\dX nosuch
\dX+ st1
\dX a.b.c
CREATE FUNCTION evt() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE EVENT TRIGGER et1 ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION evt();
CREATE EVENT TRIGGER et2 ON sql_drop EXECUTE FUNCTION evt();
ALTER EVENT TRIGGER et2 DISABLE;
COMMENT ON EVENT TRIGGER et1 IS 'an event trigger';
\dy
\dy+
\dy et2
\dy nosuch
\dy a.b
DROP EVENT TRIGGER et1;
DROP EVENT TRIGGER et2;
\dx
\dx postgres*
\dx nosuch
\dx+ nosuch
\dx+
\dx+ postgres*
\dx+ plpgsql
\dx a.b
\dx+ a.b
\set QUIET off
\dx+ nosuch
\dx nosuch
\set QUIET on
CREATE DOMAIN dom AS int CONSTRAINT positive CHECK (VALUE > 0);
COMMENT ON CONSTRAINT positive ON DOMAIN dom IS 'domain constraint';
CREATE RULE a_rule AS ON DELETE TO v DO INSTEAD NOTHING;
COMMENT ON RULE a_rule ON v IS 'a rule';
CREATE TRIGGER a_trigger BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg();
COMMENT ON TRIGGER a_trigger ON t IS 'a trigger';
CREATE OPERATOR FAMILY s1.fam USING btree;
COMMENT ON OPERATOR FAMILY s1.fam USING btree IS 'a family';
CREATE OPERATOR CLASS cls FOR TYPE dom USING btree FAMILY s1.fam AS OPERATOR 1 < (int, int), FUNCTION 1 btint4cmp (int, int);
COMMENT ON OPERATOR CLASS cls USING btree IS 'a class';
\dd
\ddS
\dd chk
\dd s1.*
\dd *.*
\dd nosuch
\dd+ cls
\dd a.b.c
\dd a.b.c.d
-- settings of the printer
\pset null NULL
\dt+
\ddp
\pset footer off
\dn
\dt
\du describe_one
\t
\dt
\dx plpgsql
\t
\pset title mine
\dn
\pset border 2
\dt
\dp t
\pset format unaligned
\dt+
\dp
\pset format csv
\dt
\dp
\pset format html
\dt
\dp t
\pset format asciidoc
\dt
\pset format aligned
\x
\dt
\dp t
\dX
\x
\o lists.out
\dt
\dn
\o
\! cat lists.out
DROP POLICY pol2 ON t;
DROP OWNED BY describe_one;
DROP OWNED BY describe_two;
DROP ROLE describe_one, describe_two, "describe 3", describe_four, describe_five, describe_six;
