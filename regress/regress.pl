#!/usr/bin/perl
# Runs regress/sql/*.sql with pgmish as psql and compares with regress/expected: `make
# check-regress`.  PostgreSQL's own pg_regress does the work, on a throwaway server; it calls
# `psql -X -a -q -d DB < FILE`, so scripts start with \pgmi load projects/NAME (projects live in
# regress/projects).  Results and differences are left in build/regress.
# A new test: add sql/NAME.sql and expected/NAME.out.  Ends with "N passed, N failed".
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/lib";
use TestServer;

my $pgmish = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $build  = $pgmish =~ s{/[^/]*$}{}r;
my $output = "$build/regress";
my @tests  = @ARGV ? @ARGV : map { m{([^/]+)\.sql$} } sort glob "$FindBin::Bin/sql/*.sql";

if (!@tests) {
    print "no test in regress/sql\n0 passed, 0 failed\n";
    exit 1;
}
my $pg_regress = TestServer::pg_regress() or die "pg_regress not found: run `make deps`\n";
remove_tree($output);
make_path("$output/bin");
symlink $pgmish, "$output/bin/psql" or die "symlink: $!";

my $server = TestServer->start;
$server->psql('-d', 'postgres', '-c', 'CREATE DATABASE regression TEMPLATE template0');
chdir $FindBin::Bin or die "chdir: $!";
delete @ENV{ grep { /^PG(?!MISH)/ } keys %ENV };
open my $run, '-|', $pg_regress, '--use-existing', "--bindir=$output/bin", '--inputdir=.',
    "--outputdir=$output", "--host=$server->{dir}", "--port=$server->{port}", '--user=postgres',
    @tests
    or die "$pg_regress: $!";
my ($passed, $failed) = (0, 0);
while (my $line = <$run>) {
    print $line;
    $passed++ if $line =~ /^(test|\s)\s*\S+\s+\.\.\. ok\b|^ok \d+/;
    $failed++ if $line =~ /^(test|\s)\s*\S+\s+\.\.\. (?!ok\b)|^not ok \d+/;
}
my $finished = close $run;
$server->stop;
$failed = @tests - $passed if $failed + $passed != @tests;
$failed ||= 1 unless $finished;
if (open my $diffs, '<', "$output/regression.diffs") {
    print while <$diffs>;
}
printf "%d passed, %d failed\n", $passed, $failed;
exit($failed ? 1 : 0);
