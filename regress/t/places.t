#!/usr/bin/perl
# Broken projects (regress/places, its README tells their form): every failure is found at the place
# that the project itself marks, by `pgmish -f deploy.sql` and by `pgmi deploy --json`.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Places;

my $places = PgmishTest::Places->new(start_server());

for my $path (@ARGV ? @ARGV : sort glob "$PgmishTest::TOP/regress/places/*.txt") {
    my $case = read_case($path);
    my $dir  = make_project($case->{files});
    my $run  = $case->{run} // 'both';
    for my $check ($run ne 'json' ? 'check_psql' : (), $run ne 'psql' ? 'check_json' : (),
        $case->{trace} ? 'check_trace' : ()) {
        $places->$check($case, $dir);
        $places->fresh_database if $case->{keeps};
    }
}
done_testing();
