-- \da \df \do: kinds, argument types, patterns.
CREATE SCHEMA odd;
CREATE SCHEMA "Odd One";
CREATE FUNCTION plain(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION plain(a bigint[]) RETURNS SETOF record LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT 1, 2';
CREATE FUNCTION plain() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN NULL; END $$;
CREATE FUNCTION atomic(x int, OUT y int, OUT z text) BEGIN ATOMIC SELECT x, 'z'; END;
CREATE FUNCTION many(VARIADIC v text[]) RETURNS TABLE (a int, b text) LANGUAGE sql PARALLEL RESTRICTED AS 'SELECT 1, ''''';
CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION "Odd One"."Func.tion"("Arg" double precision) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION odd.hidden(timestamp with time zone, character varying) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE proc(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE AGGREGATE total_all(*) (sfunc = int8inc, stype = int8, initcond = '0');
CREATE AGGREGATE odd.total(x int, "any") (sfunc = int4_sum, stype = int8);
CREATE AGGREGATE odd.total(float8) (sfunc = float8pl, stype = float8);
CREATE AGGREGATE total_ordered(ORDER BY float8) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
COMMENT ON FUNCTION plain(int, text) IS 'a plain
function of two lines';
COMMENT ON AGGREGATE total(int) IS 'the total';
CREATE OPERATOR !@# (leftarg = int, rightarg = int, procedure = int4pl);
CREATE OPERATOR !@# (rightarg = int, procedure = int4um);
CREATE OPERATOR odd.!@# (leftarg = text, rightarg = text, procedure = texteq);
COMMENT ON OPERATOR !@# (int, int) IS 'odd plus';
REVOKE ALL ON FUNCTION plain(int, text) FROM public;
CREATE FUNCTION int_array(int[], timestamptz[], varchar[], bool[], time[]) RETURNS int[] LANGUAGE sql AS 'SELECT $1';

\da
\da total*
\da odd.*
\da+ total
\daS+ total
\da sum
\da pg_catalog.max
\da *.total
\da no_such
\df
\df+
\df plain
\df PLAIN
\df "PLAIN"
\df odd.*
\df "Odd One".*
\df *."Func.tion"
\df "Odd One"."Func.tion"
\df func.tion
\df no_such
\df check.public.plain
\df other.public.plain
\df a.b.c.d
\df pl?in
\df (plain|proc)
\df plai[mn]
\dfn
\dfa
\dfa+
\dfp
\dfp+
\dft
\dfw
\dfw rank
\dfw pg_catalog.*_value
\dfap
\dfatpw
\dfnt
\dfna
\dfanptw
\dfnptw
\dfS abs
\dfS+ int4pl
\df+S int4pl
\dfx
\dfax
\dfnaz plain
\df plain int
\df plain integer
\df plain int4
\df plain int text
\df plain integer -
\df plain -
\df plain - -
\df plain int8[]
\df plain bigint[]
\df plain *
\df plain * *
\df plain *.*
\df plain *.* *.*
\df plain int -
\df * float
\pset tuples_only on
\df+ *.* float8 - int
\dfw *.* bigint
\do *.* float8
\do+ *.* float8 *
\pset tuples_only off
\df odd.* timestamptz varchar
\df odd.* "timestamp with time zone" "character varying"
\df int_array int[] timestamptz[] varchar[] bool[] time[]
\df int_array INT[] TIMESTAMPTZ[]
\df int_array _int4
\df int_array pg_catalog._int4
\df int_array int[]
\df plain a.b.c.d
\df plain other.pg_catalog.int4
\df plain check.pg_catalog.int4
\df many text[]
\df many _text
\do
\do !@#
\doS !@#
\do+ !@#
\do odd.*
\do *.!@#
\do + int
\do - int4
\do - int4 int4
\do + int bigint
\do+ + date *
\do || - -
\do !@# -
\do !@# int - text
\do !@# * *
\do !@# *.* *.*
\do "&&" anyarray anyarray
\do & pg_catalog.bit bit
\do no_such
\do a.b.c.d
\do x.public.+
\dfS+
\daS
\x
\df+ plain
\da total
\do !@#
\x
\pset null (nothing)
\do+ !@#
\df+ proc
\pset format csv
\df plain
\pset format unaligned
\do !@#
\t
\df plain
\set ECHO_HIDDEN noexec
\pset format aligned
