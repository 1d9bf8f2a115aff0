#!/usr/bin/perl
# Runs every script of this folder through the real psql and through pgmish, on fresh identical
# databases, and compares stdout, stderr, exit status and the files left behind, byte for byte:
# `make check-psql`, or `make check-psql SCRIPTS="lexer variables"` for some.
#
# A script is added by dropping NAME.sql here.  It is run in four ways:
#
#     psql -X <NAME.sql               psql -X -f NAME.sql 2>&1
#     psql -X -a -q <NAME.sql 2>&1    pgmish -X <NAME.sql     (the name alone may differ)
#
# NAME.run, where it exists, replaces these: one shell command per line, with the client spelt
# `psql` and the script, if there is one, as $SCRIPT.  A line that starts with `pgmish` runs under
# that name and is compared with psql, "pgmish" turned into "psql".  A line
# `normalise s/REGEX/TEXT/` names what cannot be equal (times, process ids); comments start with #.
#
# The working directory is fresh and holds the script and a copy of data/.  Roles and tablespaces
# outlive a database: a script drops those it made.  A command that differs is run again by both, twice
# at most: psql has races of its own (see lib/Unsteady.pm).  Ends with "N passed, N failed" (commands).
use strict;
use warnings;
use Fcntl qw(:flock);
use File::Find;
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestServer;
use Unsteady;

my $UNSTEADY = 4;     # commands that may be the same only when run again
my $TIMEOUT = 120;    # seconds for one command; only so that a hang ends
my $pgmish  = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $keep    = ($pgmish =~ s{/[^/]*$}{}r) . '/psql';
my $bindir  = TestServer::bindir();
my @names   = @ARGV ? grep { exists { map { $_ => 1 } all_scripts() }->{$_} } map { s/\.(sql|run)$//r } @ARGV
    : all_scripts();
exit 0 if !@names && -d "$FindBin::Bin/screens"; # they are names of dialogues, for screens.pl

sub all_scripts {
    my %seen;
    return sort grep { !$seen{$_}++ } map { m{([^/]+)\.(?:sql|run)$} }
        glob "$FindBin::Bin/*.sql $FindBin::Bin/*.run";
}

# ---- one script --------------------------------------------------------------------------

sub commands_of {
    my ($name) = @_;
    my (@commands, @normalise);
    if (!-e "$FindBin::Bin/$name.run") {
        return (['psql -X <$SCRIPT', 'psql -X -f $SCRIPT 2>&1', 'psql -X -a -q <$SCRIPT 2>&1',
            'pgmish -X <$SCRIPT'], []);
    }
    for my $line (split /\n/, TestServer::slurp("$FindBin::Bin/$name.run")) {
        next if $line =~ /^\s*(#|$)/;
        if ($line =~ /^normalise (s(.).*\2.*\2\w*)$/) { push @normalise, $1 }
        else                                          { push @commands,  $line }
    }
    return (\@commands, \@normalise);
}

# Making a database costs more than most commands do, so one that nobody has written to is used
# again: nothing can be changed in PostgreSQL without taking a transaction id.
sub fresh_database {
    my ($server) = @_;
    my @next_xid = ('-d', 'postgres', '-c', 'SELECT pg_snapshot_xmax(pg_current_snapshot())');
    return if defined $server->{next_xid} && $server->{next_xid} eq $server->psql(@next_xid);
    $server->psql('-q', '-d', 'postgres', '-c', 'SET client_min_messages = error',
        '-c', 'DROP DATABASE IF EXISTS "check" WITH (FORCE)', '-c', 'CREATE DATABASE "check"');
    $server->{next_xid} = $server->psql(@next_xid);
}

sub fresh_directory {
    my ($work, $name) = @_;
    remove_tree("$work/cwd", "$work/home");
    make_path("$work/cwd", "$work/home");
    system 'cp', '-r', "$FindBin::Bin/data", "$work/cwd/data" if -d "$FindBin::Bin/data";
    system 'cp', "$FindBin::Bin/$name.sql", "$work/cwd/" if -e "$FindBin::Bin/$name.sql";
}

# Runs one command line with PATH leading to that client; everything observable, as a hash.
sub observe {
    my ($server, $work, $name, $command, $client) = @_;
    fresh_database($server);
    fresh_directory($work, $name);
    my %env = (
        $server->env,
        PATH       => "$work/$client:$bindir:$ENV{PATH}",
        HOME       => "$work/home",
        PGDATABASE => 'check',
        LC_ALL     => 'C',
        TZ         => 'UTC',
        TERM       => 'dumb',
        SCRIPT     => "$name.sql",
        map { ($_ => $ENV{$_}) } grep { /^[A-Z]+SAN_OPTIONS$/ } keys %ENV,
    );
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp;
        chdir "$work/cwd" or die "chdir: $!";
        %ENV = %env;
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$work/stdout";
        open STDERR, '>', "$work/stderr";
        exec '/bin/sh', '-c', $command;
    }
    my $hung = 0;
    local $SIG{ALRM} = sub { $hung = 1; kill 'KILL', -$pid };
    alarm $TIMEOUT;
    waitpid $pid, 0;
    my $status = $?;
    alarm 0;
    my %seen = (
        stdout => TestServer::slurp("$work/stdout"),
        stderr => TestServer::slurp("$work/stderr"),
        status => ($hung ? "hung for $TIMEOUT s" : $status >> 8) . "\n",
    );
    find({ no_chdir => 1, wanted => sub {
        return unless -f && !m{^\Q$work\E/cwd/(data/|\Q$name.sql\E$)};
        $seen{ 'file ' . s{^\Q$work\E/cwd/}{}r } = TestServer::slurp($_);
    } }, "$work/cwd");
    return \%seen;
}

sub normalised {
    my ($text, $rules, $rename) = @_;
    $text =~ s{(^|")pgmish\b}{$1psql}mg if $rename;
    for my $rule (@$rules) {
        local $_ = $text;
        eval "$rule; 1" or die "bad normalise rule: $rule: $@";
        $text = $_;
    }
    return $text;
}

# Empty when nothing differs, else a unified diff of what does.
sub differences {
    my ($place, $expected, $got, $rules, $rename) = @_;
    my %all = (%$expected, %$got);
    my $report = '';
    for my $what (sort keys %all) {
        my $want = normalised($expected->{$what} // "(absent)\n", $rules, 0);
        my $have = normalised($got->{$what} // "(absent)\n", $rules, $rename);
        next if $want eq $have;
        my $file = $what =~ s{[ /]}{_}gr;
        for (["psql.$file", $want], ["pgmish.$file", $have]) {
            open my $out, '>:raw', "$place.$_->[0]" or die "$place: $!";
            print $out $_->[1];
        }
        my $diff = `diff -a -u --label psql --label pgmish '$place.psql.$file' '$place.pgmish.$file'`;
        my @lines = split /^/, $diff;
        splice @lines, 60, @lines, "... (see $place.*)\n" if @lines > 60 && !$ENV{FULL_DIFF};
        $report .= "  $what differs:\n" . join '', map { "    $_" } @lines;
    }
    return $report;
}

# One command by both programs; empty when nothing differs.
sub compare {
    my ($server, $work, $name, $command, $rules, $place) = @_;
    my $expected = observe($server, $work, $name, $command =~ s/^pgmish\b/psql/r, 'real');
    my $got      = observe($server, $work, $name, $command, 'ours');
    return differences($place, $expected, $got, $rules, scalar $command =~ /^pgmish\b/);
}

# Runs all commands of a script; returns (passed, failed, report).
sub run_script {
    my ($server, $work, $name, $unsteady) = @_;
    my ($commands, $rules) = commands_of($name);
    my ($passed, $failed, $report) = (0, 0, '');
    for my $command (@$commands) {
        my @what  = ($server, $work, $name, $command, $rules, "$keep/$name." . ($passed + $failed + 1));
        my $first = compare(@what);
        my $still = $first;
        for (1 .. 2) {
            last if $still eq '' || !$unsteady->may_run_again($first . $still);
            $server->end_sessions;
            delete $server->{next_xid};
            $still = compare(@what);
        }
        if ($still ne '') { $failed++; $unsteady->failed; $report .= "  $command\n$first"; next }
        $report .= $unsteady->note("$name: $command", $first) if $first ne '';
        $passed++;
    }
    return ($passed, $failed, $report);
}

# ---- the workers -----------------------------------------------------------------------------

# Each worker has a server of its own, so that what outlives a database meets nobody else.  They
# take script numbers from one pipe and print under a lock.
sub worker {
    my ($queue, $results, $unsteady) = @_;
    my $server = TestServer->start(settings => { autovacuum => 'off' });
    my $work   = "$server->{dir}-work";
    make_path("$work/real", "$work/ours");
    symlink "$bindir/psql", "$work/real/psql";
    symlink $pgmish, "$work/ours/$_" for 'psql', 'pgmish';
    my ($passed, $failed) = (0, 0);
    while (sysread $queue, my $record, 4) {
        my $name = $names[unpack 'N', $record];
        my ($good, $bad, $report) = run_script($server, $work, $name, $unsteady);
        flock $results, LOCK_EX;
        printf "%-30s %s\n%s", $name, $bad ? "FAILED ($bad of " . ($good + $bad) . ')' : 'ok',
            $report;
        flock $results, LOCK_UN;
        $passed += $good;
        $failed += $bad;
    }
    remove_tree($work);
    $server->stop;
    syswrite $results, "$passed $failed\n";
}

$| = 1;
remove_tree($keep);
make_path($keep);
pipe my $queue, my $feed or die "pipe: $!";
my $tally = "$keep/tally";
my $unsteady = Unsteady->new($UNSTEADY, "$keep/unsteady");
my @workers;
for my $n (1 .. ($ENV{CHECK_JOBS} || 2)) {
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $feed;
        open my $results, '>>', $tally or die "$tally: $!";
        exit(eval { worker($queue, $results, $unsteady); 1 } ? 0 : (warn($@), 1)[1]);
    }
    push @workers, $pid;
}
close $queue;
syswrite $feed, pack 'N', $_ for 0 .. $#names;
close $feed;
my $broken = 0;
for (@workers) {
    waitpid $_, 0;
    $broken++ if $?;
}
my ($passed, $failed) = (0, $broken);
for (split /\n/, TestServer::slurp($tally)) {
    my ($good, $bad) = split;
    $passed += $good;
    $failed += $bad;
}
$failed += $unsteady->over;
printf "%d passed, %d failed\n", $passed, $failed;
exit($failed || !$passed ? 1 : 0);
