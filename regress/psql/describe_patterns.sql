-- psql's pattern language, by names that hold its special characters
\set QUIET on
SET client_min_messages = error;
CREATE SCHEMA "a.b";
CREATE SCHEMA "*";
CREATE SCHEMA upper;
CREATE TABLE "a.b"."c.d" ();
CREATE TABLE "*"."*" ();
CREATE TABLE "*"."?" ();
CREATE TABLE plain ();
CREATE TABLE "Plain" ();
CREATE TABLE "PLAIN" ();
CREATE TABLE "qu""ote" ();
CREATE TABLE "dollar$" ();
CREATE TABLE "dollar$sign" ();
CREATE TABLE "brackets[]" ();
CREATE TABLE "brackets[1]" ();
CREATE TABLE "back\slash" ();
CREATE TABLE "single'quote" ();
CREATE TABLE "two words" ();
CREATE TABLE "plus+" ();
CREATE TABLE "paren(s)" ();
CREATE TABLE "caret^" ();
CREATE TABLE "pipe|" ();
CREATE TABLE "brace{2}" ();
CREATE TABLE "ünïcode" ();
CREATE TABLE "Ünïcode" ();
CREATE TABLE "semi;colon" ();
CREATE TABLE upper.plain ();
\pset footer off
\dt plain
\dt PLAIN
\dt "Plain"
\dt pl"AI"n
\dt "PL"ai"N"
\dt "PLAIN"
\dt ?lain
\dt p*
\dt "p*"
\dt pl?i?
\dt plain*
\dt *ai*
\dt *"AI"*
\dt upper.plain
\dt UPPER.Plain
\dt "UPPER".plain
\dt upper.*
\dt *.plain
\dt u*.p*
\dt a.b.c.d
\dt "a.b"."c.d"
\dt "a.b".c?d
\dt "a.b".*
\dt a?b.*
\dt "a.b.c.d"
\dt "*".*
\dt "*"."*"
\dt "*"."?"
\dt "*".?
\dt *."*"
\dt qu"""ot"e
\dt "qu""ote"
\dt qu""""ote
\dt dollar$
\dt dollar$*
\dt "dollar$"
\dt dollar.
\dt brackets[]
\dt brackets[1]
\dt "brackets[1]"
\dt brackets*
\dt brackets[[]1[]]
\dt back\slash
\dt back?slash
\dt "back\\slash"
\dt 'back\\\\slash'
\dt single'quote
\dt "single''quote"
\dt single?quote
\dt 'single\'quote'
\dt two words
\dt "two words"
\dt 'two words'
\dt two?words
\dt plus+
\dt "plus+"
\dt "paren(s)"
\dt paren(s)
\dt caret^
\dt "caret^"
\dt ^plain$
\dt pipe|plain
\dt "pipe|"
\dt (plain|pipe.)
\dt brace{2}
\dt brac(e){1}.*
\dt "brace{2}"
\dt ünïcode
\dt ÜNÏCODE
\dt ?nïcode
\dt "Ü"*
\dt semi;colon
\dt "semi;colon"
\dt plain;
\dt plain ;
\dt "plain;"
\dt ""
\dt .
\dt ..
\dt ...
\dt .plain
\dt plain.
\dt upper.
\dt "".plain
\dt *
\dt *.*.*.*
\dt check.upper.plain
\dt CHECK.upper.*
\dt "check".*.plain
\dt ch*.upper.plain
\dt "CHECK".upper.plain
\dt nosuch.upper.plain
\dt (
\dt [
\dt **
\dt ?*?
\dt :nosuch
\set name plain
\dt :name
\dt :"name"
\dt :'name'
\dt `echo plain`
\d upper.*
\d "*".*
\d nosuch*
\dn "a.b"
\dn a.b
\dn a?b
\dn *
\dn "*"
\dn U*
\dn "U*"
\du a.b
\l a.b
\l "a.b"
\db a.b
-- with backslashes escaped and other search paths
SET standard_conforming_strings = off;
\dt dollar$
\dt "back\\slash"
\dt 'back\\\\slash'
RESET standard_conforming_strings;
SET search_path = upper;
\dt
\dt plain
\dt public.plain
SET search_path = '';
\dt
\dt plain
\d plain
\d upper.plain
-- functions and operators of the user's must not be taken
CREATE SCHEMA trap;
CREATE FUNCTION trap.format(text, name) RETURNS text LANGUAGE sql AS $$SELECT 'trapped'$$;
CREATE FUNCTION trap.format_type(oid, int) RETURNS text LANGUAGE sql AS $$SELECT 'trapped'$$;
CREATE FUNCTION trap.pg_get_userbyid(oid) RETURNS name LANGUAGE sql AS $$SELECT name 'trapped'$$;
CREATE TABLE trap.pg_class (oid oid, relname name);
CREATE TABLE trap.pg_attribute (attname name);
SET search_path = trap, pg_catalog, public;
\dt public.plain
\dt
\d trap.pg_class
SET search_path = public;
-- other encodings of the client
SET client_encoding = 'LATIN1';
\dt plain
SET client_encoding = 'SJIS';
\dt plain
\dt "back\slash"
RESET client_encoding;
