#!/usr/bin/perl
# Explores psql's tab completion and looks where pgmish offers something else: it asks at a place,
# goes on behind each answer, and so on.  Not part of `make check`; for whoever works on the rules.
#
#     PGMISH=build/pgmish perl regress/fuzz/complete_compare.pl [-d DEPTH] [-n PLACES] [PLACE ...]
#
# Without a PLACE it begins with the empty line.  With -p FILE places come from a file, one a line,
# and nothing is explored.  Prints for each place what only psql (-) and only pgmish (+) offers; a
# place where psql offers nothing is no difference, unless -e is given.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use Getopt::Std;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../psql";
use TestServer;
use Asker;

getopts('d:n:p:eq', \my %option);
my $depth_max  = $option{d} // 4;
my $places_max = $option{n} // 2000;
my $pgmish     = $ENV{PGMISH} or die "PGMISH is not set\n";
$pgmish = "$ENV{PWD}/$pgmish" unless $pgmish =~ m{^/};

my $server = TestServer->start(settings => { autovacuum => 'off' });
$server->psql('-q', '-d', 'postgres', '-f', "$FindBin::Bin/../psql/screens/places.sql");
my $dir = tempdir('pgask-XXXXXX', DIR => '/tmp', CLEANUP => 1);
Asker::make_files($dir);
my $theirs = Asker->new(TestServer::bindir() . '/psql', $server, cwd => $dir);
my $ours   = Asker->new($pgmish, $server, cwd => $dir);

my @queue;
if ($option{p}) {
    @queue = map { [ $_, $depth_max ] } grep { !/^#/ } split /\n/, TestServer::slurp($option{p});
} else {
    @queue = map { [ $_, 0 ] } @ARGV ? @ARGV : '';
}
my (%seen, %told, $asked, $different);
while (my $item = shift @queue) {
    my ($place, $depth) = @$item;
    next if $seen{$place}++ || $place =~ m{^(GRANT|REVOKE) (GRANT|CREATE) [A-Za-z]|OR REPLACE x };
    last if ++$asked > $places_max;
    my $want = $theirs->ask($place);
    my $have = $ours->ask($place);
    my @missing = grep { !$have->{$_} } sort keys %$want;
    my @extra   = grep { !$want->{$_} } sort keys %$have;
    @extra = () if !%$want && !$option{e};
    if (@missing || @extra) {
        $different++;
        next if $told{"@missing + @extra"}++;
        print "$place|\n";
        @missing = (@missing[0..3], '...') if @missing > 8;

        print "    - ", join(', ', @missing), "\n" if @missing;
        print "    + ", join(', ', @extra), "\n" if @extra;
    }
    push @queue, map { [ $_, $depth + 1 ] } Asker::next_places($place, $want) if $depth < $depth_max;
}
printf "%d places, %d different\n", $asked, $different // 0;
