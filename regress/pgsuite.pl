#!/usr/bin/perl
# Runs PostgreSQL 15's own regression suite through the real psql and through pgmish and compares
# what they print, byte for byte: `make check-pgsuite`, or with
#
#     TESTS="psql copy"     only these files (after the two that the others build on)
#     MODES="stdin -f"      ways to run them, "stdin -f -x --csv -H FETCH_COUNT=3" when not given; any
#                           option of psql in one word or variable will do: -Pformat=asciidoc
#     SELF=1                psql against psql: the files that differ by themselves
#     REUSE=1               psql's outputs of an earlier run, where they are still there
#
# A file is run as pg_regress runs it (database, environment, psql's options), each client on a
# fresh cluster of its own at the same paths, one file after the other in the order of
# parallel_schedule.  The outputs stay in BUILD/pgsuite/MODE/{psql,pgmish}/.  Names the files that
# differ and ends with "N identical of M".
#
# psql's own output is not always the same: with -f the line that stands before a notice raised
# while COPY begins is the command's or the last one of its data, whichever message the server
# sent first.  So a file that differs is run again by both, with the files that it builds on, until
# one of the two prints, byte for byte, what the other printed at first; AGAIN=0 does not.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use Fcntl qw(:flock);
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/lib";
use PgSource;
use TestServer;

my $AGAIN     = $ENV{AGAIN} // 8;
my $TIMEOUT   = 300;                             # seconds for one file; only so that a hang ends
my @ALL_MODES = ('stdin', '-f', '-x', '--csv', '-H', 'FETCH_COUNT=3');
my @BASE      = ('test_setup', 'create_index');  # what nearly all other files build on

my $pgmish = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $keep   = ($pgmish =~ s{/[^/]*$}{}r) . '/pgsuite';
my $bindir = TestServer::bindir();
my $suite  = PgSource::suite();
my @modes  = split ' ', $ENV{MODES} || "@ALL_MODES";
my @tests  = tests();

# Both clients must see the same paths, in REUSE also those of an earlier run.
my $run = sprintf '/tmp/pgsuite-%d-%s', $>, substr md5_hex($keep), 0, 8;

sub tests {
    my @schedule;
    open my $in, '<', "$suite/parallel_schedule" or die "$suite/parallel_schedule: $!\n";
    while (<$in>) {
        push @schedule, split ' ', $1 if /^test:\s*(.*)/;
    }
    my %wanted = map { s/\.sql$//r => 1 } @ARGV;
    return @schedule unless %wanted;
    my %there = map { $_ => 1 } @schedule;
    for (sort keys %wanted) { die "no such test: $_\n" unless $there{$_} }
    $wanted{$_} = 1 for @BASE;
    return grep { $wanted{$_} } @schedule;
}

# ---- the place where they run ------------------------------------------------------------------

# A folder that the server's account may read and write: the suite, and the C functions that some
# files load, compiled against the server's headers where those are installed.
sub prepare {
    remove_tree($run);
    make_path("$run/lib", "$run/psql", "$run/pgmish");
    system('cp', '-r', $suite, "$run/regress") == 0 or die "cp failed\n";
    make_path("$run/regress/results");
    system 'cp', $pgmish, "$run/pgmish/pgmish";
    symlink 'pgmish', "$run/pgmish/psql";
    symlink "$bindir/psql", "$run/psql/psql";
    my ($pkglib, $headers, $client) =
        map { my $dir = `$bindir/pg_config --$_`; chomp $dir; $dir }
        'pkglibdir', 'includedir-server', 'includedir';
    symlink "$pkglib/$_.so", "$run/lib/$_.so" for 'refint', 'autoinc';
    if (-e "$headers/fmgr.h") {
        system('cc', '-O1', '-w', '-shared', '-fPIC', "-I$headers", "-I$client", "-I$client/postgresql",
            '-o', "$run/lib/regress.so", "$run/regress/regress.c") == 0
            or print "regress.so could not be compiled: its functions will be missing\n";
    } else {
        print "no server headers (postgresql-server-dev-15): regress.so will be missing\n";
    }
    my @account = TestServer::account();
    system 'chown', '-R', "$account[0]:$account[1]", $run if @account;
}

# The environment that pg_regress gives to a test.
sub environment {
    my ($server, $test, $client) = @_;
    return (
        $server->env,
        PATH            => "$run/$client:$bindir:/usr/bin:/bin",
        HOME            => $run,
        LC_MESSAGES     => 'C',
        PGTZ            => 'PST8PDT',
        PGDATESTYLE     => 'Postgres, MDY',
        PGOPTIONS       => '-c intervalstyle=postgres_verbose',
        PGAPPNAME       => "pg_regress/$test",
        PG_ABS_SRCDIR   => "$run/regress",
        PG_ABS_BUILDDIR => "$run/regress",
        PG_LIBDIR       => "$run/lib",
        PG_DLSUFFIX     => '.so',
    );
}

sub make_database {
    my ($server) = @_;
    my $alter = 'ALTER DATABASE "regression" SET';
    $server->psql('-q', '-d', 'postgres',
        '-c', 'CREATE DATABASE "regression" TEMPLATE = template0',
        map { ('-c', "$alter $_") }
            "lc_messages TO 'C'", "lc_monetary TO 'C'", "lc_numeric TO 'C'", "lc_time TO 'C'",
            "bytea_output TO 'hex'", "timezone_abbreviations TO 'Default'");
}

# ---- running -----------------------------------------------------------------------------------

sub command {
    my ($mode, $test) = @_;
    my @psql = ('psql', '-X', '-a', '-q', '-d', 'regression', '-v', 'HIDE_TABLEAM=on', '-v',
        'HIDE_TOAST_COMPRESSION=on');
    push @psql, '-f', "$run/regress/sql/$test.sql" if $mode eq '-f';
    push @psql, '-v', $mode if $mode =~ /^\w+=/;
    push @psql, $mode if $mode =~ /^-/ && $mode ne '-f';
    return @psql;
}

sub run_test {
    my ($server, $mode, $test, $client, $output) = @_;
    my %env = environment($server, $test, $client);
    my @account = TestServer::account();
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp;
        chdir "$run/regress" or die "chdir: $!";
        open STDIN, '<', $mode eq '-f' ? '/dev/null' : "$run/regress/sql/$test.sql";
        open STDOUT, '>', $output or die "$output: $!";
        open STDERR, '>&', \*STDOUT;
        %ENV = %env;
        TestServer::run_as(\@account, command($mode, $test));
    }
    local $SIG{ALRM} = sub { kill 'KILL', -$pid };
    alarm $TIMEOUT;
    waitpid $pid, 0;
    alarm 0;
    open my $out, '>>', $output or die "$output: $!";
    printf $out "exit status %d%s\n", $? >> 8, $? & 127 ? ", killed by signal " . ($? & 127) : '';
}

sub run_client {
    my ($mode, $client, $dir, @files) = @_;
    remove_tree($dir);
    make_path($dir);
    prepare();
    my $server = TestServer->start(dir => "$run/server", settings => {
        autovacuum => 'off',    # when it comes is chance, and plans depend on it
        max_prepared_transactions => 2,
    });
    make_database($server);
    run_test($server, $mode, $_, $client =~ s/-(again|once-more)$//r, "$dir/$_.out") for @files;
    $server->stop;
    remove_tree($run);
}

sub same {
    my ($one, $other) = @_;
    return TestServer::slurp($one) eq TestServer::slurp($other);
}

# Of the files that differed those that still do when both have had other chances.
sub run_again {
    my ($mode, $dir, @differ) = @_;
    for (1 .. $AGAIN) {
        last unless @differ;
        my %again = map { $_ => 1 } @BASE, @differ;
        my @files = grep { $again{$_} } @tests;
        run_client($mode, $_, "$dir/$_-once-more", @files) for 'psql', 'pgmish';
        @differ = grep {
            !same("$dir/psql/$_.out", "$dir/pgmish-once-more/$_.out")
                && !same("$dir/psql-once-more/$_.out", "$dir/pgmish/$_.out")
        } @differ;
    }
    return @differ;
}

sub compare_mode {
    my ($mode) = @_;
    my $dir   = "$keep/" . ($mode =~ s/^--?//r);
    my $other = $ENV{SELF} ? 'psql-again' : 'pgmish';
    run_client($mode, 'psql', "$dir/psql", @tests)
        unless $ENV{REUSE} && !grep { !-e "$dir/psql/$_.out" } @tests;
    run_client($mode, $other, "$dir/$other", @tests);
    my @differ = grep { !same("$dir/psql/$_.out", "$dir/$other/$_.out") } @tests;
    my %still  = map { $_ => 1 } $ENV{SELF} ? @differ : run_again($mode, $dir, @differ);
    for (@differ) {
        my $lines = `diff -a '$dir/psql/$_.out' '$dir/$other/$_.out' | grep -ac '^[<>]'`;
        printf "  %-28s %6d lines  diff -a %s/{psql,%s}/%s.out%s\n", $_, $lines, $dir, $other, $_,
            $still{$_} ? '' : '  (the same in another run)';
    }
    printf "%s: %d identical of %d\n", $mode, @tests - keys %still, scalar @tests;
    return scalar keys %still;
}

$| = 1;
make_path($keep);
open my $lock, '>', "$keep/lock" or die "$keep/lock: $!\n";
flock $lock, LOCK_EX | LOCK_NB or die "another run with this build is under way\n";
my $differ = 0;
$differ += compare_mode($_) for @modes;
printf "%d identical of %d\n", @modes * @tests - $differ, @modes * @tests;
exit($differ ? 1 : 0);
