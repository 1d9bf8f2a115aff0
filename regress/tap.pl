#!/usr/bin/perl
# Runs the Perl TAP tests in regress/t (or those named), two at a time, and ends with
# "N passed, N failed": `make check-tap`.  A file that dies, plans more than it runs or exits with
# a status other than 0 counts as a failure even when every test that it printed was ok.
use strict;
use warnings;
use FindBin;
use TAP::Harness;

my @files = @ARGV ? @ARGV : sort glob "$FindBin::Bin/t/*.t";
my $harness = TAP::Harness->new({
    jobs      => $ENV{CHECK_JOBS} || 2,
    lib       => ["$FindBin::Bin/t/lib", "$FindBin::Bin/lib"],
    timer     => 0,
    failures  => 1,
    verbosity => 0,
    color     => 0,
});
my $sum    = $harness->runtests(@files);
my $passed = $sum->passed;
my $failed = $sum->failed;
$failed ||= 1 unless $sum->all_passed;
printf "%d passed, %d failed\n", $passed, $failed;
exit($failed || !$passed ? 1 : 0);
