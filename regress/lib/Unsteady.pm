package Unsteady;

# What the runners do about a test that fails once in many runs.
#
# Many tests compare with psql, which has races of its own: a Ctrl-C a moment before it begins to read
# is lost, two sessions' messages come in either order.  A run of some ten thousand tests must not fail
# for that, and nobody may overlook it either: what failed is run again, and when it passes then, it
# counts as passed, is shown with what was wrong the first time, and is counted in the summary of
# `make check` as unsteady.  More than a few of them are a failure, and some are never excused: what a
# sanitizer found, and crashes.
#
#   my $unsteady = Unsteady->new(LIMIT);
#   $unsteady->may_run_again($report)       # is a second run allowed to excuse this?
#   Unsteady->may_excuse($report)           # the same where nothing is counted
#   $unsteady->note($name, $report)         # it passed the second time: says so
#   $unsteady->over                         # how many count as failed after all: 0, or all of them
#
# Processes of one runner share the count through a file: Unsteady->new(LIMIT, PATH).

use strict;
use warnings;
use Fcntl qw(:flock);

my $NEVER = qr/(?:Address|Leak|UndefinedBehavior)Sanitizer|runtime error: |Segmentation fault|\bAborted\b|core dumped|by signal (?:4|6|7|8|11)\b|ended: signal (?:4|6|7|8|11)\b|Assertion .* failed/;
my $FAILURES = 10;   # with so many real ones a second run of the others is a waste

sub new {
    my ($class, $limit, $path) = @_;
    my $self = bless { limit => $limit, path => $path, names => [], failures => 0 }, $class;
    unlink $path if defined $path;
    return $self;
}

sub may_run_again {
    my ($self, $report) = @_;
    return may_excuse(ref $self, $report) && $self->{failures} < $FAILURES;
}

sub may_excuse { return $_[1] !~ $NEVER }

# It failed every time.
sub failed { $_[0]{failures}++ }

# The report is indented, so that nothing in it looks like a line of the runner's own.
sub note {
    my ($self, $name, $report) = @_;
    push @{ $self->{names} }, $name;
    if (defined $self->{path} && open my $out, '>>', $self->{path}) {
        flock $out, LOCK_EX;
        syswrite $out, "$name\n";
    }
    $report =~ s/\n*\z/\n/;
    return "UNSTEADY: $name (what was wrong is below; right when run again)\n" . $report =~ s/^/    | /mgr;
}

sub over {
    my ($self) = @_;
    my $count = @{ $self->{names} };
    if (defined $self->{path} && open my $in, '<', $self->{path}) {
        $count = () = <$in>;
    }
    return 0 if $count <= $self->{limit};
    print "$count unsteady tests, more than $self->{limit}: they count as failed\n";
    return $count;
}

1;
