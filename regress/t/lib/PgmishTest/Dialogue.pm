package PgmishTest::Dialogue;

# The same dialogue with the real psql and with pgmish under psql's name, each on a terminal of its
# own; what the terminals show at the end has to be the same.
#
#   same_screen('name', $server, [ [TEXT, REGEX], ... ], OPTIONS);
#
# A step types TEXT (keys as bytes, Enter is "\r") and waits until REGEX has appeared; [CODE] waits
# for something else and returns true.  The
# dialogue begins after the first prompt and ends with the last step.  Options:
#   arguments => [...]   behind the program's name (default: -X)
#   env => { ... }, rows, cols, term
#   fix => CODE          changes each screen before they are compared (process numbers)

use strict;
use warnings;
use Exporter qw(import);
use PgmishTest;
use Test::More;
use Unsteady;

our @EXPORT = qw(same_screen as_psql after_enter PROMPT);

# Behind any prompt of the default form.
use constant PROMPT => qr/\w+[=\-('"\$*!^@][*!?]?[#>] \z/;

my $link;

# Path of a link named psql to pgmish.
sub as_psql {
    if (!$link) {
        $link = private_dir() . '/psql';
        symlink pgmish_program(), $link or die "$link: $!";
    }
    return $link;
}

# A prompt comes on a line of its own: what is typed may look like one while it is being echoed.
sub after_enter {
    my ($text, $wanted) = @_;
    return $text =~ /\r\z/ && $wanted =~ /> \\z/ ? qr/\n(?s:.*?)$wanted/ : $wanted;
}

# What the terminal shows at the end; undef, and what did not come, when a step was not answered.
sub screen_of {
    my ($program, $server, $steps, %options) = @_;
    my $dir = private_dir();
    my $pty = spawn_pty([$program, @{ $options{arguments} // ['-X'] }],
        server => $server, timeout => 30, %options,
        env => { PAGER => 'cat', PSQL_HISTORY => "$dir/history", %{ $options{env} // {} } });
    my $name = $program eq psql_program() ? 'psql' : 'pgmish';
    my $lacks = sub {
        my ($what, $wanted) = @_;
        return (undef, "$name: $what: wanted: $wanted\nunmatched output:\n" . $pty->unmatched . "\n");
    };

    $pty->await($options{first} // PROMPT) // return $lacks->('first prompt', $options{first} // PROMPT);
    for my $step (@$steps) {
        my ($text, $wanted) = @$step;
        if (ref $text) {
            $text->() or return $lacks->('waited', 'true');
            next;
        }
        $pty->send($text);
        $wanted = after_enter($text, $wanted);
        $pty->await($wanted) // return $lacks->($text =~ s/[^ -~]/./gr, $wanted);
    }
    my $screen = $pty->screen;
    $screen = $options{fix}->($screen) if $options{fix};
    $pty->stop;
    return ($screen, '');
}

# Empty when both showed the same, else what was wrong.
sub difference {
    my ($server, $steps, %options) = @_;
    my ($theirs, $why)      = screen_of(psql_program(), $server, $steps, %options);
    my ($ours, $why_ours)   = screen_of(as_psql(), $server, $steps, %options);
    return "$why$why_ours" if !defined $theirs || !defined $ours;
    return $ours eq $theirs ? '' : "---- psql shows\n$theirs---- pgmish shows\n$ours";
}

# psql has races of its own: what differs is run again, twice at most (see regress/lib/Unsteady.pm).
sub same_screen {
    my ($name, $server, $steps, %options) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $first = difference($server, $steps, %options);
    my $still = $first;
    for (1 .. 2) {
        last if $still eq '' || !Unsteady->may_excuse($first . $still);
        $server->query("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
        $still = difference($server, $steps, %options);
    }
    unsteady($name, $first) if $first ne '' && $still eq '';
    return ok($still eq '', $name) || !diag($first);
}

# Told to the runner, which counts them.
sub unsteady {
    my ($name, $report) = @_;
    if (!defined $ENV{PGMISH_UNSTEADY}) {
        diag("UNSTEADY: $name\n$report");
        return;
    }
    open my $out, '>>:raw', $ENV{PGMISH_UNSTEADY} or die "$ENV{PGMISH_UNSTEADY}: $!";
    print $out "UNSTEADY: $name\n", $report =~ s/^UNSTEADY/ UNSTEADY/mgr;
}

1;
