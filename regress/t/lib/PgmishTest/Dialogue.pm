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

sub screen_of {
    my ($program, $server, $steps, %options) = @_;
    my $dir = private_dir();
    my $pty = spawn_pty([$program, @{ $options{arguments} // ['-X'] }],
        server => $server, timeout => 30, %options,
        env => { PAGER => 'cat', PSQL_HISTORY => "$dir/history", %{ $options{env} // {} } });
    my $name = $program eq psql_program() ? 'psql' : 'pgmish';

    $pty->expect($options{first} // PROMPT, "$name: first prompt") or return;
    for my $step (@$steps) {
        my ($text, $wanted) = @$step;
        if (ref $text) {
            ok($text->(), "$name: waited");
            next;
        }
        $pty->send($text);
        $pty->expect(after_enter($text, $wanted), "$name: " . ($text =~ s/[^ -~]/./gr)) or return;
    }
    my $screen = $pty->screen;
    $screen = $options{fix}->($screen) if $options{fix};
    $pty->stop;
    return $screen;
}

sub same_screen {
    my ($name, $server, $steps, %options) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    subtest $name => sub {
        my $theirs = screen_of(psql_program(), $server, $steps, %options);
        my $ours = screen_of(as_psql(), $server, $steps, %options);
        is($ours, $theirs, 'same screen');
    };
}

1;
