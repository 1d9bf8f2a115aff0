#!/usr/bin/perl
# The manual does what it says: every example of every page is run (PgmishTest::Guide says how),
# and what it shows is what was printed.  A new page is found by itself.
# One page alone: GUIDE=testing.md prove -I regress/t/lib regress/t/guides.t
use strict;
use warnings;
use Test::More;
use File::Basename qw(basename);
use PgmishTest;
use PgmishTest::Guide;

# Made by the build, or about the source: no examples to run.
my %without = map { $_ => 1 } qw(commands.md tutorial.md architecture.md);
my $top = $PgmishTest::TOP;
my @pages = grep { !$without{ basename($_) } } "$top/README.md", sort glob "$top/doc/*.md";
@pages = grep { basename($_) eq $ENV{GUIDE} } @pages if $ENV{GUIDE};

# A runner that finds nothing wrong with a wrong page would prove nothing.
my (undef, $problems) = PgmishTest::Guide::parse("text\n\n    code\n\n```json\n{}\n```\n\nHere:\n\n```sql a/b.sql\n```\n");
is(scalar @$problems, 3, 'an example that is not run is found');

my $server = start_server();
sub empty_server {
    $server->query("DROP DATABASE \"$_\" WITH (FORCE)")
        for split /\n/, $server->query("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'");
    $server->query('SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public');
}
my $index  = slurp("$top/doc/README.md");
for my $page (@pages) {
    my $name = basename($page);
    subtest $name => sub {
        like($index, qr/\(\Q$name\E\)/, 'is in the index') unless $name eq 'README.md';
        PgmishTest::Guide->new(file => $page, server => $server)->test;
        empty_server();
    };
}

# The manual pages' examples, with the project and the database that they take for granted.
my %given = ('pgmish.1' => "pgmi init app\npgmish -X -q -d postgres -c 'CREATE DATABASE mydb'\n", 'pgmi.1' => '');
for my $name ($ENV{GUIDE} ? () : sort keys %given) {
    my $guide = PgmishTest::Guide->new(file => "$top/doc/$name", server => $server);
    my @lines = slurp("$top/doc/$name") =~ /^\.Dl (.*)$/mg;
    cmp_ok(scalar @lines, '>=', 3, "$name has examples");
    $guide->commands({ text => join "\n", $given{$name}, @lines }, $name);
    empty_server();
}

diag('Where the new output is right: UPDATE_GUIDES=1 make check-tap SCRIPTS=regress/t/guides.t, and read what git diff says')
    unless Test::More->builder->is_passing || $ENV{UPDATE_GUIDES};
done_testing();
