#!/usr/bin/perl
# A dump restored by a `psql` that is pgmish: what the restore prints and what it leaves on the
# server are what psql prints and leaves.  pg_dump judges the second.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server(settings => { wal_level => 'logical' });
my $bindir = psql_program() =~ s{/psql$}{}r;
my $dir    = private_dir();
my %clients = (psql => psql_program(), pgmish => "$dir/psql");
symlink pgmish_program(), $clients{pgmish} or die "symlink: $!";

# Objects whose dump needs the client: COPY data that looks like commands, bodies with quotes and
# semicolons, names that must be quoted, large objects, sequences, and comments that span lines.
my $rich = <<'SQL';
CREATE ROLE "dump Owner" LOGIN;
CREATE DATABASE "rich ""db" OWNER "dump Owner" TEMPLATE template0;
COMMENT ON DATABASE "rich ""db" IS E'a \\connect\nb';
ALTER DATABASE "rich ""db" SET search_path = public, "a b";
\connect "rich ""db"
CREATE SCHEMA "Ünlaut \ schema";
CREATE TYPE mood AS ENUM ('it''s', 'so;so', '\.');
CREATE TABLE "Ünlaut \ schema"."tab""le" (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "a ;b" text DEFAULT E'x\\y;\n\\q', m mood DEFAULT '\.',
    twice int GENERATED ALWAYS AS (id * 2) STORED, raw bytea, list text[]) WITH (fillfactor = 70);
INSERT INTO "Ünlaut \ schema"."tab""le" ("a ;b", m, raw, list) VALUES
    (E'\\.', '\.', '\x00ff5c2e', ARRAY['a,b', NULL, '"']), (E'\\q\n\\.\n\\connect x', 'it''s', NULL, '{}'), (NULL, NULL, '', NULL),
    (E'tab\tcr\rnl\nbs\b vt\v', 'so;so', 'x', NULL), (repeat('ünïcödé;', 5000), DEFAULT, NULL, NULL), ('', DEFAULT, NULL, NULL);
COMMENT ON COLUMN "Ünlaut \ schema"."tab""le"."a ;b" IS E'\\! echo run\n\\q';
CREATE TABLE many AS SELECT n, md5(n::text) AS label FROM generate_series(1, 3000) AS n;
CREATE INDEX ON many (lower(label) text_pattern_ops) WHERE n > 5;
ALTER TABLE many ADD CONSTRAINT "n ;" CHECK (n > 0 AND label <> ';''');
CREATE FUNCTION quoted(a text DEFAULT ';''') RETURNS text LANGUAGE plpgsql AS $_$ BEGIN /* ; */ RETURN $$\q ;$$ || ':a' || a; END $_$;
CREATE FUNCTION atomic(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN a END; SELECT a; END;
CREATE PROCEDURE doit() LANGUAGE sql BEGIN ATOMIC DELETE FROM many WHERE n < 0; INSERT INTO many VALUES (1, 'x'); END;
CREATE VIEW looked WITH (security_barrier) AS SELECT n, ':x' AS colon, E'\\' AS slash FROM many;
CREATE RULE noop AS ON INSERT TO looked DO INSTEAD (SELECT 1; NOTIFY many);
CREATE MATERIALIZED VIEW kept AS SELECT count(*) FROM many;
CREATE TABLE parted (k int, v text) PARTITION BY LIST (k);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1, 2);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
INSERT INTO parted VALUES (1, 'one'), (7, 'seven');
ALTER TABLE parted ENABLE ROW LEVEL SECURITY;
CREATE POLICY "p;" ON parted USING (v <> ';' AND k > 0);
GRANT SELECT (k), UPDATE ON parted TO "dump Owner" WITH GRANT OPTION;
CREATE SEQUENCE down INCREMENT -2 MAXVALUE 10 CYCLE;
SELECT nextval('down');
SELECT lo_from_bytea(4711, '\x5c2e0a00ff');
COMMENT ON LARGE OBJECT 4711 IS 'large';
CREATE PUBLICATION pub FOR TABLE many (n) WHERE (n > 3);
SQL

my @copy = ('--restrict-key=k3y', '--clean', '--if-exists', '--create');
my %dumps = (
    'COPY'           => ['pg_dump', @copy],
    'INSERT'         => ['pg_dump', @copy, '--column-inserts', '--rows-per-insert=100'],
    'LATIN1'         => ['pg_dump', @copy, '--encoding=LATIN1', '--exclude-table=looked', '--quote-all-identifiers'],
    'whole cluster'  => ['pg_dumpall', '--restrict-key=k3y', '--clean', '--if-exists'],
);

sub dump_with {
    my ($program, @options) = @_;
    push @options, '-d', 'rich "db' if $program eq 'pg_dump';
    my ($exit, $out, $err) = run(["$bindir/$program", @options], server => $server);
    die "$program: $err" if $exit;
    return $out;
}

sub restore_with {
    my ($client, $file, @how) = @_;
    my ($exit, $out, $err) = run(['psql', '-X', @how], server => $server, stdin_file => $file,
        env => { PATH => ($clients{$client} =~ s{/psql$}{}r) . ":$ENV{PATH}" });
    return { printed => "$out\n---- stderr\n$err\n---- exit status $exit", left => dump_with('pg_dumpall', '--restrict-key=k3y') };
}

my ($exit, $out, $err) = run([$clients{pgmish}, '-X', '-v', 'ON_ERROR_STOP=1'], server => $server, stdin => $rich);
is("$exit $err", '0 ', 'the database that is dumped') or BAIL_OUT($out);

for my $name (sort keys %dumps) {
    my $file = "$dir/dump.sql";
    spew($file, dump_with(@{ $dumps{$name} }));
    my @ways = (["$name, -f", '-f', $file]);
    # The last stops at once: databases are not dropped in a transaction.
    push @ways, ["$name, stdin"], ["$name, -1", '-1', '-a', '-v', 'ON_ERROR_STOP=1', '-f', $file] if $name eq 'COPY';
    for my $how (@ways) {
        my ($title, @options) = @$how;
        my ($theirs, $ours) = map { restore_with($_, $file, @options) } 'psql', 'pgmish';
        is($ours->{printed}, $theirs->{printed}, "$title: prints the same");
        ok($ours->{left} eq $theirs->{left}, "$title: leaves the same") or diag('the dumps differ');
    }
}
like(dump_with('pg_dump'), qr/\bCOPY public\.many .*\n1\tc4ca4238a0b923820dcc509a6f75849b\n/, 'and not nothing');

done_testing();
