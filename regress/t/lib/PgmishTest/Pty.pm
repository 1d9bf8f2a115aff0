package PgmishTest::Pty;

# A program on a terminal of its own: spawned by PgmishTest's spawn_pty, which documents the
# methods.  Output is kept three ways: raw for the screen, stripped of escape sequences for
# expect, and what expect has not used yet.

use strict;
use warnings;
use IO::Pty;
use POSIX qw(:sys_wait_h);
use AtRest qw(wait_at_rest switches_of);
use Screen;
use Test::More ();
use Time::HiRes qw(time);

my %KEYS = (
    up => "\e[A", down => "\e[B", right => "\e[C", left => "\e[D", home => "\e[H", end => "\e[F",
    tab => "\t", enter => "\r", escape => "\e", backspace => "\x7f",
);

sub spawn {
    my ($class, $exec, %options) = @_;
    my $pty  = IO::Pty->new or die "no pty: $!";
    my $self = bless {
        pty => $pty, raw => '', text => '', used => 0, partial => '', owner => $$,
        rows => $options{rows} // 24, cols => $options{cols} // 80, timeout => $options{timeout},
    }, $class;
    my $slave = $pty->slave;
    $slave->set_winsize($self->{rows}, $self->{cols});
    $self->{pid} = fork // die "fork: $!";
    if (!$self->{pid}) {
        $pty->make_slave_controlling_terminal;
        close $pty;
        open STDIN,  '<&', $slave or die;
        open STDOUT, '>&', $slave or die;
        open STDERR, '>&', $slave or die;
        close $slave;
        $exec->();
    }
    $self->{terminal} = $pty->ttyname;
    $pty->close_slave;
    return $self;
}

# Takes in what has been written within the time; false at the end or when there was nothing.
sub pump {
    my ($self, $seconds) = @_;
    my $bits = '';
    vec($bits, fileno $self->{pty}, 1) = 1;
    return 0 if select($bits, undef, undef, $seconds) <= 0;
    # at the end Linux gives EIO
    return 0 unless sysread $self->{pty}, my $chunk, 65536;
    $self->{raw} .= $chunk;
    $chunk = $self->{partial} . $chunk;
    $self->{partial} = $chunk =~ s/(\e(?:\[[0-9;?]*|\][^\a\e]*|[()])?)\z// ? $1 : '';
    $chunk =~ s/\e\[[0-9;?]*[\x40-\x7e]|\e\][^\a\e]*(?:\a|\e\\)|\e[()].|\e[=>78]|[\r\a]//g;
    $self->{text} .= $chunk;
    return 1;
}

# Waits until the program may be typed at; what it has written by then is taken in.
sub rest {
    my ($self) = @_;
    return wait_at_rest(pid => $self->{pid}, terminal => $self->{terminal}, pump => sub { $self->pump(0) });
}

# A Ctrl-C throws away what has not been read yet: what is in front of it is sent by itself.
sub send {
    my ($self, $text) = @_;
    for my $part (split /(?<=.)(?=[\x03\x1a\x1c])/s, $text) {
        $self->rest;
        $self->write($part);
    }
}

# Types at once, whatever the program does.
sub write {
    my ($self, $text) = @_;
    my $switches = switches_of($self->{pid});
    while (length $text) {
        my $n = syswrite($self->{pty}, $text) // die "write to the terminal: $!";
        substr($text, 0, $n, '');
    }
    $self->arrive($switches);
}

# What was typed reaches the other side of the terminal a little later: it shows when something is
# echoed or the program has woken up.  Neither has to be: it may be busy.
sub arrive {
    my ($self, $switches) = @_;
    for (1 .. 50) {
        return if $self->pump(0.001) || switches_of($self->{pid}) ne $switches;
    }
}

sub type { $_[0]->send("$_[1]\r") }

sub key {
    my ($self, @names) = @_;
    for my $name (@names) {
        my $bytes = $name =~ /^ctrl-(.)$/ ? chr(ord(uc $1) & 31) : $KEYS{$name};
        $self->send($bytes // die "no key \"$name\"");
    }
}

# Text up to the end of what is wanted, which then counts as used; undef when it does not come.
sub await {
    my ($self, $wanted) = @_;
    my $regex = ref $wanted ? $wanted : qr/\Q$wanted\E/;
    my $end   = time + $self->{timeout};
    while (1) {
        my $rest = $self->unmatched;
        if ($rest =~ $regex) {
            $self->{used} += $+[0];
            return substr $rest, 0, $+[0];
        }
        next if $self->pump(0.1);
        return if time > $end || ($self->ended && !$self->pump(0.1));
    }
}

sub unmatched { return substr $_[0]{text}, $_[0]{used} }

sub expect {
    my ($self, $wanted, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $seen = $self->await($wanted);
    Test::More::ok(defined $seen, $name // "saw $wanted")
        or Test::More::diag("wanted: $wanted\nunmatched output:\n" . $self->unmatched);
    return $seen;
}

sub transcript {
    my ($self) = @_;
    $self->rest;
    1 while $self->pump(0.05);
    return $self->{text};
}

sub screen {
    my ($self) = @_;
    $self->rest;
    1 while $self->pump(0.02);
    my $screen = Screen->new($self->{rows}, $self->{cols});
    $screen->feed($self->{raw});
    return $screen->text;
}

sub resize {
    my ($self, $rows, $cols) = @_;
    @$self{'rows', 'cols'} = ($rows, $cols);
    $self->{pty}->set_winsize($rows, $cols);
}

sub pid    { return $_[0]{pid} }
sub signal { return kill $_[1], $_[0]{pid} }

sub ended {
    my ($self) = @_;
    return 1 if defined $self->{status};
    return 0 if waitpid($self->{pid}, WNOHANG) != $self->{pid};
    $self->{status} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    return 1;
}

sub finish {
    my ($self, $name) = @_;
    my $end = time + $self->{timeout};
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $self->pump(0.02) until $self->ended || time > $end; # it may wait for us to read
    1 while $self->pump(0.05);
    Test::More::ok(defined $self->{status}, $name // 'the program ended');
    $self->stop;
    return $self->{status};
}

sub stop {
    my ($self) = @_;
    return if $self->{owner} != $$ || $self->ended;
    # closing the terminal is what a user does; then by force
    close $self->{pty};
    for my $signal ('HUP', 'KILL') {
        kill $signal, $self->{pid};
        my $end = time + 10;
        while (time < $end) {
            return if $self->ended;
            select undef, undef, undef, 0.005;
        }
    }
}

sub DESTROY { local $?; $_[0]->stop }

1;
