#!/usr/bin/perl
# Runs the Perl TAP tests in regress/t (or those named), two at a time, and ends with
# "N passed, N failed": `make check-tap`.  A file that dies, plans more than it runs or exits with
# a status other than 0 counts as a failure even when every test that it printed was ok.
#
# A script that failed runs once more, by itself, when all others are done; one that passes then is
# unsteady (see lib/Unsteady.pm).  So is a comparison with psql that was the same only when it was run
# again (PgmishTest::Dialogue), which the scripts tell through the file that PGMISH_UNSTEADY names.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use POSIX qw(:sys_wait_h);
use TAP::Parser;
use Time::HiRes qw(time);
use lib "$FindBin::Bin/lib";
use TestServer;
use Unsteady;

my $UNSTEADY = 3;     # scripts, and comparisons inside scripts
my $TIMEOUT  = 900;   # seconds for one script; only so that a hang ends
my @files    = @ARGV ? @ARGV : sort glob "$FindBin::Bin/t/*.t";
my $logs     = tempdir('pgmish-tap-log-XXXXXX', DIR => '/tmp', CLEANUP => 1);
my $width    = 1;
my $count    = 0;
my $owner    = $$;

sub start_script {
    my ($file) = @_;
    my $log = "$logs/" . ++$count;
    my $pid = fork // die "fork: $!";
    return { file => $file, log => $log, pid => $pid, began => time } if $pid;
    setpgrp;   # a script that hangs is ended with what it has started
    $ENV{PERL5LIB} = join ':', "$FindBin::Bin/t/lib", "$FindBin::Bin/lib", $ENV{PERL5LIB} // ();
    $ENV{PGMISH_UNSTEADY} = "$log.unsteady";
    unlink $ENV{PGMISH_UNSTEADY};
    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', "$log.out";
    open STDERR, '>', "$log.err";
    exec $^X, $file or POSIX::_exit(127);
}

# Waits for one of them to end, and takes it out of the list.
sub wait_for_one {
    my ($running) = @_;
    while (1) {
        for my $i (0 .. $#$running) {
            my $run = $running->[$i];
            if (time - $run->{began} > $TIMEOUT && !$run->{hung}++) {
                kill 'KILL', -$run->{pid};
            }
            next if waitpid($run->{pid}, WNOHANG) != $run->{pid};
            $run->{status} = $?;
            return splice @$running, $i, 1;
        }
        select undef, undef, undef, 0.02;
    }
}

# Counts, and what is to be read when something failed: the tests that did, and what was said about them.
sub judge {
    my ($run) = @_;
    my $text   = TestServer::slurp("$run->{log}.out");
    my $said   = TestServer::slurp("$run->{log}.err");
    my $parser = TAP::Parser->new({ tap => $text });
    $parser->run;
    my @why;
    push @why, map { "failed: $_" } grep { /^not ok/ && !/# TODO/ } split /\n/, $text;
    push @why, $parser->parse_errors;
    push @why, "still running after $TIMEOUT s" if $run->{hung};
    push @why, $run->{status} & 127 ? 'ended by signal ' . ($run->{status} & 127) : 'exit status ' . ($run->{status} >> 8)
        if $run->{status};
    @$run{qw(passed failed said why)} = (scalar $parser->passed, scalar $parser->failed, $said, join "\n", @why, '');
    $run->{failed} ||= 1 if @why;
    $run->{report} = join '', map { "$_\n" } grep { length }
        $said =~ s/\n\z//r, (grep { /^ +not ok/ } split /\n/, $text), $run->{why} =~ s/\n\z//r;
    $run->{unsteady} = TestServer::slurp("$run->{log}.unsteady");
    return $run;
}

sub show {
    my ($run) = @_;
    printf "%s %s %s%s\n", $run->{file}, '.' x ($width + 3 - length $run->{file}),
        $run->{failed} ? "FAILED ($run->{failed} of " . ($run->{passed} + $run->{failed}) . ')' : 'ok',
        $ENV{TIMES} ? sprintf(' %.1f s', time - $run->{began}) : '';
    print $run->{failed} ? $run->{report} : $run->{said};
}

$| = 1;
for my $signal (qw(INT TERM HUP)) {
    $SIG{$signal} = sub { exit 1 }; # the groups below are not reached by a Ctrl-C at the terminal
}
for (@files) { $width = length if length > $width }
my @running;
END { if ($$ == $owner) { local $?; kill 'TERM', -$_->{pid} for @running } }
my @queue = @files;
my (@done, @again);
my $unsteady = Unsteady->new($UNSTEADY);
while (@queue || @running) {
    push @running, start_script(shift @queue) while @queue && @running < ($ENV{CHECK_JOBS} || 2);
    my $run = judge(wait_for_one(\@running));
    if   ($run->{failed} && $unsteady->may_run_again($run->{report})) { push @again, $run }
    else { show($run); push @done, $run; $unsteady->failed if $run->{failed} }
}
for my $first (@again) {
    my $second = $first;
    if ($unsteady->may_run_again('')) {
        push @running, start_script($first->{file});
        $second = judge(wait_for_one(\@running));
    }
    show($second);
    push @done, $second;
    if ($second->{failed}) { $unsteady->failed }
    else                   { print $unsteady->note($first->{file}, $first->{report}) }
}
for my $run (@done) {
    for (split /^(?=UNSTEADY: )/m, $run->{unsteady}) {
        my ($name, $report) = /^UNSTEADY: ([^\n]*)\n(.*)/s;
        print $unsteady->note("$run->{file}: $name", $report);
    }
}
my ($passed, $failed) = (0, 0);
for my $run (@done) {
    $passed += $run->{passed};
    $failed += $run->{failed};
}
$failed += $unsteady->over;
printf "%d passed, %d failed\n", $passed, $failed;
exit($failed || !$passed ? 1 : 0);
