-- \dRp \dRs.
\dRp
\dRp+
\dRs
\dRs+
CREATE SCHEMA odd;
CREATE SCHEMA odd2;
CREATE TABLE t (id int PRIMARY KEY, "B c" text, c int);
CREATE TABLE odd.u (id int PRIMARY KEY);
CREATE TABLE odd2."V w" (id int PRIMARY KEY);
SET client_min_messages = error;
CREATE PUBLICATION pub_empty;
CREATE PUBLICATION pub_all FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION "Pub T" FOR TABLE t (c, id, "B c") WHERE (id > 10 AND "B c" <> 'x'), odd.u WITH (publish_via_partition_root);
CREATE PUBLICATION pub_schema FOR TABLES IN SCHEMA odd, odd2;
CREATE PUBLICATION pub_mixed FOR TABLES IN SCHEMA odd, TABLE t, odd2."V w";
CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION p1, "P 2" WITH (connect = false, slot_name = NONE, binary = true, streaming = true);
CREATE SUBSCRIPTION "Sub 2" CONNECTION 'host=/nowhere' PUBLICATION p1 WITH (connect = false, slot_name = NONE, two_phase = true, disable_on_error = true, synchronous_commit = 'local');
RESET client_min_messages;
\dRp
\dRp+
\dRp pub*
\dRp "Pub T"
\dRp+ "Pub T"
\dRp+ pub_mixed
\dRp no_such
\dRp+ no_such
\dRp a.b
\dRp+ a.b
\dRs
\dRs+
\dRs sub
\dRs+ "Sub 2"
\dRs no_such
\dRs+ no_such
\dRs a.b
\dRx
\dR
\x
\dRp
\dRp+
\dRs+
\x
\pset format csv
\dRp+ "Pub T"
\dRs+
\pset format unaligned
\dRp+ pub_mixed
\pset format aligned
\pset border 2
\dRp+ pub_schema
\pset footer off
\dRp+ pub_schema
\dRp
\t
\dRp+ pub_schema
\set QUIET on
\dRp+ no_such
DROP SUBSCRIPTION sub;
DROP SUBSCRIPTION "Sub 2";
