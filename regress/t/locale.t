#!/usr/bin/perl
# A locale whose numbers have a comma and in which i and I are no pair (as in Turkish): what programs
# read keeps its point, keywords stay keywords, and the rest is as psql has it there.
#
# The locale is made here, of the two categories alone, so that no package of locales is needed.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use PgmishTest;

my $locales = private_dir();

sub pairs { return join ';', map { sprintf '(<U%04X>,<U%04X>)', map ord, @$_ } @_ }
sub class { return join ';', map { sprintf '<U%04X>', ord } @_ }

my @upper = grep { $_ ne 'I' } 'A' .. 'Z';
spew("$locales/odd.src", join "\n", 'comment_char %', 'escape_char /', 'LC_CTYPE',
    'upper ' . class('A' .. 'Z'), 'lower ' . class('a' .. 'z'), 'digit ' . class(0 .. 9),
    'space ' . class("\t", "\n", "\x0b", "\f", "\r", ' '), 'blank ' . class("\t", ' '),
    'toupper ' . pairs(map { [lc, $_] } @upper), 'tolower ' . pairs(map { [$_, lc] } @upper),
    'END LC_CTYPE', 'LC_NUMERIC', 'decimal_point ","', 'thousands_sep "."', 'grouping 3;3',
    'END LC_NUMERIC', '');
# It warns of the categories that are not there, and then writes the rest: what counts is the file.
run(['sh', '-c', "localedef -c -i $locales/odd.src -f ANSI_X3.4-1968 $locales/odd"]);
plan skip_all => 'no localedef here' unless -e "$locales/odd/LC_NUMERIC";

my %odd     = (LOCPATH => $locales, LC_ALL => 'odd');
my $server  = start_server();
my $project = make_project({
    'deploy.sql' => "BEGIN;\nCALL PGMI_TEST();\nCOMMIT;\n",
    'INIT.SQL'   => "SELECT 1;\n",
    '__test__/test_i.sql' => "SELECT 1;\n",
    '__test__/TEST_II.SQL' => "DO \$\$ BEGIN RAISE EXCEPTION 'no'; END \$\$;\n",
});

# ---- as psql ----------------------------------------------------------------------------------------

my $script = <<'END';
\pset numericlocale on
SELECT 1234567.891 AS big, 0.5 AS half;
\pset numericlocale off
SELECT 1234567.891 AS big;
CREATE TABLE insight (i int);
\d INSIGHT
\dt INS*
\set AUTOCOMMIT OFF
BEGIN;
INSERT INTO insight VALUES (1);
COMMIT;
COMMIT;
VACUUM insight;
\set AUTOCOMMIT on
COPY insight FROM STDIN;
2
\.
\COPY insight TO STDOUT
\copy insight FROM STDIN WITH (FORMAT BINARY)
\set ON_ERROR_ROLLBACK INTERACTIVE
\set VERBOSITY VERBOSE
\set SINGLELINE
CREATE FUNCTION ins() RETURNS int LANGUAGE SQL BEGIN ATOMIC; SELECT 1; END;
\pset LINESTYLE UNICODE
\pset format ALIGNED
\pset linestyle UNICODE
SELECT 1 AS i \gdesc
\drop
END
my @both;
for my $program (psql_program(), pgmish_program()) {
    my $database = 'db' . @both;
    $server->query("CREATE DATABASE $database");
    my ($exit, $out, $err) = run([$program, '-X'], stdin => $script, server => $server,
        env => { %odd, PGDATABASE => $database });
    push @both, "$out\n$err\n$exit";
}
like($both[0], qr/1\.234\.567,891/, 'psql sees the locale');
is($both[1], $both[0], 'pgmish prints and reads what psql does');

# ---- the session --------------------------------------------------------------------------------------

my $dir = private_dir();
my ($exit, $out, $err) = pgmish(['-c', "\\pgmi load $project", '-c', 'CALL PGMI_TEST()', '-c', "\\pgmi report $dir/page.html",
    map({ ('--report', "$_=$dir/$_") } qw(json junit tap))], server => $server, env => \%odd);
like($err, qr{^FILE:  .*TEST_II\.SQL}m, 'the macro and a file are found in capitals') or diag("$out\n$err");
my @events = map { JSON::PP::decode_json($_) } split /\n/, slurp("$dir/json");
like(JSON::PP::encode_json(\@events), qr/"milliseconds":[\d.]+/, 'JSON lines');
like(slurp("$dir/junit"), qr/ time="\d+\.\d{6}"/, 'JUnit: seconds');
unlike(slurp("$dir/junit"), qr/time="\d+,/, 'JUnit: no comma');
like(slurp("$dir/tap"), qr/duration_ms: \d+\.\d{3}$/m, 'TAP: duration');
like(slurp("$dir/page.html"), qr/style="width:\d+\.\d+%"/, 'page: a style sheet reads the bars');
unlike(slurp("$dir/page.html"), qr/width:\d+,/, 'page: no comma');

my $fine = make_project({ 'deploy.sql' => "BEGIN;\nCALL PGMI_TEST();\nCOMMIT;\n", '__test__/i.sql' => 'SELECT 1' });
($exit, $out, $err) = pgmi(['deploy', $fine, '-d', 'postgres', '--verbose'], server => $server, env => \%odd);
is($exit, 0, 'pgmi deploys') or diag("$out$err");
like($err, qr/, \d+\.\d\d s$/m, 'its summary has a point') or diag($err);
unlike($err, qr/\[\d+,\d+s\]/, 'and so have the times of notices');

done_testing();
