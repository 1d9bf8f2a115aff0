#!/usr/bin/perl
# regress/deps.sh, which `make demo` and `make check` begin with: what it asks of the package manager
# (a stand-in that writes down how it was called), and what it does when it gets nothing.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $dir = private_dir();
my $log = "$dir/calls";

sub program
{
    my ($name, $text) = @_;
    spew("$dir/$name", "#!/bin/sh\n$text\n");
    chmod 0755, "$dir/$name";
}

# Runs deps.sh; returns exit status, what it said, and the calls of apt-get.
sub deps
{
    my (%machine) = @_;
    unlink $log;
    program('psql', "echo 'psql (PostgreSQL) $machine{psql} (Debian)'");
    program('dpkg-query', 'case "$*" in *"Status-Abbrev"*" ' . ($machine{missing} // 'none') . '") ;;'
        . ' *postgresql-client-*libpq5*) printf "ii  postgresql-15\nun  postgresql-9.1\nii  libpq5\n" ;;'
        . ' *Status-Abbrev*) echo "ii " ;; esac');
    program('apt-get', 'echo "$*" >>' . $log . '; ' . ($machine{apt} // 'exit 0'));
    program('sudo', $machine{sudo} // 'exec "$@"');
    program('id', 'echo 1000');
    my ($exit, $out, $err) = run(['sh', "$PgmishTest::TOP/regress/deps.sh", @{ $machine{arguments} // [] }],
        env => { PATH => "$dir:/usr/bin:/bin", DEPS_PSQL => "$dir/psql" });
    return ($exit, $out . $err, -e $log ? slurp($log) : '');
}

my ($exit, $said, $calls) = deps(psql => '15.20');
is("$exit$said$calls", '0', 'all there and recent: not a word, not a call');
($exit, $said, $calls) = deps(psql => '17.1');
is("$exit$said$calls", '0', 'a newer major: the same');

($exit, $said, $calls) = deps(psql => '15.20', missing => 'libyaml-dev');
is($exit, 0, 'one package missing: exit status');
is($calls, "update -q\ninstall -y -q --no-install-recommends libyaml-dev\n", '... it is installed, and nothing else') or diag($said);
($exit, $said, $calls) = deps(psql => '15.20', missing => 'libyaml-dev', apt => 'exit 100');
is($exit, 100, '... and fails when it cannot be');
($exit, $said, $calls) = deps(psql => '15.20', missing => 'libyaml-dev', sudo => 'echo "ada may not" >&2; exit 1');
isnt($exit, 0, '... or when root is not to be had');

($exit, $said, $calls) = deps(psql => '15.18');
is($exit, 0, 'an old psql: exit status');
like($calls, qr{^install .* postgresql postgresql-client postgresql-15 libpq5$}m, '... it is to be renewed, and what is installed of it');
like($said, qr{warning: .*older than 15\.20}, '... and when there is none newer, that is said');
($exit, $said, $calls) = deps(psql => '15.18', apt => 'exit 100');
is($exit, 0, 'an old psql and no network: no reason to stop');
like($said, qr{warning: .*older than 15\.20}, '... a warning');
($exit, $said, $calls) = deps(psql => '15.18', sudo => 'exit 1');
is($exit, 0, 'an old psql and no root: the same');
($exit, $said, $calls) = deps(psql => '15.18', arguments => ['demo']);
is("$exit$said$calls", '0', 'the demo does not mind an old psql');

done_testing();
