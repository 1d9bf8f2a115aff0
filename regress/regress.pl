#!/usr/bin/perl
# Runs regress/sql/*.sql with pgmish as psql and compares with regress/expected: `make
# check-regress`.  PostgreSQL's own pg_regress does the work, on a throwaway server; it calls
# `psql -X -a -q -d DB < FILE`, so scripts start with \pgmi load projects/NAME (projects live in
# regress/projects).  Results and differences are left in build/pg_regress.
# A new test: add sql/NAME.sql and expected/NAME.out.  Those that fail run once more in a database of
# their own (see lib/Unsteady.pm).  Ends with "N passed, N failed".
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/lib";
use TestServer;
use Unsteady;

my $UNSTEADY = 2;
my $pgmish = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $build  = $pgmish =~ s{/[^/]*$}{}r;
my $output = "$build/pg_regress";
my @tests  = @ARGV ? @ARGV : map { m{([^/]+)\.sql$} } sort glob "$FindBin::Bin/sql/*.sql";

if (!@tests) {
    print "no test in regress/sql\n0 passed, 0 failed\n";
    exit 1;
}
my $pg_regress = TestServer::pg_regress() or die "pg_regress not found: run `make deps`\n";
remove_tree($output, "$output-again");
make_path("$output/bin");
symlink $pgmish, "$output/bin/psql" or die "symlink: $!";

my $server = TestServer->start;
$server->psql('-d', 'postgres', '-c', 'CREATE DATABASE regression TEMPLATE template0');
chdir $FindBin::Bin or die "chdir: $!";
delete @ENV{ grep { /^PG(?!MISH)/ } keys %ENV };

# Runs the tests; a hash of those that passed, the differences, and whether pg_regress liked it.
sub run_tests {
    my ($place, $report, @names) = @_;
    my (%passed, $failures);
    make_path($place);
    open my $run, '-|', $pg_regress, '--use-existing', "--bindir=$output/bin", '--inputdir=.',
        "--outputdir=$place", "--host=$server->{dir}", "--port=$server->{port}", '--user=postgres',
        @names
        or die "$pg_regress: $!";
    while (my $line = <$run>) {
        print $line if $report;
        if ($line =~ /^(?:test|\s)\s*(\S+)\s+\.\.\. ok\b/ || $line =~ /^ok \d+\s+[-+] (\S+)/) { $passed{$1} = 1 }
        elsif ($line =~ /^not ok| \.\.\. /) { $failures .= $line }
    }
    my $finished = close $run;
    return (\%passed, ($failures // '') . TestServer::slurp("$place/regression.diffs"), $finished);
}

my $unsteady = Unsteady->new($UNSTEADY);
my ($passed, $diffs, $finished) = run_tests($output, 1, @tests);
my @failed = grep { !$passed->{$_} } @tests;
if (@failed && $unsteady->may_run_again($diffs)) {
    $server->psql('-d', 'postgres', '-c', 'DROP DATABASE regression WITH (FORCE)');
    $server->psql('-d', 'postgres', '-c', 'CREATE DATABASE regression TEMPLATE template0');
    my ($then, $diffs_then) = run_tests("$output-again", 0, @failed);
    print map { $unsteady->note($_, $diffs) } grep { $then->{$_} } @failed;
    @failed = grep { !$then->{$_} } @failed;
    ($finished, $diffs) = (1, $diffs_then);
}
$server->stop;
my $failed = @failed;
$failed ||= 1 unless $finished;
print $diffs if $failed;
$failed += $unsteady->over;
printf "%d passed, %d failed\n", @tests - @failed, $failed;
exit($failed ? 1 : 0);
