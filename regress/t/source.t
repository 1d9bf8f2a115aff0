#!/usr/bin/perl
# The source is built as doc/architecture.md says: see the head of regress/lint.pl.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $top   = $PgmishTest::TOP;
my $build = pgmish_program() =~ s{/[^/]*$}{}r;

# Whose functions a unit test uses is only known where the unit tests have been built.
plan skip_all => 'no unit tests built here' unless glob("$build/regress/unit/test_*.o");
plan skip_all => 'no nm here' if system('nm --version > /dev/null 2>&1') != 0;

my ($exit, $out, $err) = run([$^X, 'regress/lint.pl'], cwd => $top, env => { BUILD => $build });
is("$out$err", '', 'rooms, unused functions, sizes');
is($exit, 0, 'nothing found');
done_testing();
